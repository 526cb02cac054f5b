"""``coordinateTransformations`` of OME-Zarr, folded into a scale, a translation and an affine.

Kinds that are no affine (displacements, …) are left out and noted: what can be shown without them
is better than nothing.
"""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np

from nb_remote.dialects.base import StoredMatrix
from nb_remote.dialects.values import is_finite, shown
from nb_remote.errors import BadMetadata

Numbers = tuple[float, ...]
Step = tuple[str, Numbers | StoredMatrix]
"""``scale`` or ``translation`` with a number per axis, one of `_MATRICES` with a row per axis."""
_MATRICES = ("affine", "rotation")

_MOST_AXES = 32
"""More than any array has."""
_MOST_NESTED = 8
"""Sequences in sequences: OME-Zarr 0.6 allows none, so this is generous."""
_SAME = 1e-6
"""Two levels are turned alike if nothing beside their scales differs by more, relative to these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """Steps in one. Numbers and rows by stored axis; None where no step gives one."""

    scale: Numbers | None = None
    translation: Numbers | None = None
    """Follows the scale."""
    transform: StoredMatrix | None = None
    """Affine that follows both, as `FoundLayer.transform`."""


def steps(
    value: object,
    at: str,
    where: str,
    notes: list[str],
    order: list[int] | None = None,
    *,
    nested: int = 0,
) -> list[Step]:
    """Scales, translations and affines in the order in which they are applied, by stored axis.

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
        elif kind in _MATRICES and (rows := _rows(one)) is not None:
            found += _stored(_simplest(kind, rows), order)
        elif kind in ("scale", "translation") and (kind in one or "path" not in one):
            numbers = _numbers(one.get(kind), kind, at, where)
            found += _stored([(kind, numbers)], order)
        elif kind == "mapAxis" and order is not None and _is_mapping(one.get(kind), order):
            came = order or range(len(one[kind]))
            order[:] = [came[axis] for axis in one[kind]]
        elif kind != "identity" and not _changes_nothing(one):
            notes.append(_left_out(kind))
    return found


def combine(found: list[Step], at: str, where: str) -> Combined:
    """Fold steps into one scale, one translation, and an affine for what neither can do.

    An affine without a scale before it is also the scale: how far it takes a voxel to the next.

    Raises
    ------
    BadMetadata
        The steps have different numbers of axes.
    """
    scale: Numbers | None = None
    translation: Numbers | None = None
    transform: StoredMatrix | None = None
    if len({len(numbers) for _, numbers in found}) > 1:
        raise BadMetadata(f"{at} mixes transformations of different rank", where=where, field=at)
    for kind, given in found:
        if transform is not None or kind in _MATRICES:
            transform = _composed(transform, _matrix(kind, given))
            continue
        numbers = cast("Numbers", given)
        if kind == "scale":
            scale = numbers if scale is None else _times(scale, numbers)
            translation = translation and _times(translation, numbers)
        else:
            translation = numbers if translation is None else _plus(translation, numbers)
    if transform is not None and scale is None:
        scale = tuple(
            math.hypot(*column) or 1.0 for column in list(zip(*transform, strict=True))[:-1]
        )
        translation = translation and _times(translation, scale)
        transform = tuple(
            (*(n / one for n, one in zip(row, scale, strict=False)), row[-1]) for row in transform
        )
    return Combined(scale=scale, translation=translation, transform=transform)


def turned_alike(one: Combined, transform: StoredMatrix) -> Combined | None:
    """Return a level's steps with the affine of another level, or None where they can't have it.

    Two levels that are turned alike may still be moved by different amounts afterwards.
    """
    if one.transform == transform:
        return one
    count = len(transform)
    if one.transform is not None and len(one.transform) != count:
        return None
    ones, zeros = (1.0,) * count, (0.0,) * count
    whole = _square(_matrix("scale", one.scale or ones))
    whole = _square(_matrix("translation", one.translation or zeros)) @ whole
    if one.transform is not None:
        whole = _square(one.transform) @ whole
    try:
        rest = np.linalg.solve(_square(transform), whole)
    except np.linalg.LinAlgError:
        return None
    linear = rest[:count, :count]
    scale = np.diag(linear)
    if not np.isfinite(rest).all() or (np.abs(linear - np.diag(scale)) > _SAME * scale).any():
        return None
    return Combined(
        scale=tuple(scale.tolist()),
        translation=tuple(rest[:count, count].tolist()),
        transform=transform,
    )


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
    places = [order.index(axis) for axis in range(len(order))]

    def moved(kind: str, given: Numbers | StoredMatrix) -> Numbers | StoredMatrix:
        if len(given) != len(order):
            return given
        if kind not in _MATRICES:
            return tuple(cast("Numbers", given)[at] for at in places)
        rows = cast("StoredMatrix", given)
        return tuple((*(rows[at][k] for k in places), rows[at][-1]) for at in places)

    return [(kind, moved(kind, given)) for kind, given in found]


def _left_out(kind: object) -> str:
    what = f"{str(kind)[:40]!r}{' in a file' if kind in ('scale', 'translation') else ''}"
    return f"a coordinate transformation of type {shown(what)} is left out"


def _numbers(value: object, kind: str, at: str, where: str) -> Numbers:
    if not isinstance(value, list) or not all(is_finite(n) for n in value):
        raise BadMetadata(f"{at} has a {kind!r} step without finite numbers", where=where, field=at)
    return tuple(float(n) for n in value)


def _rows(step: dict[str, object]) -> StoredMatrix | None:
    """Matrix of an affine or a rotation, rows of n + 1 numbers; None where there is none."""
    kind = cast("str", step["type"])
    listed = step.get(kind)
    rows = listed if isinstance(listed, list) else []
    if kind == "rotation":
        rows = [[*row, 0] if isinstance(row, list) else row for row in rows]
    elif rows and rows[-1] == [0] * (len(rows) - 1) + [1]:
        rows = rows[:-1]  # homogeneous: its last row is the same for all
    ndim = len(rows)
    fits = 0 < ndim <= _MOST_AXES and all(
        isinstance(row, list) and len(row) == ndim + 1 and all(is_finite(n) for n in row)
        for row in rows
    )
    return tuple(tuple(float(n) for n in row) for row in rows) if fits else None


def _simplest(kind: str, rows: StoredMatrix) -> list[Step]:
    """Scale and translation of a matrix that only has those; else the matrix itself."""
    if any(
        (n <= 0) if k == number else (n != 0)
        for number, row in enumerate(rows)
        for k, n in enumerate(row[:-1])
    ):
        return [(kind, rows)]
    return [
        ("scale", tuple(row[n] for n, row in enumerate(rows))),
        ("translation", tuple(row[-1] for row in rows)),
    ]


def _matrix(kind: str, given: Numbers | StoredMatrix) -> StoredMatrix:
    if kind in _MATRICES:
        return cast("StoredMatrix", given)
    numbers = cast("Numbers", given)
    factors, moves = (numbers, None) if kind == "scale" else (None, numbers)
    return tuple(
        (
            *(((factors[n] if factors else 1.0) if k == n else 0.0) for k in range(len(numbers))),
            moves[n] if moves else 0.0,
        )
        for n in range(len(numbers))
    )


def _composed(first: StoredMatrix | None, then: StoredMatrix) -> StoredMatrix:
    if first is None:
        return then
    both = _square(then) @ _square(first)
    return tuple(tuple(row) for row in both[:-1].tolist())


def _square(rows: StoredMatrix) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([*rows, (*(0.0 for _ in rows), 1.0)])


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
