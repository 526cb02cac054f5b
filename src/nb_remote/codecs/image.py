"""JPEG and PNG chunks, decoded by Pillow (the extra ``images``).

The pixels of the picture, row by row, are the voxels with x fastest; how they are cut into rows
means nothing. Colours lie beside each other in the picture and one after the other in the chunk.

Specification: https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.rst
"""

import importlib
import io
import struct
from dataclasses import dataclass, replace
from functools import cache
from math import prod
from typing import Any

import numpy as np

from nb_remote.codecs.base import Bytes, Codec, damaged
from nb_remote.codecs.shaped import ShapedCodec

_MODES = {
    ("JPEG", 1, 1): ("L",),
    ("JPEG", 3, 1): ("RGB",),
    ("PNG", 1, 1): ("L",),
    ("PNG", 2, 1): ("LA",),
    ("PNG", 3, 1): ("RGB",),
    ("PNG", 4, 1): ("RGBA",),
    ("PNG", 1, 2): ("I;16", "I"),
}
"""Kind, channels and bytes per sample → Pillow's modes (the last one before Pillow 10.3)."""
_PNG_DEPTH_AT = 24
"""Place of the bits per sample: signature, length and name of IHDR, width, height."""
_FAILURES = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error)
"""What Pillow's decoders raise on damaged data."""


@cache
def pillow() -> Any:  # noqa: ANN401  (a module)
    """Return Pillow's module, or None where it is not installed."""
    try:
        return importlib.import_module("PIL.Image")
    except ImportError:
        return None


def can_decode(kind: str, channels: int, itemsize: int) -> bool:
    """Whether pictures of `kind` hold such voxels."""
    return (kind, channels, itemsize) in _MODES


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCodec(ShapedCodec):
    """A picture that holds a chunk. Its size is compared with the chunk's before it is decoded."""

    name: str
    """``jpeg`` or ``png``."""
    channels: int
    itemsize: int
    """1 or 2 bytes per sample."""
    shape: tuple[int, ...] = ()

    def for_shape(self, shape: tuple[int, ...]) -> Codec:
        """See `ShapedCodec.for_shape`."""
        return replace(self, shape=shape)

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002  (all at once)
        """See `Codec.decode`."""
        pixels = prod(self.shape) // self.channels
        failures = (*_FAILURES, pillow().DecompressionBombError, pillow().DecompressionBombWarning)
        try:
            # No other kind of picture is tried: Pillow has decoders for dozens.
            with pillow().open(io.BytesIO(data), formats=(self.name.upper(),)) as picture:
                why = self._objection(data, picture, pixels)
                samples = np.empty(0) if why else np.asarray(picture)
        except failures as error:
            raise damaged(self.name, error) from None
        if why:
            raise damaged(self.name, why)
        planar = samples.reshape(pixels, self.channels).T
        # Grey pictures are in order as they are, and not copied once more.
        decoded = np.ascontiguousarray(planar, f"<u{self.itemsize}")
        if decoded.nbytes != size:
            raise damaged(self.name, f"{decoded.nbytes} bytes where the chunk has {size}")
        return decoded.data.cast("B")

    def _objection(self, data: Bytes, picture: Any, pixels: int) -> str:  # noqa: ANN401
        """Why an opened, undecoded picture can't be the chunk; empty when it can."""
        if picture.width * picture.height != pixels:
            return f"{picture.width} x {picture.height} pixels for {pixels} voxels"
        kind = self.name.upper()
        if picture.mode not in _MODES[kind, self.channels, self.itemsize]:
            return f"samples of kind {picture.mode}"
        if kind == "PNG" and data[_PNG_DEPTH_AT] != 8 * self.itemsize:
            return f"{data[_PNG_DEPTH_AT]} bits per sample"  # Pillow makes 8 of 16 in colours
        return ""
