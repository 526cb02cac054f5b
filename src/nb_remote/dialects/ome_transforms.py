"""``coordinateTransformations`` of OME-Zarr, folded into one scale and one translation.

Kinds that neither scale nor move (rotations, displacements, …) are left out and noted: what can be
shown without them is better than nothing.
"""

from typing import cast

from nb_remote.dialects.values import is_finite, shown
from nb_remote.errors import BadMetadata

Step = tuple[str, tuple[float, ...]]
Numbers = tuple[float, ...]

_MOST_NESTED = 8
"""Sequences in sequences: OME-Zarr 0.6 allows none, so this is generous."""


def steps(value: object, at: str, where: str, notes: list[str], *, nested: int = 0) -> list[Step]:
    """Scales and translations in the order in which they are applied.

    Parameters
    ----------
    value
        The list as written, or None.
    at
        Dotted path of the list, for errors.
    notes
        Gets a sentence for each transformation that is left out.

    Raises
    ------
    BadMetadata
        A scale or a translation without finite numbers.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadMetadata(f"{at} is not a list", where=where, field=at)
    found: list[Step] = []
    for one in value:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == "sequence" and nested < _MOST_NESTED:
            inner = one.get("transformations")
            found += steps(inner, f"{at}.transformations", where, notes, nested=nested + 1)
        elif kind == "affine":
            found += _diagonal(one.get("affine"), notes)
        elif kind in ("scale", "translation") and (kind in one or "path" not in one):
            found.append((kind, _numbers(one.get(kind), kind, at, where)))
        elif kind != "identity":
            notes.append(_left_out(kind))
    return found


def combine(found: list[Step], at: str, where: str) -> tuple[Numbers | None, Numbers | None]:
    """Fold steps into one scale and one translation; None where no step gives one.

    Raises
    ------
    BadMetadata
        The steps have different numbers of axes.
    """
    scale: Numbers | None = None
    translation: Numbers | None = None
    if len({len(numbers) for _, numbers in found}) > 1:
        raise BadMetadata(f"{at} mixes transformations of different rank", where=where, field=at)
    for kind, numbers in found:
        if kind == "scale":
            scale = numbers if scale is None else _times(scale, numbers)
            translation = translation and _times(translation, numbers)
        else:
            translation = numbers if translation is None else _plus(translation, numbers)
    return scale, translation


def _left_out(kind: object) -> str:
    what = f"{str(kind)[:40]!r}{' in a file' if kind in ('scale', 'translation') else ''}"
    return f"a coordinate transformation of type {shown(what)} is left out"


def _numbers(value: object, kind: str, at: str, where: str) -> Numbers:
    if not isinstance(value, list) or not all(is_finite(n) for n in value):
        raise BadMetadata(f"{at} has a {kind!r} step without finite numbers", where=where, field=at)
    return tuple(float(n) for n in value)


def _diagonal(matrix: object, notes: list[str]) -> list[Step]:
    """Scale and translation of an affine matrix (rows of n + 1 numbers) that only has those."""
    rows = matrix if isinstance(matrix, list) else []
    ndim = len(rows)
    fits = bool(rows) and all(
        isinstance(row, list) and len(row) == ndim + 1 and all(is_finite(n) for n in row)
        for row in rows
    )
    if not fits or any(row[k] for n, row in enumerate(rows) for k in range(ndim) if k != n):
        notes.append(_left_out("affine"))
        return []
    numbers = cast("list[list[float]]", rows)
    return [
        ("scale", tuple(float(row[n]) for n, row in enumerate(numbers))),
        ("translation", tuple(float(row[-1]) for row in numbers)),
    ]


def _times(a: Numbers, b: Numbers) -> Numbers:
    return tuple(x * y for x, y in zip(a, b, strict=True))


def _plus(a: Numbers, b: Numbers) -> Numbers:
    return tuple(x + y for x, y in zip(a, b, strict=True))
