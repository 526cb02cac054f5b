"""Which stored axis is x, y, z or channel. The one place where names become positions."""

from dataclasses import dataclass

from nb_remote.dialects.base import RawAxis
from nb_remote.errors import BadMetadata
from nb_remote.infer.inferred import Inferred

_SPACE = ("x", "y", "z")
_DEFAULT_ORDER = ("t", "c", "z", "y", "x")
"""OME-Zarr before 0.3, and what arrays of unknown axes most often are: the last of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraAxis:
    """An axis that is neither space nor channel, for example time."""

    name: str
    index: int
    """Position among the stored axes."""
    size: int
    """Number of entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisMap:
    """The stored axes of a layer."""

    names: tuple[str, ...]
    """One per stored axis: ``x``, ``y``, ``z``, ``c``, or its own lower-case name."""
    x: int
    y: int
    z: int | None
    """None for a 2-D image."""
    c: int | None
    """Channel axis, or None."""
    extra: tuple[ExtraAxis, ...]

    @property
    def space_xyz(self) -> tuple[int, int, int | None]:
        """Stored positions of x, y and z."""
        return (self.x, self.y, self.z)

    def xyz(self, per_axis: tuple[float, ...], absent: float) -> tuple[float, float, float]:
        """Reorder one value per stored axis to x, y, z; `absent` where there is no z."""
        z = absent if self.z is None else per_axis[self.z]
        return (per_axis[self.x], per_axis[self.y], z)

    def shape_xyz(self, shape: tuple[int, ...]) -> tuple[int, int, int]:
        """Extents along x, y, z of an array of stored `shape`; 1 where there is no z."""
        return (shape[self.x], shape[self.y], 1 if self.z is None else shape[self.z])


def infer_axes(
    raw: tuple[RawAxis, ...] | None, shape: tuple[int, ...], *, where: str, holds: str = "numbers"
) -> Inferred[AxisMap]:
    """Find x, y, z and channel among the stored axes.

    Parameters
    ----------
    raw
        Axes as the metadata describe them, stored order; None when they don't.
    shape
        Stored shape of the finest level.
    where
        Address of the layer, for the error.
    holds
        What the array holds, for the error.

    Raises
    ------
    BadMetadata
        There is no x or no y axis, an axis is named twice, or the rank is 0 or 1.
    """
    if len(shape) < 2:
        raise BadMetadata(
            f"the array has {len(shape)} axes (shape {list(shape)}, {holds}); at least x and y are "
            "needed to show it",
            where=where,
            field="shape",
        )
    if raw is None:
        return _by_position(shape)
    names = [axis.name.strip().lower() for axis in raw]
    kinds = [axis.kind.strip().lower() for axis in raw]
    channel = next((n for n, kind in enumerate(kinds) if kind == "channel"), None)
    if channel is not None:
        names[channel] = "c"
    note = ""
    spaces = [n for n, kind in enumerate(kinds) if kind == "space"]
    if {"x", "y"} - set(names) and len(spaces) >= 2:
        for name, position in zip(_SPACE, reversed(spaces), strict=False):
            names[position] = name
        note = "the space axes are not called x, y, z: the last one is taken as x"
    if len(set(names)) != len(names):
        raise BadMetadata(f"two axes have the same name: {names}", where=where, field="axes")
    if {"x", "y"} - set(names):
        raise BadMetadata(f"no x and y among the axes {names}", where=where, field="axes")
    return Inferred(_axis_map(names, shape), "assumed" if note else "metadata", note)


def _by_position(shape: tuple[int, ...]) -> Inferred[AxisMap]:
    ndim = len(shape)
    surplus = [f"axis{n}" for n in range(max(0, ndim - len(_DEFAULT_ORDER)))]
    names = [*surplus, *_DEFAULT_ORDER[-ndim:]]
    note = f"no axis names: taken as {', '.join(names)} by position"
    return Inferred(_axis_map(names, shape), "assumed", note)


def _axis_map(names: list[str], shape: tuple[int, ...]) -> AxisMap:
    def position(name: str) -> int | None:
        return names.index(name) if name in names else None

    extra = tuple(
        ExtraAxis(name=name, index=n, size=shape[n])
        for n, name in enumerate(names)
        if name not in (*_SPACE, "c")
    )
    return AxisMap(
        names=tuple(names),
        x=names.index("x"),
        y=names.index("y"),
        z=position("z"),
        c=position("c"),
        extra=extra,
    )
