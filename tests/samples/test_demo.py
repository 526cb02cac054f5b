"""`make demo`, headless: JupyterLab on the notebook, and both servers gone after Ctrl-C."""

import json
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest

from nb_remote.samples.demo import NOTEBOOK, can_open_browser, main

DEADLINE_S = 60


def test_the_notebook_has_no_outputs(project_root):
    notebook = json.loads((project_root / NOTEBOOK).read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)


def test_a_missing_notebook_is_named(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["demo", "--notebook", "none.ipynb"])
    with pytest.raises(SystemExit):
        main()
    assert "there is no notebook none.ipynb" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, False), ({"DISPLAY": ":0"}, True), ({"BROWSER": "wslview"}, True)],
)
def test_a_browser_needs_a_display(monkeypatch, variables, expected):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert can_open_browser() is expected


def test_the_demo_starts_and_stops(root, project_root, tmp_path, monkeypatch):
    """The samples come from the cache of these tests: its folder is the demo's cache folder."""
    cache = tmp_path / "cache" / "nb-remote"
    cache.mkdir(parents=True)
    (cache / "samples").symlink_to(root)
    folders = {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    for name, value in {**folders, "XDG_CACHE_HOME": str(cache.parent)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    command = [sys.executable, "-m", "nb_remote.samples.demo", "--no-browser"]
    with subprocess.Popen(
        command, cwd=project_root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as demo:
        deadline = threading.Timer(DEADLINE_S, demo.kill)
        deadline.start()
        lines = []
        for line in demo.stdout:
            lines.append(line.strip())
            if "Ctrl-C" in line:
                break
        deadline.cancel()
        (brain,) = (line.removeprefix("brain: ") for line in lines if line.startswith("brain: "))
        (address,) = (line.removeprefix("Open ") for line in lines if line.startswith("Open "))
        lab = urlsplit(address)
        assert lab.path == "/lab/tree/01_first_look.ipynb"
        assert status_of(lab, NOTEBOOK.name)["type"] == "notebook"
        with connect(urlsplit(brain)) as samples_connection, connect(lab) as lab_connection:
            demo.send_signal(signal.SIGINT)
            assert demo.wait(DEADLINE_S) == 0
            for connection in (samples_connection, lab_connection):
                assert connection.recv(1) == b""


def connect(parts):
    return socket.create_connection((parts.hostname, parts.port), timeout=DEADLINE_S)


def status_of(lab, name):
    (token,) = parse_qs(lab.query)["token"]
    request = urllib.request.Request(
        f"http://{lab.netloc}/api/contents/{name}?content=0",
        headers={"Authorization": f"token {token}"},
    )
    with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
        return json.load(answer)
