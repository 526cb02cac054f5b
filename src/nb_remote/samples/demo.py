"""``python -m nb_remote.samples.demo``: samples, JupyterLab, and the first notebook in a browser.

Ctrl-C ends both servers. JupyterLab listens on 127.0.0.1 with a token of its own, and
looks for no news and no updates: the demo needs no internet.
"""

import argparse
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from nb_remote.samples.catalog import SAMPLES
from nb_remote.samples.process import VARIABLE, SampleProcess

NOTEBOOK = Path("notebooks") / "01_first_look.ipynb"
START_DEADLINE_S = 90
"""A cold disk takes JupyterLab half a minute."""
STOP_DEADLINE_S = 15
"""JupyterLab ends its kernels first."""


def main() -> int:
    """Run the demo until it is interrupted or JupyterLab is shut down."""
    parser = argparse.ArgumentParser(prog="python -m nb_remote.samples.demo", description=__doc__)
    parser.add_argument("--notebook", type=Path, default=NOTEBOOK, help="what to open")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    arguments = parser.parse_args()
    notebook: Path = arguments.notebook.resolve()
    if not notebook.is_file():
        parser.error(f"there is no notebook {arguments.notebook}")
    if find_spec("jupyterlab") is None:
        parser.error('JupyterLab is not installed: pip install "nb-remote[demo]"')

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    try:
        with SampleProcess() as samples:
            print("Preparing the samples …", flush=True)
            for sample in SAMPLES:
                print(f"  {sample.name}: {samples.url(sample)}", flush=True)
            browser = not arguments.no_browser and can_open_browser()
            with jupyterlab(notebook, samples=samples.address or "", browser=browser) as lab:
                verb = "Opening" if browser else "Open"
                print(f"{verb} {lab.address}\nPress Ctrl-C to stop.", flush=True)
                return lab.process.wait()
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
        return 0


class Lab:
    """A JupyterLab that runs, and the address of its notebook, token included."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self.process = process
        self.address = address


@contextlib.contextmanager
def jupyterlab(notebook: Path, *, samples: str, browser: bool) -> Iterator[Lab]:
    """JupyterLab in the notebook's folder; its kernels know the address of the samples."""
    # in the environment, not among the arguments, which every user of the machine can read
    token = secrets.token_urlsafe(24)
    process = subprocess.Popen(  # noqa: S603 (fixed arguments, no shell)
        _command(notebook, browser=browser),
        env={**os.environ, "JUPYTER_TOKEN": token, VARIABLE: samples},
        stdin=subprocess.DEVNULL,
        # Ctrl-C comes to us alone, so that JupyterLab does not ask whether it was meant
        start_new_session=True,
    )
    try:
        base = _wait_for_address(process)
        yield Lab(process, f"{base}lab/tree/{quote(notebook.name)}?token={token}")
    finally:
        process.terminate()
        try:
            process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def can_open_browser() -> bool:
    """Whether a browser with windows can be expected here."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return any(os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))


def _command(notebook: Path, *, browser: bool) -> list[str]:
    command = [
        *(sys.executable, "-m", "jupyterlab", str(notebook)),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={notebook.parent}",
        "--log-level=WARN",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # containers; the server listens on loopback and asks for its token
        command.append("--allow-root")
    return command


def _wait_for_address(process: subprocess.Popen[bytes]) -> str:
    """Base address of a starting Jupyter server, from the file in which it describes itself."""
    from jupyter_core.paths import jupyter_runtime_dir

    description = Path(jupyter_runtime_dir()) / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            return str(json.loads(description.read_text())["url"])
        time.sleep(0.05)
    raise RuntimeError("JupyterLab did not start; what it printed above says why")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
