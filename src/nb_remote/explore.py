"""From a pasted address to a dataset: drives location → store → dialects → infer."""

import asyncio
from dataclasses import dataclass

from nb_remote.arrays.source import Source
from nb_remote.dataset import Dataset
from nb_remote.dialects.base import Documents, Found, Moved
from nb_remote.dialects.ordered import DIALECTS, GROUP_KEY, UNREAD_FORMATS
from nb_remote.errors import (
    AccessDenied,
    Declined,
    InvalidAddress,
    NbRemoteError,
    NotRecognised,
    TimedOut,
)
from nb_remote.infer.layer import BrokenLayer, InferredLayer, infer_layer
from nb_remote.location.parse import Address, parse_address
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json
from nb_remote.store.limits import StoreLimits
from nb_remote.store.watched import Told, WatchedStore
from nb_remote.threads import run

OPEN_DEADLINE_S = 30.0
"""Longest that one address may take: three round trips, each bounded by the store, too."""
MOST_MOVES = 10
"""As many as Neuroglancer and cloud-volume follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What lies at one address."""

    source: Source
    layers: tuple[InferredLayer | BrokenLayer, ...]


def open_dataset(*addresses: str, timeout: float | None = None) -> Dataset:
    """Open remote volumes as one dataset. Reads metadata only; voxels are streamed when asked for.

    Parameters
    ----------
    *addresses
        Addresses of OME-Zarr images, Zarr v2 and v3 arrays, N5 containers or Neuroglancer
        precomputed volumes over ``https://`` or ``http://``. What people paste is understood:
        trailing slashes, a header file at the end (``…/.zattrs``), a format in front
        (``zarr://…``). Several addresses give several layers.
    timeout
        Seconds until a server that does not answer is given up; by default 8 without a byte.

    Returns
    -------
    Dataset
        Shows itself as a table in which every value carries its origin. With several addresses, one
        that fails is listed in `Dataset.failures` and the others are opened all the same.

    Raises
    ------
    InvalidAddress
        The text is not an address that can be read.
    NotRecognised
        Something answers, but it is no volume that is known; says per format why.
    NotFound, AccessDenied, Unreachable, TimedOut, ServerFailed
        The server's answer.
    BadMetadata
        It is a known format, but its metadata can't be used.

    Notes
    -----
    OME-Zarr: https://ngff.openmicroscopy.org/0.5/, Zarr v2:
    https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html
    """
    if not addresses:
        raise TypeError("give at least one address, for example nb_remote.open('https://…')")
    parsed = [parse_address(text) for text in addresses]
    patience = Patience.of(timeout)
    return _assemble(run(_explore_all(parsed, patience)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one address may take."""

    limits: StoreLimits
    deadline_s: float
    """Seconds for all requests of one address together."""

    @classmethod
    def of(cls, timeout: float | None) -> "Patience":
        """Return the bounds that follow from the seconds a silent server gets; None for usual."""
        if timeout is None:
            return cls(limits=StoreLimits(), deadline_s=OPEN_DEADLINE_S)
        return cls(limits=_limits(timeout), deadline_s=3 * timeout)


def _limits(timeout: float) -> StoreLimits:
    if not timeout > 0:
        raise ValueError(f"timeout must be a positive number of seconds, not {timeout!r}")
    usual = StoreLimits()
    return StoreLimits(
        connect_timeout_s=min(usual.connect_timeout_s, timeout),
        idle_timeout_s=timeout,
        retry_for_s=min(usual.retry_for_s, timeout),
        deadline_s=max(usual.deadline_s, timeout),
    )


async def _explore_all(
    addresses: list[Address], patience: Patience
) -> list[Exploration | NbRemoteError]:
    sources = [Source(one.location, one.credentials, patience.limits) for one in addresses]
    return await asyncio.gather(*(explore_within(one, patience.deadline_s) for one in sources))


async def explore_within(
    source: Source, deadline_s: float, told: Told | None = None
) -> Exploration | NbRemoteError:
    """Explore one address within its own deadline, so that a slow one costs no other its turn.

    Parameters
    ----------
    told
        Hears of every document that is asked for, and of its answer.

    Returns
    -------
    Exploration | NbRemoteError
        What was found, or why nothing was. Cancelling the task closes the requests under way.
    """
    scope = asyncio.timeout(deadline_s)
    try:
        async with scope:
            return await explore(source, told)
    except NbRemoteError as error:
        return error
    except TimeoutError:
        if not scope.expired():
            raise
        return TimedOut(
            f"no complete answer within {deadline_s:g} s", where=source.location.display()
        )


def _assemble(explored: list[Exploration | NbRemoteError]) -> Dataset:
    """Make one dataset of what was found; fails only when nothing at all can be used."""
    found: list[tuple[InferredLayer, Source]] = []
    broken: list[BrokenLayer] = []
    failures: list[NbRemoteError] = []
    for one in explored:
        if isinstance(one, NbRemoteError):
            failures.append(one)
            continue
        for layer in one.layers:
            if isinstance(layer, BrokenLayer):
                broken.append(layer)
            else:
                found.append((layer, one.source))
    if not found:
        raise [*failures, *(one.problem for one in broken)][0]
    return Dataset(tuple(found), tuple(broken), tuple(failures))


async def explore(source: Source, told: Told | None = None) -> Exploration:
    """Find out what lies at an address, or where that says that it lies now.

    Raises
    ------
    NotRecognised
        No dialect recognised it; carries each one's reason.
    NbRemoteError
        The server could not be asked at all, or the metadata can't be used.
    """
    for _ in range(MOST_MOVES):
        try:
            return await _explore_here(source, told)
        except Moved as moved:
            try:
                source = source.moved_to(moved.target)
            except InvalidAddress:
                raise moved from None
    raise NotRecognised(
        f"the volume says more than {MOST_MOVES} times in a row that it has moved",
        where=source.location.display(),
    )


async def _explore_here(source: Source, told: Told | None) -> Exploration:
    """Find out what lies at an address.

    Every document that decides is asked for in one round trip; the first dialect that
    recognises them reads the rest.
    """
    store = source.store if told is None else WatchedStore(source.store, told)
    hint = source.location.format_hint
    probes = dict.fromkeys(key for dialect in DIALECTS for key in dialect.probes)
    documents = await _probe(store, tuple(probes))
    trail: list[Declined] = []
    for dialect in DIALECTS:
        found = await dialect.explore(documents)
        if isinstance(found, Found):
            return Exploration(source=source, layers=_infer(found, source))
        trail.append(found)
    _raise_what_every_probe_said(documents)
    raise await _not_recognised(documents, trail, hint)


async def _probe(store: Store, keys: tuple[str, ...]) -> Documents:
    async def one(key: str) -> object:
        try:
            return await read_json(store, key)
        except NbRemoteError as error:
            return error

    values = await asyncio.gather(*(one(key) for key in keys))
    return Documents(store=store, found=dict(zip(keys, values, strict=True)))


def _infer(found: Found, source: Source) -> tuple[InferredLayer | BrokenLayer, ...]:
    """Infer images first, so that their label images can take units and origin from them."""
    layers: list[InferredLayer | BrokenLayer] = []
    by_name: dict[str, InferredLayer] = {}
    for one in found.layers:
        parent = by_name.get(one.parent) if one.parent is not None else None
        layer = infer_layer(one, found.format, source.location, parent)
        if isinstance(layer, InferredLayer) and one.parent is None:
            by_name.setdefault(one.name, layer)
        layers.append(layer)
    return tuple(layers)


def _raise_what_every_probe_said(documents: Documents) -> None:
    """When nothing could be asked, the cause is the server's answer, not the format."""
    values = list(documents.found.values())
    errors = [value for value in values if isinstance(value, NbRemoteError)]
    if len(errors) == len(values):
        # A refusal says most; then whatever came first.
        raise next((e for e in errors if isinstance(e, AccessDenied)), errors[0])


async def _not_recognised(
    known: Documents, trail: list[Declined], hint: str | None
) -> NbRemoteError:
    store = known.store
    probes = (*(one.probe for one in UNREAD_FORMATS), GROUP_KEY)
    more = await _probe(store, tuple(key for key in probes if key not in known.found))
    documents = Documents(store=store, found={**known.found, **more.found})
    where = store.location.display()
    for one in UNREAD_FORMATS:
        there = one.is_it(documents.json(one.probe))
        if not there and one.probe in known.found:
            continue  # the dialect that asked for it has said why not
        trail.append(
            Declined(
                format=one.name,
                looked_at=(one.probe,),
                reason="it is there, but this version can't read it yet"
                if there
                else documents.why_not(one.probe),
            )
        )
        if there:
            return NotRecognised(
                f"this is {one.name}, which this version can't read yet",
                where=where,
                trail=tuple(trail),
                hint=one.hint,
            )
    nothing = all(one.reason.startswith("there is no ") for one in trail)
    if nothing and documents.json(GROUP_KEY) is not None:
        return NotRecognised(
            "this is a Zarr v2 group without attributes that say what is in it",
            where=where,
            trail=tuple(trail),
            hint="Give the address of an array in it, for example …/0.",
        )
    if nothing:
        return NotRecognised(
            "nothing was found there: the server has none of the documents of any known format",
            where=where,
            trail=tuple(trail),
            hint=_nothing_there_hint(hint),
        )
    return NotRecognised(
        "nothing that can be read was recognised",
        where=where,
        trail=tuple(trail),
        hint="Give the address of the folder that holds the metadata, for example …/image.zarr.",
    )


def _nothing_there_hint(hint: str | None) -> str:
    named = f" (it was pasted as {hint})" if hint else ""
    return (
        f"Check the address{named}: it should be the folder of the volume itself, such as "
        "…/image.zarr, not a page about it, a folder above it, or a file inside a level."
    )
