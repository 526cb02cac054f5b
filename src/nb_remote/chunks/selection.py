"""NumPy basic indexing → one normalised range per axis, and back."""

import operator
from dataclasses import dataclass
from types import EllipsisType

Index = int | slice | EllipsisType | None
"""What may stand in ``array[...]``; a tuple of these, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisRange:
    """The voxels ``start, start + step, …`` below `stop` of one axis; `step` is positive."""

    start: int
    stop: int
    step: int = 1

    @property
    def count(self) -> int:
        """Number of voxels."""
        return max(0, -(-(self.stop - self.start) // self.step))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to read, and how the result is shaped afterwards."""

    ranges: tuple[AxisRange, ...]
    """One per axis, stored order."""
    finish: tuple[int | slice | EllipsisType | None, ...]
    """Basic index that turns the block that was read into what was asked for: drops integer
    axes, flips negative steps, inserts new axes. An ellipsis makes the result an array even
    where no axis is left, as in NumPy."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the block to read, one entry per axis."""
        return tuple(r.count for r in self.ranges)


def normalise(index: Index | tuple[Index, ...], shape: tuple[int, ...]) -> Selection:
    """Translate a NumPy basic index for an array of `shape`.

    Raises
    ------
    IndexError
        Too many indices, an integer out of bounds, or an index that is not basic.
    """
    items = index if isinstance(index, tuple) else (index,)
    items = _expand_ellipsis(items, len(shape))
    ranges: list[AxisRange] = []
    finish: list[int | slice | EllipsisType | None] = []
    for item in items:
        if item is Ellipsis:
            finish.append(item)
            continue
        if item is None:
            finish.append(None)
            continue
        axis = len(ranges)
        one, after = _normalise_axis(item, axis, shape[axis])
        ranges.append(one)
        finish.append(after)
    return Selection(ranges=tuple(ranges), finish=tuple(finish))


def _expand_ellipsis(items: tuple[Index, ...], ndim: int) -> tuple[Index, ...]:
    """Add the axes that are not named; an ellipsis stays before those it stands for."""
    used = sum(1 for item in items if item is not None and item is not Ellipsis)
    if sum(1 for item in items if item is Ellipsis) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    if used > ndim:
        raise IndexError(f"too many indices: the array has {ndim} axes, {used} were indexed")
    filling: tuple[Index, ...] = (slice(None),) * (ndim - used)
    # By identity: an array among the items would compare element by element.
    for at, item in enumerate(items):
        if item is Ellipsis:
            return items[: at + 1] + filling + items[at + 1 :]
    return items + filling


def _normalise_axis(item: Index, axis: int, size: int) -> tuple[AxisRange, int | slice]:
    if isinstance(item, slice):
        start, stop, step = item.indices(size)
        if step > 0:
            return AxisRange(start=start, stop=max(start, stop), step=step), slice(None)
        count = max(0, -(-(start - stop) // -step))
        lowest = start + (count - 1) * step if count else 0
        forward = AxisRange(start=lowest, stop=start + 1 if count else 0, step=-step)
        return forward, slice(None, None, -1)
    if isinstance(item, bool):
        raise _not_basic(item)
    try:
        at = operator.index(item)  # type: ignore[arg-type]  # the except clause names what it is
    except TypeError:
        raise _not_basic(item) from None
    if not -size <= at < size:
        raise IndexError(f"index {at} is out of bounds for axis {axis} with size {size}")
    at %= size
    return AxisRange(start=at, stop=at + 1), 0


def _not_basic(item: object) -> IndexError:
    return IndexError(
        "only integers, slices, '...' and None can index a remote array, not "
        f"{type(item).__name__}; read the bounding box and index the result, or use .dask()"
    )
