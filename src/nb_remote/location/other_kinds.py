"""Texts that are no address that is read from: what they are, and what to write instead."""

import difflib
import re

from nb_remote.errors import InvalidAddress
from nb_remote.location.buckets import BUCKET_SPELLINGS
from nb_remote.location.pasted import addresses_in
from nb_remote.location.pipeline import PREFIX_HINTS, SCHEME
from nb_remote.location.services import SERVICES, STORES

SUPPORTED_SCHEMES = frozenset({"https", "http", *BUCKET_SPELLINGS})
TRY = "Supported are addresses that start with https://, http://, s3:// or gs://."

_HOST_FIRST = re.compile(r"[\w-]+(?:(?:\.[\w-]+)+(?::\d+)?|:\d+)(?:/|$)")
_BUCKET_FIRST = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]/[^/]")
_HERE_FIRST = re.compile(r"(?:localhost|\d+(?:\.\d+){3}|[\w-]+(?=:\d))(?::\d+)?(?:/|$)")
_MISSPELLED = re.compile(r"(https?|s3|gs)(?::/?(?![/\d])|:?//)(?=\w)", re.IGNORECASE)
_TWICE = re.compile(r"(https?|s3|gs)://(https?|s3|gs)(?::?//|:/)", re.IGNORECASE)
_ARN = re.compile(r"arn:aws[a-z-]*:s3:[^:/]*:[^:/]*:(\S+)")
_DOI = re.compile(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_EMPIAR = re.compile(r"(?:empiar[-:/]*)(\d{4,6})", re.IGNORECASE)
_SEVERAL = re.compile(r"[\s,;](?:[A-Za-z][A-Za-z0-9+.-]*)://")
_CACHES = ("simplecache", "filecache", "blockcache", "dask")


def refuse_other_kinds(rest: str, shown: str) -> None:
    """Refuse what is no single address of a scheme that is read from.

    Parameters
    ----------
    rest
        The text without wrapping, pipeline and name of a format.
    shown
        What an error may show of the whole.

    Raises
    ------
    InvalidAddress
        Says what it is, and what to write instead.
    """
    place = rest.partition("?")[0]
    if found := _ARN.fullmatch(place):
        raise _meant("this is the name that Amazon gives a bucket (ARN)", f"s3://{found[1]}", shown)
    if "::" in re.sub(r"\[[^\]]*\]", "", place):
        raise _chained(place, shown)
    _refuse_text_around(place, shown)
    found = SCHEME.match(rest)
    if "\\" in rest:
        if found is not None and len(found[1]) > 1 and "://" in rest:
            raise InvalidAddress(
                "the address contains a backslash",
                where=shown,
                hint="Write / instead of it, or leave it out at the end.",
            )
        raise local("the address contains a backslash", shown)
    if found is None:
        raise _without_scheme(rest, shown)
    scheme = found[1].lower()
    if scheme == "file":
        raise local("text with file:// is never taken for a local path", shown)
    if scheme not in SUPPORTED_SCHEMES:
        raise _of_scheme(scheme, rest[found.end() :], shown)
    if twice := _TWICE.match(rest):
        scheme, again = twice[1].lower(), twice[2].lower()
        kept = again if scheme.startswith("http") or again == scheme else ""
        if kept:
            before, after = _behind(twice[0], shown)
            meant = f"{before}{kept}://{after}"
            raise _meant(f"the address begins with {scheme}:// twice", meant, shown)


def invalid(reason: str, shown: str) -> InvalidAddress:
    """Return the error of an address that is none of those that are supported."""
    return InvalidAddress(reason, where=shown, hint=TRY)


def local(reason: str, shown: str) -> InvalidAddress:
    """Return the error of what may be a path of this machine, with how to pass one."""
    return InvalidAddress(reason, where=shown, hint=_local_hint(shown))


def broken_lines(rest: str, shown: str, joined: str) -> InvalidAddress:
    """Return the error of a text with control characters.

    Parameters
    ----------
    shown
        What may be shown of the text with its lines joined; empty where nothing may.
    joined
        The lines of the text, joined.
    """
    reason = "the address contains line breaks or control characters"
    lines = [line for line in rest.splitlines() if line.strip()]
    if len(lines) > 1 and all(SCHEME.match(line.strip()) for line in lines):
        return InvalidAddress(reason, hint=_ONE_BY_ONE)
    if len(lines) > 1 and joined.isprintable() and SCHEME.match(joined) and shown:
        return InvalidAddress(reason, hint=f"Did you mean {shown} instead?")
    return invalid(reason, "")


_ONE_BY_ONE = "Pass them one by one: nb_remote.open(first, second)."


def _refuse_text_around(place: str, shown: str) -> None:
    """Refuse several addresses, and one within a command, a sentence or code."""
    begins = SCHEME.match(place) is not None
    if "://" not in place or (begins and not _SEVERAL.search(place)):
        return
    among = addresses_in(shown.partition("?")[0]) if begins else addresses_in(shown)
    among = tuple(one for one in among if _is_supported(one))
    if len(among) > 1:
        raise InvalidAddress("these are several addresses", hint=_ONE_BY_ONE)
    is_near = re.match(r"[A-Za-z0-9.-]{1,20}:?[A-Za-z]*://", place) is not None
    if among and (not begins or not is_near):
        # The rest may be a command with a password in it, and is not shown.
        raise _meant("there is more than an address in this text", among[0], "")


def _is_supported(address: str) -> bool:
    schemes = {one.lower() for one in re.findall(r"([A-Za-z][A-Za-z0-9+.-]*)://", address)}
    return bool(schemes) and schemes <= {*SUPPORTED_SCHEMES, *PREFIX_HINTS}


def _chained(place: str, shown: str) -> InvalidAddress:
    outer, _, inner = shown.rpartition("::")
    reason = "chained addresses with '::' are not supported"
    first = place.partition("::")[0]
    if SCHEME.match(inner) is None:
        return invalid(reason, shown)
    if all(one in _CACHES for one in outer.split("::")):
        return _meant(f"{reason}, and caches are not needed", inner, shown)
    if outer.count("::") == 0 and (first == "zip" or first.startswith("zip://")):
        return _meant(reason, f"{inner}|zip:{outer.partition('://')[2]}", shown)
    if "reference" in first:
        return InvalidAddress(
            "references to parts of files (kerchunk) are not supported", where=shown, hint=TRY
        )
    return invalid(reason, shown)


def _without_scheme(rest: str, shown: str) -> InvalidAddress:
    if (found := _MISSPELLED.match(rest)) and found[1].lower() in SUPPORTED_SCHEMES:
        before, after = _behind(found[0], shown)
        meant = f"{before}{found[1].lower()}://{after}"
        return _meant("the address is misspelled at its beginning", meant, shown)
    if found := _DOI.fullmatch(rest):
        return InvalidAddress(
            "this is a DOI, which names a publication or a record and not its files",
            where=shown,
            hint=f"Open https://doi.org/{found[1]} in a browser, and paste the address of the "
            "data that is named there.",
        )
    if found := _EMPIAR.fullmatch(rest):
        return _of_empiar(found[1], shown)
    if _HOST_FIRST.match(rest) and not rest.startswith("."):
        near = "http://" if _HERE_FIRST.match(rest) else "https://"
        return InvalidAddress(
            "the address does not say how to reach it",
            where=shown,
            hint=f"Put {near} in front of it, or s3:// if it is a server of buckets. "
            f"{_local_hint(shown)}",
        )
    if _BUCKET_FIRST.match(rest):
        return local(
            "text is never taken for a local path, and a bucket needs s3:// or gs:// in front",
            shown,
        )
    return local("text is never taken for a local path", shown)


def _of_scheme(scheme: str, rest: str, shown: str) -> InvalidAddress:
    reason = f"{scheme}:// is not supported in this version"
    if scheme == "empiar" and (found := _EMPIAR.match(f"empiar{rest}")):
        return _of_empiar(found[1], shown)
    if scheme in SERVICES:
        return InvalidAddress(SERVICES[scheme], where=shown, hint=STORES.get(scheme, TRY))
    if scheme in STORES:
        before, after = _behind(f"{scheme}://", shown)
        hint = STORES[scheme].replace("{before}", before).replace("{rest}", after)
        return InvalidAddress(reason, where=shown, hint=f"{TRY} {hint}")
    known = ["https", "http", "s3", "gs", *PREFIX_HINTS]
    inner = scheme.rpartition("+")[2]
    prefix = scheme.partition("+")[0]
    if prefix in PREFIX_HINTS and inner in SUPPORTED_SCHEMES:
        near = [f"{prefix}://{inner}"]
    elif scheme == "neuroglancer-precomputed":
        near = ["precomputed"]
    else:
        near = difflib.get_close_matches(scheme, known, n=1, cutoff=0.7)
    if near:
        before, after = _behind(f"{scheme}://", shown)
        return _meant(reason, f"{before}{near[0]}://{after}", shown)
    return invalid(reason, shown)


def _of_empiar(number: str, shown: str) -> InvalidAddress:
    return InvalidAddress(
        "this names an entry of EMPIAR and not its files",
        where=shown,
        hint=f"They lie at https://ftp.ebi.ac.uk/empiar/world_availability/{number}/data/: open "
        "that in a browser, and paste the address of the volume.",
    )


def _meant(reason: str, meant: str, shown: str) -> InvalidAddress:
    # No question mark behind the address: it would pass for the beginning of a query.
    return InvalidAddress(reason, where=shown, hint=f"Did you mean {meant} instead?")


def _behind(beginning: str, shown: str) -> tuple[str, str]:
    """Return what is shown before and behind the beginning of an address.

    The name of a format stands before it; user names and queries are gone from what is behind.
    """
    found = re.search(re.escape(beginning), shown, re.IGNORECASE)
    if found is None:
        return "", shown
    return shown[: found.start()].strip("\"'`<>( "), shown[found.end() :].strip("\"'`<>) ")


def _local_hint(shown: str) -> str:
    path = shown.strip("\"'`<> ")
    path = re.sub(rf"^(?:{'|'.join(PREFIX_HINTS)})://", "", path, flags=re.IGNORECASE)
    path = re.sub("^file:/*(?=~|[A-Za-z]:)", "", path, flags=re.IGNORECASE)
    path = re.sub("^file:(?://localhost(?=/))?/*", "/", path, flags=re.IGNORECASE)
    return f"For a folder or zip file of this machine pass pathlib.Path({path!r})."
