"""A loopback HTTP server with ranges, for folders and computed samples: GET and HEAD only."""

import re
import socketserver
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from nb_remote.samples.computed import ComputedChunks

_UNSAFE = re.compile(r"|\.\.?|.*[\\:\0].*", re.DOTALL)
"""Parts of a path that could lead elsewhere, on one system or another."""
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The bytes of a file that are sent: from `start` up to, not including, `stop`."""

    start: int
    stop: int


def requested_span(header: str | None, size: int) -> Span | None:
    """Return the bytes a ``Range`` header asks for; empty if they lie outside the file.

    None means that there is no range to honour: several ranges, other units and
    malformed headers are ignored, as RFC 9110 §14.2 allows.
    """
    match = _ONE_RANGE.fullmatch((header or "").strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return Span(start=size - min(int(last), size), stop=size)
    if last and int(last) < int(first):
        return None
    return Span(start=int(first), stop=min(int(last) + 1, size) if last else size)


class SampleServer(socketserver.ThreadingTCPServer):
    """Serves folders under their names on an ephemeral port of 127.0.0.1, and computed volumes."""

    daemon_threads = True
    # a reader opens about 64 connections at once; the usual 5 would make most of them wait a second
    request_queue_size = 128

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self.folders = dict(folders)
        self.computed = ComputedChunks()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        """``http://127.0.0.1:<port>``."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a reader that goes away in the middle is no fault."""

    def read(self, target: str) -> bytes | None:
        """Return what a request target names, or None where there is nothing."""
        name, _, key = unquote(urlsplit(target).path).removeprefix("/").partition("/")
        if name not in self.folders:
            return self.computed.read(name, key)
        path = self.find(target)
        try:
            return path.read_bytes() if path is not None else None
        except OSError:
            return None

    def find(self, target: str) -> Path | None:
        """Return the file that a request target names, or None; never one outside the folders."""
        name, *parts = unquote(urlsplit(target).path).removeprefix("/").split("/")
        folder = self.folders.get(name)
        if folder is None or any(_UNSAFE.fullmatch(part) for part in parts):
            return None
        path = folder.joinpath(*parts)
        try:
            inside = path.resolve().is_relative_to(folder.resolve())
            return path if inside and path.is_file() else None
        except (OSError, ValueError):
            return None


class _Handler(BaseHTTPRequestHandler):
    server: SampleServer
    protocol_version = "HTTP/1.1"
    # head and body leave together, and at once
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    # longer than clients keep an idle connection (aiohttp 15 s), so that they close it, not we
    timeout = 120
    types: ClassVar[dict[str, str]] = dict.fromkeys(
        (".zattrs", ".zgroup", ".zarray"), "application/json"
    )

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def refuse(self) -> None:
        """Answer a verb that could write, and drop the connection with its unread body."""
        self.close_connection = True
        self._empty(HTTPStatus.METHOD_NOT_ALLOWED, Allow="GET, HEAD", Connection="close")

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = refuse

    def _answer(self, *, body: bool) -> None:
        content = self.server.read(self.path)
        if content is None:
            self._empty(HTTPStatus.NOT_FOUND)
            return
        size = len(content)
        # RFC 9110 §14.2: ranges are defined for GET alone
        part = requested_span(self.headers.get("Range"), size) if body else None
        if part is not None and part.start >= part.stop:
            self._empty(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, Content_Range=f"bytes */{size}")
            return
        span = part or Span(start=0, stop=size)
        self.send_response(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK)
        self.send_header(
            "Content-Type",
            self.types.get(urlsplit(self.path).path.rpartition("/")[2], "application/octet-stream"),
        )
        self.send_header("Content-Length", str(span.stop - span.start))
        self.send_header("Accept-Ranges", "bytes")
        if part:
            self.send_header("Content-Range", f"bytes {span.start}-{span.stop - 1}/{size}")
        self.end_headers()
        if body:
            self.wfile.write(memoryview(content)[span.start : span.stop])

    def _empty(self, status: HTTPStatus, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is given)
        """Keep no log."""
