"""Which text is a link of Neuroglancer: told by its shape, never by its host."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from nb_remote.errors import InvalidAddress
from nb_remote.location.neuroglancer.read_state import read_state
from nb_remote.location.neuroglancer.state import LinkState
from nb_remote.location.neuroglancer.state_text import MOST_CHARACTERS, parse_state, refuse_depth
from nb_remote.location.pasted import without_left_over, without_wrapping
from nb_remote.redact import redact

_JSON_BEGINS = re.compile(r"\s*(?:\{|%7[bB]|%257[bB])")
_ADDRESS_BEGINS = re.compile(r"[a-z][a-z\d+.-]*://")
_ENCODED_ADDRESS_BEGINS = re.compile(r"[a-z][a-z\d+.-]*%3[aA](?:/|%2[fF]){2}")
_PYTHON_VIEWER = re.compile(r"/v/[0-9a-f]{40}/?$")
"""The path of a viewer that a Python process serves: its token is 20 random bytes."""
_AFTER_STATE = re.compile(r"(?:(?<=\})|(?<=%7[dD]))[\s.,;:)\]>\"'`]+$")
"""Punctuation of the sentence that a link stood in."""
_LOCAL_ID = re.compile(r"[?&]local_id=[0-9a-f]+$")
_WEB = re.compile(r"(?i)https?://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to a viewer: it holds a state, or the address of one."""

    page: str
    """Where the viewer is, without query and fragment; empty for a state alone."""
    state: LinkState | None = None
    """What the link holds itself."""
    address: str = field(default="", repr=False)
    """Where the state lies, as the link spells it; empty where the link holds it. May hold a
    token."""

    def display(self) -> str:
        """Return what may be shown of the link."""
        return redact(self.page) or "a state of Neuroglancer"


def link_of(text: str) -> Link | None:
    """Return the link that a pasted text is, or None where it is an address of data.

    Parameters
    ----------
    text
        ``…#!{…}`` (percent-encoded once, twice or not), ``…#!+{…}``, ``…#!https://…`` and other
        addresses of a state, ``…?json_url=…``, or the JSON of a state; in quotes or brackets, too.

    Raises
    ------
    InvalidAddress
        It is a link, but what it says can't be understood.
    """
    rest = without_wrapping(text)
    if _JSON_BEGINS.match(rest.removeprefix("!")):
        rest = rest.removeprefix("!")  # the end of a link, without its '#'
        return Link(page="", state=read_state(parse_state(rest, "")))
    page, mark, fragment = rest.partition("#")
    shown = _page(page)
    if mark and len(rest) > MOST_CHARACTERS:
        raise InvalidAddress(f"the link has more than {MOST_CHARACTERS} characters", where=shown)
    # A viewer whose state is in the query writes an empty fragment behind it.
    if fragment in ("!", "%21") and (address := _json_url(page)):
        return Link(page=shown, address=address)
    if fragment.startswith("!"):
        return _of_fragment(fragment[1:], page)
    if fragment.startswith("%21"):
        return _of_fragment(fragment[3:], page)
    if _JSON_BEGINS.match(fragment):
        return _of_fragment(fragment, page)
    return _of_page(page, shown)


def link_of_state(state: Mapping[str, Any]) -> Link:
    """Return the link of a state as Python has it, such as ``viewer.state.to_json()``.

    Raises
    ------
    InvalidAddress
        It is nested too deep, or holds what JSON has not.
    """
    try:
        copied = json.loads(json.dumps(state, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as problem:
        raise InvalidAddress(
            f"this dict is no JSON: {problem}", hint="Pass viewer.state.to_json()."
        ) from None
    refuse_depth(copied, "")
    return Link(page="", state=read_state(copied))


def _of_fragment(fragment: str, page: str) -> Link:
    shown = _page(page)
    if fragment.startswith("+") and (not fragment[1:] or _JSON_BEGINS.match(fragment[1:])):
        fragment = fragment[1:]
    if _ENCODED_ADDRESS_BEGINS.match(fragment):
        fragment = unquote(fragment)
    if _ADDRESS_BEGINS.match(fragment):
        if "?" not in fragment:  # else it may be the end of a token
            fragment = without_left_over(fragment).rstrip(".")
        return Link(page=shown, address=fragment)
    if not fragment and _PYTHON_VIEWER.search(shown):
        raise _of_python(shown)
    fragment = _AFTER_STATE.sub("", fragment)
    state = parse_state(fragment, shown) if fragment else {}
    return Link(page=shown, state=read_state(state))


def _of_page(page: str, shown: str) -> Link | None:
    """Return the link that an address without a state in its fragment is, if it is one."""
    if not _WEB.match(page):
        return None
    if address := _json_url(page):
        return Link(page=shown, address=address)
    if _PYTHON_VIEWER.search(shown):
        raise _of_python(shown)
    if _LOCAL_ID.search(page):
        raise InvalidAddress(
            "the state of this link (local_id) is kept in the browser that made it",
            where=shown,
            hint="Open it there, and copy the link again, or the state as JSON ({} in the viewer).",
        )
    return None


def _page(text: str) -> str:
    """Return an address without query and user name, which nobody else needs to see."""
    scheme, mark, rest = text.partition("?")[0].rpartition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}"


def _json_url(page: str) -> str:
    """Address of a state in a query, as Seung lab's viewers take it; empty where there is none."""
    try:
        fields = dict(parse_qsl(urlsplit(page).query, max_num_fields=50))
    except ValueError:
        return ""
    address = fields.get("json_url", "")
    return address if _ADDRESS_BEGINS.match(address) else ""


def _of_python(shown: str) -> InvalidAddress:
    # The token is all that protects such a viewer.
    host = shown.partition("/v/")[0]
    return InvalidAddress(
        "this is a viewer that a Python process serves: its state is in that process, not in "
        "the link",
        where=host,
        hint="Pass viewer.state.to_json() instead.",
    )
