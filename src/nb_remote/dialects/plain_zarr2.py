"""Zarr v2 without a convention around it: an array, or a group with consolidated metadata."""

from dataclasses import dataclass, replace

from nb_remote.containers.zarr2.metadata import ARRAY_KEY, ATTRIBUTES_KEY, parse_array
from nb_remote.containers.zarr2.nodes import CONSOLIDATED_KEY, Zarr2Nodes, array_dimensions
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.plain_array import array_layer
from nb_remote.dialects.plain_groups import explore_group
from nb_remote.errors import Declined, NotRecognised

_RECORDS = "record_size"
"""Field by which kerchunk's Parquet folders differ from consolidated metadata."""


@dataclass(frozen=True, slots=True)
class PlainZarr2:
    """One array: one layer with one level; axes by ``_ARRAY_DIMENSIONS`` where they say x and y."""

    name: str = "Zarr v2 array"
    probes: tuple[str, ...] = (ARRAY_KEY, ATTRIBUTES_KEY)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        document = documents.json(ARRAY_KEY)
        if document is None:
            return Declined(
                format=self.name, looked_at=(ARRAY_KEY,), reason=documents.why_not(ARRAY_KEY)
            )
        location = documents.store.location
        array = parse_array(document, "", location)
        attributes = documents.json(ATTRIBUTES_KEY)
        names = array_dimensions(attributes, len(array.shape))
        layer = array_layer(
            replace(array, dimension_names=names),
            name=location.name,
            data_format="zarr",
            attributes=attributes,
        )
        return Found(format=self.name, layers=(layer,))


@dataclass(frozen=True, slots=True)
class PlainZarr2Group:
    """A group whose ``.zmetadata`` list its arrays and images."""

    name: str = "Zarr v2 group"
    probes: tuple[str, ...] = (CONSOLIDATED_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        document = documents.json(CONSOLIDATED_KEY)
        if document is None:
            reason = documents.why_not(CONSOLIDATED_KEY)
            return Declined(format=self.name, looked_at=self.probes, reason=reason)
        if isinstance(document, dict) and _RECORDS in document:
            raise NotRecognised(
                "these are references of kerchunk to chunks in other files, which can't be read",
                where=documents.store.location.display(CONSOLIDATED_KEY),
                hint="No chunk lies where Zarr has it: write them out as Zarr with its own chunks.",
            )
        nodes = Zarr2Nodes.of(documents.store, document)
        return await explore_group(nodes, self.name, CONSOLIDATED_KEY)
