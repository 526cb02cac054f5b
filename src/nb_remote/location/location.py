"""Where a volume lies: the parsed, normalised form of what a person pasted."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Location:
    """A folder (or object) on a remote store. Holds no credentials.

    The query string stays private: it may carry a token or a signature, so it is
    part of the requests but never of `str`, `repr` or an exported document.
    """

    scheme: str
    """``http`` or ``https``."""
    host: str
    """Host name with the port if one was given, lower case."""
    path: str
    """Decoded path, without a leading or trailing slash."""
    query: str = ""
    """Raw query string sent with every request; secret."""
    format_hint: str | None = None
    """Format named by the person (``zarr://…``, ``…|zarr2:``), or None."""

    def url(self, key: str = "") -> str:
        """Full address of `key` below this location, query included: for stores only."""
        query = f"?{self.query}" if self.query else ""
        return self._base(key) + query

    def display(self, key: str = "") -> str:
        """Address of `key` below this location, safe to show and to export."""
        return self._base(key)

    def _base(self, key: str) -> str:
        path = "/".join(part for part in (self.path, key) if part)
        return f"{self.scheme}://{self.host}/{quote(path)}"

    @property
    def name(self) -> str:
        """Last part of the path, or the host when there is no path."""
        return self.path.rpartition("/")[2] or self.host

    def __reduce__(self) -> tuple[object, ...]:
        if self.query:
            raise TypeError(
                "a location with a query can't be pickled: the query may carry a token or a "
                "signature, and stays in this process"
            )
        fields = {name: getattr(self, name) for name in ("scheme", "host", "path", "format_hint")}
        return partial(Location, **fields), ()

    def __str__(self) -> str:
        return self.display()

    def __repr__(self) -> str:
        return f"Location({self.display()!r})"
