"""What the status line and the headers of an answer mean."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from nb_remote.errors import (
    AccessDenied,
    CorruptChunk,
    CredentialsRefused,
    NbRemoteError,
    ServerFailed,
    Throttled,
)

LOGIN_HINT = (
    "It needs a login: pass credentials=nb_remote.BasicAuth(user, password) or "
    "nb_remote.BearerToken(token)."
)
"""Of 401: who asks is not known. With 403 they are, or need not be."""
_REFUSED_HINT = "It does not accept these credentials: check them; a token may have expired."
_NOT_ALLOWED_HINT = (
    "These credentials may not read it, or the address points beside it: check the address, or "
    "ask its owner for access."
)

# Worth another try: the server says that it is the moment, not the request.
_PASSING = frozenset({408, 500, 502, 503, 504})
# 18 digits are more than any object has; Python refuses to convert thousands of them.
_SIZE = r"[0-9]{1,18}"


def status_error(
    status: int, headers: Mapping[str, str], where: str, *, named: bool = False
) -> NbRemoteError:
    """Return the typed error for a status that brings no object. 404 is not an error.

    Parameters
    ----------
    named
        Whether the request said who asks.
    """
    said = f"the server answered {status}{_phrase(status)}"
    wait_s = retry_after(headers.get("Retry-After"))
    if status == 429:
        return Throttled(said, where=where, hint=_wait_hint(wait_s)).as_transient(
            retry_after_s=wait_s
        )
    if status in _PASSING:
        error = ServerFailed(said, where=where, hint=_wait_hint(wait_s))
        return error.as_transient(retry_after_s=wait_s)
    if status in (401, 407):
        if named:
            return CredentialsRefused(said, where=where, hint=_REFUSED_HINT)
        return AccessDenied(said, where=where, hint=LOGIN_HINT)
    if status in (403, 451):
        return AccessDenied(said, where=where, hint=_NOT_ALLOWED_HINT if named else "")
    if status == 416:
        return CorruptChunk("the object ends before the bytes that were asked for", where=where)
    if status < 400:
        return ServerFailed(f"{said}, which brings no object", where=where)
    return ServerFailed(
        said, where=where, hint="Check the address; the server refuses it as it is."
    )


def check_content_range(header: str | None, start: int, stop: int, where: str) -> None:
    """Accept a 206 answer only when it carries exactly ``start:stop``.

    Raises
    ------
    CorruptChunk
        When the object ends before `stop`.
    ServerFailed
        When the answer carries other bytes, or does not say which.
    """
    found = re.fullmatch(rf"bytes\s+({_SIZE})-({_SIZE})/({_SIZE}|\*)", (header or "").strip())
    if found is None:
        raise ServerFailed("a partial answer does not say which bytes it carries", where=where)
    first, last = int(found[1]), int(found[2])
    if (first, last + 1) == (start, stop):
        return
    if first == start and last + 1 < stop and found[3] == str(last + 1):
        raise CorruptChunk(
            f"the object has {last + 1} bytes, but bytes {start} to {stop} were asked for",
            where=where,
        )
    raise ServerFailed(
        f"bytes {start} to {stop} were asked for, the server sent {first} to {last + 1}",
        where=where,
    )


def check_content_suffix(header: str | None, length: int, where: str) -> None:
    """Accept a 206 answer only when it carries exactly the object's last `length` bytes.

    Raises
    ------
    CorruptChunk
        When the object is shorter.
    ServerFailed
        When the answer carries other bytes, or does not say where the object ends.
    """
    found = re.fullmatch(rf"bytes\s+({_SIZE})-({_SIZE})/({_SIZE})", (header or "").strip())
    if found is None:
        raise ServerFailed("a partial answer does not say which bytes it carries", where=where)
    first, last, whole = int(found[1]), int(found[2]), int(found[3])
    if last + 1 == whole and last + 1 - first == length:
        return
    if whole < length:
        raise too_short(whole, length, where)
    raise ServerFailed(
        f"the last {length} of {whole} bytes were asked for, the server sent {first} to {last + 1}",
        where=where,
    )


def too_short(size: int, length: int, where: str) -> CorruptChunk:
    """Return the error for an object of `size` bytes whose last `length` were asked for."""
    return CorruptChunk(
        f"the object has {size} bytes, but its last {length} were asked for", where=where
    )


def cut_out(whole: bytes, start: int, stop: int, where: str) -> bytes:
    """Return the bytes ``start:stop`` of a whole object.

    Raises
    ------
    CorruptChunk
        When it ends before `stop`.
    """
    if len(whole) < stop:
        raise CorruptChunk(
            f"the object has {len(whole)} bytes, but bytes {start} to {stop} were asked for",
            where=where,
        )
    return whole[start:stop]


def cut_end(whole: bytes, length: int, where: str) -> bytes:
    """Return the last `length` bytes of a whole object.

    Raises
    ------
    CorruptChunk
        When it is shorter.
    """
    if len(whole) < length:
        raise too_short(len(whole), length, where)
    return whole[-length:]


def content_length(headers: Mapping[str, str]) -> int | None:
    """Return the announced length of the body in bytes, or None."""
    text = headers.get("Content-Length", "")
    return int(text) if re.fullmatch(_SIZE, text) else None


def complete_length(headers: Mapping[str, str]) -> float:
    """Return the object's length in bytes as a 416 answer gives it; infinite where it doesn't."""
    found = re.fullmatch(rf"bytes\s+\*/({_SIZE})", headers.get("Content-Range", "").strip())
    return int(found[1]) if found else math.inf


def content_encodings(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the encodings of the body in the order they were applied; empty for none."""
    names = (name.strip().lower() for name in headers.get("Content-Encoding", "").split(","))
    return tuple(name for name in names if name not in ("", "identity"))


def retry_after(header: str | None) -> float | None:
    """Return the seconds a ``Retry-After`` header asks to wait, or None."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _wait_hint(wait_s: float | None) -> str:
    return "" if wait_s is None else f"It asks to wait {wait_s:.0f} s."
