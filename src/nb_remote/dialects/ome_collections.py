"""Groups of OME-Zarr images: plates, wells, scenes, and the series of ``bioformats2raw.layout``.

Specification: https://ngff.openmicroscopy.org/0.4/#plate-md, #well-md and #bf2raw;
scenes are of 0.6.

Up to `MAX_IMAGES` of the images are opened; what is left out, and how to open it, is said.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace

from nb_remote.containers.nodes import ZarrNodes, below
from nb_remote.dialects.base import FoundLayer
from nb_remote.dialects.ome_images import broken, read_image, read_labels
from nb_remote.dialects.ome_metadata import Json, is_multiscale, label_paths, ome_attributes
from nb_remote.errors import AccessDenied, BadMetadata, NbRemoteError, NotFound
from nb_remote.location.relative import join_key

MAX_IMAGES = 16
"""Images of one collection that become layers: more can't be told apart in one view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One image of a collection."""

    path: str
    """Below the address."""
    title: str
    """Its name where the metadata give none, or give it twice."""
    attributes: Json | None = None
    """When they were read already."""
    notes: tuple[str, ...] = ()
    problem: NbRemoteError | None = None


def collection_kind(attributes: Json) -> str | None:
    """Return which collection these attributes describe, or None."""
    if isinstance(attributes.get("plate"), dict):
        return "plate"
    if isinstance(attributes.get("well"), dict):
        return "well"
    if "bioformats2raw.layout" in attributes:
        return "series"
    if _scene_of(attributes) is not None:
        return "scene"
    return "labels" if label_paths(attributes) else None


async def read_collection(nodes: ZarrNodes, attributes: Json, kind: str) -> tuple[FoundLayer, ...]:
    """Read the images of a collection; none when it lists none."""
    if kind == "labels":
        found, notes = await read_labels(nodes, "", label_paths(attributes))
        return _noted(found, notes)
    read = {"plate": _plate, "well": _well, "series": _series, "scene": _scene}[kind]
    members, notes = await read(nodes, attributes)
    return _noted(await read_members(nodes, members), notes)


async def read_members(nodes: ZarrNodes, members: list[Member]) -> list[FoundLayer]:
    """Read these images with their label images; one that fails is there with its problem."""
    groups = await asyncio.gather(*(_image(nodes, one) for one in members))
    return _named_apart(members, groups)


async def _plate(nodes: ZarrNodes, attributes: Json) -> tuple[list[Member], list[str]]:
    """First field of the first wells."""
    paths = _paths(attributes.get("plate"), "wells")
    wells = await asyncio.gather(*(_first_field(nodes, one) for one in paths[:MAX_IMAGES]))
    notes = [f"this is a plate of {len(paths)} wells; the first field of each is shown"]
    if len(paths) > MAX_IMAGES:
        notes[0] += f" for the first {MAX_IMAGES} wells"
        notes[0] += f" ({_some(paths[:MAX_IMAGES])}); open another by its address, "
        notes[0] += f"for example …/{paths[MAX_IMAGES]}"
    return wells, notes


async def _first_field(nodes: ZarrNodes, path: str) -> Member:
    where = nodes.store.location.display(nodes.attributes_key(""))
    try:
        well = join_key("", path, where=where, field="plate.wells")
        attributes = ome_attributes(await nodes.attributes(well))
        where = nodes.store.location.display(nodes.attributes_key(well))
        if attributes is None:
            raise NotFound("a listed well does not exist", where=where)
        fields = _paths(attributes.get("well"), "images")
        if not fields:
            raise BadMetadata("a listed well lists no images", where=where)
        image = join_key(well, fields[0], where=where, field="well.images")
    except NbRemoteError as problem:
        return Member(path="", title=path.replace("/", "-"), problem=problem)
    notes: tuple[str, ...] = ()
    if len(fields) > 1:
        others = f"…/{well}/{fields[1]}"
        notes = (f"the first of {len(fields)} fields of well {well}; others as {others}",)
    return Member(path=image, title=image.replace("/", "-"), notes=notes)


async def _well(nodes: ZarrNodes, attributes: Json) -> tuple[list[Member], list[str]]:
    return _listed(nodes, _paths(attributes.get("well"), "images"), "field", "well.images")


async def _series(nodes: ZarrNodes, attributes: Json) -> tuple[list[Member], list[str]]:
    """Those that ``OME`` lists, else those that are numbered from 0 without a gap."""
    del attributes
    count = range(MAX_IMAGES)
    listed, *numbered = await asyncio.gather(
        _attributes(nodes, "OME"), *(_attributes(nodes, str(n)) for n in count)
    )
    names = listed.get("series") if isinstance(listed, dict) else None
    if isinstance(names, list) and names:
        paths = [one for one in names if isinstance(one, str) and one]
        members, notes = _listed(nodes, paths, "series", "series")
        known = {str(n): one for n, one in zip(count, numbered, strict=True)}
        return [_with_attributes(one, known.get(one.path)) for one in members], notes
    members = []
    for n, one in zip(count, numbered, strict=True):
        # Some servers refuse what isn't there; a refused first one is worth saying.
        if one is None or (members and isinstance(one, AccessDenied)):
            break
        members.append(_with_attributes(Member(path=str(n), title=f"series-{n}"), one))
    if len(members) < MAX_IMAGES:
        return members, []
    return members, [
        (
            f"the first {MAX_IMAGES} series are shown; open others by their address, "
            f"for example …/{MAX_IMAGES}"
        )
    ]


async def _scene(nodes: ZarrNodes, attributes: Json) -> tuple[list[Member], list[str]]:
    """The images whose places in the scene are told, each where it is by itself."""
    steps = (_scene_of(attributes) or {}).get("coordinateTransformations")
    ends = [
        one.get(end)
        for one in (steps if isinstance(steps, list) else [])
        if isinstance(one, dict)
        for end in ("input", "output")
    ]
    paths = [end.get("path") if isinstance(end, dict) else _rooted(end) for end in ends]
    named = list(dict.fromkeys(one for one in paths if isinstance(one, str) and one))
    members, notes = _listed(nodes, named, "image", "scene")
    return members, [*notes, "how the images of the scene lie to each other is not used"]


def _scene_of(attributes: Json) -> Json | None:
    """Return a scene; drafts of 0.6 had what is in it in its place."""
    scene = attributes.get("scene")
    if isinstance(scene, dict):
        return scene
    draft = ("coordinateSystems", "coordinateTransformations")
    return attributes if all(isinstance(attributes.get(one), list) for one in draft) else None


def _rooted(end: object) -> str | None:
    """Path of an image as older drafts wrote it, ``/tile_0``; other texts name systems."""
    return end[1:] if isinstance(end, str) and end.startswith("/") else None


def _listed(
    nodes: ZarrNodes, paths: list[str], what: str, field: str
) -> tuple[list[Member], list[str]]:
    where = nodes.store.location.display(nodes.attributes_key(""))
    members: list[Member] = []
    for one in paths[:MAX_IMAGES]:
        title = f"{what}-{one}".replace("/", "-")
        try:
            path = join_key("", one, where=where, field=field)
        except BadMetadata as problem:
            members.append(Member(path="", title=title, problem=problem))
        else:
            members.append(Member(path=path, title=title))
    if len(paths) <= MAX_IMAGES:
        return members, []
    plural = what if what == "series" else f"{what}s"
    return members, [
        (
            f"the first {MAX_IMAGES} of {len(paths)} {plural} are shown; open others by their "
            f"address, for example …/{paths[MAX_IMAGES]}"
        )
    ]


def _with_attributes(member: Member, found: object) -> Member:
    if isinstance(found, NbRemoteError):
        return replace(member, problem=found)
    return replace(member, attributes=found) if isinstance(found, dict) else member


async def _attributes(nodes: ZarrNodes, path: str) -> Json | NbRemoteError | None:
    try:
        return ome_attributes(await nodes.attributes(path))
    except NbRemoteError as problem:
        return problem


async def _image(nodes: ZarrNodes, member: Member) -> tuple[list[FoundLayer], list[FoundLayer]]:
    try:
        if member.problem is not None:
            raise member.problem
        attributes = member.attributes or ome_attributes(await nodes.attributes(member.path))
        where = nodes.store.location.display(nodes.attributes_key(member.path))
        if attributes is None:
            raise NotFound("a listed image does not exist", where=where)
        if not is_multiscale(attributes):
            raise BadMetadata("a listed image has no 'multiscales'", where=where)
        return await read_image(nodes, member.path, attributes)
    except NbRemoteError as problem:
        return [broken(nodes, member.title, member.path, problem)], []


def _named_apart(
    members: list[Member], groups: list[tuple[list[FoundLayer], list[FoundLayer]]]
) -> list[FoundLayer]:
    """Give every image a name of its own, by which its label images find it."""
    counted = Counter(one.name for images, _ in groups for one in images if one.named_by_metadata)
    layers: list[FoundLayer] = []
    for member, (images, labels) in zip(members, groups, strict=True):
        names: dict[str, str] = {}
        for number, one in enumerate(images):
            own = one.named_by_metadata and counted[one.name] == 1
            name = one.name if own else f"{member.title}-{number}" if number else member.title
            names.setdefault(one.name, name)
            layers.append(replace(one, name=name, named_by_metadata=own, notes=_all(member, one)))
        for one in labels:
            parent = names[one.parent or ""]
            layers.append(replace(one, name=f"{parent}-{one.name}", parent=parent))
    return layers


def _all(member: Member, one: FoundLayer) -> tuple[str, ...]:
    return (*one.notes, *member.notes)


def _noted(layers: list[FoundLayer], notes: list[str]) -> tuple[FoundLayer, ...]:
    """Put what is said of the whole collection to the first layer that can be seen."""
    first = next((n for n, one in enumerate(layers) if one.levels), None)
    return tuple(
        replace(one, notes=(*notes, *one.notes)) if n == first else one
        for n, one in enumerate(layers)
    )


def _paths(value: object, field: str) -> list[str]:
    entries = value.get(field) if isinstance(value, dict) else None
    if not isinstance(entries, list):
        return []
    paths = [one.get("path") if isinstance(one, dict) else None for one in entries]
    return [below("", one) for one in paths if isinstance(one, str) and one]


def _some(paths: list[str]) -> str:
    return f"{paths[0]} to {paths[-1]}"
