"""OME-Zarr images as documents alone, without any chunk: for what is decided by metadata.

image = documents("zyx", shapes=[(8, 16, 16), (4, 8, 8)])
image[".zattrs"]["multiscales"][0]["axes"][0]["unit"] = "furlong"
server = serve(files(image))
nb_remote.open(server.url_of("image.zarr"))
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.volumes.ome_zarr import KINDS

PATH = "image.zarr"
"""Where `files` puts an image when nothing else is said."""

Documents = dict[str, Any]


def documents(
    axes: str = "zyx",
    *,
    shapes: Sequence[tuple[int, ...]] = ((8, 16, 16), (4, 8, 8)),
    scales: Sequence[Sequence[float]] | None = None,
    translations: Sequence[Sequence[float]] | None = None,
    unit: str | None = "nanometer",
    dtype: str = "<u2",
    omero: object = None,
    name: str = "",
) -> Documents:
    """Return a valid image by key; tests change what they are about.

    Parameters
    ----------
    scales
        Per level; by default what the shapes say, 1 at the finest.
    translations
        Per level; by default none.
    unit
        Of every space axis; None leaves it out.
    """
    if scales is None:
        scales = [[a / b for a, b in zip(shapes[0], one, strict=True)] for one in shapes]
    datasets = []
    for number, scale in enumerate(scales):
        steps: list[dict[str, Any]] = [{"type": "scale", "scale": list(scale)}]
        if translations is not None:
            steps.append({"type": "translation", "translation": list(translations[number])})
        datasets.append({"path": str(number), "coordinateTransformations": steps})
    multiscale: dict[str, Any] = {
        "version": "0.4",
        "axes": [axis_entry(axis, unit) for axis in axes],
        "datasets": datasets,
    }
    if name:
        multiscale["name"] = name
    attributes: dict[str, Any] = {"multiscales": [multiscale]}
    if omero is not None:
        attributes["omero"] = omero
    found: Documents = {".zattrs": attributes}
    for number, shape in enumerate(shapes):
        found[f"{number}/.zarray"] = zarray(shape, dtype=dtype)
    return found


def axis_entry(name: str, unit: str | None) -> dict[str, str]:
    """One entry of ``axes``."""
    kind = KINDS.get(name.lower(), "")
    entry = {"name": name, **({"type": kind} if kind else {})}
    return {**entry, "unit": unit} if unit is not None and kind == "space" else entry


def zarray(shape: tuple[int, ...], *, dtype: str = "<u2", **changes: Any) -> dict[str, Any]:
    """Write a ``.zarray`` document."""
    return {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": [min(n, 64) for n in shape],
        "dtype": dtype,
        "compressor": None,
        "filters": None,
        "fill_value": 0,
        "order": "C",
        "dimension_separator": "/",
        **changes,
    }


def multiscale_of(image: Documents) -> dict[str, Any]:
    """The first entry of ``multiscales``, to be changed."""
    return image[".zattrs"]["multiscales"][0]


def datasets_of(image: Documents) -> list[dict[str, Any]]:
    """Its datasets, to be changed."""
    return multiscale_of(image)["datasets"]


def with_labels(image: Documents, **labels: Documents | None) -> Documents:
    """Add label images; None is listed but does not exist."""
    found = {**image, "labels/.zattrs": {"labels": list(labels)}}
    for name, label in labels.items():
        found.update({f"labels/{name}/{key}": one for key, one in (label or {}).items()})
    return found


def files(image: Mapping[str, Any], path: str = PATH) -> dict[str, bytes]:
    """Return what a server serves; bytes are taken as they are."""
    return {
        f"{path}/{key}": one if isinstance(one, bytes) else json.dumps(one).encode()
        for key, one in image.items()
    }
