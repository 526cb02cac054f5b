"""Codecs that must know the voxels' shape: formats that encode boxes, not bytes."""

from abc import ABC, abstractmethod

from nb_remote.codecs.base import Codec, Compressor


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
