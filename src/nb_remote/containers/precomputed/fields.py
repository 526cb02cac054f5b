"""Fields of an ``info`` document, each checked before it is used."""

from typing import cast

from nb_remote.containers.base import MAX_EXTENT, shortened
from nb_remote.errors import BadMetadata

Json = dict[str, object]
XYZ = tuple[int, int, int]
_LARGEST_NM, _SMALLEST_NM = 1e60, 1e-30


def whole(value: object) -> int | None:
    """The integer that a number is; ``64.0``, as some writers have it, counts."""
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_EXTENT:
        return int(value)
    return None


def integers_xyz(value: object, field: str, where: str, *, lowest: int) -> XYZ:
    """Three integers for x, y, z from `lowest` to what an index can be.

    Raises
    ------
    BadMetadata
        It is anything else.
    """
    numbers = [whole(one) for one in value] if isinstance(value, list) else []
    if len(numbers) != 3 or any(n is None or not lowest <= n <= MAX_EXTENT for n in numbers):
        raise BadMetadata(
            f"{field} must be three integers for x, y, z"
            f"{' above 0' if lowest > 0 else ''}, not {shortened(value)}",
            where=where,
            field=field,
        )
    x, y, z = cast("list[int]", numbers)
    return (x, y, z)


def resolution_xyz(value: object, field: str, where: str) -> tuple[float, float, float]:
    """Nanometres per voxel along x, y, z.

    Raises
    ------
    BadMetadata
        They are no three numbers that a length can be.
    """
    listed = value if isinstance(value, list) else []
    sizes = [
        float(one)
        for one in listed
        if isinstance(one, int | float)
        and not isinstance(one, bool)
        and _SMALLEST_NM <= one <= _LARGEST_NM
    ]
    if len(listed) != 3 or len(sizes) != 3:
        raise BadMetadata(
            f"{field} must be three lengths in nanometres, not {shortened(value)}",
            where=where,
            field=field,
        )
    return (sizes[0], sizes[1], sizes[2])
