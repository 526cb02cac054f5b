"""Raw chunk → its voxels, decoding no more than the asked part needs."""

import operator
from itertools import count

import numpy as np

from nb_remote.chunks.layout import ChunkLayout
from nb_remote.codecs.allowed import decode_chain
from nb_remote.codecs.base import Bytes

Block = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


def decode_chunk(layout: ChunkLayout, raw: Bytes, source: tuple[slice, ...] | None = None) -> Block:
    """Decode one chunk, axes in the stored order.

    Parameters
    ----------
    layout
        How the array is stored.
    raw
        The object's bytes.
    source
        The part that is needed, or None for all. Along the slowest axis in memory only
        the planes up to the last needed one are decoded.

    Returns
    -------
    numpy.ndarray
        The chunk's voxels in the stored byte order, read-only; with `source`, cut after the last
        needed plane along the slowest axis.

    Raises
    ------
    CorruptChunk
        The bytes do not decode to a chunk of this layout.
    """
    memory_shape = [layout.chunk_shape[axis] for axis in layout.memory_order]
    plane_bytes = layout.dtype.itemsize
    for size in memory_shape[1:]:
        plane_bytes *= size
    if source is not None and memory_shape:
        memory_shape[0] = source[layout.memory_order[0]].stop
    size = layout.chunk_bytes
    stop = plane_bytes * memory_shape[0] if memory_shape else size
    decoded = decode_chain(layout.codecs, raw, size, stop)
    block = np.frombuffer(decoded, dtype=layout.dtype, count=stop // layout.dtype.itemsize)
    block = block.reshape(memory_shape)
    block.flags.writeable = False
    order = layout.memory_order
    if all(map(operator.eq, order, count())):  # C order, and no axes at all
        return block
    return block.transpose(np.argsort(order))
