"""Where Neuroglancer lays the voxels of a layer, and what it calls their axes."""

from nb_remote.infer.geometry import Triple
from nb_remote.infer.layer import InferredLayer

_OME = "OME-Zarr"


def is_centred(layer: InferredLayer) -> bool:
    """Whether Neuroglancer gives the whole numbers to the centres of the layer's voxels."""
    return layer.format.startswith(_OME)


def own_corner_nm(layer: InferredLayer) -> Triple:
    """Corner of the finest level in nanometres, as nb-remote lays it when nothing moves it."""
    corner, size = layer.geometry.translation_xyz.value, layer.geometry.voxel_size_nm_xyz.value
    return (corner[0] * size[0], corner[1] * size[1], corner[2] * size[2])


def their_corner_nm(layer: InferredLayer) -> Triple:
    """Corner of the finest level in nanometres, as Neuroglancer lays it.

    An OME image begins half a voxel earlier there. Of other formats only precomputed has an offset
    that it reads.
    """
    corner, size = own_corner_nm(layer), layer.geometry.voxel_size_nm_xyz.value
    if layer.data_format == "neuroglancerPrecomputed":
        return corner
    if not is_centred(layer):
        return (0.0, 0.0, 0.0)
    x, y, z = (a - b / 2 for a, b in zip(corner, size, strict=True))
    return (x, y, corner[2] if layer.axes.value.z is None else z)


def their_axes(layer: InferredLayer) -> tuple[str, ...]:
    """Return Neuroglancer's name of each stored axis: ``c'`` or ``c^`` for channels."""
    return tuple(
        name if name != "c" else "c^" if layer.data_format == "neuroglancerPrecomputed" else "c'"
        for name in layer.axes.value.names
    )
