"""The part of a chunk that is asked for, by whichever way its codecs can leave out most."""

from math import prod

import numpy as np

from nb_remote.codecs.base import Bytes, Codec
from nb_remote.codecs.chain import decode_part
from nb_remote.codecs.gunzip import Gunzipped
from nb_remote.codecs.shaped import BoxCodec

Voxels = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


def decode_box(
    codecs: tuple[Codec, ...],
    data: Bytes,
    dtype: np.dtype[np.generic],
    shape: tuple[int, ...],
    box: tuple[tuple[int, int], ...] | None = None,
) -> Voxels:
    """Decode a chunk, or a box of it.

    Parameters
    ----------
    codecs
        In decoding order, those that need one made for `shape`.
    data
        The encoded bytes.
    dtype, shape
        Of the whole chunk, axes from the slowest in memory to the fastest.
    box
        First voxel and the one behind the last per axis; None for all.

    Returns
    -------
    numpy.ndarray
        The voxels of the box, read-only.

    Raises
    ------
    CorruptChunk
        The data are damaged, or decode to another size than the chunk's.
    """
    size = dtype.itemsize * prod(shape)
    if not box:
        return _voxels(decode_part(codecs, data, size, 0, size), dtype, shape)
    if len(codecs) == 1 and isinstance(wrapped := codecs[0], Gunzipped):
        codecs, data = (wrapped.inner,), wrapped.unwrap(data, size)
    if len(codecs) == 1 and isinstance(codec := codecs[0], BoxCodec):
        extents = tuple(stop - start for start, stop in box)
        return _voxels(codec.decode_box(data, size, box), dtype, extents)
    # Whole planes of the slowest axis lie together.
    plane = dtype.itemsize * prod(shape[1:])
    first, last = box[0]
    decoded = decode_part(codecs, data, size, plane * first, plane * last)
    planes = _voxels(decoded, dtype, (last - first, *shape[1:]))
    return planes[(slice(None), *(slice(*one) for one in box[1:]))]


def _voxels(decoded: Bytes, dtype: np.dtype[np.generic], shape: tuple[int, ...]) -> Voxels:
    voxels = np.frombuffer(decoded, dtype=dtype).reshape(shape)
    voxels.flags.writeable = False
    return voxels
