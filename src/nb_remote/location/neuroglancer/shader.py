"""What a shader says without being run: its controls, and the patterns that everybody uses."""

import re
from collections.abc import Mapping

from nb_remote.location.neuroglancer.state import Contrast, Rgb
from nb_remote.location.neuroglancer.values import color, pair

_CONTROL = re.compile(
    r"^[ \t]*#uicontrol[ \t]+(\w+)[ \t]+(\w+)[^\n(]*(?:\(([^\n]*)\))?", re.MULTILINE
)
_RANGE = re.compile(r"\b(range|window)[ \t]{0,9}=[ \t]{0,9}\[([^\]\n]{0,99})\]")
_CHANNEL = re.compile(r"\bchannel[ \t]{0,9}=[ \t]{0,9}\[?[ \t]{0,9}(\d{1,6})")
_DEFAULT = re.compile(r"\bdefault[ \t]{0,9}=[ \t]{0,9}\"([^\"\n]{0,99})\"")
_NO_CODE = re.compile(r"^[ \t]*#uicontrol[^\n]*$|//[^\n]*$|\s+", re.MULTILINE)
_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PAIR = re.compile(rf"[ \t]*({_NUMBER})[ \t]*,[ \t]*({_NUMBER})[ \t]*")
_MOST_CHARACTERS = 2**16
"""Of a shader that is looked at; templates have less than a thousand."""
DEFAULT_CONTROL = "normalized"
"""The control of the shader that a layer has when it names none."""


def controls(
    shader: str | None, given: object
) -> tuple[tuple[Contrast, ...], tuple[Rgb, ...], tuple[str, ...]]:
    """Return the contrast and color controls of a layer, in the order of its shader.

    The last are the names of the color controls.

    Parameters
    ----------
    shader
        Source of the shader; None for the default one.
    given
        ``shaderControls``: values that replace those that the shader declares.
    """
    values = given if isinstance(given, Mapping) else {}
    if shader is None:
        one = _contrast(DEFAULT_CONTROL, "", values.get(DEFAULT_CONTROL))
        return ((one,) if DEFAULT_CONTROL in values else ()), (), ()
    found = [match.groups() for match in _CONTROL.finditer(shader[:_MOST_CHARACTERS])]
    contrast = [
        _contrast(name, declared or "", values.get(name))
        for kind, name, declared in found
        if kind == "invlerp"
    ]
    colors = {
        name: color(values.get(name)) or color(_first(_DEFAULT, declared or "")) or (255, 255, 255)
        for kind, name, declared in found
        if kind == "vec3"
    }
    return tuple(contrast), tuple(colors.values()), tuple(colors)


def is_plain(shader: str | None) -> bool:
    """Whether a shader only draws values between dark and bright, in gray or one color."""
    if shader is None or not shader.strip():
        return True
    body = _NO_CODE.sub("", shader[:_MOST_CHARACTERS])
    value = r"(?:toNormalized\(getDataValue\((?:0)?\)\)|\w+\((?:getDataValue\((?:0)?\))?\))"
    gray = rf"voidmain\(\)\{{emitGrayscale\({value}\);\}}"
    tinted = rf"voidmain\(\)\{{emitRGB\((?:\w+\*{value}|{value}\*\w+)\);\}}"
    return re.fullmatch(rf"{gray}|{tinted}", body) is not None


def _contrast(name: str, declared: str, given: object) -> Contrast:
    stated = {key: _numbers(values) for key, values in _RANGE.findall(declared)}
    channel = _first(_CHANNEL, declared)
    number = int(channel) if channel else None
    if isinstance(given, list):
        given = {"range": given}  # as it was written before windows were added
    if isinstance(given, Mapping):
        stated["range"] = pair(given.get("range")) or stated.get("range")
        stated["window"] = pair(given.get("window")) or stated.get("window")
        chosen = given.get("channel")
        chosen = chosen[0] if isinstance(chosen, list) and chosen else chosen
        if isinstance(chosen, int) and not isinstance(chosen, bool) and chosen >= 0:
            number = chosen
    return Contrast(
        control=name, range=stated.get("range"), window=stated.get("window"), channel=number
    )


def _numbers(written: str) -> tuple[float, float] | None:
    found = _PAIR.fullmatch(written)
    return None if found is None else (float(found[1]), float(found[2]))


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return "" if found is None else found[1]
