"""From the text a person pasted to a `Location` and the credentials written in it.

The steps stand in the order in which an address is peeled: wrapping, pipeline
(``…|zip:|zarr2:``) and format prefix (``zarr://``), fragment, user name, host, query,
path, header file.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from nb_remote.errors import InvalidAddress
from nb_remote.location.buckets import BUCKET_SPELLINGS, bucket_location, of_console
from nb_remote.location.credentials import Anonymous, BasicAuth, Credentials
from nb_remote.location.host import normal_host
from nb_remote.location.location import ZIP_ENDINGS, Location
from nb_remote.location.pipeline import SCHEME, Pipeline, split_pipeline
from nb_remote.redact import redact, remember_secret

if TYPE_CHECKING:
    from nb_remote.location.neuroglancer.granted import GrantedLink

SUPPORTED_SCHEMES = frozenset({"https", "http", *BUCKET_SPELLINGS})
HEADER_FILES = frozenset(
    {
        ".zattrs",
        ".zarray",
        ".zgroup",
        ".zmetadata",
        "zarr.json",
        "attributes.json",
        "info",
        "datasource-properties.json",
    }
)
# What web servers accept as a request line by default (nginx and Apache: 8 KiB).
MOST_CHARACTERS = 8192

_WRAPPING = {'"': '"', "'": "'", "`": "`", "<": ">", "\u201c": "\u201d", "\u2018": "\u2019"}
_HOST_FIRST = re.compile(r"[\w-]+(?:(?:\.[\w-]+)+(?::\d+)?|:\d+)(?:/|$)")
_BUCKET_FIRST = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]/[^/]")
_SEPARATOR_OPTION = re.compile(r"dimension_separator=(?:\.|/|%2[fF])")
_SECRET_PARAMETER = re.compile(r"(?i)token|sig|secret|pass|key|cred|auth|security")
_TRY = "Supported are addresses that start with https://, http://, s3:// or gs://."


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a pasted text means."""

    location: Location
    """Where the volume lies, without credentials."""
    credentials: Credentials
    """User name and password written into the address, or `Anonymous`."""
    link: "GrantedLink | None" = None
    """The link that was pasted instead of an address; then `location` only names its page."""


def parse_address(text: str) -> Address:
    """Normalise a pasted address; spelling variants of one place give equal locations.

    Raises
    ------
    InvalidAddress
        When the text is not an address this version reads from. Says what is.
    """
    shown = _showable(text)
    rest = _unwrapped(text)
    _refuse_unreadable(rest, shown)
    pipeline = split_pipeline(rest, shown)
    rest = pipeline.url
    _refuse_other_kinds(rest, shown)
    rest = _without_fragment(rest, shown)
    try:
        parts = urlsplit(rest)
    except ValueError:
        raise _invalid("this is not a valid address", shown) from None
    parts = of_console(parts, shown)
    if parts.scheme.lower() in BUCKET_SPELLINGS:
        if _SEPARATOR_OPTION.fullmatch(parts.query):
            parts = parts._replace(query="")
        bucket = bucket_location(parts, shown)
        path, zip_path = _paths(bucket.path, pipeline, shown)
        hint = pipeline.format_hint
        location = replace(bucket, path=path, zip_path=zip_path, format_hint=hint)
        # What is left of a path may be a bucket with nothing below it.
        may_be = bucket.may_be_endpoint and bool(path)
        return Address(location=replace(location, may_be_endpoint=may_be), credentials=Anonymous())
    userinfo, _, host_port = parts.netloc.rpartition("@")
    query = "" if _SEPARATOR_OPTION.fullmatch(parts.query) else parts.query
    _remember_query(query)
    scheme = parts.scheme.lower()
    path, zip_path = _paths(parts.path, pipeline, shown)
    location = Location(
        scheme=scheme,
        host=normal_host(host_port, scheme, shown),
        path=path,
        query=query,
        format_hint=pipeline.format_hint,
        zip_path=zip_path,
    )
    return Address(location=location, credentials=_credentials(userinfo, location))


def _unwrapped(text: str) -> str:
    rest = text.strip().strip("\ufeff\u200b").strip()
    while len(rest) >= 2 and _WRAPPING.get(rest[0]) == rest[-1]:
        rest = rest[1:-1].strip()
    return rest.rstrip("| ")


def _refuse_unreadable(rest: str, shown: str) -> None:
    if not rest:
        raise _invalid("the address is empty", shown)
    if "#!" in rest:
        raise InvalidAddress(
            "this is a Neuroglancer link, and one address of data is meant",
            where=shown,
            hint="Open it with nb_remote.open(link), or paste the address of one layer's data "
            "source (Source tab of the layer).",
        )
    if len(rest) > MOST_CHARACTERS:
        raise _invalid(f"the address has more than {MOST_CHARACTERS} characters", "")
    if not rest.isprintable():
        raise _invalid("the address contains line breaks or control characters", "")


def _refuse_other_kinds(rest: str, shown: str) -> None:
    if "::" in re.sub(r"\[[^\]]*\]", "", rest.partition("?")[0]):
        raise _invalid("chained addresses with '::' are not supported", shown)
    if "\\" in rest:
        raise _local("the address contains a backslash", shown)
    found = SCHEME.match(rest)
    if found is None:
        if _HOST_FIRST.match(rest) and not rest.startswith("."):
            raise InvalidAddress(
                "the address does not say how to reach it",
                where=shown,
                hint=f"Put https:// in front of it, or s3:// if it is a server of buckets. "
                f"{_local_hint(shown)}",
            )
        if _BUCKET_FIRST.match(rest):
            raise InvalidAddress(
                "text is never taken for a local path, and a bucket needs s3:// or gs:// in front",
                where=shown,
                hint=_local_hint(shown),
            )
        raise _local("text is never taken for a local path", shown)
    if found[1].lower() == "file":
        raise _local("text with file:// is never taken for a local path", shown)
    if found[1].lower() not in SUPPORTED_SCHEMES:
        raise _invalid(f"{found[1].lower()}:// is not supported in this version", shown)


def _without_fragment(rest: str, shown: str) -> str:
    url, _, fragment = rest.partition("#")
    if fragment and not _SEPARATOR_OPTION.fullmatch(fragment):
        raise InvalidAddress(
            "the part after '#' is not understood",
            where=shown,
            hint="Leave it out; a '#' in a file name is written %23.",
        )
    return url


def _paths(url_path: str, pipeline: Pipeline, shown: str) -> tuple[str, str | None]:
    """Return the path, and that inside the zip file where the path names one.

    A zip file is told by a step that says so or by its name. What a header file is said to lie
    in directly is a folder, whatever its name.
    """
    inner = _without_fragment(pipeline.inner_path, shown)
    path = _decoded(url_path, shown)
    if pipeline.names_zip or path.lower().endswith(ZIP_ENDINGS):
        return path, folder_of(_decoded(inner, shown))
    whole = "/".join(part.strip("/") for part in (url_path, inner) if part.strip("/"))
    return folder_of(_decoded(whole, shown)), None


def folder_of(path: str) -> str:
    """Return the path without the header file at its end, if there is one."""
    folder, _, name = path.rpartition("/")
    return folder.strip("/") if name in HEADER_FILES else path


def _decoded(raw: str, shown: str) -> str:
    """Decode a path once; refuse what could lead elsewhere."""
    raw = raw.strip("/")
    if re.search("%2f", raw, re.IGNORECASE):
        raise _invalid("the path contains an encoded slash (%2F), which is ambiguous", shown)
    try:
        decoded = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        raise _invalid("the path is not percent-encoded UTF-8", shown) from None
    if "\\" in decoded or not decoded.isprintable():
        raise _invalid("the path contains a backslash or control characters", shown)
    if any(segment in (".", "..") for segment in decoded.split("/")):
        raise _invalid("the path contains '.' or '..' as a folder name", shown)
    return decoded


def _credentials(userinfo: str, location: Location) -> Credentials:
    if not userinfo:
        return Anonymous()
    username, _, password = userinfo.partition(":")
    try:
        return BasicAuth(unquote(username), unquote(password))
    except ValueError:
        raise _invalid("the user name contains a colon", location.display()) from None


def _remember_query(query: str) -> None:
    """Hide signatures and tokens of the query even where they turn up outside a URL."""
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        if _SECRET_PARAMETER.search(name):
            remember_secret(value)
            remember_secret(unquote(value))


def _showable(text: str) -> str:
    """The pasted text for an error, without what stands before an ``@``.

    A wrong address can't be taken apart, so a password may be anywhere in it.
    """
    rest = text.strip()
    scheme = SCHEME.match(rest)
    if "@" in rest.partition("?")[0]:
        rest = (scheme[0] if scheme else "") + rest.partition("?")[0].rpartition("@")[2]
    return redact(rest[:200])


def _invalid(reason: str, shown: str) -> InvalidAddress:
    return InvalidAddress(reason, where=shown, hint=_TRY)


def _local(reason: str, shown: str) -> InvalidAddress:
    return InvalidAddress(reason, where=shown, hint=_local_hint(shown))


def _local_hint(shown: str) -> str:
    path = re.sub("^file:/*", "/", shown.strip("\"'`<> "), flags=re.IGNORECASE)
    return f"For a folder or zip file of this machine pass pathlib.Path({path!r})."
