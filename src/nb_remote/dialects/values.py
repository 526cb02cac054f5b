"""Values of metadata that a stranger wrote: numbers that fit, text that can be shown."""

import sys

_LARGEST = sys.float_info.max
_LONGEST_TEXT = 200
"""Characters of a name that are kept: more than any table or list shows."""


def is_finite(value: object) -> bool:
    """Whether `value` is a number that a float can hold; integers of 400 digits are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST


def shown(value: object, most: int = _LONGEST_TEXT) -> str:
    """Text on one line, without characters that steer a terminal; empty when it is no text."""
    if not isinstance(value, str):
        return ""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value[:most])
