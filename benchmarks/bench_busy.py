"""How long a fresh slice takes while the kernel is idle, and while a cell works.

From the key to the painted slice (six tiles of 64 KiB, each a chunk of its own behind a loopback
HTTP server), in the page of a real JupyterLab or Notebook 7. usage: bench_busy.py [ROUNDS]
"""

import contextlib
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from playwright.sync_api import sync_playwright
from tests.browser.busy import WORK, BusyNotebook
from tests.browser.endless import CENTRE, Endless, wait_until_shown
from tests.browser.lab import Lab
from tests.browser.notebook_page import NotebookPage, launch
from tests.servers.http import RangeServer

KERNELS = (("lab", "python3"), ("lab", "ipykernel-7.3.0"), ("notebook", "python3"))

_LEAF = """async ([rounds]) => {
    const canvas = document.querySelector('canvas[data-testid=nb-remote-canvas]');
    const slice = () => Math.floor(canvas.dataset.position.split(',')[2]);
    const times = [];
    canvas.focus();
    for (let round = 0; round < rounds; round++) {
        // never as far as before, so that nothing of it was fetched ahead
        const pages = [3, 7, 4, 9, 5, 8][round % 6];
        const next = slice() + 10 * pages;
        const start = performance.now();
        for (let page = 0; page < pages; page++)
            canvas.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }));
        while (slice() !== next || canvas.dataset.ready !== '1')
            await new Promise(requestAnimationFrame);
        times.push(performance.now() - start);
    }
    return times;
}"""


def main(rounds=20):
    """Print the table."""
    print(f"{'':28}" + "".join(f"{name:>16}" for name in ("idle", *WORK, "trait set")))
    print("p50 / p95 ms, and p50 as a multiple of idle")
    with RangeServer(Endless()) as served, sync_playwright() as playwright:
        chromium = launch(playwright)
        for app, kernel in KERNELS:
            with Lab(app) as lab, tempfile.TemporaryDirectory() as folder:
                busy, page = _open(chromium, lab, kernel, served.url, Path(folder))
                cells = [_times(busy, work, rounds) for work in (None, *WORK, "trait")]
                idle = statistics.median(cells[0])
                print(
                    f"{app:9} ipykernel {busy.version:8}" + "".join(_cell(c, idle) for c in cells)
                )
                page.close()
        chromium.close()


def _open(chromium, lab, kernel, url, folder):
    def opener(cells):
        lab.write_notebook("busy.ipynb", cells, kernel=kernel)
        return NotebookPage(chromium, lab, "busy.ipynb")

    busy = BusyNotebook(opener, url, folder)
    return busy, busy.nb


def _times(busy, work, rounds):
    start = busy.go_somewhere_new()
    with contextlib.ExitStack() as stack:
        if work == "trait":
            start = busy.next_region()
            first = f"view.position = {(*CENTRE, start + 0.5)}"
            stack.enter_context(busy.working("sleep", first=first))
        elif work:
            stack.enter_context(busy.working(work))
        wait_until_shown(busy.nb, start)
        return busy.nb.page.evaluate(_LEAF, [rounds])


def _cell(times, idle):
    middle = statistics.median(times)
    late = statistics.quantiles(times, n=20)[-1]
    return f"{middle:5.0f}/{late:4.0f} {middle / idle:3.1f}x"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
