"""OME-Zarr: 0.1 to 0.4 on Zarr v2, and 0.5 (0.6 where it is understood) on Zarr v3.

Specification: https://ngff.openmicroscopy.org/0.4/ and https://ngff.openmicroscopy.org/0.5/
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from nb_remote.containers.nodes import ZarrNodes
from nb_remote.containers.zarr2.metadata import ATTRIBUTES_KEY
from nb_remote.containers.zarr2.nodes import CONSOLIDATED_KEY, Zarr2Nodes
from nb_remote.containers.zarr3.metadata import NODE_KEY
from nb_remote.containers.zarr3.nodes import Zarr3Nodes
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.ome_above import with_image
from nb_remote.dialects.ome_collections import collection_kind, read_collection
from nb_remote.dialects.ome_images import LABELS, read_image
from nb_remote.dialects.ome_metadata import Json, is_multiscale, ome_attributes
from nb_remote.dialects.values import shown
from nb_remote.errors import Declined
from nb_remote.store.base import Store

_EMPTY = {
    "plate": "a high-content-screening plate that lists no wells; open an image, as …/A/1/0",
    "well": "a well of a high-content-screening plate that lists no images; open one, as …/0",
    "scene": "a scene that names no images; open one of them by its own address",
    "series": "a collection of image series that lists none; open one of them, for example …/0",
    "labels": "attributes without 'multiscales', and no label image below their names",
}

_DRAFTS = {
    "collection": "open one of its images by its own address",
    "multiscale": "open one of its levels, for example …/s0",
}
# Asked for with the image: labels are read beside the levels, never after them.
LABELS_KEY = f"{LABELS}/{ATTRIBUTES_KEY}"
LABELS_NODE_KEY = f"{LABELS}/{NODE_KEY}"


@dataclass(frozen=True, slots=True)
class OmeZarr04:
    """A Zarr v2 group whose attributes hold ``multiscales``, or list images that do."""

    name: str = "OME-Zarr 0.4"
    probes: tuple[str, ...] = (ATTRIBUTES_KEY, LABELS_KEY, CONSOLIDATED_KEY)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        found = documents.json(ATTRIBUTES_KEY)
        if found is None:
            return self._declined(documents.why_not(ATTRIBUTES_KEY))
        attributes = ome_attributes(found)
        if attributes is None:
            return self._declined("attributes that are not a JSON object")
        copies = documents.json(CONSOLIDATED_KEY)
        nodes = Zarr2Nodes.of(documents.store, copies, documents.found)
        answer = await _explore(nodes, attributes, documents, _zarr2)
        return answer if isinstance(answer, Found) else self._declined(answer)

    def _declined(self, reason: str) -> Declined:
        return Declined(format=self.name, looked_at=(ATTRIBUTES_KEY,), reason=reason)


@dataclass(frozen=True, slots=True)
class OmeZarr05:
    """A Zarr v3 group whose attributes hold ``ome.multiscales``, or list images that do."""

    name: str = "OME-Zarr 0.5"
    probes: tuple[str, ...] = (NODE_KEY, LABELS_NODE_KEY)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        root = documents.json(NODE_KEY)
        if root is None:
            return self._declined(documents.why_not(NODE_KEY))
        if not isinstance(root, dict) or root.get("node_type") != "group":
            return self._declined("zarr.json is not that of a group")
        attributes = ome_attributes(root.get("attributes"))
        if attributes is None:
            return self._declined("a group without attributes")
        known = {LABELS: documents.found.get(LABELS_NODE_KEY)}
        nodes = Zarr3Nodes.of(documents.store, root, known)
        answer = await _explore(nodes, attributes, documents, _zarr3)
        if isinstance(answer, Found):
            return _beside_another(_outside_of_ome(answer, root.get("attributes")), documents)
        return self._declined(answer)

    def _declined(self, reason: str) -> Declined:
        return Declined(format=self.name, looked_at=(NODE_KEY,), reason=reason)


async def _explore(
    nodes: ZarrNodes,
    attributes: Json,
    documents: Documents,
    nodes_in: Callable[[Store], ZarrNodes],
) -> Found | str:
    """Read what the attributes of the address describe; the reason when that is no image."""
    if is_multiscale(attributes):
        images, labels = await read_image(nodes, "", attributes)
        images = await with_image(images, attributes, documents, nodes_in)
        return Found(format=f"OME-Zarr {_version(attributes)}", layers=(*images, *labels))
    kind = collection_kind(attributes)
    if kind is None:
        return _no_images(attributes)
    layers = await read_collection(nodes, attributes, kind)
    # Other software calls its lists labels, too: then nothing lies below their names.
    if not layers or (kind == "labels" and not any(one.levels for one in layers)):
        return _EMPTY[kind]
    return Found(format=f"OME-Zarr {kind}", layers=layers)


def _no_images(attributes: Json) -> str:
    if "multiscales" not in attributes:
        for what, hint in _DRAFTS.items():
            if what in (attributes.get("type"), *attributes):
                return f"a {what} as drafts of OME-Zarr arrange it, which is not read; {hint}"
        return "attributes without 'multiscales'"
    if attributes["multiscales"] == []:
        return "'multiscales' lists no images"
    return "'multiscales' is no list of images, so this is not OME-Zarr's"


def _zarr2(store: Store) -> ZarrNodes:
    return Zarr2Nodes(store=store, known={})


def _zarr3(store: Store) -> ZarrNodes:
    return Zarr3Nodes(store=store, known={})


def _version(attributes: Json) -> str:
    entries = cast("list[object]", attributes["multiscales"])
    stated = [shown(one.get("version")) for one in entries if isinstance(one, dict)]
    known = [one for one in (*stated, shown(attributes.get("version"))) if one]
    return known[0] if known else "without a version"


def _outside_of_ome(found: Found, attributes: object) -> Found:
    """Say so when the keys lie where they lay before 0.5: other readers don't see them there."""
    if isinstance(attributes, dict) and "ome" in attributes:
        return found
    return _noted(found, "the metadata lie beside 'ome' in zarr.json, as before OME-Zarr 0.5")


def _beside_another(found: Found, documents: Documents) -> Found:
    """Say so when the address holds an image in the older version of Zarr, too."""
    if not is_multiscale(ome_attributes(documents.json(ATTRIBUTES_KEY))):
        return found
    note = f"there is OME-Zarr on Zarr v2 as well ({ATTRIBUTES_KEY}); this is the one on Zarr v3"
    return _noted(found, note)


def _noted(found: Found, note: str) -> Found:
    first = replace(found.layers[0], notes=(*found.layers[0].notes, note))
    return replace(found, layers=(first, *found.layers[1:]))
