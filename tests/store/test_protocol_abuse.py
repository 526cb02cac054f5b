"""A server that abuses HTTP gets a typed error, and no read hangs or lies."""

import pytest

from nb_remote.errors import NbRemoteError

OK = "HTTP/1.1 200 OK\r\n"
PART = "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n"
ANSWERS = {
    "nothing": "",
    "half a status line": "HTTP/1.1 2",
    "only headers": OK + "Content-Length: 4\r\n",
    "no status": "HTTP/1.1 \r\n\r\n",
    "huge status": "HTTP/1.1 99999 X\r\n\r\n",
    "huge header": OK + "X-A: " + "a" * 100_000 + "\r\n\r\n",
    "many headers": OK + "X-A: a\r\n" * 20_000,
    "length is a word": OK + "Content-Length: many\r\n\r\nbody",
    "length is negative": OK + "Content-Length: -4\r\n\r\nbody",
    "two lengths": OK + "Content-Length: 4\r\nContent-Length: 3\r\n\r\nbody",
    "length and chunks": OK + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunk size": OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\nbody",
    "huge chunk size": OK + "Transfer-Encoding: chunked\r\n\r\n" + "f" * 30 + "\r\nbody",
    "null in header": OK + "X-A: a\x00b\r\n\r\nbody",
    "status 100 for ever": "HTTP/1.1 100 Continue\r\n\r\n" * 1000,
    "switching protocols": "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "many encodings": OK + "Content-Length: 4\r\nContent-Encoding: gzip, gzip, gzip\r\n\r\nbody",
    "not gzip": OK + "Content-Length: 4\r\nContent-Encoding: gzip\r\n\r\nbody",
    "range backwards": PART + "Content-Range: bytes 4-0/9\r\n\r\nbody",
    "range of words": PART + "Content-Range: bytes a-b/c\r\n\r\nbody",
    "range in other units": PART + "Content-Range: lines 0-3/9\r\n\r\nbody",
    "huge range": PART + f"Content-Range: bytes 0-{'9' * 6000}/9\r\n\r\nbody",
    "huge length": OK + f"Content-Length: {'9' * 6000}\r\n\r\nbody",
    "many parts": PART + "Content-Type: multipart/byteranges; boundary=x\r\n\r\nbody",
    "retry after nonsense": "HTTP/1.1 503 X\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n",
    "retry after infinity": "HTTP/1.1 503 X\r\nRetry-After: inf\r\nContent-Length: 0\r\n\r\n",
    "redirect to spaces": "HTTP/1.1 302 X\r\nLocation:  http:// a b\r\nContent-Length: 0\r\n\r\n",
    "redirect to a bad port": "HTTP/1.1 302 X\r\nLocation: http://h:99999/\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_abuse_gives_a_typed_error(serve, store_at, read, answer):
    server = serve({})
    server.fail("a", "raw", to=answer)
    store = store_at(server.url)
    with pytest.raises(NbRemoteError):
        read(store.get("a", limit=3))
    with pytest.raises(NbRemoteError):
        read(store.get_range("a", 1, 9))
    assert store.meter.counts().in_flight == 0
