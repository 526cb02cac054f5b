"""``.zarray`` → `StoredArray`, read from its JSON directly.

Specification: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html
"""

import re
from math import prod
from typing import cast

import numpy as np

from nb_remote.chunks.layout import ChunkKeys, ChunkLayout
from nb_remote.codecs.allowed import parse_codec
from nb_remote.codecs.base import Codec
from nb_remote.codecs.chain import check_chain
from nb_remote.containers.base import (
    StoredArray,
    check_grid,
    not_a_volume,
    parse_extents,
    shortened,
)
from nb_remote.containers.fill import parse_fill
from nb_remote.errors import BadMetadata, NbRemoteError, UnsupportedCodec
from nb_remote.location.location import Location

ARRAY_KEY = ".zarray"
ATTRIBUTES_KEY = ".zattrs"
_OTHER_KINDS = {
    "M": "dates",
    "m": "time spans",
    "c": "complex numbers",
    "S": "text",
    "a": "text",
    "U": "text",
    "O": "objects",
    "V": "raw bytes",
}
_NUMBER_TYPE = re.compile(r"\|[iu]1|[|<>]b1|[<>](i[1248]|u[1248]|f[248])")


def array_key(path: str) -> str:
    """Name of the document that describes the array at `path`."""
    return f"{path}/{ARRAY_KEY}" if path else ARRAY_KEY


def parse_array(document: object, path: str, location: Location) -> StoredArray:
    """Translate a ``.zarray`` document.

    Parameters
    ----------
    document
        The parsed JSON.
    path
        Path of the array relative to `location`.
    location
        For the addresses in errors.

    Returns
    -------
    StoredArray
        With a `problem` instead of a layout when it names a codec or type that can't be read.

    Raises
    ------
    BadMetadata
        The document says something impossible.
    """
    where = location.display(array_key(path))
    if not isinstance(document, dict):
        raise BadMetadata("the document is not a JSON object", where=where)
    meta = cast("dict[str, object]", document)
    # Some Java writers put the number into quotes.
    if meta.get("zarr_format") not in (2, "2"):
        raise BadMetadata(
            f"zarr_format is {shortened(meta.get('zarr_format'))}, not 2",
            where=where,
            field="zarr_format",
        )
    shape = parse_extents(meta.get("shape"), "shape", where)
    chunks = parse_extents(meta.get("chunks"), "chunks", where)
    dtype = _dtype(meta.get("dtype"), shape, where)
    check_grid(shape, chunks, dtype.itemsize, where=where)
    problem: NbRemoteError | None = None
    layout: ChunkLayout | None = None
    try:
        layout = ChunkLayout(
            shape=shape,
            chunk_shape=chunks,
            dtype=dtype,
            fill_value=parse_fill(meta.get("fill_value"), dtype, where=where),
            memory_order=_memory_order(meta.get("order"), len(shape), where),
            codecs=_codecs(meta, prod(chunks) * dtype.itemsize, where),
            keys=_keys(meta, path, where),
            metadata_key=array_key(path),
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


def _dtype(value: object, shape: tuple[int, ...], where: str) -> np.dtype[np.generic]:
    # By the specification's grammar: NumPy itself understands a small language here.
    if isinstance(value, str) and _NUMBER_TYPE.fullmatch(value):
        return np.dtype(value)
    kind = "records" if isinstance(value, list) else ""
    if isinstance(value, str):
        kind = _OTHER_KINDS.get(value.lstrip("<>|=")[:1], "")
    raise not_a_volume("dtype", value, kind, shape, where)


def _memory_order(value: object, ndim: int, where: str) -> tuple[int, ...]:
    if value not in ("C", "F"):
        raise BadMetadata(
            f"order must be C or F, not {shortened(value)}", where=where, field="order"
        )
    axes = tuple(range(ndim))
    return axes if value == "C" else axes[::-1]


def _keys(meta: dict[str, object], path: str, where: str) -> ChunkKeys:
    return ChunkKeys(
        prefix=f"{path}/" if path else "",
        separator=_separator(meta, where),
        declared=meta.get("dimension_separator") is not None,
    )


def _separator(meta: dict[str, object], where: str) -> str:
    value = meta.get("dimension_separator")
    value = "." if value is None else value
    if value not in (".", "/"):
        raise BadMetadata(
            f"dimension_separator must be '.' or '/', not {shortened(value)}",
            where=where,
            field="dimension_separator",
        )
    return value


def _codecs(meta: dict[str, object], chunk_bytes: int, where: str) -> tuple[Codec, ...]:
    filters = meta.get("filters")
    if not isinstance(filters, list | None):
        raise BadMetadata(
            f"filters must be a list or null, not {shortened(filters)}",
            where=where,
            field="filters",
        )
    # An empty object names no codec: then chunks must have their full size as they are.
    compressor = meta.get("compressor")
    steps = [("compressor", None if compressor == {} else compressor)]
    steps += [("filters", step) for step in reversed(filters or [])]
    codecs = tuple(
        _codec(step, field, where)
        for field, step in steps
        if step is not None or field == "filters"
    )
    check_chain(codecs, chunk_bytes, where=where)
    return codecs


def _codec(step: object, field: str, where: str) -> Codec:
    if not isinstance(step, dict) or not isinstance(step.get("id"), str):
        raise BadMetadata(f"a codec without a name: {shortened(step)}", where=where, field=field)
    return parse_codec(step["id"], step, where=where)
