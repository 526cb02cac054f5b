"""Addresses of buckets in the spellings that people, consoles and other tools use."""

import re
from dataclasses import replace
from urllib.parse import SplitResult, parse_qs, unquote

from nb_remote.errors import InvalidAddress
from nb_remote.location.host import normal_host
from nb_remote.location.location import Location

BUCKET_SPELLINGS = {
    **dict.fromkeys(("s3", "s3a", "s3n", "s3+https", "s3+http"), "s3"),
    **dict.fromkeys(("gs", "gcs", "gs+https", "gs+http", "gs+xml"), "gs"),
    **dict.fromkeys(("gs+ngauth+https", "gs+ngauth+http"), "gs"),
    **dict.fromkeys(("gs+xml+ngauth+https", "gs+xml+ngauth+http"), "gs"),
}
"""Schemes that name a bucket, and the one that is kept."""

_BUCKET = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9_-])?")
_AWS = re.compile(
    r"(?:(?P<bucket>.+?)\.)??s3(?:[.-](?:dualstack[.-]|fips[.-])*(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]+))?"
    r"\.amazonaws\.com(?P<china>\.cn)?",
    re.IGNORECASE | re.ASCII,
)
_AWS_CONSOLE = re.compile(
    r"(?:(?:s3|[a-z]{2}(?:-[a-z]+)+-[0-9]+)\.)?console\.aws\.amazon\.com", re.ASCII
)
_AWS_PATH = re.compile(r"/s3/(?:buckets|object)/(?P<bucket>[^/]+)/?")
_GOOGLE_PATH = re.compile(
    r"/storage/browser/(?:_details/)?(?P<bucket>[^/;]+)(?:/(?P<key>[^;]*))?(?:;.*)?"
)
_GOOGLE_OBJECT = re.compile(
    r"/(?:download/)?storage/v1/b/(?P<bucket>[^/]+)(?:/o(?:/(?P<key>[^/]+)?)?)?/?"
)
_GOOGLE_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?storage\.googleapis\.com")
_GOOGLE_APIS = ("storage.googleapis.com", "www.googleapis.com")
_HINT = (
    "An address of a bucket looks like s3://bucket/folder or gs://bucket/folder, that of another "
    "server like s3+https://host/bucket/folder or s3://host:port/bucket/folder."
)


def of_console(parts: SplitResult, shown: str) -> SplitResult:
    """Return the address of the bucket that a page of a console shows; others unchanged.

    So is what Google's interface for JSON tells of a bucket or of an object in it.
    """
    if parts.scheme.lower() != "https":
        return parts
    userinfo, at, host_port = parts.netloc.rpartition("@")
    host, path = normal_host(host_port, "https", shown), f"/{parts.path.lstrip('/')}"
    found: tuple[str, str, str] | None = None
    if _AWS_CONSOLE.fullmatch(host) and (page := _AWS_PATH.match(path)):
        prefix = parse_qs(parts.query).get("prefix", [""])[0]
        found = ("s3", page["bucket"], prefix.replace("%", "%25"))
    elif host == "console.cloud.google.com" and (page := _GOOGLE_PATH.fullmatch(path)):
        found = ("gs", page["bucket"], page["key"] or "")
    elif host in _GOOGLE_APIS and (page := _GOOGLE_OBJECT.fullmatch(path)):
        # What lists objects and gives them as JSON: keys are encoded as a whole.
        key = re.sub("%2f", "/", page["key"] or "", flags=re.IGNORECASE)
        found = ("gs", page["bucket"], key)
    elif host == "storage.cloud.google.com" and path.strip("/"):
        bucket, _, key = path.strip("/").partition("/")
        found = ("gs", bucket, key)
    if found is None:
        return parts
    scheme, bucket, key = found
    return SplitResult(scheme, f"{userinfo}{at}{bucket}", f"/{key}", "", "")


def of_server_behind(text: str) -> str:
    """Return ``s3://https://host/bucket``, as CloudVolume writes it, as ``s3+https://…``."""
    return re.sub(r"^(s3)://(https?)://", r"\1+\2://", text, flags=re.IGNORECASE)


def bucket_behind(location: Location, scheme: str) -> Location:
    """Return the bucket that a web address of its own store shows; others unchanged.

    Parameters
    ----------
    scheme
        ``s3`` or ``gs``. An address with a query proves by itself who asks, and stays as it is.
    """
    if location.scheme != "https" or location.query:
        return location
    found = (_AWS if scheme == "s3" else _GOOGLE_HOST).fullmatch(location.host)
    if found is None or not (found["bucket"] or location.path):
        return location
    if scheme == "s3":
        bucket = _at_amazon(found, location.path, location.display())
    else:
        name, key = found["bucket"], location.path
        if not name:
            name, _, key = key.partition("/")
        bucket = Location(scheme="gs", host=_bucket(name, location.display()), path=key)
    return replace(bucket, zip_path=location.zip_path, format_hint=location.format_hint)


def bucket_location(parts: SplitResult, shown: str) -> Location:
    """Return the location of a bucket's address; its path is still as it was written.

    Raises
    ------
    InvalidAddress
        When it names no bucket that can exist, or carries what belongs elsewhere.
    """
    spelling = parts.scheme.lower()
    scheme = BUCKET_SPELLINGS[spelling]
    if "@" in parts.netloc:
        raise InvalidAddress(
            "the address of a bucket holds no user name and password",
            where=shown,
            hint="Pass credentials=nb_remote.S3Credentials(key, secret) instead.",
        )
    if parts.query:
        raise _invalid(
            "the address of a bucket has no query; a '?' in a name is written %3F", shown
        )
    path = parts.path.strip("/")
    if "+" in spelling and spelling != "gs+xml":
        protocol = spelling.rpartition("+")[2]
        server = normal_host(parts.netloc, protocol, shown)
        # The server that Neuroglancer asks for a token of Google's: the data lie at Google.
        endpoint = "" if "ngauth" in spelling else f"{protocol}://{server}"
        return _at_endpoint(scheme, endpoint, path, shown)
    host = parts.netloc
    found = _AWS.fullmatch(host) if scheme == "s3" else None
    if found:
        return _at_amazon(found, path, shown)
    if scheme == "s3" and _is_endpoint(host):
        server = normal_host(host, "https", shown)
        if host.endswith(":"):
            raise _invalid("the port is missing", shown)
        # Without the port of https it would read like a bucket.
        return _at_endpoint(
            scheme, server if _is_endpoint(server) else f"https://{server}", path, shown
        )
    return Location(
        scheme=scheme,
        host=_bucket(host, shown),
        path=path,
        may_be_endpoint=scheme == "s3" and _is_domain(host) and bool(path),
    )


def _at_amazon(found: re.Match[str], path: str, shown: str) -> Location:
    region = (found["region"] or "").lower()
    bucket, key = found["bucket"], path
    if not bucket:
        bucket, _, key = path.partition("/")
    # China is served by servers of its own.
    endpoint = f"https://s3.{region}.amazonaws.com.cn" if found["china"] else ""
    return Location(
        scheme="s3", host=_bucket(bucket, shown), path=key, region=region, endpoint=endpoint
    )


def _at_endpoint(scheme: str, endpoint: str, path: str, shown: str) -> Location:
    bucket, _, key = path.partition("/")
    return Location(
        scheme=scheme, host=_bucket(unquote(bucket), shown), path=key, endpoint=endpoint
    )


def _is_endpoint(host: str) -> bool:
    return bool(
        ":" in host
        or host.lower() == "localhost"
        or host.lower().endswith(".localhost")
        or re.fullmatch(r"[0-9]+(\.[0-9]+){3}", host)
    )


def _is_domain(host: str) -> bool:
    """Whether a bucket's name reads like a host: with dots, and a top-level domain at the end."""
    return bool(re.fullmatch(r"(?:[A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]", host))


def _bucket(name: str, shown: str) -> str:
    if not name:
        raise _invalid("the address names no bucket", shown)
    if not _BUCKET.fullmatch(name) or ".." in name:
        raise _invalid("the name of the bucket is not one that can exist", shown)
    return name


def _invalid(reason: str, shown: str) -> InvalidAddress:
    return InvalidAddress(reason, where=shown, hint=_HINT)
