"""The ``image-label`` attribute: colours of single segments. Nothing of it is required."""

import re
from typing import cast

from nb_remote.dialects.base import SegmentColor
from nb_remote.dialects.values import is_finite

_MAX_ID = 2**64 - 1
_DIGITS = re.compile(r"-?[0-9]{1,20}")


def parse_segment_colors(image_label: object) -> tuple[SegmentColor, ...]:
    """Translate ``image-label.colors``; an entry that is broken is left out, the last one wins."""
    entries = image_label.get("colors") if isinstance(image_label, dict) else None
    if not isinstance(entries, list):
        return ()
    known = [one for one in entries if isinstance(one, dict)]
    fractions = _are_fractions(known)
    found: dict[int, tuple[int, int, int, int]] = {}
    for one in known:
        rgba = one.get("rgba")
        if fractions and isinstance(rgba, list):
            rgba = [round(255 * part) if is_finite(part) else part for part in rgba]
        segment, color = _whole(one.get("label-value")), _rgba(rgba)
        if segment is not None and abs(segment) <= _MAX_ID and color is not None:
            found[segment] = color
    return tuple(found.items())


def _are_fractions(entries: list[dict[str, object]]) -> bool:
    """Whether the whole table counts parts to 1 instead of 255, as plotting software does."""
    rows = [row for one in entries if isinstance(row := one.get("rgba"), list)]
    parts = [part for row in rows for part in row if is_finite(part)]
    return any(isinstance(part, float) for part in parts) and max(parts) <= 1


def _rgba(value: object) -> tuple[int, int, int, int] | None:
    if not isinstance(value, list) or len(value) not in (3, 4):
        return None
    numbers = [_whole(one) for one in value]
    if any(n is None or not 0 <= n <= 255 for n in numbers):
        return None
    r, g, b, *a = cast("list[int]", numbers)
    return (r, g, b, a[0] if a else 255)


def _whole(value: object) -> int | None:
    """Return an integer, also when it is written as ``1.0`` or ``"1"``."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None
