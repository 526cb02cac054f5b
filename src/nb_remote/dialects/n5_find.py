"""Levels of an N5 group without listing: by count where it is known, else in waves of guesses."""

import asyncio
from collections.abc import Iterable

from nb_remote.containers.n5.metadata import attributes_key, is_dataset
from nb_remote.dialects.n5_pyramid import LevelDocument
from nb_remote.dialects.n5_values import Numbers
from nb_remote.dialects.ome_metadata import MAX_LEVELS
from nb_remote.errors import AccessDenied, NbRemoteError
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json

FIRST_WAVE, NEXT_WAVE = 4, 8
"""Members asked for at once: most pyramids have no more than a dozen levels."""


async def read_documents(store: Store, paths: Iterable[str]) -> dict[str, object]:
    """Read attributes in one round trip: path → JSON, None where there are none, or the error."""

    async def one(path: str) -> object:
        try:
            return await read_json(store, attributes_key(path))
        except NbRemoteError as error:
            return error

    wanted = list(dict.fromkeys(paths))
    found = await asyncio.gather(*(one(path) for path in wanted))
    return dict(zip(wanted, found, strict=True))


async def listed_levels(
    store: Store, path: str, factors: tuple[Numbers, ...]
) -> tuple[LevelDocument, ...]:
    """Read ``s0``, ``s1``, … of a group that lists a factor for each."""
    paths = [below(path, f"s{n}") for n in range(len(factors))]
    found = await read_documents(store, paths)
    return tuple(
        LevelDocument(path=one, document=found[one], factors=each)
        for one, each in zip(paths, factors, strict=True)
    )


async def guessed_levels(
    store: Store, path: str, known: dict[str, object] | None = None
) -> tuple[LevelDocument, ...]:
    """Find ``s0``, ``s1``, … until there are no more; empty where there is none."""
    found = await guessed_members(store, below(path, "s{}"), MAX_LEVELS, known)
    levels = tuple(
        LevelDocument(path=one, document=document)
        for one, document in found.items()
        if is_there(document)
    )
    return levels if any(is_dataset(one.document) for one in levels) else ()


async def guessed_members(
    store: Store, pattern: str, most: int, known: dict[str, object] | None = None
) -> dict[str, object]:
    """Ask for members by number, in waves, as long as the last one of a wave exists.

    Parameters
    ----------
    pattern
        Path with ``{}`` for the number.
    most
        How many there can be.
    known
        Documents that were read before, from number 0 on.
    """
    found: dict[str, object] = dict(known or {})
    while not found or (is_there(list(found.values())[-1]) and len(found) < most):
        begin = len(found)
        end = min(most, begin + (NEXT_WAVE if begin else FIRST_WAVE))
        found |= await read_documents(store, (pattern.format(n) for n in range(begin, end)))
    return found


def is_there(document: object) -> bool:
    """Whether a member exists, even if it can't be read.

    Some stores refuse access to what does not exist.
    """
    return document is not None and not isinstance(document, AccessDenied)


def below(path: str, name: str) -> str:
    """Path of a member of a group."""
    return f"{path}/{name}" if path else name
