"""What a Neuroglancer link shows: all it names is asked at once, and what fails stops nothing else.

What a link names is a stranger's: public hosts and those that a person trusts, asked anonymously or
with what a person gave for the host.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlsplit

from nb_remote.arrays.source import Source
from nb_remote.datasource.neuroglancer.first_view import first_notes
from nb_remote.datasource.neuroglancer.link_layer import as_linked
from nb_remote.datasource.neuroglancer.link_space import link_space
from nb_remote.datasource.neuroglancer.placing import placed
from nb_remote.errors import AccessDenied, BadMetadata, InvalidAddress, NbRemoteError, NotRecognised
from nb_remote.explore.patience import Patience, explore_within
from nb_remote.explore.recognise import Exploration
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.infer.names import layer_name
from nb_remote.location.host import normal_host
from nb_remote.location.location import Location
from nb_remote.location.neuroglancer.from_link import FromLink, LinkSpace
from nb_remote.location.neuroglancer.granted import (
    Granted,
    address_of_state,
    line_for,
    of_link,
)
from nb_remote.location.neuroglancer.link import Link, link_of_state
from nb_remote.location.neuroglancer.sources import address_of_source, why_not
from nb_remote.location.neuroglancer.state import LinkLayer, LinkSource, LinkState
from nb_remote.location.parse import Address
from nb_remote.store.json_document import read_json
from nb_remote.store.watched import Told, WatchedStore

MOST_SOURCES = 64
"""Addresses of one link that are asked; real links have up to about thirty."""
AT_ONCE = 16
"""Addresses looked at in parallel: their probes fill the 64 requests in flight twice."""

_KINDS = ("image", "segmentation")
"""Kinds of layers that say what the voxels are."""

Outcome = Exploration | NbRemoteError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A layer of a link that was found."""

    layer: LinkLayer
    source: LinkSource
    exploration: Exploration
    first: InferredLayer


async def explore_link(
    link: Link, granted: Granted, patience: Patience, told: Told | None = None
) -> Exploration:
    """Find out what a link shows.

    Parameters
    ----------
    link
        As it was pasted.
    granted
        Who asks at which host.
    patience
        How long each address may take.
    told
        Hears of every document that is asked for, and of its answer.

    Returns
    -------
    Exploration
        One layer for each of the link, in its order; those that are not shown with the reason.

    Raises
    ------
    NbRemoteError
        The state could not be read, or shows nothing.
    """
    state = link.state or await _fetched(link, granted, patience, told)
    # Stands for the whole, and is never asked itself.
    root = Source(of_link(link, granted).location, None, patience.limits, trusted=False)
    if not state.layers:
        raise InvalidAddress(
            "the link shows no layers",
            where=link.display(),
            hint="Copy it again from the address bar, when the viewer shows what you want to open.",
        )
    outcomes = await _explored(state, granted, patience, told, root)
    found = [_first_of(layer, outcomes, root.location) for layer in state.layers]
    shown = next((one for one in found if isinstance(one, _Shown)), None)
    if shown is None:
        return Exploration(source=root, layers=tuple(cast("BrokenLayer", one) for one in found))
    space = link_space(state, shown.first, shown.source)
    layers = [_linked(one, state, space) if isinstance(one, _Shown) else one for one in found]
    at = found.index(shown)
    first = layers[at]
    if isinstance(first, InferredLayer) and first.link is not None:
        notes = (*first_notes(first.link), *granted.unused())
        layers[at] = replace(first, notes=(*notes, *first.notes))
    return Exploration(source=root, layers=tuple(layers))


async def _fetched(
    link: Link, granted: Granted, patience: Patience, told: Told | None
) -> LinkState:
    """Read the state at the address that a link names."""
    address = granted.address(address_of_state(link))
    source = _source(address, patience)
    try:
        store = source.store if told is None else WatchedStore(source.store, told)
        document = await read_json(store, "", deadline_s=patience.deadline_s)
    except AccessDenied as denied:
        raise AccessDenied(
            f"the state that the link stands for is not shown: {denied.text}",
            where=denied.where,
            hint=f"Say who asks: credentials={{{line_for(address.location)}}}",
        ) from None
    finally:
        await source.close()
    where = address.location.display()
    if document is None:
        raise NotRecognised("there is no state where the link says", where=where)
    if not isinstance(document, Mapping):
        raise BadMetadata("what the link names is no state of a viewer", where=where)
    state = link_of_state(document).state
    assert state is not None  # noqa: S101  (of a dict there is one)
    return state


async def _explored(
    state: LinkState, granted: Granted, patience: Patience, told: Told | None, root: Source
) -> dict[str, tuple[Outcome, Source | None]]:
    """Look at all addresses of a link; the same one is looked at once."""
    turns = asyncio.Semaphore(AT_ONCE)
    untold = {
        one.url for layer in state.layers if layer.kind not in _KINDS for one in layer.sources
    }
    known = {one.url for layer in state.layers for one in layer.sources} - untold

    async def look(name: str, one: LinkSource) -> tuple[Outcome, Source | None]:
        def told_of(key: str, answer: object) -> None:
            if told is not None:
                told(f"{name}/{key}", answer)  # type: ignore[arg-type]  # handed on as it comes

        try:
            source = _source(granted.address(address_of_source(one)), patience)
            source.store  # noqa: B018  (refuses here what must not be asked)
        except NbRemoteError as problem:
            return problem, None
        async with turns:
            found = await explore_within(
                source, patience.deadline_s, told_of, sample=one.url not in known
            )
        if isinstance(found, NbRemoteError):
            await source.close()
        if isinstance(found, AccessDenied) and source.is_anonymous:
            found.hint = f"Say who asks: credentials={{{line_for(source.location)}}}"
        return found, source

    wanted = {
        one.url: (layer.name, one)
        for layer in reversed(state.layers)
        if not why_not(layer)
        for one in reversed(layer.sources)
    }
    named = dict(list(reversed(wanted.items()))[:MOST_SOURCES])
    found = await asyncio.gather(*(look(name, one) for name, one in named.values()))
    for url, (outcome, _) in zip(named, found, strict=True):
        if isinstance(outcome, Exploration):
            root.leads_to(url, outcome.source)
    return dict(zip(named, found, strict=True))


def _first_of(
    layer: LinkLayer, outcomes: Mapping[str, tuple[Outcome, Source | None]], where: Location
) -> _Shown | BrokenLayer:
    """Return the first volume among a layer's sources, or why there is none."""
    if reason := why_not(layer):
        return _broken(layer, where, InvalidAddress(reason))
    problems: list[tuple[NbRemoteError, Location]] = []
    for one in layer.sources:
        outcome, source = outcomes.get(one.url, (_TOO_MANY, None))
        at = where if source is None else source.location
        if isinstance(outcome, NbRemoteError):
            problems.append((outcome, at))
            continue
        usable = [found for found in outcome.layers if isinstance(found, InferredLayer)]
        if usable:
            return _Shown(layer=layer, source=one, exploration=outcome, first=usable[0])
        problems += [
            (found.problem, at) for found in outcome.layers if isinstance(found, BrokenLayer)
        ]
    # What was asked says more than what was never an address of voxels.
    problems.sort(key=lambda pair: isinstance(pair[0], InvalidAddress))
    problem, at = problems[0] if problems else (InvalidAddress("nothing lies there"), where)
    return _broken(layer, at, problem)


_TOO_MANY = InvalidAddress(
    f"the link names more than {MOST_SOURCES} addresses; this one is not asked"
)


def _broken(layer: LinkLayer, where: Location, problem: NbRemoteError) -> BrokenLayer:
    return BrokenLayer(
        name=layer_name(layer.name),
        format=f"{layer.kind} of a Neuroglancer link",
        location=where,
        path="",
        problem=problem,
    )


def _linked(shown: _Shown, state: LinkState, space: LinkSpace) -> InferredLayer:
    notes: list[str] = []
    others = len(shown.exploration.layers) - 1
    if others:
        notes.append(f"{others} more at its address, which the link does not show")
    unused = [one for one in shown.layer.sources if one is not shown.source]
    if unused:
        notes.append(f"{len(unused)} more sources of the link's layer are not shown")
    link = FromLink(state=state, space=space, number=shown.layer.number)
    one = as_linked(placed(shown.first, shown.source, space), link)
    return replace(one, notes=(*one.notes, *notes))


def _source(address: Address, patience: Patience) -> Source:
    """Return the source of an address that a link names."""
    location, limits = address.location, patience.limits
    named = getattr(address.credentials, "endpoint", "")
    trusted = (
        bool(location.endpoint and named) or urlsplit(location.url()).netloc in limits.trusted_hosts
    )
    if location.endpoint and not trusted:
        location = _over_the_web(location)
    return Source(location, address.credentials, limits, trusted=trusted)


def _over_the_web(location: Location) -> Location:
    """Return a bucket at a server that a stranger names as what everybody may read over https."""
    scheme, mark, server = location.endpoint.rpartition("://")
    scheme = scheme if mark else "https"
    path = "/".join(part for part in (location.host, location.path) if part)
    return Location(
        scheme=scheme,
        host=normal_host(server, scheme, location.display()),
        path=path,
        format_hint=location.format_hint,
        zip_path=location.zip_path,
    )
