"""Fields of ``datasource-properties.json``, in all the spellings that it had over the years."""

from typing import cast

from nb_remote.containers.base import MAX_EXTENT, shortened
from nb_remote.containers.precomputed.fields import whole
from nb_remote.dialects.base import XYZ, Matrix
from nb_remote.dialects.values import is_finite
from nb_remote.errors import BadMetadata

Json = dict[str, object]
Triple = tuple[float, float, float]
_SMALLEST, _LARGEST = 1e-30, 1e30
"""Factors and voxel sizes beyond these are no lengths of anything, in whatever unit."""
_HUGE_ID = 2**64 - 1


def parse_mag(value: object, field: str, where: str) -> XYZ:
    """Return a mag from ``2``, ``[2, 2, 1]``, ``{"x": 2, …}`` or ``"2-2-1"``.

    Raises
    ------
    BadMetadata
        It is none of these, or a factor is below 1.
    """
    if isinstance(value, str) and len(value) <= MAX_MAG_CHARACTERS:
        value = [int(n) if n.isascii() and n.isdigit() else None for n in value.split("-")]
        value = value * 3 if len(value) == 1 else value
    factors = _triple_of(value) if isinstance(value, dict | list) else [value] * 3
    numbers = [whole(one) for one in factors]
    if len(numbers) != 3 or any(n is None or not 0 < n <= MAX_EXTENT for n in numbers):
        raise BadMetadata(
            f"{field} must be a factor, or one each for x, y and z, not {shortened(value)}",
            where=where,
            field=field,
        )
    x, y, z = cast("list[int]", numbers)
    return (x, y, z)


MAX_MAG_CHARACTERS = 60
"""Three of the largest factors there can be, with hyphens."""


def parse_box(value: object, field: str, where: str) -> tuple[XYZ, XYZ]:
    """Return corner and extent of ``{topLeft, width, height, depth}``, or ``{topLeft, size}``.

    Raises
    ------
    BadMetadata
        It is no box, or an empty one.
    """
    box = cast("Json", value) if isinstance(value, dict) else {}
    corner = [whole(one) for one in _triple_of(box.get("topLeft"))]
    extent = box.get("size", [box.get("width"), box.get("height"), box.get("depth")])
    size = [whole(one) for one in _triple_of(extent)]
    if len(corner) != 3 or any(n is None or abs(n) > MAX_EXTENT for n in corner):
        raise BadMetadata(
            f"{field} has no corner: topLeft must be three integers, "
            f"not {shortened(box.get('topLeft'))}",
            where=where,
            field=f"{field}.topLeft",
        )
    if len(size) != 3 or any(n is None or not 0 < n <= MAX_EXTENT for n in size):
        raise BadMetadata(
            f"{field} has no extent: width, height and depth must be integers above 0, "
            f"not {shortened(extent)}",
            where=where,
            field=field,
        )
    left, top, front = cast("list[int]", corner)
    width, height, depth = cast("list[int]", size)
    return (left, top, front), (width, height, depth)


def parse_scale(value: object) -> tuple[Triple, str] | None:
    """Return the voxel size and its unit from ``[x, y, z]`` (nm) or ``{factor, unit}``, or None."""
    meta = cast("Json", value) if isinstance(value, dict) else {}
    unit = meta.get("unit", "nanometer")
    factor = meta.get("factor", value)
    sizes = [n for n in _triple_of(factor) if is_finite(n) and _fits(cast("float", n))]
    if len(sizes) != 3 or not isinstance(unit, str):
        return None
    x, y, z = (float(n) for n in cast("list[float]", sizes))
    return (x, y, z), unit


def parse_affine(value: object) -> Matrix | None:
    """Return the matrix of an affine transformation, or None where there is none."""
    rows = value if isinstance(value, list) else []
    if len(rows) == 16:
        rows = [rows[n : n + 4] for n in (0, 4, 8, 12)]
    if len(rows) == 3:
        rows = [*rows, [0, 0, 0, 1]]
    if len(rows) != 4 or any(
        not isinstance(row, list)
        or len(row) != 4
        or any(not is_finite(n) or abs(n) > _LARGEST for n in row)
        for row in rows
    ):
        return None
    a, b, c, d = (tuple(float(n) for n in row) for row in rows)
    return cast("Matrix", (a, b, c, d)) if d == (0.0, 0.0, 0.0, 1.0) else None


def compose(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does `first` and afterwards `then`."""
    rows = (
        tuple(sum(then[i][k] * first[k][j] for k in range(4)) for j in range(4)) for i in range(4)
    )
    return cast("Matrix", tuple(rows))


def as_steps(matrix: Matrix) -> tuple[Triple, Triple] | None:
    """Return factors and translation of a matrix that does nothing else, or None."""
    mixed = any(matrix[i][j] != 0 for i in range(3) for j in range(3) if i != j)
    x, y, z = matrix[0][0], matrix[1][1], matrix[2][2]
    if mixed or not all(_fits(n) for n in (x, y, z)):
        return None
    return (x, y, z), (matrix[0][3], matrix[1][3], matrix[2][3])


def parse_id(value: object) -> int | None:
    """Return an id from a number, or from the object that holds those too large for one."""
    if isinstance(value, dict):
        text = value.get("value")
        value = None
        if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 21:
            value = int(text)
    number = whole(value)
    return number if number is not None and 0 < number <= _HUGE_ID else None


def pair(value: object) -> tuple[float, float] | None:
    """Return two ascending numbers, or None."""
    if not isinstance(value, list) or len(value) != 2 or not all(is_finite(n) for n in value):
        return None
    low, high = float(value[0]), float(value[1])
    return (low, high) if low < high else None


def color(value: object) -> tuple[int, int, int] | None:
    """Return red, green and blue from 0 to 255, or None."""
    if not isinstance(value, list) or len(value) != 3 or not all(is_finite(n) for n in value):
        return None
    if not all(0 <= n <= 255 for n in value):
        return None
    red, green, blue = (round(n) for n in value)
    return (red, green, blue)


def _triple_of(value: object) -> list[object]:
    if isinstance(value, dict):
        return [value.get(name) for name in "xyz"]
    return value if isinstance(value, list) else []


def _fits(value: float) -> bool:
    return _SMALLEST <= value <= _LARGEST
