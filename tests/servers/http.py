"""A real HTTP/1.1 server with ranges, a record of what was asked, and faults to switch on.

    with RangeServer({"v/.zattrs": b"{}"}) as server:
        server.fail("v/0/*", "503", times=2)
        ...
        assert [r.method for r in server.requests] == ["GET", "GET"]

It runs on a loop and a thread of its own. `requests`, `dropped` and the counters
may be read from any thread; `wait_for` waits for them without sleeping.
"""

import asyncio
import base64
import contextlib
import functools
import gzip
import re
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote, urlsplit

# Every wait of a test or of the server ends; longer than any healthy step takes.
PATIENCE_S = 5.0

FAULTS = frozenset(
    {
        "hang",  # silence before the headers
        "hangmid",  # headers and half of the body, then silence
        "drip",  # one byte each 50 ms
        "reset",  # RST before the answer
        "resetmid",  # RST after half of the body
        "finmid",  # FIN after half of the body, length announced
        "nolenfin",  # FIN after half of the body, no length: can't be noticed
        "chunked",  # healthy, but chunked and without a length
        "chunkedcut",  # chunked, without the final chunk
        "shortlen",  # half of the body, and its length announced
        "longlen",  # the whole body, twice its length announced, then FIN
        "flip",  # one bit in the middle of the body is another
        "hugehead",  # a header of 1 MiB
        "endless",  # chunked body that never ends
        "hugelen",  # announces 2**50 bytes, sends 1 KiB
        "empty200",
        "slow404",  # the error page comes 50 ms after its headers
        "login200",  # an HTML page with status 200
        "norange",  # ignores Range
        "wrongrange",  # 206 with the first bytes instead of those asked for
        "silentrange",  # 206 without Content-Range
        "longrange",  # 206 with the right Content-Range, but one byte more
        "gzip",  # Content-Encoding: gzip; ranges are of the encoded bytes
        "deflate",  # Content-Encoding: deflate (zlib)
        "rawdeflate",  # Content-Encoding: deflate without the zlib header
        "gzipcut",  # Content-Encoding: gzip, half of the stream
        "bomb",  # Content-Encoding: gzip, 64 MiB of zeros
        "brotli",  # Content-Encoding: br (the bytes are not)
        "redirect",  # 302 to `to`
        "redirloop",  # 302 to itself
        "moved",  # 302 to the same path below `MOVED`, where everything is served, too
        "closing",  # healthy, but the connection ends with the answer
        "garbage",  # not HTTP
        "raw",  # exactly the bytes of `to`, then FIN
    }
)

MOVED = "moved/"
PAGE = b"<!DOCTYPE html><html><body>please log in</body></html>"
"""A page that nobody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    """Decoded, without the leading slash."""
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""

    @property
    def range(self) -> str | None:
        """The Range header."""
        return self.headers.get("range")


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault that is switched on; `times` counts down, None is for ever."""

    pattern: str
    kind: str
    times: int | None = None
    to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class RangeServer:
    """Serves a folder or a mapping on an ephemeral loopback port.

    Parameters
    ----------
    content
        Folder, or bytes by path (no leading slash). A mapping may change while it is served.
    latency_s
        Seconds before each answer; may be set at any time.
    basic_auth
        ``(user, password)`` that every request has to bring, else 401.
    bearer
        Token that every request has to bring, else 401.
    token
        Value of the query parameter ``token`` that every request has to bring, else 403.
    tls
        Server-side context; then it speaks https.
    """

    def __init__(
        self,
        content: Mapping[str, bytes] | Path,
        *,
        latency_s: float = 0.0,
        basic_auth: tuple[str, str] | None = None,
        bearer: str | None = None,
        token: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.content = content
        self.latency_s = latency_s
        self.requests: list[Request] = []
        self.dropped: list[str] = []
        """Paths whose client went away before the answer was complete."""
        self.open_connections = 0
        self.connections = 0
        """Connections accepted so far."""
        self.peak_in_flight = 0
        """Most requests that were being answered at one moment."""
        self.missing = "404"
        """What is answered for what isn't there: a status, or ``page`` for 200 with a page."""
        self.page_of_status: Callable[[int], bytes] = lambda status: (
            f"<html>{status}</html>".encode()
        )
        """What is sent with a status that brings no object."""
        self.listing: Callable[[Request], tuple[int, bytes] | None] = lambda _: None
        """Answers requests for folders, before the content is looked at: status and body."""
        self.headers: dict[str, str] = {}
        """Sent with every complete answer, such as those that a page of another origin needs."""
        self._in_flight = 0
        self._authorization = _authorization(basic_auth, bearer)
        self._token = token
        self._tls = tls
        self._faults: list[Fault] = []
        self._changed = threading.Condition()
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="range-server", daemon=True)

    # --- for tests -------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(PATIENCE_S), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Close the port and all connections. May be called before the block ends."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(PATIENCE_S)
            assert not self._thread.is_alive(), "the server did not stop"

    @property
    def host(self) -> str:
        """``127.0.0.1:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Address of the root, without a trailing slash."""
        return f"{'https' if self._tls else 'http'}://{self.host}"

    def url_of(self, path: str) -> str:
        """Address of a path."""
        return f"{self.url}/{quote(path)}"

    def fail(
        self,
        pattern: str,
        kind: str,
        *,
        times: int | None = None,
        to: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Switch on a fault for the paths that match a shell pattern; the latest wins.

        Parameters
        ----------
        kind
            A name of `FAULTS`, or a status code such as ``"503"``.
        times
            After so many answers the paths are healthy again.
        to
            Where ``redirect`` leads, or what ``raw`` sends.
        headers
            Added to the answer, for example ``{"Retry-After": "1"}``.
        """
        assert kind in FAULTS or re.fullmatch(r"[1-5]\d\d", kind), f"no such fault: {kind}"
        fault = Fault(pattern=pattern, kind=kind, times=times, to=to, headers=headers or {})
        with self._changed:
            self._faults.insert(0, fault)

    def heal(self) -> None:
        """Switch off all faults."""
        with self._changed:
            self._faults.clear()

    def forget(self) -> None:
        """Empty the records."""
        with self._changed:
            self.requests.clear()
            self.dropped.clear()
            self.peak_in_flight = 0

    def paths(self) -> list[str]:
        """Paths asked for, in order."""
        return [request.path for request in self.requests]

    def wait_for(self, condition: Callable[[], object], timeout: float = PATIENCE_S) -> None:
        """Wait until `condition` about this server holds; fail after `timeout` seconds."""
        with self._changed:
            held = self._changed.wait_for(condition, timeout)
        assert held, f"did not happen within {timeout} s; requests: {self.paths()}"

    # --- the server ------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        handlers: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._connection(reader, writer))
            handlers.add(task)
            task.add_done_callback(handlers.discard)
            # one that is cancelled before its first step closes nothing by itself
            task.add_done_callback(lambda _: writer.close())

        server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=self._tls, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        # a connection that was accepted in the last moment has no handler yet: asyncio makes it one
        this = asyncio.current_task()
        while tasks := asyncio.all_tasks() - {this}:
            for task in handlers:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # closed transports let go of their sockets a turn later

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._changed:
            self.open_connections += 1
            self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await asyncio.wait_for(writer.wait_closed(), PATIENCE_S)
            with self._changed:
                self.open_connections -= 1
                self._changed.notify_all()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await _read_request(reader)
        if request is None:
            return False
        with self._changed:
            self.requests.append(request)
            self._in_flight += 1
            self.peak_in_flight = max(self.peak_in_flight, self._in_flight)
            self._changed.notify_all()
        complete = False
        try:
            if self.latency_s:
                await asyncio.sleep(self.latency_s)
            keep = await self._respond(Answer(self, request, reader, writer))
            complete = True
            return keep
        finally:
            with self._changed:
                self._in_flight -= 1
                if not complete:
                    self.dropped.append(request.path)
                self._changed.notify_all()

    async def _respond(self, answer: "Answer") -> bool:
        """Send the answer; return whether the connection stays open."""
        return await answer.send()

    def _fault(self, path: str) -> Fault | None:
        with self._changed:
            for fault in self._faults:
                if fault.times != 0 and fnmatchcase(path, fault.pattern):
                    if fault.times is not None:
                        fault.times -= 1
                    return replace(fault)
        return None

    def _refusal(self, request: Request) -> int | None:
        if self._authorization and request.headers.get("authorization") != self._authorization:
            return 401
        if self._token and f"token={self._token}" not in request.query.split("&"):
            return 403
        return None

    def _body(self, path: str) -> bytes | None:
        if isinstance(self.content, Path):
            file = self.content / path
            inside = file.resolve().is_relative_to(self.content.resolve())
            return file.read_bytes() if inside and file.is_file() else None
        return self.content.get(path)


class Answer:
    """The answer to one request."""

    def __init__(
        self,
        server: RangeServer,
        request: Request,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.server, self.request, self.reader, self.writer = server, request, reader, writer

    async def send(self) -> bool:
        """Send it; return whether the connection stays open."""
        refusal = self.server._refusal(self.request)
        if refusal:
            challenge = {"WWW-Authenticate": 'Basic realm="test"'} if refusal == 401 else {}
            return await self._status(refusal, challenge)
        fault = self.server._fault(self.request.path)
        kind = fault.kind if fault else ""
        extra = dict(fault.headers) if fault else {}
        if kind.isdigit():
            return await self._status(int(kind), extra)
        if kind == "hang":
            return await self._silence()
        if kind == "reset":
            return self._reset()
        if kind == "garbage":
            return await self._raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        if kind == "raw":
            return await self._raw((fault.to if fault else "").encode("latin-1"))
        if kind == "redirect":
            return await self._status(302, {"Location": fault.to if fault else "", **extra})
        if kind == "redirloop":
            return await self._status(302, {"Location": f"/{quote(self.request.path)}"})
        if kind == "slow404":
            await self._raw(_head(404, {"Content-Length": "9"}))
            await asyncio.sleep(0.05)
            return not await self._raw(b"not found")
        if kind == "login200":
            return await self._page(extra)
        if kind == "moved" and not self.request.path.startswith(MOVED):
            query = f"?{self.request.query}" if self.request.query else ""
            to = f"/{MOVED}{quote(self.request.path)}{query}"
            return await self._status(302, {"Location": to, **extra})
        listed = self.server.listing(self.request)
        if listed is not None:
            return await self._plain(listed[0], extra, listed[1])
        body = self.server._body(self.request.path.removeprefix(MOVED))
        if body is None and self.server.missing == "page":
            return await self._page(extra)
        if body is None:
            return await self._status(int(self.server.missing), extra)
        return await self._object(body, kind, extra)

    async def _page(self, extra: dict[str, str]) -> bool:
        return await self._plain(200, {"Content-Type": "text/html", **extra}, PAGE)

    async def _object(self, body: bytes, kind: str, extra: dict[str, str]) -> bool:
        body, encoding = _encoded(body, kind)
        headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", **extra}
        if encoding:
            headers["Content-Encoding"] = encoding
        status = 200
        if self.request.range and kind not in ("norange", "endless"):
            asked = _asked_range(self.request.range, len(body))
            if asked is None:
                return await self._status(416, {"Content-Range": f"bytes */{len(body)}"})
            start, stop = asked
            if kind == "wrongrange":
                start, stop = 0, stop - start
            if kind != "silentrange":
                headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
            status, body = 206, body[start : stop + (kind == "longrange")]
        return await self._faulty(status, headers, body, kind)

    async def _faulty(self, status: int, headers: dict[str, str], body: bytes, kind: str) -> bool:
        half = body[: len(body) // 2]
        length = {"Content-Length": str(len(body))}
        chunked = {"Transfer-Encoding": "chunked"}
        match kind:
            case "empty200":
                return await self._plain(200, {}, b"")
            case "shortlen":
                return await self._plain(status, headers, half)
            case "longlen":
                double = {**headers, "Content-Length": str(2 * len(body))}
                return await self._raw(_head(status, double) + body)
            case "flip":
                middle = bytes([body[len(half)] ^ 0x80])
                return await self._plain(status, headers, half + middle + body[len(half) + 1 :])
            case "hugehead":
                return await self._raw(_head(status, {**headers, "X-Long": "x" * 2**20}))
            case "hangmid":
                await self._raw(_head(status, {**headers, **length}) + half)
                return await self._silence()
            case "drip":
                await self._raw(_head(status, {**headers, **length}))
                for place in range(len(body)):
                    await self._raw(body[place : place + 1])
                    await asyncio.sleep(0.05)
                return True
            case "resetmid":
                await self._raw(_head(status, {**headers, **length}) + half)
                return self._reset()
            case "finmid":
                await self._raw(_head(status, {**headers, **length}) + half)
                return False
            case "nolenfin":
                await self._raw(_head(status, {**headers, "Connection": "close"}) + half)
                return False
            case "chunked":
                await self._raw(_head(status, {**headers, **chunked}))
                await self._raw(_chunk(half) + _chunk(body[len(half) :]) + b"0\r\n\r\n")
                return True
            case "chunkedcut":
                await self._raw(_head(status, {**headers, **chunked}) + _chunk(half))
                return False
            case "endless":
                await self._raw(_head(status, {**headers, **chunked}))
                while True:
                    await self._raw(_chunk(bytes(2**16)))
            case "hugelen":
                await self._raw(_head(status, {**headers, "Content-Length": str(2**50)}))
                await self._raw(bytes(1024))
                return await self._silence()
        if kind == "closing":
            await self._plain(status, {**headers, "Connection": "close"}, body)
            return False
        return await self._plain(status, headers, body)

    async def _status(self, status: int, headers: Mapping[str, str]) -> bool:
        return await self._plain(status, headers, self.server.page_of_status(status))

    async def _plain(self, status: int, headers: Mapping[str, str], body: bytes) -> bool:
        if status in (204, 304):  # these have no body
            return not await self._raw(_head(status, headers))
        head = _head(status, {**self.server.headers, **headers, "Content-Length": str(len(body))})
        await self._raw(head + (b"" if self.request.method == "HEAD" else body))
        return True

    async def _raw(self, data: bytes) -> bool:
        self.writer.write(data)
        await self.writer.drain()
        return False

    async def _silence(self) -> bool:
        """Wait until the client goes away."""
        while await self.reader.read(2**16):
            pass
        raise ConnectionResetError("the client went away")

    def _reset(self) -> bool:
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        return False


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    first = await reader.read(1)
    if first == b"\x16":  # the first byte of TLS, which this port doesn't speak
        return None
    line = (first + await reader.readline()).decode("latin-1").split()
    if len(line) != 3:
        return None
    headers: dict[str, str] = {}
    while header := (await reader.readline()).decode("latin-1").strip():
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    parts = urlsplit(line[1])
    return Request(
        method=line[0],
        path=unquote(parts.path).removeprefix("/"),
        query=parts.query,
        headers=headers,
        body=body,
    )


def _authorization(basic_auth: tuple[str, str] | None, bearer: str | None) -> str:
    if basic_auth:
        return "Basic " + base64.b64encode(":".join(basic_auth).encode()).decode()
    return f"Bearer {bearer}" if bearer else ""


def _encoded(body: bytes, kind: str) -> tuple[bytes, str]:
    match kind:
        case "gzip":
            return gzip.compress(body), "gzip"
        case "gzipcut":
            packed = gzip.compress(body)
            return packed[: len(packed) // 2], "gzip"
        case "bomb":
            return _bomb(), "gzip"
        case "deflate":
            return zlib.compress(body), "deflate"
        case "rawdeflate":
            return zlib.compress(body, wbits=-15), "deflate"
        case "brotli":
            return body, "br"
    return body, ""


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(bytes(2**26))


def _asked_range(header: str, size: int) -> tuple[int, int] | None:
    """Return start and stop, or None where nothing of the range exists."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header)
    assert found, f"not a range: {header}"
    first, last = found[1], found[2]
    if not first:
        return max(size - int(last), 0), size
    stop = min(int(last or size - 1) + 1, size)
    return (int(first), stop) if int(first) < size else None


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
