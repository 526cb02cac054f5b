"""OME-Zarr 0.4 volumes written by zarr-python and by ome-zarr-py: one table, `VOLUMES`.

No voxel occurs twice along any axis, and no two extents are equal, so that swapped axes, a
wrong level or a shift by one voxel can't go unnoticed.

    written = write("czyx")
    server = serve(written.files)
    dataset = nb_remote.open(server.url_of(written.path))
    assert (dataset[...][...] == written.levels[0]).all()
"""

import functools
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, cast

import numpy as np
import zarr
from zarr.storage import MemoryStore

KINDS = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What is written, and so what has to be found again."""

    axes: str
    """Stored order, one letter per axis."""
    shape: tuple[int, ...]
    """Voxels of the finest level, stored order."""
    voxel: Mapping[str, float]
    """Size of the finest voxel per space axis, in `unit`."""
    dtype: str = "uint16"
    unit: str = "micrometer"
    factors: tuple[str, ...] = ("", "zyx", "zyx")
    """Per level, the axes that are halved once more than in the level before."""
    origin: Mapping[str, float] = field(default_factory=dict)
    """Centre of the first finest voxel per space axis, in `unit`."""
    omero: Mapping[str, Any] | None = None
    labels: tuple[str, ...] = ()
    """Names of label images, on the levels of the image without its channels."""
    writer: str = "zarr-python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A volume as it lies on a server."""

    path: str
    """Of the image, below the server's root."""
    files: Mapping[str, bytes]
    """By path below the server's root."""
    levels: tuple[np.ndarray, ...]
    """What every level holds, finest first."""
    labels: Mapping[str, tuple[np.ndarray, ...]]


def _omero(*channels: tuple[str, str, float, float]) -> dict[str, Any]:
    return {
        "channels": [
            {
                "label": label,
                "color": color,
                "active": True,
                "inverted": False,
                "window": {"start": start, "end": end, "min": 0.0, "max": 65535.0},
            }
            for label, color, start, end in channels
        ]
    }


VOLUMES: dict[str, Volume] = {
    "tczyx": Volume(
        axes="tczyx",
        shape=(3, 2, 12, 20, 28),
        voxel={"z": 0.5, "y": 0.25, "x": 0.25},
        origin={"z": 1.5, "y": 120.25, "x": 140.5},
        factors=("", "yx", "zyx"),
        omero=_omero(("LaminB1", "0000FF", 0, 1500), ("Dapi stain", "FFFF00", 100, 900)),
    ),
    "czyx": Volume(
        axes="czyx",
        shape=(2, 12, 20, 28),
        voxel={"z": 0.5, "y": 0.36, "x": 0.36},
        factors=("", "yx", "zyx"),
        omero=_omero(("LaminB1", "0000FF", 0, 1500), ("Dapi", "FFFF00", 0, 1500)),
        labels=("cells",),
    ),
    "zyx": Volume(
        axes="zyx",
        shape=(12, 20, 28),
        voxel={"z": 25.0, "y": 16.5, "x": 16.5},
        dtype="uint8",
        unit="nanometer",
    ),
    "cyx": Volume(
        axes="cyx",
        shape=(3, 20, 28),
        voxel={"y": 0.5, "x": 0.5},
        dtype="uint8",
        factors=("", "yx"),
        omero=_omero(("Red", "FF0000", 0, 255), ("Green", "00FF00", 0, 255), ("", "0000FF", 0, 9)),
    ),
    "yx": Volume(
        axes="yx", shape=(20, 28), voxel={"y": 2.0, "x": 2.0}, dtype="float32", factors=("", "yx")
    ),
    "cxyz": Volume(  # the order that WEBKNOSSOS exports
        axes="cxyz",
        shape=(1, 28, 20, 12),
        voxel={"x": 11.0, "y": 12.0, "z": 25.0},
        origin={"x": 1100.0, "y": 240.0, "z": 75.0},
        dtype="uint8",
        unit="nanometer",
        factors=("", "xy"),
    ),
    "czyx by ome-zarr-py": Volume(
        axes="czyx",
        shape=(2, 12, 20, 28),
        voxel={"z": 0.5, "y": 0.36, "x": 0.36},
        factors=("", "yx", "zyx"),
        omero=_omero(("LaminB1", "0000FF", 0, 1500), ("Dapi", "FFFF00", 0, 1500)),
        labels=("cells",),
        writer="ome-zarr-py",
    ),
    "yx by ome-zarr-py": Volume(
        axes="yx",
        shape=(20, 28),
        voxel={"y": 2.0, "x": 2.0},
        dtype="float32",
        factors=("", "yx"),
        writer="ome-zarr-py",
    ),
}


@functools.cache
def write(name: str) -> Written:
    """Write a volume of the table; the server finds it at ``<axes>.zarr``."""
    volume = VOLUMES[name]
    path = f"{volume.axes}.zarr"
    files: dict[str, Any] = {}
    group = zarr.create_group(MemoryStore(files), path=path, zarr_format=2)
    write_pyramid = _WRITERS[volume.writer]
    levels = pyramid(volume)
    write_pyramid(group, volume, levels, volume.axes)
    if volume.omero:
        group.attrs["omero"] = dict(volume.omero)
    labels: dict[str, tuple[np.ndarray, ...]] = {}
    if volume.labels:
        group.create_group("labels").attrs["labels"] = list(volume.labels)
    for label in volume.labels:
        labels[label] = label_pyramid(volume)
        below = group.create_group(f"labels/{label}")
        write_pyramid(below, volume, labels[label], volume.axes.replace("c", ""))
        below.attrs["image-label"] = {"version": "0.4", "source": {"image": "../../"}}
    return Written(
        path=path,
        files={key: value.to_bytes() for key, value in files.items()},
        levels=levels,
        labels=labels,
    )


def pyramid(volume: Volume) -> tuple[np.ndarray, ...]:
    """Voxels of every level."""
    return _reduced(volume, unique_values(volume.shape, volume.dtype), volume.axes)


def label_pyramid(volume: Volume) -> tuple[np.ndarray, ...]:
    """Ids of every level of a label image."""
    axes = volume.axes.replace("c", "")
    shape = tuple(n for n, axis in zip(volume.shape, volume.axes, strict=True) if axis != "c")
    return _reduced(volume, unique_values(shape, "uint32") // 7, axes)


def unique_values(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """An array in which neighbours differ along every axis."""
    values = np.arange(prod(shape)).reshape(shape)
    kind = np.dtype(dtype)
    return (values % 251 if kind.itemsize == 1 else values).astype(kind)


def _reduced(volume: Volume, finest: np.ndarray, axes: str) -> tuple[np.ndarray, ...]:
    levels = [finest]
    for halved in volume.factors[1:]:
        below = levels[-1]
        whole = tuple(
            slice(0, n // 2 * 2, 2) if axis in halved else slice(None)
            for n, axis in zip(below.shape, axes, strict=True)
        )
        levels.append(below[whole])
    return tuple(levels)


def axes_metadata(axes: str, unit: str) -> list[dict[str, str]]:
    """Write ``axes`` as OME-Zarr 0.4 wants it."""
    described = []
    for axis in axes:
        one = {"name": axis, "type": KINDS[axis]}
        if KINDS[axis] == "space" and unit:
            one["unit"] = unit
        described.append(one)
    return described


def transformations(volume: Volume, axes: str, level: int) -> list[dict[str, Any]]:
    """Scale and translation of one level, with voxel centres where the averaged voxels lie."""
    scale, translation = [], []
    for axis in axes:
        factor = 2 ** sum(axis in halved for halved in volume.factors[: level + 1])
        finest = volume.voxel.get(axis, 1.0)
        scale.append(finest * factor)
        translation.append(volume.origin.get(axis, 0.0) + finest * (factor - 1) / 2)
    return [
        {"type": "scale", "scale": scale},
        {"type": "translation", "translation": translation},
    ]


def _by_zarr_python(
    group: zarr.Group, volume: Volume, levels: tuple[np.ndarray, ...], axes: str
) -> None:
    for number, level in enumerate(levels):
        array = group.create_array(
            str(number),
            shape=level.shape,
            dtype=level.dtype,
            chunks=tuple(min(n, 8) if axis in "zyx" else 1 for n, axis in _pairs(level, axes)),
            chunk_key_encoding={"name": "v2", "separator": "/"},
        )
        array[...] = level
    group.attrs["multiscales"] = [
        {
            "version": "0.4",
            "name": volume.axes,
            "axes": axes_metadata(axes, volume.unit),
            "datasets": [
                {
                    "path": str(number),
                    "coordinateTransformations": transformations(volume, axes, number),
                }
                for number in range(len(levels))
            ],
        }
    ]


def _by_ome_zarr_py(
    group: zarr.Group, volume: Volume, levels: tuple[np.ndarray, ...], axes: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own future
        from ome_zarr.format import FormatV04
        from ome_zarr.writer import write_multiscale

        write_multiscale(
            list(levels),
            group,
            fmt=FormatV04(),
            axes=axes_metadata(axes, volume.unit),
            coordinate_transformations=[
                transformations(volume, axes, number) for number in range(len(levels))
            ],
        )
    # Some releases (0.21 is one) leave out the units that they were given.
    multiscales = cast("list[dict[str, Any]]", group.attrs["multiscales"])
    multiscales[0]["axes"] = axes_metadata(axes, volume.unit)
    group.attrs["multiscales"] = multiscales


_WRITERS: dict[str, Callable[..., None]] = {
    "zarr-python": _by_zarr_python,
    "ome-zarr-py": _by_ome_zarr_py,
}


def _pairs(level: np.ndarray, axes: str) -> list[tuple[int, str]]:
    return list(zip(level.shape, axes, strict=True))
