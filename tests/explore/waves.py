"""A measure of round trips that needs no clock."""

import asyncio

from nb_remote.arrays.source import Source
from nb_remote.explore import explore
from nb_remote.location.parse import parse_address
from nb_remote.store.base import StoreWrapper
from nb_remote.threads import run


class Waves(StoreWrapper):
    """Answers a request only when all of its round trip have been asked for.

    A client that waits for one answer before it asks for the next one waits for ever.
    """

    def __init__(self, inner, *waves):
        super().__init__(inner)
        self._missing = [set(wave) for wave in waves]
        self._complete = [asyncio.Event() for _ in waves]

    @property
    def meter(self):
        return self._inner.meter

    async def get(self, key, *, limit):
        (number,) = (n for n, wave in enumerate(self._missing) if key in wave)
        self._missing[number].discard(key)
        if not self._missing[number]:
            self._complete[number].set()
        await self._complete[number].wait()
        return await self._inner.get(key, limit=limit)


def explore_in_waves(address, *waves):
    """Explore an address whose server answers a round trip only when all of it was asked for.

    Returns the source, which goes on in waves, and what was found.
    """
    source = Source(parse_address(address).location)
    source._store = Waves(source.store, *waves)
    found = run(explore(source), deadline=5)
    assert source.store._complete[0].is_set(), "the waves were not used"
    return source, found
