"""What the folders above say, where a dataset or group leaves it out.

Neuroglancer merges the attributes of all folders above (the nearest wins); BigDataViewer keeps
factors at the setup and Paintera the voxel size at ``data``; COSEM lists all levels one folder up.
Asked for in one round trip, and only where something is missing.
"""

from dataclasses import dataclass, replace
from typing import cast

from nb_remote.containers.n5.metadata import is_dataset
from nb_remote.dialects.base import Documents, FoundLayer
from nb_remote.dialects.n5_cosem import Transform, parse_transform
from nb_remote.dialects.n5_find import read_documents
from nb_remote.dialects.n5_multiscales import entries_of
from nb_remote.dialects.n5_pyramid import LevelDocument, pyramid
from nb_remote.dialects.n5_values import (
    Json,
    Numbers,
    attributes_of,
    factors_per_level,
    positive,
    resolution,
)
from nb_remote.errors import BadMetadata
from nb_remote.location.nearby import names_between

_SIZE = ("pixelResolution", "resolution", "units", "offset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What is said of one level by the folders above it."""

    level: LevelDocument
    """The level, with what the folders add."""
    group: Json
    """Their voxel size, offset and axes."""
    finest: Numbers | None = None
    """Voxel size of the finest level, where the level has a place among others."""


async def level_alone(documents: Documents, document: object) -> Above:
    """Complete a level that is opened by itself."""
    attributes, name = attributes_of(document), documents.store.location.name
    level = LevelDocument(path="", document=document)
    number = level_number(name)
    own = positive(attributes.get("downsamplingFactors"))
    transform = isinstance(attributes.get("transform"), dict)
    if transform and own is not None:
        return Above(level=level, group={}, finest=_divided(attributes, own))
    if (transform and not number) or (not transform and resolution(attributes) is not None):
        return Above(level=level, group={})
    folders = await _folders_above(documents)
    listed = _cosem(folders, name, attributes)
    if transform or listed.level.transform is not None:
        return replace(listed, level=replace(level, transform=listed.level.transform))
    group = _inherited(folders, attributes)
    factors = None if own is not None else _factors(folders, number)
    return Above(level=replace(level, factors=factors), group=group)


async def group_layer(
    documents: Documents, levels: tuple[LevelDocument, ...], attributes: Json
) -> FoundLayer:
    """Make a layer of the group at the address, completed where it has no voxel size or factors."""
    levels, group = await _group_below(documents, levels, attributes)
    layer = pyramid(levels, group, "", documents.store.location)
    return layer if resolution(attributes) is not None else noted(layer, group)


def noted(layer: FoundLayer, inherited: Json) -> FoundLayer:
    """Say it where the voxel size is none that the address itself states."""
    if resolution(inherited) is None:
        return layer
    return replace(layer, notes=(*layer.notes, "the voxel size is that of a folder above it"))


async def _group_below(
    documents: Documents, levels: tuple[LevelDocument, ...], attributes: Json
) -> tuple[tuple[LevelDocument, ...], Json]:
    each = [attributes_of(one.document) for one in levels]
    if any(isinstance(one.get("transform"), dict) for one in each):
        return levels, attributes
    sized = resolution(attributes) is not None or any(map(resolution, each[:1]))
    factored = all(
        one.factors is not None or "downsamplingFactors" in said or resolution(said) is not None
        for one, said in zip(levels[1:], each[1:], strict=True)
    )
    if sized and factored:
        return levels, attributes
    folders = await _folders_above(documents)
    if not factored:
        levels = tuple(
            one
            if one.factors is not None
            else replace(one, factors=_factors(folders[:1], level_number(one.path)))
            for one in levels
        )
    return levels, attributes if sized else {**_inherited(folders, attributes), **attributes}


def level_number(path: str) -> int | None:
    """Return the number of a level by its name, as 3 of ``s3``; None for other names."""
    digits = path.rpartition("/")[2].removeprefix("s")
    is_level = path.rpartition("/")[2].startswith("s") and digits.isascii() and digits.isdigit()
    return int(digits) if is_level and len(digits) <= 3 else None


async def _folders_above(documents: Documents) -> list[Json]:
    """Attributes of the folders above, the nearest first; empty where there are none."""
    above = documents.above() if documents.above is not None else None
    if above is None:
        return []
    names = names_between(above.location, documents.store.location)
    paths = ["/".join(names[:end]) for end in reversed(range(len(names)))]
    found = await read_documents(above, paths)
    return [{} if is_dataset(found[one]) else attributes_of(found[one]) for one in paths]


def _inherited(folders: list[Json], own: Json) -> Json:
    sized = next((one for one in folders if resolution(one) is not None), {})
    named = next((one for one in (own, *folders) if isinstance(one.get("axes"), list)), {})
    said = {key: one for key, one in sized.items() if key in _SIZE}
    return said | {key: one for key, one in named.items() if key == "axes"}


def _factors(folders: list[Json], number: int | None) -> Numbers | None:
    """Factors of a level in the list of its group, or of BigDataViewer's setup above that."""
    for folder in folders[:2]:
        try:
            listed = factors_per_level(folder, where="")
        except BadMetadata:
            continue
        if number is not None and number < len(listed):
            return listed[number]
    return None


def _cosem(folders: list[Json], name: str, attributes: Json) -> Above:
    """What the group's ``multiscales`` say of the level called `name`."""
    level = LevelDocument(path="", document=attributes)
    for entry in entries_of(folders[0]) if folders else ():
        datasets = [one for one in cast("list[object]", entry["datasets"]) if isinstance(one, dict)]
        for one in datasets:
            transform = one.get("transform")
            if one.get("path") == name and isinstance(transform, dict):
                scales = [_scale(each.get("transform")) for each in datasets]
                same = [s for s in scales if s is not None and s.scale is not None]
                least = _least([s.scale for s in same])
                return Above(level=replace(level, transform=transform), group={}, finest=least)
    return Above(level=level, group={})


def _scale(transform: object) -> Transform | None:
    listed = transform.get("scale") if isinstance(transform, dict) else None
    return parse_transform(transform, len(listed)) if isinstance(listed, list) else None


def _least(scales: list[Numbers]) -> Numbers | None:
    if not scales or len({len(one) for one in scales}) != 1:
        return None
    return tuple(map(min, zip(*scales, strict=True)))


def _divided(attributes: Json, factors: Numbers) -> Numbers | None:
    transform = parse_transform(attributes.get("transform"), len(factors))
    if transform is None:
        return None
    return tuple(size / one for size, one in zip(transform.scale, factors, strict=True))
