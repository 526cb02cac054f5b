"""Where a volume lies: the parsed, normalised form of what a person pasted."""

from dataclasses import dataclass, field, fields, replace
from functools import partial
from urllib.parse import quote

from nb_remote.location.origins import bucket_url

ZIP_ENDINGS = (".zip", ".ozx")
"""How the names of zip files end; ``.ozx`` is OME-Zarr's own (RFC-9)."""
BUCKET_SCHEMES = ("s3", "gs")
"""Stores that are asked for the keys of a bucket."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Location:
    """A folder (or object) on a remote store or in a zip file. Holds no credentials.

    The query string stays private: it may carry a token or a signature, so it is
    part of the requests but never of `str`, `repr` or an exported document.
    """

    scheme: str
    """``http``, ``https``, ``s3`` or ``gs``; ``file`` only where a person passed a path of this
    machine."""
    host: str
    """Host name with the port if one was given, lower case; the bucket of ``s3`` and ``gs``; empty
    on this machine."""
    path: str
    """Decoded path, without a leading or trailing slash; in a bucket the key."""
    query: str = ""
    """Raw query string sent with every request; secret."""
    format_hint: str | None = None
    """Format named by the person (``zarr://…``, ``…|zarr2:``), or None."""
    zip_path: str | None = None
    """Decoded path inside the zip file that `path` names; None where `path` names no zip file."""
    endpoint: str = ""
    """Server of a bucket that is not Amazon's or Google's own: ``host:port``, or
    ``https://host`` where the scheme was given. Only a person names one."""
    may_be_endpoint: bool = False
    """Whether `host` may as well be an endpoint with its bucket first in `path`
    (``s3://my.bucket/a/b``). The store finds out."""
    region: str = field(default="", compare=False)
    """Region in which the bucket was said to be; empty where it is to be found out."""

    @property
    def is_local(self) -> bool:
        """Whether it lies on this machine."""
        return self.scheme == "file"

    @property
    def is_bucket(self) -> bool:
        """Whether it lies in a bucket of S3 or of Google's storage."""
        return self.scheme in BUCKET_SCHEMES

    @property
    def origin(self) -> tuple[str, str, str]:
        """What has to be the same for two locations to be asked with the same credentials."""
        return (self.scheme, self.endpoint, self.host)

    @property
    def zip_file(self) -> "Location":
        """Where the zip file itself lies."""
        return replace(self, zip_path=None)

    @property
    def as_endpoint(self) -> "Location":
        """The other reading of a host that may be an endpoint."""
        bucket, _, key = self.path.partition("/")
        return replace(
            self, host=bucket, path=key, endpoint=self.host.lower(), may_be_endpoint=False
        )

    def url(self, key: str = "") -> str:
        """Full web address of `key` below this location, query included: for stores only."""
        query = f"?{self.query}" if self.query else ""
        path = quote(_joined(self.path, key))
        if self.is_bucket:
            root = bucket_url(self.scheme, self.host, self.endpoint, self.region)
            return f"{root}/{path}{query}"
        return f"{self.scheme}://{self.host}/{path}{query}"

    def text(self) -> str:
        """Return what parses to this location again, query included: secret."""
        query = f"?{self.query}" if self.query else ""
        address, zip_mark, inside = self.display().partition("|")
        return f"{address}{query}{zip_mark}{inside}"

    def display(self, key: str = "") -> str:
        """Address of `key` below this location, safe to show and to export."""
        if self.zip_path is None:
            return self._base(key)
        return f"{self._base()}|zip:{quote(_joined(self.zip_path, key))}"

    def _base(self, key: str = "") -> str:
        path = quote(_joined(self.path, key))
        if not self.endpoint:
            return f"{self.scheme}://{self.host}/{path}"
        plus = "+" if "://" in self.endpoint else "://"
        return f"{self.scheme}{plus}{self.endpoint}/{self.host}/{path}"

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
