"""Decoders that know the chunk's shape: compressed_segmentation, N5 blocks, gzip around it."""

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable
from math import prod

import compressed_segmentation
import numcodecs
import numpy as np
import zstandard

from nb_remote.codecs.base import Codec
from nb_remote.codecs.compressed_segmentation import CompressedSegmentation
from nb_remote.codecs.gunzip import Gunzipped
from nb_remote.codecs.n5_block import N5Block
from nb_remote.containers.n5.compression import parse_compression
from tests.fuzz.target import Target
from tests.fuzz.targets.codecs import lz4_java_chunks
from tests.fuzz.targets.decoding import Encoded, codec_target, pixels


def segments(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    """Boxes of few ids with some noise, large ids among them: blocks need several widths."""
    random = np.random.default_rng(seed)
    ids = random.integers(1, np.iinfo(dtype).max, 40, dtype=dtype)
    noise = random.random(shape) < 0.02 * (seed % 3)
    places = np.indices(shape).sum(axis=0) // 5 % 40
    return np.where(
        noise, random.integers(0, np.iinfo(dtype).max // 3, shape, dtype=dtype), ids[places]
    )


def _segmentations() -> list[Encoded]:
    from tests.precomputed.written import scale, write

    found = []
    for itemsize in (4, 8):
        data = segments((9, 14, 11), f"u{itemsize}")
        raw = compressed_segmentation.compress(data.T.copy("F"), block_size=(8, 8, 8), order="F")
        found.append(_segmentation(raw, data[None], (8, 8, 8)))
        for seed, block in enumerate([(8, 8, 8), (4, 2, 3), (16, 16, 1), (64, 64, 64)]):
            data = segments((1 + seed % 2, 9, 14, 11), f"u{itemsize}", seed)
            one = scale(
                data.shape[:0:-1],
                encoding="compressed_segmentation",
                compressed_segmentation_block_size=block,
                chunk_size=[64, 64, 64],
            )
            objects = write(one, data=[data.T], kind="segmentation")
            (raw,) = (value for key, value in objects.items() if key != "info")
            found.append(_segmentation(raw, data, block))
    return found


def _segmentation(raw: bytes, data: np.ndarray, block: tuple[int, int, int]) -> Encoded:
    codec = CompressedSegmentation(block_xyz=block, itemsize=data.itemsize)
    return Encoded(codec=codec.for_shape(data.shape), data=raw, size=data.nbytes)


def _unsized() -> list[Encoded]:
    """Chunks in Neuroglancer's shards: gzip around another encoding."""
    return [
        Encoded(codec=Gunzipped(inner=one.codec), data=gzip.compress(one.data, 1), size=one.size)
        for one in _segmentations()
    ]


_N5: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "blosc": lambda data: bytes(numcodecs.Blosc().encode(data)),
    "zstd": zstandard.ZstdCompressor().compress,
}


def _n5(compression: str) -> Callable[[], list[Encoded]]:
    def prepare() -> list[Encoded]:
        if compression == "lz4":
            return [_n5_block(one.codec, (one.size,), one.data, 1) for one in lz4_java_chunks()]
        inner = parse_compression({"compression": {"type": compression}}, where="")
        found = []
        for itemsize, shape in ((1, (9, 7, 5)), (2, (8, 8, 8)), (8, (3, 20)), (4, (2, 3, 4, 5))):
            # Whole, cut, small; and larger than any block may be.
            halves, larger = tuple(-(-n // 2) for n in shape), (shape[0] + 1, *shape[1:])
            for there in (shape, (1, *shape[1:]), halves, larger):
                body = _N5[compression](pixels(prod(there) * itemsize))
                found.append(_n5_block(inner, shape, body, itemsize, there))
        return found

    return prepare


def _n5_block(
    inner: Codec | None,
    shape: tuple[int, ...],
    body: bytes,
    itemsize: int,
    there: tuple[int, ...] | None = None,
) -> Encoded:
    """Point 9 of the specification; every second one with the count of mode 1."""
    there = there or shape
    mode = prod(there) % 2
    count = struct.pack(">I", prod(there)) if mode else b""
    data = struct.pack(f">HH{len(there)}I", mode, len(there), *there) + count + body
    codec = N5Block(block_shape=shape, itemsize=itemsize, inner=inner)
    return Encoded(codec=codec, data=data, size=prod(shape) * itemsize)


def fixed(name: str, prepare: Callable[[], list[Encoded]], *covers: str, share: int = 1) -> Target:
    """A target whose sizes follow from a shape."""
    headroom = 176 * 2**20 if name.endswith(("xz", "zstd")) else 48 * 2**20
    return codec_target(name, prepare, *covers, share=share, sizes_vary=False, headroom=headroom)


SHAPED: tuple[Target, ...] = (
    fixed("compressed_segmentation", _segmentations, "compressed_segmentation", share=4),
    fixed("gunzip", _unsized, "gunzip", "shaped"),
    *(fixed(f"n5-{name}", _n5(name), "n5_block") for name in (*_N5, "lz4")),
)
