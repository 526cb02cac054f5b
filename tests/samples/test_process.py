"""The server's process: one for all samples, and never longer than its parent."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from urllib.parse import urlsplit

import pytest

from nb_remote import samples
from nb_remote.samples import process
from nb_remote.samples.catalog import find
from nb_remote.samples.process import SampleProcess

DEADLINE_S = 20


@pytest.fixture(scope="module")
def server(root):
    """Return a server that every test may use and none ends for good."""
    with SampleProcess(root) as server:
        yield server


def connect(url):
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=DEADLINE_S)


def wait_for_end(connection):
    """Wait until the process at the other end is gone: the system closes its connections."""
    with contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def fetch(url):
    with urllib.request.urlopen(f"{url}/.zattrs", timeout=DEADLINE_S) as answer:
        return answer.read()


def test_one_server_for_all(server):
    brain = server.url(find("brain"))
    pid = server.pid
    histology = server.url(find("histology"))
    assert server.url(find("brain")) == brain
    assert server.pid == pid != os.getpid()
    assert urlsplit(brain).netloc == urlsplit(histology).netloc
    assert brain.startswith("http://127.0.0.1:")
    assert brain.endswith("/brain.zarr")
    assert b"multiscales" in fetch(brain)
    assert b"multiscales" in fetch(histology)


def test_threads_share_it(server):
    urls = []
    threads = [
        threading.Thread(target=lambda: urls.append(server.url(find("brain")))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert len(urls) == 4
    assert len(set(urls)) == 1


def test_a_server_that_died_is_replaced(server):
    first = server.url(find("brain"))
    pid = server.pid
    with connect(first) as connection:
        os.kill(pid, signal.SIGKILL)
        wait_for_end(connection)
    server._process.wait(DEADLINE_S)
    assert b"multiscales" in fetch(server.url(find("brain")))
    assert server.pid != pid


def test_an_interrupt_of_the_kernel_does_not_end_it(server):
    url = server.url(find("brain"))
    os.kill(server.pid, signal.SIGINT)
    assert b"multiscales" in fetch(url)
    assert os.getsid(server.pid) != os.getsid(0)


def test_stop_ends_it(server):
    with connect(server.url(find("brain"))) as connection:
        server.stop()
        wait_for_end(connection)
    assert server.pid is None
    server.stop()


PARENT = """
import os, sys
from pathlib import Path
from nb_remote.samples.catalog import find
from nb_remote.samples.process import SampleProcess
print(SampleProcess(Path(sys.argv[1])).url(find("brain")), flush=True)
sys.stdin.readline()
"""


@contextlib.contextmanager
def parent(root):
    """Start a process that uses the samples, and yield it with a connection to its server."""
    command = [sys.executable, "-c", PARENT, str(root)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        deadline = threading.Timer(DEADLINE_S, process.kill)
        deadline.start()
        url = process.stdout.readline().strip()
        deadline.cancel()
        with connect(url) as connection:
            yield process, connection


def test_it_ends_when_its_parent_ends(root):
    with parent(root) as (process, connection):
        process.communicate("\n", timeout=DEADLINE_S)
        assert process.returncode == 0
        wait_for_end(connection)


def test_it_ends_when_its_parent_is_killed(root):
    with parent(root) as (process, connection):
        process.kill()
        wait_for_end(connection)


def test_a_server_that_cannot_start_says_why(root, monkeypatch):
    monkeypatch.setattr(
        process, "_command", lambda _: [sys.executable, "-c", "raise OSError('no ports')"]
    )
    with pytest.raises(RuntimeError, match="did not start: OSError: no ports"):
        SampleProcess(root).url(find("brain"))


def test_a_sample_that_cannot_be_written_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(
        process, "_command", lambda _: [sys.executable, "-c", "raise OSError('disk full')"]
    )
    with pytest.raises(RuntimeError, match=r"'brain' could not be written.*disk full"):
        SampleProcess(tmp_path).url(find("brain"))


def test_a_server_that_runs_already_is_used(monkeypatch):
    monkeypatch.setenv("NB_REMOTE_SAMPLES", "http://127.0.0.1:1234/")
    assert samples.url("brain") == "http://127.0.0.1:1234/brain.zarr"
    with pytest.raises(ValueError, match="no sample"):
        samples.url("spleen")
