"""Volumes of every format as files of a folder ``v``, each with the voxels of its finest level."""

import functools
import io
import zipfile
from collections.abc import Mapping

import numpy as np
import tests.n5.written as n5
import tests.precomputed.written as precomputed
import zarr
from tests.volumes import ome_zarr
from zarr.storage import MemoryStore

import nb_remote

SHAPE = (40, 33, 50)
SHARDING = {
    "@type": "neuroglancer_uint64_sharded_v1",
    "preshift_bits": 2,
    "hash": "identity",
    "minishard_bits": 1,
    "shard_bits": 1,
    "minishard_index_encoding": "gzip",
    "data_encoding": "gzip",
}


@functools.cache
def write(name: str) -> tuple[Mapping[str, bytes], np.ndarray]:
    """Write a volume of `WRITERS`."""
    files, voxels = WRITERS[name]()
    return {f"v/{key}": body for key, body in files.items()}, voxels


def ramp(shape=SHAPE):
    return np.arange(np.prod(shape), dtype="u4").reshape(shape)


def _ome(name):
    written = ome_zarr.write(name)
    prefix = f"{written.path}/"
    inside = {key: body for key, body in written.files.items() if key.startswith(prefix)}
    return {key.removeprefix(prefix): body for key, body in inside.items()}, written.levels[0]


def _zarr(**options):
    store = MemoryStore()
    array = zarr.create_array(store, shape=SHAPE, chunks=(10, 11, 20), dtype="u4", **options)
    array[...] = ramp()
    return {key: bytes(buffer.to_bytes()) for key, buffer in store._store_dict.items()}, ramp()


def _n5():
    data = n5.ramp((41, 23, 11))
    return n5.with_tensorstore(data, (16, 8, 4)), data


def _precomputed(**changes):
    data = precomputed.noise((21, 17, 11, 1), "uint16")
    return precomputed.write(precomputed.scale(**changes), data=[data]), data[..., 0]


WRITERS = {
    "OME-Zarr": lambda: _ome("zyx"),
    "OME-Zarr by ome-zarr-py": lambda: _ome("czyx by ome-zarr-py"),
    "Zarr v2": lambda: _zarr(zarr_format=2),
    "Zarr v3": lambda: _zarr(zarr_format=3),
    "Zarr v3 in shards": lambda: _zarr(zarr_format=3, shards=(20, 22, 40)),
    "N5": _n5,
    "precomputed": _precomputed,
    "precomputed in shards": lambda: _precomputed(sharding=SHARDING),
}


def lay_out(files, folder):
    """Write the files below a folder, and return that of the volume."""
    for key, body in files.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(body)
    return folder / "v"


def packed(files, method=zipfile.ZIP_STORED):
    """Return a zip file of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for key, body in files.items():
            file.writestr(key, body)
    return buffer.getvalue()


def finest(*places):
    """Open, and return the first layer."""
    return nb_remote.open(*places).layers[0]
