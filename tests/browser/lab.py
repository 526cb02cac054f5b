"""A throw-away JupyterLab or Notebook 7 with settings of its own, on a free port."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat

STOP_SECONDS = 20

OTHER_KERNELS = Path(sys.prefix) / "kernels"
"""Older versions of ipykernel beside the installed one, each in a folder of its name."""

SETTINGS = {  # nothing that looks for news, and nothing that pops up over a screenshot
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "fetchNews": "false",
        "doNotDisturbMode": True,
    },
    "@jupyterlab/extensionmanager-extension:plugin": {"enabled": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}

CONFIGURATION = {
    "ServerApp": {"ip": "127.0.0.1", "port": 0, "terminals_enabled": False},
    "LabApp": {
        "expose_app_in_browser": True,  # window.jupyterapp: cells are run and read through it
        "extension_manager": "readonly",
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "news_url": None,
    },
    "JupyterNotebookApp": {"expose_app_in_browser": True},
}

MODULES = {"lab": "jupyterlab", "notebook": "notebook"}


class Lab:
    """A Jupyter server in a folder of its own; use as a context manager.

    Parameters
    ----------
    app
        ``lab`` for JupyterLab, ``notebook`` for Notebook 7.
    environment
        More environment variables for the server and its kernels.
    settings
        JupyterLab settings by plugin, over those above.
    """

    start_seconds = 90

    def __init__(self, app="lab", *, environment=None, settings=None):
        self.app = app
        self.environment = environment or {}
        self.settings = {**SETTINGS, **(settings or {})}
        self.token = secrets.token_hex(16)

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            self.folder = Path(
                undo.enter_context(tempfile.TemporaryDirectory(prefix="nb-remote-lab-"))
            )
            self.root = self.folder / "root"
            self.root.mkdir()
            self.log = self.folder / "server.log"
            self._start()
            undo.callback(self._stop)
            self._wait_until_it_answers()
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *exception):
        self._undo.close()

    def write_notebook(self, name, cells, *, kernel="python3"):
        """Write ``cells`` as a notebook into the served folder.

        ``kernel`` may be an older one, for example ``ipykernel-6.31.0``.
        """
        if kernel != "python3" and not (OTHER_KERNELS / kernel).is_dir():
            raise RuntimeError(f"{kernel} is not installed: run `make kernels`")
        spec = {"name": kernel, "display_name": kernel, "language": "python"}
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": spec})
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(notebook, self.root / name)

    def page_url(self, name):
        """Return the address of a notebook in the browser, token included."""
        if self.app == "lab":
            return f"{self.url}lab/tree/{name}?token={self.token}&reset"
        return f"{self.url}notebooks/{name}?token={self.token}"

    def log_tail(self, characters=20_000):
        return self.log.read_text(errors="replace")[-characters:]

    def command(self):
        """Return the command that starts the server."""
        module = MODULES[self.app]
        root = f"--ServerApp.root_dir={self.root}"
        return [sys.executable, "-m", module, "--no-browser", "--allow-root", root]

    def _start(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command(),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.root,
                start_new_session=True,  # so that its kernels can be ended with it
            )

    def _environment(self):
        def folder(name):
            path = self.folder / name
            path.mkdir()
            return str(path)

        config = folder("config")
        for name in ("server", "lab", "notebook"):
            file = Path(config) / f"jupyter_{name}_config.json"
            file.write_text(json.dumps(CONFIGURATION))
        overrides = Path(config) / "labconfig" / "default_setting_overrides.json"
        overrides.parent.mkdir()
        overrides.write_text(json.dumps(self.settings))
        data = folder("data")
        _offer_other_kernels(Path(data) / "kernels")
        return {
            **os.environ,
            "JUPYTER_CONFIG_DIR": config,
            "JUPYTER_DATA_DIR": data,
            "JUPYTER_RUNTIME_DIR": folder("runtime"),
            "JUPYTERLAB_SETTINGS_DIR": folder("settings"),
            "JUPYTERLAB_WORKSPACES_DIR": folder("workspaces"),
            "IPYTHONDIR": folder("ipython"),
            "JUPYTER_TOKEN": self.token,
            "JUPYTER_PLATFORM_DIRS": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            **self.environment,
        }

    def _wait_until_it_answers(self):
        deadline = time.monotonic() + self.start_seconds
        directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < deadline and self.process.poll() is None:
            for description in (self.folder / "runtime").glob("jpserver-*.json"):
                # while the server starts, its description may be half written
                with contextlib.suppress(OSError, ValueError):
                    server = json.loads(description.read_text())
                    self.url = f"http://127.0.0.1:{server['port']}/"
                    self.token = server["token"]
                    authorized = {"Authorization": f"token {self.token}"}
                    status = urllib.request.Request(f"{self.url}api/status", headers=authorized)
                    directly.open(status, timeout=5).close()
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.app} did not start:\n{self.log_tail(4000)}")

    def _stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


LOOK_AGAIN = "from nb_remote.widget import kernel_comm; kernel_comm.look_for_overlooked_requests()"
"""Kernels that overlook requests may do so before the first cell has imported anything."""


def _offer_other_kernels(folder):
    """Write a kernel specification for each older ipykernel, with the rest of this environment."""
    paths = os.environ.get("PYTHONPATH")
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    for kernel in OTHER_KERNELS.glob("ipykernel-*"):
        specification = {
            "argv": [*launch, f"--IPKernelApp.exec_lines={LOOK_AGAIN}"],
            "display_name": kernel.name,
            "language": "python",
            "env": {"PYTHONPATH": f"{kernel}{os.pathsep}{paths}" if paths else str(kernel)},
        }
        (folder / kernel.name).mkdir(parents=True)
        (folder / kernel.name / "kernel.json").write_text(json.dumps(specification))
