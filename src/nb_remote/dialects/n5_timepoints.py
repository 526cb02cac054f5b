"""Time points that are pyramids of their own, as BigDataViewer keeps them: one layer with axis t.

A chunk of the joined array is a block of one time point: the same bytes under another index.
"""

import asyncio
from dataclasses import replace

from nb_remote.containers.base import StoredArray
from nb_remote.containers.n5.keys import MemberKeys
from nb_remote.containers.n5.metadata import is_dataset
from nb_remote.dialects.base import FoundLayer, RawAxis, RawLevel
from nb_remote.dialects.n5_find import below, read_documents
from nb_remote.dialects.n5_values import attributes_of
from nb_remote.store.base import Store

MOST_GUESSED = 4096
"""Time points that are looked for where no file counts them."""
_AT_ONCE = 8
_SHAPING = ("dimensions", "blockSize", "dataType", "compression", "compressionType")
_JOINED = (
    "time points are folders of their own here, joined to axis t: other tools open them singly"
)


def folder_of(setup: str, timepoint: int) -> str:
    """Path of a time point of a setup."""
    return below(setup, f"timepoint{timepoint}")


async def count_timepoints(store: Store, setup: str) -> int:
    """Find how many there are, from 0 without gaps: one wave doubles, the next ones narrow."""
    low, high = 1, MOST_GUESSED  # `low` exists; `high` is not looked at
    doubling = [2**n for n in range(1, MOST_GUESSED.bit_length())]
    while high - low > 1:
        step = -(-(high - low) // (_AT_ONCE + 1))
        asked = doubling or list(range(low + step, high, step))
        doubling = []
        paths = {n: below(folder_of(setup, n), "s0") for n in asked}
        found = await read_documents(store, paths.values())
        for n, path in paths.items():
            if not is_dataset(found[path]):
                high = min(high, n)
                break
            low = n
    return low + 1


async def joined(
    store: Store, layer: FoundLayer, setup: str, timepoints: tuple[int, ...]
) -> FoundLayer:
    """Make one layer of the time points of a setup, whose first one is `layer`.

    The second, the middle and the last one are looked at; where one has other blocks than the
    first, the layer stays the first alone.
    """
    if len(timepoints) == 1 or not layer.levels:
        return layer
    first = folder_of(setup, timepoints[0])
    levels = [one.array.key.removeprefix(f"{first}/") for one in layer.levels]
    looked_at = {timepoints[n] for n in (1, len(timepoints) // 2, -1)}
    folders = [folder_of(setup, n) for n in sorted(looked_at)]
    found, own = await asyncio.gather(
        read_documents(store, (below(one, level) for one in folders for level in levels)),
        read_documents(store, (below(first, level) for level in levels)),
    )
    for folder in folders:
        for level in levels:
            other, same = found[below(folder, level)], own[below(first, level)]
            if is_dataset(other) and _shaping(other) != _shaping(same):
                note = (
                    f"only {first.rpartition('/')[2]} is shown: {folder} has other blocks; "
                    "each can be opened by its own address"
                )
                return replace(layer, notes=(*layer.notes, note))
    members = [tuple(f"{folder_of('', n)}/{level}" for n in timepoints) for level in levels]
    raw = tuple(
        _with_time(one, f"{setup}/" if setup else "", each)
        for one, each in zip(layer.levels, members, strict=True)
    )
    axes = None if layer.axes is None else (*layer.axes, RawAxis(name="t", kind="time", unit=""))
    return replace(layer, axes=axes, levels=raw, notes=(*layer.notes, _JOINED))


def _shaping(document: object) -> list[object]:
    attributes = attributes_of(document)
    return [attributes.get(key) for key in _SHAPING]


def _with_time(level: RawLevel, prefix: str, members: tuple[str, ...]) -> RawLevel:
    return replace(
        level,
        array=_array_with_time(level.array, prefix, members),
        scale=None if level.scale is None else (*level.scale, 1.0),
        translation=None if level.translation is None else (*level.translation, 0.0),
    )


def _array_with_time(array: StoredArray, prefix: str, members: tuple[str, ...]) -> StoredArray:
    layout = array.layout
    if layout is not None:
        layout = replace(
            layout,
            shape=(*layout.shape, len(members)),
            chunk_shape=(*layout.chunk_shape, 1),
            memory_order=(layout.ndim, *layout.memory_order),
            keys=MemberKeys(prefix=prefix, members=members),
        )
    return replace(array, shape=(*array.shape, len(members)), layout=layout)
