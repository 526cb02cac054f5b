"""The sample server, asked over real connections."""

import contextlib
import http.client
import threading

import pytest

from nb_remote.samples.serve import SampleServer

BODY = bytes(range(256)) * 4


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    top = tmp_path_factory.mktemp("served")
    (top / "secret").write_bytes(b"secret")
    folder = top / "image.zarr"
    (folder / "0").mkdir(parents=True)
    (folder / "0" / "1.2 3").write_bytes(BODY)
    (folder / ".zattrs").write_text("{}")
    (folder / "empty").touch()
    (folder / "link").symlink_to(top / "secret")
    (folder / "up").symlink_to(top)
    with SampleServer({"image.zarr": folder}) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


@pytest.fixture
def ask(server):
    """Return a function that sends one request, all on one connection, with its target as is."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)

    def send(target, method="GET", **headers):
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()

    with contextlib.closing(connection):
        yield send


def test_get(ask):
    answer, body = ask("/image.zarr/0/1.2%203")
    assert (answer.status, body) == (200, BODY)
    assert answer.headers["Content-Length"] == "1024"
    assert answer.headers["Accept-Ranges"] == "bytes"
    answer, body = ask("/image.zarr/.zattrs")
    assert (answer.status, answer.headers["Content-Type"], body) == (200, "application/json", b"{}")
    answer, body = ask("/image.zarr/empty")
    assert (answer.status, body) == (200, b"")


def test_head(ask):
    answer, body = ask("/image.zarr/0/1.2%203", "HEAD")
    assert (answer.status, answer.headers["Content-Length"], body) == (200, "1024", b"")
    answer, body = ask("/image.zarr/0/1.2%203", "HEAD", Range="bytes=0-3")
    assert (answer.status, answer.headers["Content-Length"]) == (200, "1024")
    assert ask("/image.zarr/none", "HEAD")[0].status == 404


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("0-0", 0, 1), ("10-19", 10, 20), ("1000-", 1000, 1024), ("0-", 0, 1024),
     ("1020-9999", 1020, 1024), ("-24", 1000, 1024), ("-5000", 0, 1024)],
)  # fmt: skip
def test_ranges(ask, asked, start, stop):
    answer, body = ask("/image.zarr/0/1.2%203", Range=f"bytes={asked}")
    assert (answer.status, body) == (206, BODY[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/1024"


@pytest.mark.parametrize("asked", ["1024-", "5000-6000", "-0"])
def test_ranges_outside_the_file(ask, asked):
    answer, body = ask("/image.zarr/0/1.2%203", Range=f"bytes={asked}")
    assert (answer.status, body) == (416, b"")
    assert answer.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "header", ["bytes=", "bytes=-", "bytes=9-3", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b"]
)
def test_ranges_that_are_ignored(ask, header):
    answer, body = ask("/image.zarr/0/1.2%203", Range=header)
    assert (answer.status, body) == (200, BODY)


@pytest.mark.parametrize(
    "target",
    ["/", "/image.zarr", "/image.zarr/", "/image.zarr/0", "/image.zarr/0/", "/image.zarr/0/0.0",
     "/other.zarr/0", "/image.zarr//.zattrs", "*"],
)  # fmt: skip
def test_what_is_no_file_is_not_there(ask, target):
    answer, body = ask(target)
    assert (answer.status, body) == (404, b"")


@pytest.mark.parametrize(
    "target",
    ["/secret", "/../secret", "/image.zarr/../secret", "/image.zarr/%2e%2e/secret",
     "/image.zarr/..%2fsecret", "/image.zarr/0/../../secret", "/image.zarr/..%5csecret",
     "/image.zarr/link", "/image.zarr/up/secret", "/image.zarr/.zattrs%00",
     "/image.zarr//etc/passwd", "/image.zarr/%2fetc%2fpasswd", "//etc/passwd", "/%2fetc/passwd"],
)  # fmt: skip
def test_nothing_outside_the_folder_is_served(ask, target):
    answer, body = ask(target)
    assert (answer.status, body) == (404, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_verbs_are_refused(ask, server, method):
    answer, _ = ask("/image.zarr/.zattrs", method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert ask("/image.zarr/.zattrs")[1] == b"{}"


def test_a_connection_is_kept(server):
    with contextlib.closing(http.client.HTTPConnection(*server.server_address, timeout=10)) as one:
        one.connect()
        socket = one.sock
        for _ in range(3):
            one.request("GET", "/image.zarr/.zattrs")
            assert one.getresponse().read() == b"{}"
            assert one.sock is socket


def test_many_connections_at_once(server):
    """A reader opens 64 at a time; none of them may wait for a retransmission."""
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(64):
            one = http.client.HTTPConnection(*server.server_address, timeout=10)
            connections.append(stack.enter_context(contextlib.closing(one)))
            one.request("GET", "/image.zarr/0/1.2%203")
        assert all(one.getresponse().read() == BODY for one in connections)


def test_only_loopback_is_bound(server):
    assert server.server_address[0] == "127.0.0.1"
    assert server.address == f"http://127.0.0.1:{server.server_address[1]}"
