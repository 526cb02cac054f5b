"""The Zarr volumes that are read: EM-like noise on structure, written by zarr-python."""

from dataclasses import dataclass

import numcodecs
import zarr
from voxels import SHAPE, em_like


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How one volume is stored. Shapes are z y x."""

    zarr_format: int
    xyz = False
    """Whether the stored order of the axes is x y z."""
    chunk: int
    """Side of a chunk; within a shard, of an inner chunk."""
    shard: tuple[int, int, int] | None = None
    """Voxels of a shard; zarr-python puts the index at its end, with crc32c."""
    codec: str

    @property
    def driver(self):
        """tensorstore's name of the format."""
        return "zarr" if self.zarr_format == 2 else "zarr3"


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


def write(folder, names):
    """Write the named volumes."""
    volume = em_like(SHAPE) if names else None
    for name in names:
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


def compressor(stored):
    """The compressor of a volume, as its format of Zarr wants it."""
    if stored.codec == "gzip":
        return zarr.codecs.GzipCodec(level=5) if stored.zarr_format == 3 else numcodecs.GZip(5)
    cname = stored.codec.removeprefix("blosc-")
    if stored.zarr_format == 3:
        return zarr.codecs.BloscCodec(cname=cname, clevel=5, shuffle="shuffle")
    return numcodecs.Blosc(cname, 5, 1)
