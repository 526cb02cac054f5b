"""Volumes that zarr-python writes, and our reader on their address."""

import asyncio
import json
from math import prod

import numpy as np
import zarr
from zarr.storage import MemoryStore

from nb_remote.arrays.level import LevelArray
from nb_remote.arrays.source import Source
from nb_remote.containers.zarr2.metadata import parse_array
from nb_remote.location.parse import parse_address
from nb_remote.store.limits import StoreLimits

# One try, so that a test sees the first failure.
QUICK = StoreLimits(idle_timeout_s=2.0, connect_timeout_s=2.0, deadline_s=10.0, tries=1)


def ramp(shape, dtype="<u2"):
    """No two voxels are alike as far as the type goes, and neighbours along each axis differ."""
    dtype = np.dtype(dtype)
    flat = np.arange(prod(shape), dtype=np.uint64)
    if dtype.kind == "b":
        return ((flat * 7 // 3) % 2 == 0).reshape(shape)
    if dtype.kind == "f":
        return (flat.astype(np.float64) / 7 - 3).astype(dtype).reshape(shape)
    span = 2 ** min(8 * dtype.itemsize, 63)
    spread = flat * np.uint64(max(1, span // 5003)) if dtype.itemsize > 2 else flat
    return (spread % np.uint64(span)).astype(dtype).reshape(shape)


def written(data, chunks, *, missing=(), **options):
    """Return the objects of a Zarr v2 array by key, without the chunks named `missing`."""
    store = MemoryStore()
    separator = options.pop("separator", ".")
    array = zarr.create_array(
        store=store,
        shape=data.shape,
        chunks=chunks,
        dtype=data.dtype,
        zarr_format=2,
        chunk_key_encoding={"name": "v2", "separator": separator},
        config={"write_empty_chunks": True},
        **({"compressors": None, "fill_value": 0} | options),
    )
    array[...] = data
    return {key: value.to_bytes() for key, value in store._store_dict.items() if key not in missing}


def below(prefix, objects):
    """Move objects into a folder."""
    return {f"{prefix}/{key}": value for key, value in objects.items()}


def level_at(url, metadata, *, axes=None, mag=None, limits=QUICK):
    """Return the array at an address, of which the ``.zarray`` document is known."""
    address = parse_address(url)
    document = json.loads(metadata) if isinstance(metadata, bytes) else metadata
    array = parse_array(document, "", address.location)
    names = axes or ("t", "c", "z", "y", "x")[-len(array.shape) :] if array.shape else ()
    return LevelArray(array, Source(address.location, address.credentials, limits), names, mag)


def with_zarr_python(objects):
    """Open the same objects with the independent reader."""
    store = MemoryStore()
    buffer = zarr.core.buffer.default_buffer_prototype().buffer

    async def fill():
        await asyncio.gather(*(store.set(k, buffer.from_bytes(v)) for k, v in objects.items()))

    asyncio.run(fill())
    return zarr.open_array(store, mode="r", zarr_format=2)
