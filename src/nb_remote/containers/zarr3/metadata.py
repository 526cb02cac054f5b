"""``zarr.json`` of an array → `StoredArray`, read from its JSON directly.

Specification: https://zarr-specs.readthedocs.io/en/latest/v3/core/
"""

import re
import sys
from dataclasses import replace
from math import prod
from typing import cast

import numpy as np

from nb_remote.chunks.layout import ChunkKeys, ChunkLayout
from nb_remote.codecs.chain import check_chain
from nb_remote.codecs.small_types import SmallType, small_type
from nb_remote.containers.base import (
    MAX_EXTENT,
    MAX_NDIM,
    StoredArray,
    check_grid,
    not_a_volume,
    parse_extents,
    shortened,
)
from nb_remote.containers.fill import parse_fill
from nb_remote.containers.zarr3.chain import parse_chain
from nb_remote.containers.zarr3.encoding import Encoding
from nb_remote.containers.zarr3.named import Json, Named, parse_named, refuse_unknown
from nb_remote.errors import BadMetadata, NbRemoteError, UnsupportedCodec
from nb_remote.location.location import Location

NODE_KEY = "zarr.json"
_KNOWN = frozenset(
    {
        "zarr_format",
        "node_type",
        "shape",
        "data_type",
        "chunk_grid",
        "chunk_key_encoding",
        "fill_value",
        "codecs",
        "attributes",
        "storage_transformers",
        "dimension_names",
        # Of groups; zarr-python once wrote it as null into arrays as well.
        "consolidated_metadata",
    }
)
_NUMBERS = frozenset(
    {"bool", "float16", "float32", "float64"}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)
_HEX = re.compile(r"0x([0-9a-fA-F]+)")
_UNVERIFIED = "checksums of whole shards are not verified: only parts of the shards are read"
_OTHER_KINDS = (
    ("numpy.datetime", "dates"),
    ("numpy.timedelta", "time spans"),
    ("complex", "complex numbers"),
    ("string", "text"),
    ("fixed_length_utf", "text"),
    ("null_terminated_bytes", "text"),
    ("struct", "records"),
    ("r[0-9]", "raw bytes"),
    ("raw_bytes", "raw bytes"),
    ("variable_length_bytes", "raw bytes"),
    ("bytes", "raw bytes"),
)


def array_key(path: str) -> str:
    """Name of the document that describes the array at `path`."""
    return f"{path}/{NODE_KEY}" if path else NODE_KEY


def parse_array(document: object, path: str, location: Location) -> StoredArray:
    """Translate the ``zarr.json`` document of an array.

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
        With a `problem` instead of a layout when it names a codec that can't be read.

    Raises
    ------
    BadMetadata
        The document says something impossible, or the array is no volume of numbers.
    """
    where = location.display(array_key(path))
    meta = _array_document(document, where)
    shape = parse_extents(meta.get("shape"), "shape", where)
    dtype = _dtype(meta.get("data_type"), shape, where)
    grid = _grid(meta, where)
    _check_objects(shape, grid, where)
    fill_value = _fill(meta, dtype, where)
    keys = _keys(meta, path, where)
    names = _dimension_names(meta.get("dimension_names"), len(shape), where)
    problem: NbRemoteError | None = None
    layout: ChunkLayout | None = None
    notes: tuple[str, ...] = ()
    try:
        encoding = _encoding(meta, dtype, grid, fill_value, where)
        check_grid(shape, encoding.chunk_shape, dtype.itemsize, where=where)
        layout = ChunkLayout(
            shape=shape,
            chunk_shape=encoding.chunk_shape,
            dtype=encoding.dtype,
            fill_value=fill_value,
            memory_order=encoding.memory_order,
            codecs=encoding.codecs,
            keys=keys,
            metadata_key=array_key(path),
            sharding=encoding.sharding,
        )
        if any(level.tail_bytes for level in encoding.sharding):
            notes = (_UNVERIFIED,)
        if (small := _small_type(meta, where)) is not None:
            notes = (*notes, f"{small.name} is read as {dtype.name}, which holds its values")
    except UnsupportedCodec as error:
        problem = error
    return StoredArray(
        key=path,
        shape=shape,
        dtype=dtype,
        dimension_names=names,
        layout=layout,
        problem=problem,
        notes=notes,
    )


def _array_document(document: object, where: str) -> Json:
    if not isinstance(document, dict):
        raise BadMetadata("the document is not a JSON object", where=where)
    meta = cast("Json", document)
    for field, value in (("zarr_format", 3), ("node_type", "array")):
        found = meta.get(field)
        if type(found) not in (type(value), str) or str(found) != str(value):
            raise BadMetadata(
                f"{field} is {shortened(found)}, not {value}", where=where, field=field
            )
    if meta.get("storage_transformers"):
        raise BadMetadata(
            f"storage transformers can't be read: {shortened(meta['storage_transformers'])}",
            where=where,
            field="storage_transformers",
        )
    refuse_unknown(meta, _KNOWN, where)
    return meta


def _dtype(value: object, shape: tuple[int, ...], where: str) -> np.dtype[np.generic]:
    named = isinstance(value, str) or (isinstance(value, dict) and "name" in value)
    one = parse_named(value, "data_type", where) if named else Named(name="", config={})
    # By the specification's names: NumPy itself understands a small language here.
    if one.name in _NUMBERS and not one.config:
        return np.dtype(one.name)
    if (small := small_type(one.name)) is not None and not one.config:
        return small.decoded
    kind = next((kind for start, kind in _OTHER_KINDS if re.match(start, one.name)), "")
    raise not_a_volume("data_type", value, kind, shape, where)


def _small_type(meta: Json, where: str) -> SmallType | None:
    value = meta.get("data_type")
    return small_type(parse_named(value, "data_type", where).name)


def _encoding(
    meta: Json, dtype: np.dtype[np.generic], grid: tuple[int, ...], fill: np.generic, where: str
) -> Encoding:
    """Translate the codecs; numbers that NumPy lacks pass them as integers of their size."""
    small = _small_type(meta, where)
    if small is None:
        return parse_chain(meta.get("codecs"), dtype, grid, where, fill_value=fill)
    found = parse_chain(meta.get("codecs"), small.stored, grid, where, fill_value=None)
    codecs = (*found.codecs, replace(small, order=">" if found.dtype.str[0] == ">" else "<"))
    check_chain(codecs, prod(found.chunk_shape) * dtype.itemsize, where=where)
    return replace(found, dtype=small.decoded, codecs=codecs)


def _grid(meta: Json, where: str) -> tuple[int, ...]:
    grid = parse_named(meta.get("chunk_grid"), "chunk_grid", where)
    if grid.name != "regular":
        raise BadMetadata(
            f"a chunk grid of kind {shortened(grid.name)} can't be read, only regular ones",
            where=where,
            field="chunk_grid",
        )
    return parse_extents(grid.config.get("chunk_shape"), "chunk_grid", where)


def _check_objects(shape: tuple[int, ...], grid: tuple[int, ...], where: str) -> None:
    """As `check_grid`, but for shards, which are never decoded as a whole."""
    check_grid(shape[: MAX_NDIM + 1], (1,) * len(shape[: MAX_NDIM + 1]), 1, where=where)
    if len(grid) != len(shape) or any(not 0 < n <= MAX_EXTENT for n in grid):
        raise BadMetadata(
            f"impossible chunks {shortened(list(grid[: MAX_NDIM + 1]))} for {len(shape)} axes",
            where=where,
            field="chunk_grid",
        )


def _fill(meta: Json, dtype: np.dtype[np.generic], where: str) -> np.generic:
    value = meta.get("fill_value")
    if value is None:
        raise BadMetadata("fill_value is missing", where=where, field="fill_value")
    digits = _HEX.fullmatch(value) if isinstance(value, str) and len(value) <= 18 else None
    if digits and dtype.kind == "f" and len(digits[1]) == 2 * dtype.itemsize:
        # The bits of the number: exact for every NaN.
        bits = int(digits[1], 16).to_bytes(dtype.itemsize, sys.byteorder)
        return cast("np.generic", np.frombuffer(bits, dtype)[0])
    return parse_fill(value, dtype, where=where)


def _keys(meta: Json, path: str, where: str) -> ChunkKeys:
    encoding = parse_named(meta.get("chunk_key_encoding"), "chunk_key_encoding", where)
    usual = {"default": "/", "v2": "."}.get(encoding.name)
    separator = encoding.config.get("separator", usual)
    if usual is None or separator not in (".", "/"):
        raise BadMetadata(
            f"chunk keys of kind {shortened(encoding.name)} with separator "
            f"{shortened(separator)} can't be read",
            where=where,
            field="chunk_key_encoding",
        )
    return ChunkKeys(
        prefix=f"{path}/" if path else "",
        separator=separator,
        lead=("c",) if encoding.name == "default" else (),
    )


def _dimension_names(value: object, ndim: int, where: str) -> tuple[str, ...] | None:
    if value is None:
        return None
    texts = isinstance(value, list) and all(isinstance(n, str | None) for n in value)
    if not texts or len(cast("list[object]", value)) != ndim:
        raise BadMetadata(
            f"dimension_names must be {ndim} texts, not {shortened(value)}",
            where=where,
            field="dimension_names",
        )
    return tuple(name or "" for name in cast("list[str | None]", value))
