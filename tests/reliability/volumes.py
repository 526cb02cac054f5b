"""Two small arrays that zarr-python writes, and where their documents and chunks lie."""

import functools

import numpy as np
import zarr
from zarr.codecs import BytesCodec, Crc32cCodec, GzipCodec

FILL = 4242
BOX = (slice(0, 4),) * 3
"""What is read of the sharded array: one of its 512 chunks."""
METADATA = "zarr.json"
CHUNK = "c/0/0/0"


@functools.cache
def truth() -> np.ndarray:
    """Voxels in which no two neighbours are alike and none is the fill value."""
    voxels = np.random.default_rng(6).integers(0, FILL, (32, 32, 32), dtype="uint16")
    voxels.flags.writeable = False
    return voxels


@functools.cache
def files(*, sharded: bool) -> dict[str, bytes]:
    """Return an array of one chunk in gzip, or of one shard with checksums."""
    store: dict[str, object] = {}
    memory = zarr.storage.MemoryStore(store)
    edges = (4, 4, 4) if sharded else (32, 32, 32)
    array = zarr.create_array(
        memory,
        shape=(32, 32, 32),
        dtype="uint16",
        chunks=edges,
        shards=(32, 32, 32) if sharded else None,
        compressors=[Crc32cCodec()] if sharded else [GzipCodec(level=1)],
        serializer=BytesCodec(),
        fill_value=FILL,
        dimension_names=("z", "y", "x"),
    )
    array[:] = truth()
    written = {key: value.to_bytes() for key, value in store.items()}
    assert sorted(written) == [CHUNK, METADATA]
    return written
