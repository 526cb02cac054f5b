"""Raw chunk → its voxels, decoding no more than the asked part needs."""

import math
import operator
from itertools import count

import numpy as np

from nb_remote.chunks.layout import ChunkLayout
from nb_remote.codecs.allowed import decode_part
from nb_remote.codecs.base import Bytes
from nb_remote.codecs.shaped import ShapedCodec

Block = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


def decode_chunk(
    layout: ChunkLayout,
    raw: Bytes,
    index: tuple[int, ...],
    source: tuple[slice, ...] | None = None,
) -> Block:
    """Decode one chunk, axes in the stored order.

    Parameters
    ----------
    layout
        How the array is stored.
    raw
        The object's bytes.
    index
        Which chunk it is: those at the upper borders may be smaller.
    source
        The part that is needed, or None for all. Along the slowest axis in memory little more
        than the needed planes is decoded, where the codecs allow it.

    Returns
    -------
    numpy.ndarray
        The asked voxels in the stored byte order, read-only.

    Raises
    ------
    CorruptChunk
        The bytes do not decode to a chunk of this layout.
    """
    order = layout.memory_order
    shape = layout.stored_shape(index)
    whole_shape = tuple(shape[axis] for axis in order)
    memory_shape = list(whole_shape)
    box = [slice(0, n) for n in memory_shape]
    size = layout.dtype.itemsize * math.prod(shape)
    start, stop = 0, size
    if source is not None and box:
        box = [source[axis] for axis in order]
        plane_bytes = layout.dtype.itemsize * math.prod(memory_shape[1:])
        slowest = box[0]
        start, stop = plane_bytes * slowest.start, plane_bytes * slowest.stop
        memory_shape[0] = slowest.stop - slowest.start
        box[0] = slice(0, memory_shape[0], slowest.step)
    codecs = tuple(
        one.for_shape(whole_shape) if isinstance(one, ShapedCodec) else one for one in layout.codecs
    )
    decoded = decode_part(codecs, raw, size, start, stop)
    block = np.frombuffer(decoded, dtype=layout.dtype).reshape(memory_shape)
    block.flags.writeable = False
    block = block[tuple(box)]
    if all(map(operator.eq, order, count())):  # C order, and no axes at all
        return block
    return block.transpose(np.argsort(order))
