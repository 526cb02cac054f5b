"""``attributes.json`` of an N5 dataset → `StoredArray`.

Specification: https://github.com/saalfeldlab/n5#file-system-specification. ``dimensions[0]``
varies fastest, so axes in the stored order run x, y, z.
"""

from typing import cast

import numpy as np

from nb_remote.chunks.layout import ChunkLayout
from nb_remote.codecs.n5_block import N5Block
from nb_remote.containers.base import StoredArray, check_grid, parse_extents, shortened
from nb_remote.containers.n5.compression import parse_compression
from nb_remote.containers.n5.keys import BlockKeys
from nb_remote.errors import BadMetadata, NbRemoteError, UnsupportedCodec
from nb_remote.location.location import Location

ATTRIBUTES_KEY = "attributes.json"
_NUMBER_TYPES = {
    **{f"{kind}int{8 * n}": f">{kind or 'i'}{n}" for kind in ("u", "") for n in (1, 2, 4, 8)},
    "float32": ">f4",
    "float64": ">f8",
}


def attributes_key(path: str) -> str:
    """Name of the document that describes the group or dataset at `path`."""
    return f"{path}/{ATTRIBUTES_KEY}" if path else ATTRIBUTES_KEY


def is_dataset(document: object) -> bool:
    """Whether these attributes are those of a dataset: it must have ``dimensions``."""
    return isinstance(document, dict) and "dimensions" in document


def parse_array(document: object, path: str, location: Location) -> StoredArray:
    """Translate the ``attributes.json`` of a dataset.

    Parameters
    ----------
    document
        The parsed JSON.
    path
        Path of the dataset relative to `location`.
    location
        For the addresses in errors.

    Returns
    -------
    StoredArray
        With a `problem` instead of a layout when its blocks can't be read.

    Raises
    ------
    BadMetadata
        The document says something impossible.
    """
    where = location.display(attributes_key(path))
    if not isinstance(document, dict):
        raise BadMetadata("the document is not a JSON object", where=where)
    meta = cast("dict[str, object]", document)
    shape = _extents(meta, "dimensions", where)
    # Java takes a dataset without blockSize as one block.
    blocks = shape if meta.get("blockSize") is None else _extents(meta, "blockSize", where)
    dtype = _dtype(meta.get("dataType"), where)
    check_grid(shape, blocks, dtype.itemsize, where=where)
    problem: NbRemoteError | None = None
    layout: ChunkLayout | None = None
    try:
        _refuse_multiset(meta, where)
        inner = parse_compression(meta, where=where)
        layout = ChunkLayout(
            shape=shape,
            chunk_shape=blocks,
            dtype=dtype,
            fill_value=dtype.newbyteorder("=").type(0),
            memory_order=tuple(reversed(range(len(shape)))),
            codecs=(N5Block(block_shape=blocks, itemsize=dtype.itemsize, inner=inner),),
            keys=BlockKeys(prefix=f"{path}/" if path else ""),
            metadata_key=attributes_key(path),
        )
    except UnsupportedCodec as error:
        problem = error
    return StoredArray(
        key=path,
        shape=shape,
        dtype=dtype.newbyteorder("="),
        dimension_names=None,
        layout=layout,
        problem=problem,
    )


def _extents(meta: dict[str, object], field: str, where: str) -> tuple[int, ...]:
    value = meta.get(field)
    whole = [_whole(one) for one in value] if isinstance(value, list) else value
    extents = parse_extents(whole, field, where)
    if not extents:
        raise BadMetadata(f"{field} is empty", where=where, field=field)
    return extents


def _whole(value: object) -> object:
    """Return 10 for ``10.0`` and ``"10"``, as Java's parser does; anything else as it is."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _dtype(value: object, where: str) -> np.dtype[np.generic]:
    code = _NUMBER_TYPES.get(value) if isinstance(value, str) else None
    if code is None:
        raise BadMetadata(
            f"dataType {shortened(value)} is no integer or float of up to 8 bytes, "
            "so this can't be read as a volume",
            where=where,
            field="dataType",
        )
    return np.dtype(code)


def _refuse_multiset(meta: dict[str, object], where: str) -> None:
    if meta.get("isLabelMultiset") is True:
        raise UnsupportedCodec(
            "this is a label multiset: each voxel holds a list of ids with their counts instead "
            "of one id, which can't be read",
            where=where,
            codec="label multiset",
            hint="Convert it to plain labels, for example with paintera-conversion-helper.",
        )
