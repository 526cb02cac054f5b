"""The text of a state → JSON: strict, or as old links write it.

Old links use ``'`` for strings and ``_`` or ``&`` for commas, so that less of them has to be
percent-encoded. Inside strings these mean themselves.
"""

import json
import math
from typing import Any
from urllib.parse import unquote

from nb_remote.errors import InvalidAddress
from nb_remote.nesting import is_deeper

MOST_CHARACTERS = 2 * 2**20
"""As long as the longest address that Chrome keeps."""
MOST_LEVELS = 100
"""As deep as metadata may be; a layout of nested rows and columns has about ten."""
_MOST_DECODINGS = 2

_OUTSIDE = {"_": ",", "&": ","}


def parse_state(text: str, shown: str) -> dict[str, Any]:
    """Return the state that a text holds: percent-encoded up to twice, or as it is.

    Integers are exact whatever their size.

    Parameters
    ----------
    shown
        What an error may show of where the text is from.

    Raises
    ------
    InvalidAddress
        It is no JSON object, too long, or nested too deep.
    """
    if len(text) > MOST_CHARACTERS:
        raise _wrong(f"the state has more than {MOST_CHARACTERS} characters", shown)
    text = decoded(text)
    try:
        try:
            state = _loads(text)
        except ValueError:
            state = _loads(strict_json(text))
    except RecursionError:
        raise _too_deep(shown) from None
    except _Endless:
        raise _wrong("a number in the state is too large", shown) from None
    except ValueError:  # broken JSON, or a number of 5000 digits
        raise _wrong("the part after '#!' is not the state of a viewer", shown) from None
    if not isinstance(state, dict):
        raise _wrong("the state is no JSON object", shown)
    refuse_depth(state, shown)
    return state


def decoded(text: str) -> str:
    """Take percent-encoding away: once, and again where all of it was encoded twice.

    A ``+`` stays one. What is no escape is kept, as in a shader that was pasted unencoded.
    """
    for number in range(_MOST_DECODINGS):
        if number and not text.lstrip().startswith("%"):
            break
        try:
            text = unquote(text, errors="strict")
        except UnicodeDecodeError:
            break
    return text.strip()


def strict_json(text: str) -> str:
    """Rewrite the JSON of old links as the JSON that everybody reads.

    An unescaped double quote in a single-quoted string gets a backslash, and an escaped single
    quote loses its own; all else in strings is kept.
    """
    written: list[str] = []
    quote, escaped = "", False
    for char in text:
        if not quote:
            if char in "'\"":
                quote, char = char, '"'  # noqa: PLW2901  (what is written instead)
            written.append(_OUTSIDE.get(char, char))
        elif escaped:
            escaped = False
            written.append("'" if quote == char == "'" else "\\" + char)
        elif char == "\\":
            escaped = True
        elif char == quote:
            quote = ""
            written.append('"')
        else:
            written.append('\\"' if char == '"' else char)
    return "".join(written)


def refuse_depth(state: dict[str, Any], shown: str) -> None:
    """Refuse what is nested deeper than any state is.

    Raises
    ------
    InvalidAddress
        When it is.
    """
    if is_deeper(state, MOST_LEVELS):
        raise _too_deep(shown)


class _Endless(Exception):
    """A number beyond what floats hold, which could not be written again."""


def _loads(text: str) -> Any:  # noqa: ANN401  (JSON may be anything)
    return json.loads(text, parse_float=_finite, parse_constant=_finite)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Endless
    return number


def _too_deep(shown: str) -> InvalidAddress:
    return _wrong(f"the state is nested deeper than {MOST_LEVELS} levels", shown)


def _wrong(reason: str, shown: str) -> InvalidAddress:
    return InvalidAddress(
        reason, where=shown, hint="Copy the whole link again from the address bar of the viewer."
    )
