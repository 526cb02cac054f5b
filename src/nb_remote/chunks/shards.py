"""What the readers of chunks that are not simply objects have in common."""

from typing import Protocol

from nb_remote.chunks.cache import ByteCache
from nb_remote.chunks.layout import ChunkLayout
from nb_remote.chunks.minishard_reads import MinishardReader
from nb_remote.chunks.object_reads import ObjectReader
from nb_remote.chunks.shard_reads import ShardReader
from nb_remote.store.base import Store


class Shards(Protocol):
    """Finds chunks in larger objects, or under other names. Used on the IO loop only."""

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds chunk `index`."""

    async def get(self, index: tuple[int, ...]) -> bytes | None:
        """Return the raw bytes of chunk `index`, or None where it does not exist."""

    def forget(self, index: tuple[int, ...]) -> None:
        """Let go of the indexes that led to chunk `index`: they may have been rewritten."""


def shards_of(
    store: Store, layout: ChunkLayout, indexes: ByteCache[bytes], *, slack: int
) -> Shards | None:
    """Return what finds a layout's chunks, or None where each is an object of a certain name.

    Parameters
    ----------
    indexes
        Keeps indexes beside the raw chunks of the process, so that they are bounded.
    slack
        Bytes by which a chunk may be larger than twice its decoded size.
    """
    if layout.minishards is not None:
        limit = 2 * layout.chunk_bytes + slack
        return MinishardReader(store, layout.minishards, indexes, limit=limit)
    if layout.by_suffix:
        return ObjectReader(store, layout, limit=2 * layout.chunk_bytes + slack)
    return ShardReader(store, layout, indexes, slack=slack) if layout.sharding else None
