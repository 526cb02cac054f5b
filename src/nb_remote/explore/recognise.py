"""What lies at one address: drives store → dialects → infer."""

from dataclasses import dataclass, replace

from nb_remote.arrays.source import Source
from nb_remote.dialects.base import Found, Moved
from nb_remote.dialects.bdv_files import follow_project, is_project_file
from nb_remote.dialects.ordered import DIALECTS
from nb_remote.errors import Declined, InvalidAddress, NotRecognised
from nb_remote.explore.probing import probe, raise_what_every_probe_said
from nb_remote.explore.reasons import not_recognised
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


async def explore(source: Source, told: Told | None = None) -> Exploration:
    """Find out what lies at an address, or where that says that it lies now.

    Raises
    ------
    NotRecognised
        No dialect recognised it; carries each one's reason.
    NbRemoteError
        The server could not be asked at all, or the metadata can't be used.
    """
    about: object = None
    for _ in range(MOST_MOVES):
        try:
            return await _explore_here(source, told, about)
        except Moved as moved:
            about = moved.about
            try:
                source = source.moved_to(moved.target)
            except InvalidAddress:
                raise moved from None
    raise NotRecognised(
        f"the volume says more than {MOST_MOVES} times in a row that it has moved",
        where=source.location.display(),
    )


async def _explore_here(source: Source, told: Told | None, about: object) -> Exploration:
    """Find out what lies at an address.

    Every document that decides is asked for in one round trip; the first dialect that
    recognises them reads the rest.
    """
    store = _store(source, told)
    if is_project_file(source.location):
        await follow_project(store)
    hint = source.location.format_hint
    probes = dict.fromkeys(key for dialect in DIALECTS for key in dialect.probes)
    documents = replace(
        await probe(store, tuple(probes)),
        above=lambda: _above(source, told),
        elsewhere=lambda target: _store(source.elsewhere(target), told),
        about=about,
    )
    trail: list[Declined] = []
    for dialect in DIALECTS:
        found = await dialect.explore(documents)
        if isinstance(found, Found):
            return Exploration(
                source=source, layers=_infer(found, source), dataset_name=found.dataset_name
            )
        trail.append(found)
    raise_what_every_probe_said(documents)
    raise await not_recognised(documents, trail, hint)


def _store(source: Source, told: Told | None) -> Store:
    return source.store if told is None else WatchedStore(source.store, told)


def _above(source: Source, told: Told | None) -> Store | None:
    above = source.above()
    return None if above is None else _store(above, told)


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
