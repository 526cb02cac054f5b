"""Spellings that parts of a datasource had over the years → the current one.

Each function takes what stands in the document and changes nothing that it does not know.
"""

from nb_remote.infer.units import unit_name

_FORMATS = {"precomputed": "neuroglancerPrecomputed"}
_CLASSES = {"float32": "float", "float64": "double"}
_CATEGORIES = {"mask": "segmentation"}
_LEVELS = ("resolutions", "wkwResolutions")


def current_scale(value: object) -> object:
    """Return ``{factor, unit}`` of a list in nanometres, and the name of a unit's symbol."""
    if isinstance(value, list | tuple):
        return {"factor": value, "unit": "nanometer"}
    if isinstance(value, dict):
        unit = value.get("unit", "nanometer")
        name = unit_name(unit) if isinstance(unit, str) else None
        return {**value, "unit": name or unit}
    return value


def current_layer(value: object) -> object:
    """Return an entry of ``dataLayers`` with the current names of fields and values."""
    if not isinstance(value, dict):
        return value
    entry = dict(value)
    if "num_channels" in entry:
        entry.setdefault("numChannels", entry.pop("num_channels"))
    for name in _LEVELS:
        if name in entry and "mags" not in entry:
            entry["mags"] = entry.pop(name)
    for name, other, known in (
        ("dataFormat", "data_format", _FORMATS),
        ("elementClass", "element_class", _CLASSES),
        ("category", "category", _CATEGORIES),
    ):
        for key in (name, other):
            if isinstance(entry.get(key), str):
                entry[key] = known.get(entry[key], entry[key])
    for empty in ("additionalAxes", "defaultViewConfiguration"):
        if empty in entry and entry[empty] is None:
            del entry[empty]
    return entry


def current_box(value: object) -> object:
    """Return a box whose extent is not in one list."""
    if isinstance(value, dict) and isinstance(value.get("size"), list | tuple):
        rest = {key: one for key, one in value.items() if key != "size"}
        sides = dict(zip(("width", "height", "depth"), value["size"], strict=False))
        return {**sides, **rest}
    return value


def current_mag(value: object) -> object:
    """Return a level with three factors."""
    entry = dict(value) if isinstance(value, dict) and "x" not in value else {"mag": value}
    if "resolution" in entry and "mag" not in entry:
        entry["mag"] = entry.pop("resolution")
    mag = entry.get("mag")
    if isinstance(mag, str) and all(one.isdigit() for one in mag.split("-")):
        numbers = [int(one[:20]) for one in mag.split("-")]
        mag = numbers * 3 if len(numbers) == 1 else numbers
    if isinstance(mag, int) and not isinstance(mag, bool):
        mag = [mag] * 3
    if isinstance(mag, dict):
        mag = [mag.get(axis) for axis in "xyz"]
    if "mag" in entry:
        entry["mag"] = mag
    for name in ("axisOrder", "path"):
        if name in entry and entry[name] in (None, {}, ""):
            del entry[name]
    return entry


def current_transformation(value: object) -> object:
    """Return an affine transformation with four rows."""
    rows = value.get("matrix") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(rows, list | tuple):
        return value
    if len(rows) == 16:
        rows = [rows[n : n + 4] for n in (0, 4, 8, 12)]
    if len(rows) == 3:
        rows = [*rows, [0, 0, 0, 1]]
    return {**value, "matrix": rows}


def current_id(value: object) -> object:
    """Return the number of an id that is written as text because JavaScript can't count it."""
    text = value.get("value") if isinstance(value, dict) else None
    written = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 20
    return int(str(text)) if written else value
