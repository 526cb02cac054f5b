"""A marimo app in a server of its own, on a free port."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 20


class MarimoApp:
    """Serves an app made of cells; use as a context manager, open `url` in a browser.

    Parameters
    ----------
    cells
        Bodies of functions, each with its parameters and its return statement:
        ``("mo", "x = mo.ui.slider(1, 9)\\nreturn (x,)")``.
    """

    def __init__(self, cells):
        functions = []
        for parameters, body in cells:
            indented = "\n".join(f"    {line}" for line in body.splitlines())
            functions.append(f"@app.cell\ndef _({parameters}):\n{indented}\n")
        self.source = "\n\n".join(["import marimo\n\napp = marimo.App()", *functions])

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            folder = Path(
                undo.enter_context(tempfile.TemporaryDirectory(prefix="nb-remote-marimo-"))
            )
            (folder / "app.py").write_text(self.source)
            self.log = folder / "server.log"
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            self.url = f"http://127.0.0.1:{port}/"
            command = "-m marimo --log-level warn run app.py --headless --no-token --host 127.0.0.1"
            with self.log.open("w") as log:
                self.process = subprocess.Popen(
                    [sys.executable, *command.split(), f"--port={port}"],
                    cwd=folder,
                    env={**os.environ, "HOME": str(folder), "MARIMO_SKIP_UPDATE_CHECK": "1"}
                    | {f"XDG_{kind}_HOME": str(folder) for kind in ("CONFIG", "STATE", "CACHE")},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            undo.callback(self._stop)
            self._wait_until_it_answers()
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *exception):
        self._undo.close()

    def _wait_until_it_answers(self):
        directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(urllib.error.URLError, OSError):
                directly.open(f"{self.url}health", timeout=5).close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"marimo did not start:\n{self.log.read_text()[-4000:]}")

    def _stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
