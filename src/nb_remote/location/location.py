"""Where a volume lies: the parsed, normalised form of what a person pasted."""

from dataclasses import dataclass, fields, replace
from functools import partial
from urllib.parse import quote

ZIP_ENDINGS = (".zip", ".ozx")
"""How the names of zip files end; ``.ozx`` is OME-Zarr's own (RFC-9)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Location:
    """A folder (or object) on a remote store or in a zip file. Holds no credentials.

    The query string stays private: it may carry a token or a signature, so it is
    part of the requests but never of `str`, `repr` or an exported document.
    """

    scheme: str
    """``http`` or ``https``; ``file`` only where a person passed a path of this machine."""
    host: str
    """Host name with the port if one was given, lower case; empty on this machine."""
    path: str
    """Decoded path, without a leading or trailing slash."""
    query: str = ""
    """Raw query string sent with every request; secret."""
    format_hint: str | None = None
    """Format named by the person (``zarr://…``, ``…|zarr2:``), or None."""
    zip_path: str | None = None
    """Decoded path inside the zip file that `path` names; None where `path` names no zip file."""

    @property
    def is_local(self) -> bool:
        """Whether it lies on this machine."""
        return self.scheme == "file"

    @property
    def zip_file(self) -> "Location":
        """Where the zip file itself lies."""
        return replace(self, zip_path=None)

    def url(self, key: str = "") -> str:
        """Full address of `key` below this location, query included: for stores only."""
        query = f"?{self.query}" if self.query else ""
        return self._base(key) + query

    def display(self, key: str = "") -> str:
        """Address of `key` below this location, safe to show and to export."""
        if self.zip_path is None:
            return self._base(key)
        return f"{self._base()}|zip:{quote(_joined(self.zip_path, key))}"

    def _base(self, key: str = "") -> str:
        return f"{self.scheme}://{self.host}/{quote(_joined(self.path, key))}"

    @property
    def name(self) -> str:
        """Last part of the path, or the host when there is no path."""
        if self.zip_path:
            return self.zip_path.rpartition("/")[2]
        name = self.path.rpartition("/")[2] or self.host
        if self.zip_path is None or not name.lower().endswith(ZIP_ENDINGS):
            return name
        return name[: -len(".zip")] or name

    def __reduce__(self) -> tuple[object, ...]:
        if self.query:
            raise TypeError(
                "a location with a query can't be pickled: the query may carry a token or a "
                "signature, and stays in this process"
            )
        return partial(Location, **{one.name: getattr(self, one.name) for one in fields(self)}), ()

    def __str__(self) -> str:
        return self.display()

    def __repr__(self) -> str:
        return f"Location({self.display()!r})"


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)
