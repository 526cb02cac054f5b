"""What lies at one address: drives store → dialects → infer."""

from dataclasses import dataclass, replace

from nb_remote.arrays.source import Source
from nb_remote.dialects.base import Dialect, Documents, Found, Moved
from nb_remote.dialects.bdv_files import follow_project, is_project_file
from nb_remote.dialects.bdv_views import described_views
from nb_remote.dialects.webknossos_file import datasource_in, explore_file, is_json_file
from nb_remote.errors import Declined, InvalidAddress, NbRemoteError, NotRecognised
from nb_remote.explore.beside import beside, noted
from nb_remote.explore.probing import probe
from nb_remote.infer.layer import BrokenLayer, InferredLayer, infer_layer
from nb_remote.store.base import Store
from nb_remote.store.watched import Told, WatchedStore

MOST_MOVES = 10
"""As many as Neuroglancer and cloud-volume follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What lies at one address."""

    source: Source
    """Where the address led; `Source.at` has those of the layers."""
    layers: tuple[InferredLayer | BrokenLayer, ...]
    dataset_name: str = ""
    """As the metadata call the whole; empty where they don't."""


class Unknown(NotRecognised):
    """No dialect recognised the documents at an address."""

    def __init__(self, source: Source, documents: Documents, trail: tuple[Declined, ...]) -> None:
        super().__init__("nothing was recognised", where=source.location.display(), trail=trail)
        self.source = source
        self.documents = documents


async def explore_address(
    source: Source, told: Told | None, dialects: tuple[Dialect, ...]
) -> Exploration:
    """Find out what lies at an address itself, or where that says that it lies now.

    Raises
    ------
    Unknown
        No dialect recognised it.
    NbRemoteError
        It was recognised, but can't be used.
    """
    about: object = None
    for _ in range(MOST_MOVES):
        try:
            if is_json_file(source.location):
                in_file = await _in_file(source, told)
                if in_file is not None:
                    return in_file
            return await _explore_here(source, told, dialects, about)
        except Moved as moved:
            about = moved.about
            source = _moved(source, moved)
    raise NotRecognised(
        f"the volume says more than {MOST_MOVES} times in a row that it has moved",
        where=source.location.display(),
    )


def _moved(source: Source, moved: Moved) -> Source:
    folder = source.above(1) if moved.path is not None else None
    if folder is not None and moved.path is not None:
        return folder.below(moved.path)
    try:
        return source.elsewhere(moved.target)
    except InvalidAddress:
        raise moved from None


async def _explore_here(
    source: Source, told: Told | None, dialects: tuple[Dialect, ...], about: object
) -> Exploration:
    """Find out what lies at an address.

    Every document that decides is asked for in one round trip; the first dialect that
    recognises them reads the rest.
    """
    store = store_of(source, told)
    if is_project_file(source.location):
        await follow_project(store)
    probes = dict.fromkeys(key for dialect in dialects for key in dialect.probes)
    documents = replace(
        await probe(store, tuple(probes)),
        above=lambda: _above(source, told),
        elsewhere=lambda target: store_of(source.elsewhere(target), told),
        about=about,
    )
    described = await described_views(documents)
    if described is not None:
        return explored(described, source)
    trail: list[Declined] = []
    failed: tuple[Dialect, NbRemoteError] | None = None
    for dialect in dialects:
        if failed is not None and not _is_another(dialect, failed[0], documents):
            continue
        try:
            found = await dialect.explore(documents)
        except Moved:
            raise
        except NbRemoteError as problem:
            failed = failed or (dialect, problem)
            continue
        if isinstance(found, Found):
            notes = beside(found, documents)
            if failed is not None:
                notes = (f"{failed[0].name} lies here, too, but: {failed[1].text}", *notes)
            return explored(noted(found, notes), source)
        trail.append(found)
    if failed is not None:
        raise failed[1]
    raise Unknown(source, documents, tuple(trail))


async def _in_file(source: Source, told: Told | None) -> Exploration | None:
    """Return what a datasource at the address itself describes; None where there is none."""
    folder = source.above(1)
    if folder is None:
        return None
    name = source.location.path.rpartition("/")[2]
    documents = await datasource_in(store_of(folder, told), name)
    if documents is None:
        return None
    elsewhere = replace(
        documents, elsewhere=lambda target: store_of(folder.elsewhere(target), told)
    )
    found = await explore_file(elsewhere)
    return None if found is None else explored(found, folder)


def _is_another(dialect: Dialect, failed: Dialect, documents: Documents) -> bool:
    """Whether a dialect may have something to say of its own where another one has failed."""
    return not set(dialect.probes) & set(failed.probes) and any(
        documents.json(key) is not None for key in dialect.probes
    )


def explored(found: Found, source: Source) -> Exploration:
    """Infer what was found at a source."""
    layers = _infer(found, source)
    return Exploration(source=source, layers=layers, dataset_name=found.dataset_name)


def store_of(source: Source, told: Told | None) -> Store:
    """Return the store to look through, which tells what is asked for."""
    return source.store if told is None else WatchedStore(source.store, told)


def _above(source: Source, told: Told | None) -> Store | None:
    above = source.above()
    return None if above is None else store_of(above, told)


def _infer(found: Found, source: Source) -> tuple[InferredLayer | BrokenLayer, ...]:
    """Infer images first, so that their label images can take units and origin from them."""
    layers: list[InferredLayer | BrokenLayer] = []
    by_name: dict[str, InferredLayer] = {}
    for one in found.layers:
        parent = by_name.get(one.parent) if one.parent is not None else None
        there = source if one.target is None else source.elsewhere(one.target)
        layer = infer_layer(one, found.format, there.location, parent)
        if isinstance(layer, InferredLayer) and one.parent is None:
            by_name.setdefault(one.name, layer)
        layers.append(layer)
    return tuple(layers)
