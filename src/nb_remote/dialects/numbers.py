"""Numbers in metadata: JSON allows more of them than a float can hold."""

import sys

_LARGEST = sys.float_info.max


def is_finite(value: object) -> bool:
    """Whether `value` is a number that a float can hold; integers of 400 digits are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST
