"""What the metadata say of a layer in so many words, where other formats only have arrays."""

import numpy as np

from nb_remote.dialects.base import XYZ, FoundLayer, Stated
from nb_remote.infer.correction import Box
from nb_remote.infer.geometry import Geometry
from nb_remote.infer.inferred import Inferred


def first_voxel(found: FoundLayer, geometry: Geometry) -> XYZ:
    """Return the number that the format itself gives to the first voxel of the arrays.

    Only Neuroglancer precomputed and WEBKNOSSOS's own file count from an offset.
    """
    if found.stated is not None:
        return found.stated.array_corner_xyz
    corner = geometry.translation_xyz.value
    if found.data_format != "neuroglancerPrecomputed" or any(n % 1 for n in corner):
        return (0, 0, 0)
    return (int(corner[0]), int(corner[1]), int(corner[2]))


def stated_box(stated: Stated | None) -> Inferred[Box] | None:
    """Return the bounding box in so many words."""
    if stated is None:
        return None
    return Inferred((stated.top_left_xyz, stated.size_xyz), "metadata")


def largest_segment_id(stated: Stated | None, dtype: np.dtype[np.generic]) -> Inferred[int | None]:
    """Return the largest id of a segmentation, where one is stated that the voxels can have."""
    said = stated.largest_segment_id if stated is not None else None
    if said is None:
        return Inferred(None, "assumed", "the metadata don't state it")
    if dtype.kind in "iu" and said >= 2 ** (8 * dtype.itemsize):
        return Inferred(None, "assumed", f"the metadata say {said}, which {dtype} can't hold")
    return Inferred(said, "metadata")


def is_rgb(stated: Stated | None) -> Inferred[bool]:
    """Whether the layer is stated to be one picture of three colours."""
    if stated is not None:
        return Inferred(stated.is_rgb, "metadata")
    return Inferred(value=False, origin="assumed")
