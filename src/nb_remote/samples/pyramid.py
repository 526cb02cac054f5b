"""Write an array as OME-Zarr 0.4: Zarr v2 chunks, scale levels, and the metadata around them.

Space is where writers go wrong, so: OME places the origin at the *centre* of the
first voxel. A level that merges `f` voxels has its first centre ``(f - 1) / 2`` fine
voxels further in, and says so in its translation. The outer corners of all levels
then coincide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nb_remote.samples.reduce import block_majority, block_mean

Reduction = Callable[[npt.NDArray[Any], Sequence[int]], npt.NDArray[Any]]

CHUNK_3D = 64
"""Side of a chunk in voxels: 256 KiB of uint8, the usual size on object stores."""
CHUNK_2D = 256
"""Side of a flat chunk in pixels: 64 KiB of uint8, one tile of the viewer."""
COARSEST = 64
"""Levels are halved until the largest side has at most so many voxels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of an array, in stored order."""

    name: str
    """``t``, ``c``, ``z``, ``y`` or ``x``."""
    step: float = 1.0
    """Distance between neighbours at level 0, in `unit`."""
    unit: str = ""
    """Long name such as ``millimeter``; empty where it is not known."""

    @property
    def kind(self) -> str:
        """``time``, ``channel`` or ``space``, as OME-NGFF names them."""
        return {"t": "time", "c": "channel"}.get(self.name, "space")

    def to_json(self) -> dict[str, str]:
        """The axis as an entry of ``multiscales[].axes``."""
        unit = {"unit": self.unit} if self.unit else {}
        return {"name": self.name, "type": self.kind} | unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """How one channel is shown."""

    label: str
    color: str
    """Six hexadecimal digits: red, green, blue."""
    window: tuple[float, float]
    """Values drawn black and in full colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What one value of a label image means, and its colour."""

    value: int
    name: str
    rgba: tuple[int, int, int, int]


def write_image(
    folder: Path,
    array: npt.NDArray[Any],
    *,
    name: str,
    axes: Sequence[Axis],
    channels: Sequence[Channel],
) -> None:
    """Write an image; coarse levels hold block means.

    Parameters
    ----------
    folder
        New folder of the image.
    array
        Level 0, its axes in the order of `axes`.
    channels
        One per index of the channel axis, or one where there is no such axis.
    """
    window = {"min": 0, "max": int(np.iinfo(array.dtype).max)}
    omero: dict[str, object] = {
        "name": name,
        "channels": [
            {
                "label": channel.label,
                "color": channel.color,
                "window": window | {"start": channel.window[0], "end": channel.window[1]},
                "active": True,
                "inverted": False,
                "coefficient": 1,
                "family": "linear",
            }
            for channel in channels
        ],
    }
    _write(folder, array, name=name, axes=axes, reduction=block_mean, extra={"omero": omero})


def write_labels(
    image: Path,
    array: npt.NDArray[Any],
    *,
    name: str,
    axes: Sequence[Axis],
    labels: Sequence[Label],
) -> None:
    """Write a label image below `image`; coarse levels hold the most frequent label of a block."""
    image_label: dict[str, object] = {
        "version": "0.4",
        "colors": [{"label-value": label.value, "rgba": list(label.rgba)} for label in labels],
        "properties": [{"label-value": label.value, "name": label.name} for label in labels],
        "source": {"image": "../../"},
    }
    folder = image / "labels" / name
    extra: dict[str, object] = {"image-label": image_label}
    _write(folder, array, name=name, axes=axes, reduction=block_majority, extra=extra)
    names = sorted(path.name for path in folder.parent.iterdir() if path.is_dir())
    _group(folder.parent, {"labels": names})


def factors_of(shape: Sequence[int], axes: Sequence[Axis]) -> list[tuple[int, ...]]:
    """Voxels of level 0 per voxel, along each axis, for every level from the finest on."""
    spatial = [axis.kind == "space" for axis in axes]
    largest = max(size for size, halved in zip(shape, spatial, strict=True) if halved)
    factors = [1]
    while -(-largest // factors[-1]) > COARSEST:
        factors.append(2 * factors[-1])
    return [tuple(factor if halved else 1 for halved in spatial) for factor in factors]


def _write(
    folder: Path,
    array: npt.NDArray[Any],
    *,
    name: str,
    axes: Sequence[Axis],
    reduction: Reduction,
    extra: dict[str, object],
) -> None:
    levels = factors_of(array.shape, axes)
    datasets = []
    for level, factors in enumerate(levels):
        _write_array(folder / str(level), array if not level else reduction(array, factors), axes)
        pairs = [(axis.step, factor) for axis, factor in zip(axes, factors, strict=True)]
        scale = [step * factor for step, factor in pairs]
        centre = [step * (factor - 1) / 2 for step, factor in pairs]
        steps = [
            {"type": "scale", "scale": scale},
            {"type": "translation", "translation": centre},
        ]
        datasets.append({"path": str(level), "coordinateTransformations": steps})
    multiscale = {
        "version": "0.4",
        "name": name,
        "axes": [axis.to_json() for axis in axes],
        "datasets": datasets,
        "type": "mean" if reduction is block_mean else "mode",
    }
    _group(folder, {"multiscales": [multiscale], **extra})


def _write_array(folder: Path, array: npt.NDArray[Any], axes: Sequence[Axis]) -> None:
    import zarr
    from numcodecs import Blosc

    side = CHUNK_3D if sum(axis.kind == "space" for axis in axes) > 2 else CHUNK_2D
    chunks = tuple(
        min(side, size) if axis.kind == "space" else 1
        for size, axis in zip(array.shape, axes, strict=True)
    )
    stored = zarr.create_array(
        str(folder),
        shape=array.shape,
        chunks=chunks,
        dtype=array.dtype,
        compressors=Blosc(cname="zstd", clevel=5, shuffle=Blosc.SHUFFLE),
        fill_value=0,
        zarr_format=2,
        chunk_key_encoding={"name": "v2", "separator": "/"},
    )
    stored[...] = array


def _group(folder: Path, attributes: dict[str, Any]) -> None:
    import zarr

    zarr.open_group(str(folder), mode="a", zarr_format=2).attrs.put(attributes)
