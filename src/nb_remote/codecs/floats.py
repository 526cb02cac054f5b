"""fpzip and kempressed: floats of any number of channels (the extra ``encodings``).

The sizes of an fpzip chunk stand inside the compressed stream, so they are seen only once the
package has read them; it is run apart (see `apart`), and what it gives is compared with the chunk.
The package (1.2) does not know where the data end: it reads on in memory, and makes numbers of what
is there. So something is put behind the end, twice, and a chunk whose numbers depend on it is
damaged.

Specification: https://github.com/seung-lab/cloud-volume/blob/master/cloudvolume/chunks.py
"""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from nb_remote.codecs.apart import Array, decode_apart
from nb_remote.codecs.base import Bytes, Codec, damaged
from nb_remote.codecs.shaped import ShapedCodec

_SPARE = 1024
_SHIFT = 2
"""kempressed adds so much, and puts the channels before z."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floats(ShapedCodec):
    """Numbers of 4 or 8 bytes, decoded as a whole."""

    name: str
    """``fpzip`` or ``kempressed``."""
    dtype: np.dtype[np.generic]
    """Of the volume."""
    shape: tuple[int, ...] = ()
    """Channels, and voxels along z, y, x."""

    def for_shape(self, shape: tuple[int, ...]) -> Codec:
        """See `ShapedCodec.for_shape`."""
        return replace(self, shape=(1, *shape)[-4:])

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002  (all at once)
        """See `Codec.decode`."""
        xyzc = self.shape[::-1]
        array = self._array(data)
        if self.name == "kempressed" and array.ndim == len(xyzc):
            with np.errstate(all="ignore"):  # whatever a damaged chunk holds
                array = array.swapaxes(2, 3) - array.dtype.type(_SHIFT)  # type: ignore[operator]
        if array.dtype != self.dtype or array.shape != xyzc:
            text = (
                f"{array.dtype} of shape {array.shape} where the chunk has {self.dtype} of {xyzc}"
            )
            raise damaged(self.name, text)
        return array.astype(self.dtype, copy=False).tobytes("F")

    def _array(self, data: Bytes) -> Array:
        """Decode twice, with something else behind the end, where the package reads on."""
        voxels = prod(self.shape)
        spare = 2 * voxels * self.dtype.itemsize + _SPARE
        one, other = (
            decode_apart("fpzip", self.name, b"".join((data, beyond * spare)), voxels)
            for beyond in (b"\x00", b"\xff")
        )
        if one.tobytes() != other.tobytes():
            raise damaged(self.name, "the stream is damaged, or its end is missing")
        return one
