"""What a list of codecs says: how voxels become the bytes of chunks."""

from dataclasses import dataclass

import numpy as np

from nb_remote.chunks.sharding import ShardLevel
from nb_remote.codecs.base import Codec


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How voxels become the bytes of chunks."""

    chunk_shape: tuple[int, ...]
    """Voxels of an innermost chunk, stored axis order."""
    dtype: np.dtype[np.generic]
    """With the byte order in which they are stored."""
    memory_order: tuple[int, ...]
    """Stored axes from slowest to fastest."""
    codecs: tuple[Codec, ...]
    """Behind ``bytes``, in decoding order."""
    sharding: tuple[ShardLevel, ...]
    """From the objects inwards."""
