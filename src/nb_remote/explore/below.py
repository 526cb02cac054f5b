"""Datasets in the folders below an address that is none itself.

Children of any format become layers of one dataset; one that fails is listed with its reason.
Every search ends: by depth, by the number of folders, of datasets, and in time. What was left out
is said.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nb_remote.arrays.source import Source
from nb_remote.errors import AccessDenied, BadMetadata, NbRemoteError, NotRecognised
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.infer.names import layer_name
from nb_remote.store.watched import Answer, Told

MAX_DEPTH = 3
"""Folders below the address: ``recon-1/em/fibsem-uint8``. WEBKNOSSOS looks as deep."""
MAX_FOLDERS = 100
"""Folders that are looked at; each costs a handful of small requests."""
MAX_DATASETS = 16
"""Datasets that become layers: more can't be told apart in one view."""
AT_ONCE = 16
"""Folders looked at in parallel: their probes fill the 64 requests in flight twice."""
_SHOWN = 4

Layers = tuple[InferredLayer | BrokenLayer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A place that is no dataset itself."""

    names: tuple[str, ...]
    """What may be worth a look in it."""


Look = Callable[[Source, Told | None], Awaitable[Layers | Folder]]
"""Finds out what lies at one address, and nowhere below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What lies in one folder."""

    path: str
    """Below the address."""
    layers: Layers = ()
    described: str = ""
    """What it is, where it is nothing that can be drawn."""
    folders: tuple[str, ...] = ()
    """Paths of the folders in it, where it is nothing itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """All that was found below an address."""

    children: tuple[Child, ...]
    """Those with layers, in the order of their paths and depth."""
    notes: tuple[str, ...]
    """What was left out, one sentence each."""


async def look_below(
    source: Source,
    first: Sequence[str],
    look: Look,
    told: Told | None,
    *,
    within_s: float,
    wary: bool = False,
) -> Below:
    """Look into folders, and into the folders of those that are no dataset.

    Parameters
    ----------
    first
        Folders of the address.
    within_s
        Seconds after which no more is looked at.
    wary
        Whether to look into one folder first, and no further where nothing in it may be read: the
        server has refused the address itself.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + within_s
    wanted, depth, room = list(first), 1, MAX_FOLDERS
    found: list[Child] = []
    described: list[Child] = []
    unseen: list[str] = []
    deeper: list[str] = []
    while wanted:
        count = 1 if wary else min(AT_ONCE, room)
        now, rest = wanted[:count], wanted[count:]
        if not now or len(found) >= MAX_DATASETS or clock() >= end:
            unseen += wanted
            break
        room -= len(now)
        looking = [_look_into(source, one, look, told) for one in now]
        for path, child in zip(now, await _until(end - clock(), looking), strict=True):
            if child is None:
                unseen.append(path)
            elif child.layers:
                found.append(child)
            elif child.described:
                described.append(child)
            else:
                deeper += child.folders
        if wary and _is_refused(found):
            break
        wary = False
        wanted = rest
        if not wanted and depth < MAX_DEPTH:
            wanted, deeper, depth = deeper, [], depth + 1
    full = len(found) >= MAX_DATASETS  # then this is why nothing else was looked at
    more = [one.path for one in found[MAX_DATASETS:]] + (unseen if full else [])
    late = [] if full else unseen
    return Below(
        children=tuple(found[:MAX_DATASETS]),
        notes=(
            *_left_out(f"the first {MAX_DATASETS} datasets found here are shown", more),
            *_left_out(f"only {MAX_FOLDERS} folders are looked at, and for {within_s:g} s", late),
            *_left_out(f"only {MAX_DEPTH} levels of folders are looked at", deeper),
            *_not_drawn(described),
        ),
    )


def _is_refused(found: Sequence[Child]) -> bool:
    layers = [layer for child in found for layer in child.layers]
    return bool(layers) and all(
        isinstance(one, BrokenLayer) and isinstance(one.problem, AccessDenied) for one in layers
    )


async def _until(seconds: float, work: Sequence[Awaitable[Child]]) -> list[Child | None]:
    """Return what comes in time, and None for the others."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.wait(tasks, timeout=seconds)
    finally:
        for task in tasks:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return [None if task.cancelled() else task.result() for task in tasks]


async def _look_into(source: Source, path: str, look: Look, told: Told | None) -> Child:
    child = source.below(path)

    def told_below(key: str, answer: Answer) -> None:
        if told is not None:
            told(f"{path}/{key}", answer)

    try:
        found = await look(child, told_below)
    except NotRecognised as problem:  # recognised, but as something else
        return Child(path=path, described=f"{path} ({problem.text})")
    except NbRemoteError as problem:
        broken = BrokenLayer(
            name=layer_name(path.replace("/", "-")),
            format="unknown",
            location=child.location,
            path="",
            problem=problem,
        )
        return Child(path=path, layers=(broken,))
    if isinstance(found, Folder):
        return Child(path=path, folders=tuple(f"{path}/{one}" for one in found.names))
    flat = _no_image(found)
    return (
        Child(path=path, described=f"{path} ({flat})") if flat else Child(path=path, layers=found)
    )


def _no_image(layers: Layers) -> str:
    """Say why an array has too few axes to be drawn; empty for everything else."""
    problems = [one.problem for one in layers if isinstance(one, BrokenLayer)]
    if len(problems) < len(layers) or len(layers) != 1:
        return ""
    (problem,) = problems
    few = isinstance(problem, BadMetadata) and problem.field == "shape"
    return problem.text.partition(";")[0] if few else ""


def _left_out(why: str, paths: list[str]) -> list[str]:
    if not paths:
        return []
    count = f"{len(paths)} more" if len(paths) > 1 else "one more"
    return [f"{why}; {count} can be opened by their address, for example …/{paths[0]}"]


def _not_drawn(described: list[Child]) -> list[str]:
    if not described:
        return []
    rest = len(described) - _SHOWN
    text = "; ".join(one.described for one in described[:_SHOWN])
    return [f"not drawn: {text}{f' and {rest} more' if rest > 0 else ''}"]
