"""A tile's voxels → the bytes that travel to the page."""

import sys
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nb_remote.chunks.decode import Block
from nb_remote.tiles.read import Tile

_PAGE_DTYPES = {"bool": "uint8", "float16": "float32"}
"""Types that a page has no typed array for, and the next one that holds them exactly."""
_DEFLATE_LEVEL = 1
"""Labels shrink to 1-5 % at level 1 already, in about 0.4 ms a tile (measured)."""
_RUNS_AT_MOST = 8
"""Runs are sent where they are this many times smaller than the samples: twice what deflate makes
of labels, in a sixteenth of its time here (0.025 ms), and nothing to inflate in the page."""
_MOST_SAMPLES = 2**16
"""Of a tile in runs: their ends are told in 16 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedTile:
    """One tile as it is sent."""

    missing: bool
    """A chunk under it does not exist, so that fill value is shown."""
    enc: Literal["raw", "deflate-raw", "const", "runs"]
    data: bytes
    """Empty for ``const``."""
    height: int
    width: int
    dtype: str
    """Type of the samples in the page."""
    value: str
    """For ``const``: the value as decimal text; else empty."""


def encode_tile(tile: Tile, *, compress: bool) -> EncodedTile:
    """Encode a tile.

    Parameters
    ----------
    tile
        What was read.
    compress
        Make the samples smaller, in runs or deflated: right for label images, a loss for noisy
        ones.

    Returns
    -------
    EncodedTile
        Little-endian samples, rows one after the other; ``const`` when all are the same.
    """
    name = _PAGE_DTYPES.get(tile.samples.dtype.name, tile.samples.dtype.name)
    samples = tile.samples.astype(name, copy=False)
    missing = tile.missing_chunks > 0
    height, width = samples.shape
    first = samples.flat[0]
    same = samples == first
    if bool(same.all()):
        return EncodedTile(
            missing=missing,
            enc="const",
            data=b"",
            height=height,
            width=width,
            dtype=name,
            value=_text(first),
        )
    if sys.byteorder == "big":
        samples = samples.byteswap()
    enc: Literal["raw", "deflate-raw", "runs"] = "raw"
    data = b""
    if compress:
        enc, data = _packed(samples)
    else:
        data = samples.tobytes()
    return EncodedTile(
        missing=missing,
        enc=enc,
        data=data,
        height=height,
        width=width,
        dtype=name,
        value="",
    )


def _packed(samples: Block) -> tuple[Literal["runs", "deflate-raw"], bytes]:
    flat = samples.ravel()
    if flat.size <= _MOST_SAMPLES:
        last = np.append(np.flatnonzero(flat[1:] != flat[:-1]), flat.size - 1)
        if last.size * (flat.itemsize + 2) * _RUNS_AT_MOST <= flat.nbytes:
            return "runs", flat[last].tobytes() + last.astype("<u2").tobytes()
    packer = zlib.compressobj(_DEFLATE_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return "deflate-raw", packer.compress(samples.tobytes()) + packer.flush()


def _text(value: np.generic) -> str:
    return repr(value.item())
