"""The ``image-label`` attribute: colours of single segments. Nothing of it is required."""

from typing import cast

from nb_remote.dialects.base import SegmentColor

_MAX_ID = 2**64 - 1


def parse_segment_colors(image_label: object) -> tuple[SegmentColor, ...]:
    """Translate ``image-label.colors``; an entry that is broken is left out, the last one wins."""
    entries = image_label.get("colors") if isinstance(image_label, dict) else None
    if not isinstance(entries, list):
        return ()
    found: dict[int, tuple[int, int, int, int]] = {}
    for one in entries:
        if not isinstance(one, dict):
            continue
        segment, color = _whole(one.get("label-value")), _rgba(one.get("rgba"))
        if segment is not None and abs(segment) <= _MAX_ID and color is not None:
            found[segment] = color
    return tuple(found.items())


def _rgba(value: object) -> tuple[int, int, int, int] | None:
    if not isinstance(value, list) or len(value) not in (3, 4):
        return None
    numbers = [_whole(one) for one in value]
    if any(n is None or not 0 <= n <= 255 for n in numbers):
        return None
    r, g, b, *a = cast("list[int]", numbers)
    return (r, g, b, a[0] if a else 255)


def _whole(value: object) -> int | None:
    """Return an integer, also when it is written as ``1.0``."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None
