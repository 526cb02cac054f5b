"""The views that a BigDataViewer file describes, in the container that it led to.

Zarr loaders: https://github.com/bigdataviewer/bigdataviewer-omezarr, with an OME-Zarr image for
each view.
"""

from dataclasses import replace
from typing import cast

from nb_remote.containers.zarr2.nodes import CONSOLIDATED_KEY, Zarr2Nodes
from nb_remote.containers.zarr3.metadata import NODE_KEY
from nb_remote.containers.zarr3.nodes import Zarr3Nodes
from nb_remote.dialects.base import Documents, Found, FoundLayer, RawLevel
from nb_remote.dialects.bdv_files import N5_LOADERS
from nb_remote.dialects.bdv_place import placed_by
from nb_remote.dialects.bdv_project import BdvImage, BdvProject, BdvSetup
from nb_remote.dialects.n5_bdv import MAX_SETUPS, read_project
from nb_remote.dialects.n5_values import Json, Numbers
from nb_remote.dialects.ome_collections import Member, read_members
from nb_remote.errors import BadMetadata
from nb_remote.location.relative import join_key

_FIRST_ONLY = "further time points of this view are images of their own, for example …/{}"


async def described_views(documents: Documents) -> Found | None:
    """Read the views that the file which led here lists; None where none did."""
    project = documents.about
    if not isinstance(project, BdvProject):
        return None
    if project.loader in N5_LOADERS and project.setups:
        return await read_project(documents, project, {})
    return await _zarr_views(documents, project) if project.images else None


async def _zarr_views(documents: Documents, project: BdvProject) -> Found:
    """Read the first time point of each view; channels of one image are one layer."""
    first: dict[int, BdvImage] = {}
    later: dict[int, BdvImage] = {}
    for image in sorted(project.images, key=lambda one: (one.setup, one.timepoint)):
        (later if image.setup in first else first).setdefault(image.setup, image)
    views: dict[str, BdvSetup | None] = {}
    members: list[Member] = []
    for number, image in list(first.items())[:MAX_SETUPS]:
        setup = project.setup(number)
        title = (setup.name if setup is not None else "") or f"setup{number}"
        try:
            path = join_key("", image.path, where=project.file, field="zgroup")
        except BadMetadata as problem:
            members.append(Member(path="", title=title, problem=problem))
            continue
        if path in views:
            continue
        views[path] = setup
        further = later.get(number)
        elsewhere = further is not None and further.path != image.path
        notes = (_FIRST_ONLY.format(further.path),) if elsewhere and further is not None else ()
        members.append(Member(path=path, title=title, notes=notes))
    layers = await read_members(_nodes(documents), members)
    return Found(
        format="OME-Zarr (BigDataViewer)",
        layers=tuple(_placed(project, views.get(one.path), one) for one in layers),
    )


def _nodes(documents: Documents) -> Zarr2Nodes | Zarr3Nodes:
    root = documents.json(NODE_KEY)
    if isinstance(root, dict):
        return Zarr3Nodes.of(documents.store, root, {})
    return Zarr2Nodes.of(documents.store, documents.json(CONSOLIDATED_KEY), documents.found)


def _placed(project: BdvProject, setup: BdvSetup | None, layer: FoundLayer) -> FoundLayer:
    """Take size and place from the file, which is what BigDataViewer does; levels keep theirs."""
    if setup is None or not layer.levels:
        return layer
    said, notes = placed_by(project, setup)
    names = [axis.name.strip().lower() for axis in layer.axes or ()]
    scales = [one.scale for one in layer.levels if one.scale is not None]
    layer = replace(layer, notes=(*layer.notes, *notes))
    if not said or not {"x", "y", "z"} <= set(names) or len(scales) < len(layer.levels):
        return layer
    size = cast("Json", said["pixelResolution"])["dimensions"]
    sizes = dict(zip("xyz", cast("Numbers", size), strict=True))
    moved = dict(zip("xyz", cast("Numbers", said.get("offset", (0.0,) * 3)), strict=True))
    least = [min(each) for each in zip(*scales, strict=True)]
    by = tuple(
        sizes[name] / one if name in sizes else 1.0 for name, one in zip(names, least, strict=True)
    )
    at = tuple(moved.get(name, 0.0) for name in names)
    axes = tuple(
        replace(axis, unit=setup.unit) if name in sizes else axis
        for axis, name in zip(layer.axes or (), names, strict=True)
    )
    return replace(layer, axes=axes, levels=tuple(_moved(one, by, at) for one in layer.levels))


def _moved(level: RawLevel, by: Numbers, at: Numbers) -> RawLevel:
    scale = level.scale or ()
    centre = level.translation or (0.0,) * len(by)
    return replace(
        level,
        scale=tuple(a * b for a, b in zip(scale, by, strict=True)),
        translation=tuple(a * b + c for a, b, c in zip(centre, by, at, strict=True)),
    )
