"""The sample server as this process sees it: started on first use, one for all, ended with us."""

import atexit
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from nb_remote.samples.cache import default_root
from nb_remote.samples.catalog import Computed, Sample

WRITE_DEADLINE_S = 180
"""The brain takes 5 s on a laptop; most of it is importing nilearn."""
START_DEADLINE_S = 60
"""Starting takes 0.3 s; the rest is for machines whose disks are asleep."""
STOP_DEADLINE_S = 5

VARIABLE = "NB_REMOTE_SAMPLES"
"""Environment variable with the address of a server that runs already."""


class SampleProcess:
    """A sample server in a process of its own, so that it shares no lock with the kernel.

    Every method may be called from any thread.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._root = root
        self._address: str | None = None
        self._process: subprocess.Popen[str] | None = None

    def url(self, sample: Sample | Computed) -> str:
        """Address of a sample, once it is written and the server listens."""
        with self._lock:
            if self._root is None:
                self._root = default_root()
            if isinstance(sample, Sample) and not (self._root / sample.place).is_dir():
                self._write(sample, self._root)
            if self._process is None or self._process.poll() is not None:
                self._end()
                self._address = self._start(self._root)
            return f"{self._address}/{sample.address}"

    @property
    def address(self) -> str | None:
        """``http://127.0.0.1:<port>``, or None before the first `url`."""
        return self._address

    @property
    def pid(self) -> int | None:
        """The server's process, or None where none runs."""
        return None if self._process is None else self._process.pid

    def stop(self) -> None:
        """End the server, if it runs."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process, self._address = self._process, None, None
        atexit.unregister(self.stop)
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        try:
            process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _write(self, sample: Sample, root: Path) -> None:
        done = subprocess.run(  # noqa: S603 (our own module, no shell)
            [*_command(root), "write", sample.name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WRITE_DEADLINE_S,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                f"The sample {sample.name!r} could not be written to {root}: "
                f"{_last_line(done.stderr) or f'exit code {done.returncode}'}"
            )

    def _start(self, root: Path) -> str:
        # a file, because a pipe that nobody reads would block the server one day
        with tempfile.TemporaryFile("w+") as complaints:
            process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
                [*_command(root), "serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                start_new_session=True,
            )
            deadline = threading.Timer(START_DEADLINE_S, process.kill)
            deadline.start()
            try:
                line = process.stdout.readline().strip() if process.stdout else ""
            finally:
                deadline.cancel()
            if not line.startswith("http://"):
                process.kill()
                process.communicate()
                complaints.seek(0)
                raise RuntimeError(
                    "The sample server did not start: "
                    f"{_last_line(complaints.read()) or f'exit code {process.returncode}'}"
                )
        self._process = process
        atexit.register(self.stop)
        return line


def url(sample: Sample | Computed) -> str:
    """Address of a sample on the server named by the environment, else on this process's own."""
    running = os.environ.get(VARIABLE)
    if running:
        return f"{running.rstrip('/')}/{sample.address}"
    return _ours.url(sample)


def _command(root: Path) -> list[str]:
    # -P: a file in the notebook's folder must not stand in for a module of ours
    return [sys.executable, "-P", "-m", "nb_remote.samples", "--root", str(root)]


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]


_ours = SampleProcess()
