"""``info`` → one `StoredArray` per scale, read from its JSON directly.

Specification: https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.rst
"""

from dataclasses import dataclass
from typing import cast

import numpy as np

from nb_remote.chunks.layout import ChunkLayout
from nb_remote.chunks.minishards import MinishardSharding
from nb_remote.containers.base import MAX_EXTENT, StoredArray, check_grid, shortened
from nb_remote.containers.precomputed.encoding import parse_encoding
from nb_remote.containers.precomputed.fields import XYZ, Json, integers_xyz, resolution_xyz, whole
from nb_remote.containers.precomputed.keys import BoxKeys
from nb_remote.containers.precomputed.places import below, scale_key
from nb_remote.containers.precomputed.sharding import parse_sharding
from nb_remote.errors import BadMetadata, NbRemoteError, UnsupportedCodec
from nb_remote.location.location import Location

INFO_KEY = "info"
MAX_SCALES = 64
"""As many levels as an OME-Zarr image may have: 2⁶⁴ voxels halve to one in 64 steps."""
MAX_CHUNK_SHAPES = 64
"""Ways in which one scale may be cut; two or three are met."""
_DTYPES = frozenset(
    {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)} | {"float32", "float64"}
)
"""The specification's, and what cloud-volume writes beside them (int64, float64)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One resolution of a volume."""

    array: StoredArray
    """Axes x, y, z; and channel where there are several."""
    resolution_xyz: tuple[float, float, float]
    """Nanometres per voxel."""
    voxel_offset_xyz: XYZ
    """First voxel, counted in voxels of this scale."""
    hidden: bool
    """The metadata ask viewers not to offer it."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What an ``info`` document says."""

    is_segmentation: bool | None
    """None when the document does not say."""
    channels: int
    scales: tuple[Scale, ...]
    """As listed, without those that can't be used."""
    notes: tuple[str, ...]


def parse_info(meta: Json, location: Location, folder: str = "") -> Volume:
    """Translate the ``info`` of a volume.

    A scale that says something impossible is left out and noted; what can be shown without it is
    better than nothing.

    Parameters
    ----------
    meta
        The document.
    location
        Where the arrays' keys are relative to.
    folder
        The volume's own folder there, without slashes at its ends.

    Raises
    ------
    BadMetadata
        The document says something impossible of all scales, or none can be used.
    """
    info_key = below(folder, INFO_KEY)
    where = location.display(info_key)
    kind = _word(meta.get("type"))
    if kind not in ("image", "segmentation", None):
        raise _wrong("type", f"must be image or segmentation, not {shortened(kind)}", where)
    dtype = _dtype(meta.get("data_type"), where)
    channels = 1 if meta.get("num_channels") is None else whole(meta["num_channels"])
    if channels is None or not 0 < channels <= MAX_EXTENT:
        text = f"must be an integer above 0, not {shortened(meta.get('num_channels'))}"
        raise _wrong("num_channels", text, where)
    listed = meta.get("scales")
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_SCALES:
        raise _wrong("scales", f"must be a list of 1 to {MAX_SCALES} objects", where)
    scales: list[Scale] = []
    notes: list[str] = []
    problem: NbRemoteError | None = None
    for number, one in enumerate(listed):
        try:
            scale = _scale(one, f"scales[{number}]", dtype, channels, (folder, where))
            if any(scale.array.key == other.array.key for other in scales):
                raise _wrong(f"scales[{number}].key", "is that of another scale", where)
            scales.append(scale)
        except BadMetadata as error:
            problem = problem or error
            notes.append(f"level {number} is left out: {error.text}")
    if not scales:
        raise problem or _wrong("scales", "is empty", where)
    return Volume(
        is_segmentation=None if kind is None else kind == "segmentation",
        channels=channels,
        scales=tuple(scales),
        notes=tuple(notes),
    )


def _scale(
    value: object, at: str, dtype: np.dtype[np.generic], channels: int, place: tuple[str, str]
) -> Scale:
    folder, where = place
    if not isinstance(value, dict):
        raise _wrong(at, "is not an object", where)
    meta = cast("Json", value)
    key = scale_key(folder, meta.get("key"), f"{at}.key", where)
    size = integers_xyz(meta.get("size"), f"{at}.size", where, lowest=1)
    offset = integers_xyz(
        meta.get("voxel_offset", [0, 0, 0]), f"{at}.voxel_offset", where, lowest=-MAX_EXTENT
    )
    resolution = resolution_xyz(meta.get("resolution"), f"{at}.resolution", where)
    chunk, notes = _chunk_shape(meta.get("chunk_sizes"), key, at, where)
    # No chunk reaches beyond the scale, so this names the same objects and bounds them.
    chunk = (min(chunk[0], size[0]), min(chunk[1], size[1]), min(chunk[2], size[2]))
    channel_axis = (channels,) if channels > 1 else ()
    shape, chunk_shape = (*size, *channel_axis), (*chunk, *channel_axis)
    check_grid(shape, chunk_shape, dtype.itemsize, where=where)
    prefix = f"{key}/" if key else ""
    minishards: MinishardSharding | None = None
    in_gzip = False
    if meta.get("sharding") is not None:
        grid = (-(-size[0] // chunk[0]), -(-size[1] // chunk[1]), -(-size[2] // chunk[2]))
        minishards, in_gzip = parse_sharding(
            meta["sharding"], prefix, grid, f"{at}.sharding", where
        )
    layout: ChunkLayout | None = None
    problem: NbRemoteError | None = None
    try:
        layout = ChunkLayout(
            shape=shape,
            chunk_shape=chunk_shape,
            dtype=dtype.newbyteorder("<"),
            fill_value=dtype.type(0),
            memory_order=tuple(reversed(range(len(shape)))),
            codecs=parse_encoding(meta, dtype, channels, f"{at}.", where, in_gzip=in_gzip),
            keys=BoxKeys(
                prefix=prefix,
                size_xyz=size,
                chunk_xyz=chunk,
                voxel_offset_xyz=offset,
            ),
            metadata_key=below(folder, INFO_KEY),
            minishards=minishards,
            cropped=True,
            by_suffix=minishards is None,
        )
    except UnsupportedCodec as error:
        problem = error
    names = ("x", "y", "z", "c")[: len(shape)]
    array = StoredArray(
        key=key, shape=shape, dtype=dtype, dimension_names=names, layout=layout, problem=problem
    )
    return Scale(
        array=array,
        resolution_xyz=resolution,
        voxel_offset_xyz=offset,
        hidden=meta.get("hidden") is True,
        notes=notes,
    )


def _dtype(value: object, where: str) -> np.dtype[np.generic]:
    name = _word(value)
    if not isinstance(name, str) or name not in _DTYPES:
        text = f"{shortened(value)} is no number type of this format, so it can't be read"
        raise _wrong("data_type", text, where)
    return np.dtype(name)


def _chunk_shape(value: object, key: str, at: str, where: str) -> tuple[XYZ, tuple[str, ...]]:
    """The shape to read: the one nearest to a cube, which serves all three planes alike."""
    field = f"{at}.chunk_sizes"
    if not isinstance(value, list) or not 0 < len(value) <= MAX_CHUNK_SHAPES:
        raise _wrong(field, f"must be a list of shapes, not {shortened(value)}", where)
    shapes = [integers_xyz(one, field, where, lowest=1) for one in value]
    best = min(shapes, key=lambda shape: max(shape) / min(shape))
    if len(set(shapes)) == 1:
        return best, ()
    listed = ", ".join(str(list(shape)) for shape in shapes[:4])
    note = f"level {key!r} is stored in chunks of several shapes ({listed}): {list(best)} are read"
    return best, (note,)


def _word(value: object) -> object:
    """Text in lower case, which Neuroglancer compares in; anything else as it is."""
    return value.lower() if isinstance(value, str) else value


def _wrong(field: str, text: str, where: str) -> BadMetadata:
    return BadMetadata(f"{field} {text}", where=where, field=field)
