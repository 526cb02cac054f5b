"""Makes tiles as they are sent; when a view moves through slices, those of several at once.

A tile's neighbours along the slices lie in the same chunks. Read one by one, each costs a look at
every chunk (16 for 64³), and where the chunks of a whole canvas don't fit the cache (64³ of uint64:
805 MB on 1280 × 850 pixels) each decodes all of them anew. Read together, they cost that once.
"""

import functools
from collections.abc import Hashable, Sequence

from nb_remote.arrays.shown import ShownLevel
from nb_remote.chunks.cache import ByteCache
from nb_remote.chunks.caches import DECODED_CAPACITY
from nb_remote.chunks.selection import AxisRange
from nb_remote.layer import Layer
from nb_remote.sharing import SharedWork
from nb_remote.threads import in_decode_pool
from nb_remote.tiles.address import TileAddress, Want, tile_address
from nb_remote.tiles.encode import EncodedTile, encode_tile
from nb_remote.tiles.read import Tile, read_slab, read_tile, slab_slices

SLAB_SLICES = 16
"""Slices made at once: 1 MiB of uint8, 8 MiB of uint64 while they are."""
MADE_CAPACITY = 128 * 2**20
"""Bytes of encoded tiles: of 24 tiles a slice 80 slices of uint8, 200 more of labels in runs."""
_TILES_IN_VIEW = 24
"""What a canvas of 1280 × 850 pixels touches."""
_ADDRESSES = 8192
"""Addresses remembered: twice the longest want-list."""
_ENTRY_BYTES = 256
"""Of a tile without its samples."""


@functools.cache
def process_tiles() -> ByteCache[EncodedTile]:
    """Return the cache of tiles made beforehand, one for all views of this process."""
    return ByteCache(MADE_CAPACITY, lambda tile: len(tile.data) + _ENTRY_BYTES)


class TileMaker:
    """Reads and encodes the tiles of some layers. Used on the IO loop only.

    Parameters
    ----------
    layers
        In the order that wants number them.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = tuple(layers)
        # A want is looked at some ten times on its way.
        self._address = functools.lru_cache(_ADDRESSES)(
            functools.partial(tile_address, layers=self._layers)
        )
        self._made = process_tiles()
        self._making: SharedWork[dict[int, EncodedTile]] = SharedWork()
        self._under_way: set[Hashable] = set()
        # Names these layers in the shared cache, which must not keep them alive.
        self._identity = object()
        self.hits = 0
        """Tiles that were made already when they were asked for."""

    def check(self, want: Want) -> None:
        """Raise `ValueError` if there is no such tile."""
        self._address(want)

    def chunks(self, want: Want) -> int:
        """Return how many chunks a tile touches."""
        address = self._address(want)
        return self._level(address).count_chunks(address.ranges)

    def has(self, want: Want) -> bool:
        """Whether a tile is made already."""
        return (self._identity, want) in self._made

    async def make(self, want: Want, *, with_neighbours: bool) -> EncodedTile:
        """Read and encode one tile, as urgently as the task that asks for it.

        Parameters
        ----------
        with_neighbours
            Make those of the next slices too. Where somebody waits for this one, and they are not
            being made already, it is made alone.

        Raises
        ------
        NbRemoteError
            A chunk could not be fetched or decoded.
        """
        made = self._made.get((self._identity, want))
        if made is not None:
            self.hits += 1
            return made
        address = self._address(want)
        layer, level = self._layers[address.layer], self._level(address)
        slices = slab_slices(address, level, SLAB_SLICES)
        key = (*want[:4], slices.start, *want[5:])
        if slices.count > 1 and (with_neighbours or key in self._under_way):
            slab = await self._making.get(key, lambda: self._make_slab(key, want, slices))
            return slab[address.slices.start]
        keep = self._keeps(want)
        tile = await read_tile(address, level, keep_chunks=keep)
        return await in_decode_pool(encode_tile, tile, compress=_shrinks(layer))

    async def _make_slab(
        self, key: Hashable, want: Want, slices: AxisRange
    ) -> dict[int, EncodedTile]:
        address = self._address(want)
        layer, level = self._layers[address.layer], self._level(address)
        self._under_way.add(key)
        try:
            keep = self._keeps(want)
            tiles = await read_slab(address, level, slices, keep_chunks=keep)
            encoded = await in_decode_pool(_encode_all, tiles, compress=_shrinks(layer))
        finally:
            self._under_way.discard(key)
        slab = dict(enumerate(encoded, slices.start))
        for at, tile in slab.items():
            self._made.put((self._identity, (*want[:4], at, *want[5:])), tile)
        return slab

    def _keeps(self, want: Want) -> bool:
        """Whether the chunks under a canvas full of such tiles fit half of the cache."""
        in_view = _TILES_IN_VIEW * self.chunks(want)
        return in_view * self._level(self._address(want)).chunk_bytes <= DECODED_CAPACITY // 2

    def _level(self, address: TileAddress) -> ShownLevel:
        return self._layers[address.layer].shown[address.level]


def _encode_all(tiles: list[Tile], *, compress: bool) -> list[EncodedTile]:
    return [encode_tile(tile, compress=compress) for tile in tiles]


def _shrinks(layer: Layer) -> bool:
    return layer.category == "segmentation"
