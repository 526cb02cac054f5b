"""Codecs that must know the voxels' shape: formats that encode boxes, not bytes."""

from abc import ABC, abstractmethod
from typing import Protocol, runtime_checkable

from nb_remote.codecs.base import Bytes, Codec, Compressor


class ShapedCodec(Compressor, ABC):
    """A codec that is made for one chunk's shape before it decodes. Implementations are frozen."""

    __slots__ = ()

    @abstractmethod
    def for_shape(self, shape: tuple[int, ...]) -> Codec:
        """Return the codec for a chunk.

        Parameters
        ----------
        shape
            Voxels per axis, from the slowest in memory to the fastest.
        """


@runtime_checkable
class BoxCodec(Codec, Protocol):
    """A codec made for a chunk's shape that decodes a part of it without the rest."""

    def decode_box(self, data: Bytes, size: int, box: tuple[tuple[int, int], ...]) -> Bytes:
        """Decode the voxels of a box.

        Parameters
        ----------
        data
            The encoded bytes.
        size
            Exact number of decoded bytes the whole chunk must have.
        box
            First voxel and the one behind the last per axis, from the slowest in memory to the
            fastest.

        Returns
        -------
        bytes-like
            The box alone, its axes in the same order.

        Raises
        ------
        CorruptChunk
            The data are damaged, or decode to another size than promised.
        """
