"""Raw chunk → its voxels, decoding no more than the asked part needs."""

import operator
from itertools import count

import numpy as np

from nb_remote.chunks.layout import ChunkLayout
from nb_remote.codecs.base import Bytes
from nb_remote.codecs.box import decode_box
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
        The part that is needed, or None for all. Little more than that is decoded where the codecs
        allow it: along the slowest axis in memory, or along all of them.

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
    stored_shape = layout.stored_shape(index)
    shape = tuple(stored_shape[axis] for axis in order)
    codecs = tuple(
        one.for_shape(shape) if isinstance(one, ShapedCodec) else one for one in layout.codecs
    )
    if source is None:
        block = decode_box(codecs, raw, layout.dtype, shape)
    else:
        asked = [source[axis] for axis in order]
        box = tuple((one.start, one.stop) for one in asked)
        block = decode_box(codecs, raw, layout.dtype, shape, box)
        block = block[tuple(slice(None, None, one.step) for one in asked)]
    if all(map(operator.eq, order, count())):  # C order, and no axes at all
        return block
    return block.transpose(np.argsort(order))
