"""Length units: the names that metadata use, WEBKNOSSOS's names, nanometres."""

from nb_remote.infer.inferred import Inferred

NANOMETERS: dict[str, float] = {
    "yoctometer": 1e-15,
    "zeptometer": 1e-12,
    "attometer": 1e-9,
    "femtometer": 1e-6,
    "picometer": 1e-3,
    "angstrom": 1e-1,
    "nanometer": 1.0,
    "micrometer": 1e3,
    "millimeter": 1e6,
    "centimeter": 1e7,
    "inch": 2.54e7,
    "decimeter": 1e8,
    "foot": 3.048e8,
    "yard": 9.144e8,
    "meter": 1e9,
    "decameter": 1e10,
    "hectometer": 1e11,
    "kilometer": 1e12,
    "mile": 1.609344e12,
    "megameter": 1e15,
    "gigameter": 1e18,
    "terameter": 1e21,
    "petameter": 1e24,
    "parsec": 3.0856775814913673e25,
    "exameter": 1e27,
    "zettameter": 1e30,
    "yottameter": 1e33,
}
"""WEBKNOSSOS's unit names (reference: its datasource schema), each in nanometres, ascending."""

_SHORT = {
    "Å": "angstrom",
    "å": "angstrom",
    "nm": "nanometer",
    "um": "micrometer",
    "µm": "micrometer",  # U+00B5, micro sign
    "μm": "micrometer",
    "micron": "micrometer",
    "microns": "micrometer",
    "pm": "picometer",
    "mm": "millimeter",
    "cm": "centimeter",
    "dm": "decimeter",
    "m": "meter",
    "km": "kilometer",
    "in": "inch",
    "ft": "foot",
    "yd": "yard",
    "mi": "mile",
    "pc": "parsec",
}
"""Symbols; their case matters (Mm is not mm)."""


def unit_name(text: str) -> str | None:
    """WEBKNOSSOS's name of a unit, or None when it is not a length that is known.

    Symbols, plurals and British spellings of the names are accepted.
    """
    text = text.strip()
    if text in _SHORT:
        return _SHORT[text]
    name = text.lower().replace("metre", "meter").removesuffix("s")
    return name if name in NANOMETERS else None


def infer_units(
    units: tuple[str, str, str], inherited: tuple[str, str, str] | None
) -> Inferred[tuple[str, str, str]]:
    """Decide the unit of x, y and z.

    Parameters
    ----------
    units
        As the metadata write them, for x, y, z; empty where absent.
    inherited
        Units of the image that a label image belongs to, used when it has none that is known.

    Returns
    -------
    Inferred
        WEBKNOSSOS unit names for x, y, z. An axis without a unit takes that of the others; with
        no unit anywhere nanometre is assumed, as WEBKNOSSOS does.
    """
    known = [unit_name(one) if one else None for one in units]
    unknown = sorted({one for one, name in zip(units, known, strict=True) if one and name is None})
    notes = [f"{one!r} is not a length unit that is known" for one in unknown]
    filled: tuple[str, ...]
    if all(known):
        return Inferred((known[0] or "", known[1] or "", known[2] or ""), "metadata")
    if any(known):
        other = next(name for name in known if name)
        filled = tuple(name or other for name in known)
        notes.append(f"an axis without a unit is taken in {other}, like the others")
    elif inherited is not None:
        filled = inherited
        notes.append("unit taken from the image it belongs to")
    else:
        filled = ("nanometer",) * 3
        notes.append("nanometer is assumed" if unknown else "no unit: nanometer is assumed")
    return Inferred((filled[0], filled[1], filled[2]), "assumed", "; ".join(notes))
