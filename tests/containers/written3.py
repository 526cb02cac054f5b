"""Volumes of Zarr v3 that tensorstore and zarr-python write, and our reader on their address."""

import json

import numpy as np
import tensorstore
import zarr
from tests.containers.written import QUICK
from zarr.storage import MemoryStore

from nb_remote.arrays.level import LevelArray
from nb_remote.arrays.source import Source
from nb_remote.containers.zarr3.metadata import parse_array
from nb_remote.location.parse import parse_address

GZIP = {"name": "gzip", "configuration": {"level": 1}}
ZSTD = {"name": "zstd", "configuration": {"level": 1, "checksum": True}}
BLOSC = {
    "name": "blosc",
    "configuration": {
        "cname": "lz4",
        "clevel": 5,
        "shuffle": "shuffle",
        "typesize": 2,
        "blocksize": 0,
    },
}
CRC = {"name": "crc32c"}
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BIG = {"name": "bytes", "configuration": {"endian": "big"}}


def transpose(*order):
    return {"name": "transpose", "configuration": {"order": list(order)}}


def sharded(chunks, *codecs, index=(LITTLE, CRC), at="end"):
    return {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": list(chunks),
            "codecs": list(codecs),
            "index_codecs": list(index),
            "index_location": at,
        },
    }


def written(data, chunks, codecs, *, fill=0, keys=None):
    """Objects by key, as tensorstore writes them."""
    name = {"b": "bool", "i": "int", "u": "uint", "f": "float"}[data.dtype.kind]
    bits = "" if name == "bool" else 8 * data.dtype.itemsize
    metadata = {
        "shape": list(data.shape),
        "data_type": f"{name}{bits}",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "chunk_key_encoding": keys or {"name": "default"},
        "codecs": list(codecs),
        "fill_value": bool(fill) if name == "bool" else fill,
    }
    spec = {"driver": "zarr3", "kvstore": {"driver": "memory"}, "metadata": metadata}
    context = tensorstore.Context()
    kvstore = tensorstore.KvStore.open({"driver": "memory"}, context=context).result()
    array = tensorstore.open(spec, create=True, context=context).result()
    array[...] = data
    return {key.decode(): kvstore[key] for key in kvstore.list().result()}


def written_by_zarr_python(data, chunks, **options):
    """Objects by key, as zarr-python writes them."""
    store = MemoryStore()
    array = zarr.create_array(
        store=store,
        shape=data.shape,
        chunks=chunks,
        dtype=data.dtype,
        zarr_format=3,
        **({"fill_value": 0} | options),
    )
    array[...] = data
    return {key: value.to_bytes() for key, value in store._store_dict.items()}


def with_zarr_python(objects):
    """Return what the independent reader finds in the same objects."""
    buffer = zarr.core.buffer.default_buffer_prototype().buffer
    content = {key: buffer.from_bytes(value) for key, value in objects.items()}
    return np.asarray(zarr.open_array(MemoryStore(content), mode="r", zarr_format=3)[...])


def level_at(url, metadata, *, limits=QUICK):
    """Return the array at an address, of which the ``zarr.json`` document is known."""
    address = parse_address(url)
    array = parse_array(json.loads(metadata), "", address.location)
    assert array.problem is None, array.problem
    names = ("t", "c", "z", "y", "x")[-len(array.shape) :] if array.shape else ()
    return LevelArray(array, Source(address.location, address.credentials, limits), names, None)
