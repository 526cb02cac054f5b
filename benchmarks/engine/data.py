"""The volumes that are read: EM-like noise on structure, written by zarr-python."""

from dataclasses import dataclass

import numcodecs
import numpy as np
import zarr

SHAPE = (192, 1280, 1280)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How one volume is stored. Shapes are z y x."""

    zarr_format: int
    chunk: int
    """Side of a chunk; within a shard, of an inner chunk."""
    shard: tuple[int, int, int] | None = None
    """Voxels of a shard; zarr-python puts the index at its end, with crc32c."""
    codec: str


CODECS = ("blosc-zstd", "blosc-lz4", "gzip")
SHARD = (128, 256, 256)
"""32 inner chunks of 64³: 8 MiB, and the last along z is cut by the volume's border."""
VOLUMES = {
    f"{chunk}-{codec}": Volume(zarr_format=2, chunk=chunk, codec=codec)
    for chunk in (64, 128)
    for codec in CODECS
} | {
    f"sharded-{codec}": Volume(zarr_format=3, chunk=64, shard=SHARD, codec=codec)
    for codec in ("blosc-zstd", "gzip")
}


def em_like(shape, seed=1):
    """Return uint8 voxels: smooth structure and camera noise, hardly compressible like real EM."""
    rng = np.random.default_rng(seed)
    z, y, x = (np.arange(n, dtype="f4") for n in shape)
    volume = np.empty(shape, "u1")
    for index in range(shape[0]):
        wave = np.sin(x / 17 + z[index] / 9)[None, :] * np.cos(y / 23 - z[index] / 11)[:, None]
        noise = rng.normal(0, 12, shape[1:]).astype("f4")
        volume[index] = np.clip(128 + 60 * wave + noise, 0, 255)
    return volume


def write(folder, names):
    """Write the named volumes, unless they are there."""
    missing = [name for name in names if not (folder / name / ".done").exists()]
    if not missing:
        return
    volume = em_like(SHAPE)
    for name in missing:
        stored = VOLUMES[name]
        array = zarr.create_array(
            str(folder / name),
            shape=SHAPE,
            dtype="u1",
            chunks=(stored.chunk,) * 3,
            shards=stored.shard,
            compressors=compressor(stored),
            zarr_format=stored.zarr_format,
            chunk_key_encoding={
                "name": "v2" if stored.zarr_format == 2 else "default",
                "separator": "/",
            },
            overwrite=True,
        )
        array[...] = volume
        (folder / name / ".done").touch()


def compressor(stored):
    """The compressor of a volume, as its format of Zarr wants it."""
    if stored.codec == "gzip":
        return zarr.codecs.GzipCodec(level=5) if stored.zarr_format == 3 else numcodecs.GZip(5)
    cname = stored.codec.removeprefix("blosc-")
    if stored.zarr_format == 3:
        return zarr.codecs.BloscCodec(cname=cname, clevel=5, shuffle="shuffle")
    return numcodecs.Blosc(cname, 5, 1)
