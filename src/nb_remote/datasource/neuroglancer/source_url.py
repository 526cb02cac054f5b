"""The address of a layer as Neuroglancer reads it."""

from nb_remote.infer.layer import InferredLayer
from nb_remote.location.location import Location

_FORMATS = {
    "zarr": "zarr",
    "zarr3": "zarr",
    "n5": "n5",
    "neuroglancerPrecomputed": "precomputed",
}
_STEPS = {"zarr": "zarr2", "zarr3": "zarr3", "n5": "n5"}


def source_url(layer: InferredLayer, location: Location) -> str:
    """Return the address of a layer in Neuroglancer's words, without query and credentials.

    Written with the format in front (``zarr://…``), which every version reads; what lies in a zip
    file with steps behind (``…|zip:…|zarr3:``), which those since 2025 do.

    Parameters
    ----------
    location
        What the layer's path is relative to, with the server of a bucket as far as it is known.
    """
    address = location.display(_path(layer))
    if location.endpoint and "://" not in location.endpoint:
        address = f"s3+https{address.removeprefix('s3')}"
    if location.zip_path is not None:
        step = _STEPS.get(layer.data_format, "neuroglancer-precomputed")
        return f"{address}|{step}:"
    return f"{_FORMATS[layer.data_format]}://{address}"


def _path(layer: InferredLayer) -> str:
    """Return where the multiscale volume lies, or the only array of one that is none."""
    if layer.path or len(layer.arrays) != 1 or layer.format.startswith("OME"):
        return layer.path
    return layer.arrays[0].key if layer.data_format != "neuroglancerPrecomputed" else ""
