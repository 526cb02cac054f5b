"""Opens one address with bounds, or a store, of the tests' choice."""

from nb_remote.arrays.source import Source
from nb_remote.chunks.caches import process_caches
from nb_remote.dataset import Dataset
from nb_remote.errors import NbRemoteError
from nb_remote.explore import explore_within
from nb_remote.infer.layer import BrokenLayer
from nb_remote.threads import run


def open_sources(*sources: Source, deadline_s: float) -> Dataset:
    """Explore each source within its deadline; raise what any of them says instead."""
    found = []
    for source in sources:
        explored = run(explore_within(source, deadline_s))
        if isinstance(explored, NbRemoteError):
            raise explored
        for layer in explored.layers:
            if isinstance(layer, BrokenLayer):
                raise layer.problem
            found.append((layer, explored.source))
    return Dataset(tuple(found))


def forget_chunks() -> None:
    """Empty the caches: while an address is opened, a chunk may have been looked at."""

    async def forget() -> None:
        for cache in (process_caches().raw, process_caches().decoded):
            cache.clear()

    run(forget(), deadline=5)
