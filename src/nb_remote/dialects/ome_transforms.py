"""``coordinateTransformations`` of OME-Zarr, folded into one scale and one translation.

Kinds that neither scale nor move (rotations, displacements, …) are left out and noted: what can be
shown without them is better than nothing.
"""

from typing import cast

from nb_remote.dialects.values import is_finite, shown
from nb_remote.errors import BadMetadata

Step = tuple[str, tuple[float, ...]]
Numbers = tuple[float, ...]

_MOST_AXES = 32
"""More than any array has."""
_MOST_NESTED = 8
"""Sequences in sequences: OME-Zarr 0.6 allows none, so this is generous."""


def steps(
    value: object,
    at: str,
    where: str,
    notes: list[str],
    order: list[int] | None = None,
    *,
    nested: int = 0,
) -> list[Step]:
    """Scales and translations in the order in which they are applied, numbers by stored axis.

    Parameters
    ----------
    value
        The list as written, or None.
    at
        Dotted path of the list, for errors.
    notes
        Gets a sentence for each transformation that is left out.
    order
        Gets the stored axis behind each axis that comes out, where axes are mapped; empty where
        they stay as they are stored. None where no mapping is expected.

    Raises
    ------
    BadMetadata
        A scale or a translation without finite numbers.
    """
    if value is None:
        return []
    if isinstance(value, dict):  # a single one, not in a list
        value = [value]
    if not isinstance(value, list):
        raise BadMetadata(f"{at} is not a list", where=where, field=at)
    found: list[Step] = []
    for one in value:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == "sequence" and nested < _MOST_NESTED:
            inner = one.get("transformations")
            within = f"{at}.transformations"
            found += steps(inner, within, where, notes, order, nested=nested + 1)
        elif kind == "affine":
            found += _stored(_diagonal(one.get("affine"), notes), order)
        elif kind in ("scale", "translation") and (kind in one or "path" not in one):
            numbers = _numbers(one.get(kind), kind, at, where)
            found += _stored([(kind, numbers)], order)
        elif kind == "mapAxis" and order is not None and _is_mapping(one.get(kind), order):
            came = order or range(len(one[kind]))
            order[:] = [came[axis] for axis in one[kind]]
        elif kind != "identity" and not _changes_nothing(one):
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


def _is_mapping(value: object, order: list[int]) -> bool:
    """Whether a mapping lists each input axis once (drafts map by name, which is not followed)."""
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_AXES:
        return False
    if any(type(one) is not int for one in value) or (order and len(order) != len(value)):
        return False
    return sorted(value) == list(range(len(value)))


def _stored(found: list[Step], order: list[int] | None) -> list[Step]:
    """Put numbers that follow a mapping of axes back into the order of the stored ones."""
    if not order:
        return found
    return [
        (kind, tuple(numbers[order.index(axis)] for axis in range(len(order))))
        if len(numbers) == len(order)
        else (kind, numbers)
        for kind, numbers in found
    ]


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
    if rows and rows[-1] == [0] * (len(rows) - 1) + [1]:
        rows = rows[:-1]  # homogeneous: its last row is the same for all
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


def _changes_nothing(step: object) -> bool:
    """Whether a rotation turns nothing, or a mapping of axes leaves each where it is."""
    if not isinstance(step, dict):
        return False
    mapped, matrix = step.get("mapAxis"), step.get("rotation")
    if step.get("type") == "mapAxis" and isinstance(mapped, dict):
        return bool(mapped) and all(a == b for a, b in mapped.items())
    if step.get("type") != "rotation" or not isinstance(matrix, list) or not matrix:
        return False
    count = range(len(matrix))
    return matrix == [[int(row == column) for column in count] for row in count]


def _times(a: Numbers, b: Numbers) -> Numbers:
    return tuple(x * y for x, y in zip(a, b, strict=True))


def _plus(a: Numbers, b: Numbers) -> Numbers:
    return tuple(x + y for x, y in zip(a, b, strict=True))
