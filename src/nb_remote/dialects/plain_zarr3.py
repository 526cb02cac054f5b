"""Zarr v3 without a convention around it: an array, or a group with consolidated metadata."""

from dataclasses import dataclass

from nb_remote.containers.zarr3.metadata import NODE_KEY, parse_array
from nb_remote.containers.zarr3.nodes import Zarr3Nodes
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.plain_array import array_layer
from nb_remote.dialects.plain_groups import explore_group
from nb_remote.errors import Declined


@dataclass(frozen=True, slots=True)
class PlainZarr3:
    """One array: one layer with one level; axes by ``dimension_names`` where they say x and y."""

    name: str = "Zarr v3 array"
    probes: tuple[str, ...] = (NODE_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        document = documents.json(NODE_KEY)
        if document is None:
            return self._declined(documents.why_not(NODE_KEY))
        if not isinstance(document, dict) or document.get("zarr_format") not in (3, "3"):
            return self._declined("zarr.json is not that of Zarr v3")
        if document.get("node_type") == "group":
            return self._declined("a group; open one of its arrays, for example …/0")
        location = documents.store.location
        layer = array_layer(
            parse_array(document, "", location),
            name=location.name,
            data_format="zarr3",
            attributes=document.get("attributes"),
        )
        return Found(format=self.name, layers=(layer,))

    def _declined(self, reason: str) -> Declined:
        return Declined(format=self.name, looked_at=self.probes, reason=reason)


@dataclass(frozen=True, slots=True)
class PlainZarr3Group:
    """A group whose ``zarr.json`` lists its arrays and images as consolidated metadata."""

    name: str = "Zarr v3 group"
    probes: tuple[str, ...] = (NODE_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        document = documents.json(NODE_KEY)
        if document is None:
            reason = documents.why_not(NODE_KEY)
        elif not isinstance(document, dict) or document.get("node_type") != "group":
            reason = "zarr.json is not that of a group"
        elif not isinstance(document.get("consolidated_metadata"), dict):
            reason = "a group without consolidated metadata, so what is in it is not known"
        else:
            nodes = Zarr3Nodes.of(documents.store, document)
            return await explore_group(nodes, self.name, NODE_KEY)
        return Declined(format=self.name, looked_at=self.probes, reason=reason)
