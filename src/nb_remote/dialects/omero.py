"""The ``omero`` attribute: channel names, colours and windows. Nothing of it is required."""

import re
from typing import cast

from nb_remote.dialects.base import RawChannel
from nb_remote.dialects.values import is_finite, shown

_HEX_COLOR = re.compile(r"#?([0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?")


def parse_channels(omero: object) -> tuple[RawChannel, ...]:
    """Translate ``omero.channels``; what is broken is left out, the rest is kept."""
    channels = omero.get("channels") if isinstance(omero, dict) else None
    if not isinstance(channels, list):
        return ()
    parsed = [_channel(one) for one in channels]
    # Some writers fill the block with junk: all black and all windows empty says nothing.
    if parsed and all(one.color in (None, (0, 0, 0)) for one in parsed):
        parsed = [_without_color(one) for one in parsed]
    return tuple(parsed)


def _channel(value: object) -> RawChannel:
    if not isinstance(value, dict):
        return RawChannel()
    meta = cast("dict[str, object]", value)
    label = shown(meta.get("label"))
    window = meta.get("window")
    return RawChannel(
        name=label if label.strip() else None,
        color=_color(meta.get("color")),
        window=_interval(window, "start", "end"),
        window_range=_interval(window, "min", "max"),
        visible=meta.get("active") is not False,
        inverted=meta.get("inverted") is True,
    )


def _without_color(one: RawChannel) -> RawChannel:
    return RawChannel(
        name=one.name,
        window=one.window,
        window_range=one.window_range,
        visible=one.visible,
        inverted=one.inverted,
    )


def _color(value: object) -> tuple[int, int, int] | None:
    match = _HEX_COLOR.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    digits = match[1]
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _interval(window: object, low: str, high: str) -> tuple[float, float] | None:
    if not isinstance(window, dict):
        return None
    ends = (window.get(low), window.get(high))
    if not all(is_finite(end) for end in ends):
        return None
    start, stop = cast("tuple[float, float]", ends)
    if start == stop:
        return None
    return (float(min(start, stop)), float(max(start, stop)))
