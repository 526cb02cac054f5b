"""Neuroglancer's segment colours (seed 0), written anew from its hash to compare with."""

import colorsys

import numpy as np

REFERENCE = {
    1: "#5e80ff",
    2: "#ff3578",
    3: "#9bff0c",
    10: "#4eff46",
    12345: "#ff3dfd",
    2**32: "#6ef0ff",
    2**32 + 1: "#ff12ae",
    2**63: "#7dffa4",
    2**64 - 1: "#d3ff03",
}
"""Computed by Neuroglancer's own code. The tenth is 0, ``#42ff46``, which is never drawn."""
ZERO = "#42ff46"


def segment_rgb(segment):
    """Return red, green, blue (0 to 255) of an id."""
    state = _mix(_mix(0, segment & 0xFFFFFFFF), segment >> 32)
    hue = (state & 255) / 255
    saturation = 0.5 + 0.5 * ((state >> 8) & 255) / 255
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue, saturation, 1))


def colors_of(ids):
    """Return the colour of every id, shape (*ids.shape, 3)."""
    table = {segment: segment_rgb(int(segment)) for segment in np.unique(ids)}
    flat = [table[segment] for segment in ids.ravel()]
    return np.array(flat, float).reshape(*ids.shape, 3)


def rgb_of(text):
    return tuple(bytes.fromhex(text.removeprefix("#")))


def _mix(state, value):
    value = value * 0xCC9E2D51 & 0xFFFFFFFF
    value = (value << 15 | value >> 17) & 0xFFFFFFFF
    state ^= value * 0x1B873593 & 0xFFFFFFFF
    state = (state << 13 | state >> 19) & 0xFFFFFFFF
    return state * 5 + 0xE6546B64 & 0xFFFFFFFF
