"""Neuroglancer precomputed: the ``info`` of a volume, or of what belongs to one.

Specification: https://github.com/google/neuroglancer/tree/master/src/datasource/precomputed
"""

from dataclasses import dataclass, replace
from typing import Literal, cast

from nb_remote.containers.precomputed.fields import Json
from nb_remote.containers.precomputed.info import INFO_KEY, Scale, Volume, parse_info
from nb_remote.containers.precomputed.places import home_of
from nb_remote.dialects.base import Documents, Found, FoundLayer, Moved, RawAxis, RawLevel
from nb_remote.dialects.values import shown
from nb_remote.errors import BadMetadata, Declined, NotRecognised
from nb_remote.location.location import Location
from nb_remote.location.relative import join_key

_OTHER_KINDS = {
    "neuroglancer_multilod_draco": "a folder of meshes",
    "neuroglancer_legacy_mesh": "a folder of meshes",
    "neuroglancer_skeletons": "a folder of skeletons",
    "neuroglancer_annotations_v1": "a collection of annotations",
    "neuroglancer_annotation_collection": "a collection of annotations",
    "neuroglancer_segment_properties": "a table of segment properties",
}
"""``@type`` of documents that are called ``info``, too."""
_VOLUME = "neuroglancer_multiscale_volume"
_PARTS = ("mesh", "skeletons", "segment_properties")


@dataclass(frozen=True, slots=True)
class Precomputed:
    """One volume: one layer with a level per scale; corners and nanometres are stated."""

    name: str = "Neuroglancer precomputed"
    probes: tuple[str, ...] = (INFO_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        document = documents.json(INFO_KEY)
        if document is None:
            return self._declined(documents.why_not(INFO_KEY))
        if not isinstance(document, dict):
            return self._declined("info is not a JSON object")
        meta = cast("Json", document)
        location = documents.store.location
        kind = meta.get("@type")
        if isinstance(kind, str) and kind in _OTHER_KINDS:
            raise _other_kind(_OTHER_KINDS[kind], kind, location)
        if meta.get("redirect"):
            raise _moved(meta["redirect"], location)
        if _is_graph(meta):
            raise _graph(meta, location)
        if kind != _VOLUME and "scales" not in meta:
            return self._declined("info has neither scales nor a type that is known")
        home, folder = home_of(meta, location)
        layer = _layer(parse_info(meta, home, folder), meta, location)
        if home != location:
            layer = replace(layer, path=folder, target=home.display())
        return Found(format=self.name, layers=(layer,))

    def _declined(self, reason: str) -> Declined:
        return Declined(format=self.name, looked_at=self.probes, reason=reason)


def _layer(volume: Volume, meta: Json, location: Location) -> FoundLayer:
    offered = tuple(one for one in volume.scales if not one.hidden)
    notes = list(volume.notes)
    hidden = len(volume.scales) - len(offered)
    if hidden and offered:
        notes.append(f"{hidden} hidden {'levels are' if hidden > 1 else 'level is'} left out")
    scales = offered or volume.scales
    notes += [note for one in scales for note in one.notes]
    parts = [f"{one.replace('_', ' ')} in {shown(meta[one])!r}" for one in _PARTS if meta.get(one)]
    if parts:
        notes.append(f"beside the voxels there are {', '.join(parts)}, which are not shown")
    axes = [RawAxis(name=name, kind="space", unit="nm") for name in "xyz"]
    if volume.channels > 1:
        axes.append(RawAxis(name="c", kind="channel", unit=""))
    return FoundLayer(
        name=location.name,
        named_by_metadata=False,
        path="",
        data_format="neuroglancerPrecomputed",
        axes=tuple(axes),
        levels=tuple(_level(one) for one in scales),
        category=_category(volume),
        corner_based=True,
        meshes=_meshes(meta),
        notes=tuple(notes),
        problem=next((one.array.problem for one in scales if one.array.problem), None),
    )


def _category(volume: Volume) -> Literal["color", "segmentation"] | None:
    if volume.is_segmentation is None:
        return None
    return "segmentation" if volume.is_segmentation else "color"


def _meshes(meta: Json) -> str | None:
    """Return the folder of meshes where it lies below the volume's own; no other address."""
    folder = meta.get("mesh")
    if not isinstance(folder, str):
        return None
    try:
        return join_key("", folder) or None
    except BadMetadata:
        return None


def _level(scale: Scale) -> RawLevel:
    channel = len(scale.array.shape) - 3
    corner = (o * r for o, r in zip(scale.voxel_offset_xyz, scale.resolution_xyz, strict=True))
    return RawLevel(
        array=scale.array,
        scale=(*scale.resolution_xyz, *(1.0,) * channel),
        translation=(*corner, *(0.0,) * channel),
    )


def _other_kind(what: str, kind: str, location: Location) -> NotRecognised:
    return NotRecognised(
        f"this is {what} of Neuroglancer ({kind}), not a volume",
        where=location.display(INFO_KEY),
        hint="Give the address of the volume it belongs to, which most often is the folder above.",
    )


def _is_graph(meta: Json) -> bool:
    """Whether a PyChunkedGraph server answers: the chunks lie elsewhere, and segments change.

    Stored copies of such segmentations keep its ``app``, too, but neither of these.
    """
    return "graph" in meta or ("app" in meta and "data_dir" in meta)


def _graph(meta: Json, location: Location) -> NotRecognised:
    data = meta.get("data_dir")
    return NotRecognised(
        "this is a segmentation that a graph server puts together (graphene), not a stored volume",
        where=location.display(INFO_KEY),
        hint="Its supervoxels are a volume of their own"
        + (
            f" in {shown(data)!r}." if isinstance(data, str) else ", whose address it does not say."
        ),
    )


def _moved(target: object, location: Location) -> Moved:
    return Moved(
        f"this volume has moved to {shown(target)!r}",
        target=target if isinstance(target, str) else "",
        where=location.display(INFO_KEY),
        hint="Open the new address, if this version can read from there.",
    )
