"""The same volumes behind each kind of store, each cell of the matrix in a place of its own."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.servers.gcs import GcsServer, xml
from tests.servers.http import MOVED, RangeServer
from tests.store.zips import large

from nb_remote.location.credentials import Credentials
from nb_remote.location.gcs_credentials import GcsCredentials

STORES = ("http", "s3", "gs", "zip")
_CODES = {400: "InvalidArgument", 401: "AccessDenied", 403: "AccessDenied", 404: "NoSuchKey"}
_CODES |= {416: "InvalidRange", 429: "SlowDown", 500: "InternalError", 503: "SlowDown"}


@dataclass(frozen=True, kw_only=True)
class Served:
    """A store with one volume per cell."""

    server: RangeServer
    kind: str

    def fail(self, cell: str, key: str, kind: str, **options: Any) -> None:
        """Let one object of a cell fail; in a zip file all of it, which is one object."""
        pattern = f"*{cell}.zip" if self.kind == "zip" else f"*{cell}/v/{key}"
        self.server.fail(pattern, kind, **options)

    def asked(self, cell: str) -> int:
        """Return how many requests were made for a cell so far."""
        own = re.compile(rf"(?:{MOVED})?{cell}(?:\.zip|/|$)")
        return sum(own.match(path) is not None for path in self.server.paths())

    def address(self, cell: str) -> str:
        match self.kind:
            case "gs":
                return f"gs://{cell}/v"
            case "s3":
                return f"s3+{self.server.url}/{cell}/v"
            case "zip":
                return f"{self.server.url}/{cell}.zip"
        return f"{self.server.url}/{cell}/v"

    @property
    def credentials(self) -> Credentials | None:
        return GcsCredentials(endpoint=self.server.url) if self.kind == "gs" else None


@contextmanager
def served(kind: str, cells: Mapping[str, Mapping[str, bytes]]) -> Iterator[Served]:
    """Serve the files of each cell until the block ends."""
    if kind == "zip":
        content = {f"{cell}.zip": large({f"v/{k}": b for k, b in files.items()})
                   for cell, files in cells.items()}  # fmt: skip
    else:
        content = {f"{cell}/v/{k}": b for cell, files in cells.items() for k, b in files.items()}
    server: RangeServer
    if kind == "gs":
        server = GcsServer(content, public=(*cells, MOVED.rstrip("/")))
        server.buckets.add(MOVED.rstrip("/"))
        content.update({f"{MOVED}{path}": body for path, body in content.items()})
    else:
        server = RangeServer(content)
    if kind in ("s3", "gs"):
        server.page_of_status = lambda status: xml(_CODES.get(status, "Other"), "An error.")
    with server:
        yield Served(server=server, kind=kind)
