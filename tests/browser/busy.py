"""Kernels that are kept busy, by a cell that works until a test releases it."""

import contextlib
import itertools
import time

from tests.browser.endless import CENTRE, show, wait_until_shown

LONGEST_S = 30
"""After this a cell gives up by itself."""

PREPARE = """import asyncio, time
from pathlib import Path
import ipykernel
print(ipykernel.__version__)"""

WORK = {
    "sleep": "time.sleep(0.05)",
    "numpy": "matrix @ matrix",
    "python": "sum(i * i for i in range(100_000))",
    "await": "await asyncio.sleep(0.05)",
    "dask": "array.std().compute(scheduler='threads')",
}
"""One turn of a cell that works, by the kind of work."""

FIRST = {
    "numpy": "import numpy as np\nmatrix = np.random.default_rng(0).random((600, 600))",
    "dask": "import dask.array\narray = dask.array.random.random((2000, 2000), chunks=(500, 500))",
}


class BusyNotebook:
    """A notebook that shows the endless volume, with a cell to keep its kernel busy.

    Parameters
    ----------
    open_notebook
        Opens a notebook, given its cells.
    url
        Address of the volume.
    folder
        For the files by which the cell and the test speak.
    """

    CELL = 2

    def __init__(self, open_notebook, url, folder):
        self.nb = open_notebook([PREPARE, show(url), ""])
        self.version = self.nb.run_cell(0).strip()
        self.nb.run_cell(1)
        wait_until_shown(self.nb, 0)
        self._folder = folder
        self._count = itertools.count(1)

    def go_somewhere_new(self):
        """Show a slice that is far from all that were seen, and return it."""
        first = self.next_region()
        self.nb.kexec(f"view.position = {(*CENTRE, first + 0.5)}")
        wait_until_shown(self.nb, first)
        return first

    def next_region(self):
        """Return a slice that is far from all that were seen."""
        return 1000 * next(self._count)

    @contextlib.contextmanager
    def working(self, work, *, first="pass"):
        """Keep the kernel busy inside the block: one cell runs from its first line to its last.

        Parameters
        ----------
        work
            The kind of work, a key of `WORK`.
        first
            What the cell does before it.
        """
        begun, released = (self._folder / f"{one}-{next(self._count)}" for one in ("begun", "end"))
        self.nb.set_cell(
            self.CELL,
            f"{first}\n{FIRST.get(work, '')}\nPath({str(begun)!r}).touch()\n"
            f"released, start = Path({str(released)!r}), time.monotonic()\n"
            f"while not released.exists() and time.monotonic() - start < {LONGEST_S}:\n"
            f"    {WORK[work]}\nprint('released' if released.exists() else 'gave up')",
        )
        self.nb.start_cell(self.CELL)
        try:
            wait_for(begun.exists)
            yield
            assert self.nb.cell_text(self.CELL) == "", "the cell ended too early"
        finally:
            released.touch()
            self.nb.wait_for_cell()
        assert self.nb.cell_text(self.CELL) == "released\n"


def wait_for(fact):
    """Wait for a fact about another process, which has no event to wait for."""
    deadline = time.monotonic() + LONGEST_S
    while not fact():
        assert time.monotonic() < deadline, f"not within {LONGEST_S} s"
        time.sleep(0.01)
