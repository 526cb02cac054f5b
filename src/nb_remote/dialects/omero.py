"""The ``omero`` attribute: channel names, colours and windows. Nothing of it is required."""

import re
from typing import cast

from nb_remote.dialects.base import RawChannel
from nb_remote.dialects.values import is_finite, shown

_HEX_COLOR = re.compile(r"(?:#|0x)?([0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?|#?([0-9a-fA-F]{3})")
_NAMES = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "orange": (255, 165, 0),
}
"""As microscopes call them: green is that of light, not the darker one of web pages."""


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
        visible=_flag(meta.get("active")) is not False,
        inverted=_flag(meta.get("inverted")) is True,
    )


def _without_color(one: RawChannel) -> RawChannel:
    return RawChannel(
        name=one.name,
        window=one.window,
        window_range=one.window_range,
        visible=one.visible,
        inverted=one.inverted,
    )


def _flag(value: object) -> bool | None:
    """Return what a flag says, also where a writer made text or a number of it."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return bool(value) if value in (True, False) else None


def _color(value: object) -> tuple[int, int, int] | None:
    """Return the colour in a text, a list of parts, or a number as OMERO and Java keep them."""
    if isinstance(value, str):
        return _color_of_text(value.strip())
    if isinstance(value, list):
        return _color_of_parts(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    # Smaller ones would be nearly black; they count something else.
    if 0 <= value < 0xFF:
        return None
    if 0 <= value <= 0xFFFFFF:
        return _rgb(value)
    # OMERO: 32 bits, red first and opacity last, as a signed number.
    return _rgb((value & 0xFFFFFFFF) >> 8) if -(2**31) <= value < 2**32 else None


def _color_of_text(text: str) -> tuple[int, int, int] | None:
    if text.lower() in _NAMES:
        return _NAMES[text.lower()]
    match = _HEX_COLOR.fullmatch(text)
    if match is None:
        return None
    digits = match[1] or "".join(2 * one for one in match[2])
    return _rgb(int(digits, 16))


def _color_of_parts(parts: list[object]) -> tuple[int, int, int] | None:
    if len(parts) not in (3, 4) or not all(is_finite(one) for one in parts):
        return None
    numbers = cast("list[float]", parts)
    # Fractions go to 1, bytes to 255.
    fractions = any(isinstance(one, float) for one in numbers) and max(numbers) <= 1
    red, green, blue = (round(one * 255 if fractions else one) for one in numbers[:3])
    fits = all(0 <= one <= 255 for one in (red, green, blue))
    return (red, green, blue) if fits else None


def _rgb(number: int) -> tuple[int, int, int]:
    return (number >> 16) & 255, (number >> 8) & 255, number & 255


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
