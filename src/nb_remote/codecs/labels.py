"""compresso and crackle: labels of one channel, cut into flat regions (the extra ``encodings``).

What can be checked is checked before anything is decoded; the rest is left to the packages, which
are run apart (see `apart`).

Specifications: https://github.com/seung-lab/compresso, https://github.com/seung-lab/crackle
"""

from dataclasses import dataclass, replace

import numpy as np

from nb_remote.codecs import compresso, crackle
from nb_remote.codecs.apart import Array, decode_apart
from nb_remote.codecs.base import Bytes, Codec, damaged
from nb_remote.codecs.shaped import ShapedCodec

_OBJECTIONS = {"compresso": compresso.objection, "crackle": crackle.objection}
"""By encoding, which is the name of its package, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels(ShapedCodec):
    """Labels of 1 to 8 bytes, decoded as a whole."""

    name: str
    """``compresso`` or ``crackle``."""
    dtype: np.dtype[np.generic]
    """Of the volume."""
    shape: tuple[int, ...] = ()
    """Voxels along z, y, x."""

    def for_shape(self, shape: tuple[int, ...]) -> Codec:
        """See `ShapedCodec.for_shape`."""
        return replace(self, shape=shape)

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002  (all at once)
        """See `Codec.decode`."""
        xyz = self.shape[::-1]
        if why := _OBJECTIONS[self.name](data, xyz):
            raise damaged(self.name, why)
        array = decode_apart(self.name, self.name, data, size // self.dtype.itemsize)
        if array.shape != xyz:
            raise damaged(self.name, f"voxels of shape {array.shape} where the chunk has {xyz}")
        return _fitted(array, self.dtype, self.name).tobytes("F")


def _fitted(array: Array, dtype: np.dtype[np.generic], name: str) -> Array:
    """The labels in the volume's type: writers may have chosen a smaller one."""
    if array.dtype == dtype or np.can_cast(array.dtype, dtype):
        return array.astype(dtype)
    top = 2 ** (8 * dtype.itemsize - (dtype.kind == "i")) - 1
    if array.dtype.kind == "u" and int(array.max(initial=0)) <= top:
        return array.astype(dtype)
    raise damaged(name, f"labels of type {array.dtype} do not fit into {dtype}")
