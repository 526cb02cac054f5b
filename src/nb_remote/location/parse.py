"""From the text a person pasted to a `Location` and the credentials written in it.

The steps stand in the order in which an address is peeled: wrapping, pipeline
(``…|zip:|zarr2:``) and format prefix (``zarr://``), what is no address, fragment, user name,
host, query, path, header file.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from nb_remote.errors import InvalidAddress
from nb_remote.location.buckets import (
    BUCKET_SPELLINGS,
    bucket_location,
    of_console,
    of_server_behind,
)
from nb_remote.location.credentials import Anonymous, BasicAuth, Credentials
from nb_remote.location.host import normal_host
from nb_remote.location.location import ZIP_ENDINGS, Location
from nb_remote.location.other_kinds import broken_lines, invalid, refuse_other_kinds
from nb_remote.location.pasted import without_left_over, without_wrapping
from nb_remote.location.pipeline import SCHEME, Pipeline, split_pipeline
from nb_remote.redact import redact, remember_secret

if TYPE_CHECKING:
    from nb_remote.location.neuroglancer.granted import GrantedLink

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

_SEPARATOR_OPTION = re.compile(r"dimension_separator=(?:\.|/|%2[fF])")
_LISTING_PAGE = re.compile(r"(https?://[^/]+/)(?:[\w-]+\.html?)?")
_SECRET_PARAMETER = re.compile(r"(?i)token|sig|secret|pass|key|cred|auth|security")


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
    rest = of_server_behind(rest)
    refuse_other_kinds(rest, shown)
    rest = _without_fragment(rest, shown)
    try:
        parts = urlsplit(rest)
    except ValueError:
        raise invalid("this is not a valid address", shown) from None
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
    return without_left_over(without_wrapping(text).rstrip("| "))


def _refuse_unreadable(rest: str, shown: str) -> None:
    if not rest:
        raise invalid("the address is empty", shown)
    if "#!" in rest:
        raise InvalidAddress(
            "this is a Neuroglancer link, and one address of data is meant",
            where=_showable(rest.partition("#")[0]),
            hint="Open it with nb_remote.open(link), or paste the address of one layer's data "
            "source (Source tab of the layer).",
        )
    if len(rest) > MOST_CHARACTERS:
        raise invalid(f"the address has more than {MOST_CHARACTERS} characters", "")
    if not rest.isprintable():
        joined = "".join(line.strip() for line in rest.splitlines())
        raise broken_lines(rest, _showable(joined), joined)
    if rest.endswith("\u2026"):
        raise InvalidAddress(
            "the address was shortened where it was shown: its end is missing",
            where=shown,
            hint="Copy the whole address.",
        )


def _without_fragment(rest: str, shown: str) -> str:
    url, _, fragment = rest.partition("#")
    if fragment and not _SEPARATOR_OPTION.fullmatch(fragment):
        page = _LISTING_PAGE.fullmatch(shown.partition("#")[0])
        if page is not None and "/" in fragment and not fragment.startswith("/"):
            raise InvalidAddress(
                "this is a page that lists a folder, and not the folder",
                where=shown,
                hint=f"Did you mean {redact(page[1] + fragment)} instead?",
            )
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
        raise InvalidAddress(
            "the path contains an encoded slash (%2F), which is ambiguous",
            where=shown,
            hint="Write / instead, if it parts folders.",
        )
    try:
        decoded = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        raise invalid("the path is not percent-encoded UTF-8", shown) from None
    if "\\" in decoded or not decoded.isprintable():
        raise invalid("the path contains a backslash or control characters", shown)
    if any(segment in (".", "..") for segment in decoded.split("/")):
        raise invalid("the path contains '.' or '..' as a folder name", shown)
    return decoded


def _credentials(userinfo: str, location: Location) -> Credentials:
    if not userinfo:
        return Anonymous()
    username, _, password = userinfo.partition(":")
    try:
        return BasicAuth(unquote(username), unquote(password))
    except ValueError:
        raise invalid("the user name contains a colon", location.display()) from None


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
