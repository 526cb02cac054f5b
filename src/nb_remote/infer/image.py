"""What a label image takes from the image that it belongs to."""

from dataclasses import dataclass

from nb_remote.dialects.base import RawAxis, RawImage
from nb_remote.errors import BadMetadata
from nb_remote.infer.axes import AxisMap, infer_axes
from nb_remote.infer.geometry import Geometry, Triple
from nb_remote.infer.units import NANOMETERS, infer_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Units and finest voxel of an image."""

    units_xyz: tuple[str, str, str]
    voxel_size_nm_xyz: Triple | None
    """None where the image states none that is possible."""


def image_of(raw: RawImage | None, opened: Geometry | None) -> Image | None:
    """Return what is known of the image, from itself where it was opened, too; else None."""
    if opened is not None:
        return Image(units_xyz=opened.units_xyz, voxel_size_nm_xyz=opened.voxel_size_nm_xyz.value)
    if raw is None:
        return None
    try:
        axes = infer_axes(raw.axes, (1,) * len(raw.axes), where="").value
    except BadMetadata:
        return None
    stated = axis_units(raw.axes, axes)
    if not any(stated):
        return None
    units = infer_units(stated, None).value
    if raw.scale is None or len(raw.scale) != len(raw.axes):
        return Image(units_xyz=units, voxel_size_nm_xyz=None)
    x, y, z = axes.xyz(raw.scale, 1.0)
    to_nm = [NANOMETERS[unit] for unit in units]
    size = (x * to_nm[0], y * to_nm[1], z * to_nm[2])
    return Image(units_xyz=units, voxel_size_nm_xyz=size if min(size) > 0 else None)


def axis_units(raw: tuple[RawAxis, ...] | None, axes: AxisMap) -> tuple[str, str, str]:
    """Units of x, y and z as the metadata write them; empty where absent."""
    if raw is None:
        return ("", "", "")
    x, y = raw[axes.x].unit, raw[axes.y].unit
    # A 2-D image has no z unit to miss.
    return (x, y, y if axes.z is None else raw[axes.z].unit)
