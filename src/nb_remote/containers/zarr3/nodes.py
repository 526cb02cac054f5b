"""Groups and arrays of Zarr v3: ``zarr.json``, with the consolidated metadata inside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nb_remote.containers.base import StoredArray
from nb_remote.containers.nodes import below, documents_in, known_or_read, named_below, rank_in
from nb_remote.containers.zarr3.metadata import NODE_KEY, array_key, parse_array
from nb_remote.errors import BadMetadata, NotFound
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Zarr3Nodes:
    """See `ZarrNodes`."""

    store: Store
    known: Mapping[str, object]
    """Path → ``zarr.json`` of the node, None where there is none, or why it failed: from
    consolidated metadata and earlier requests."""
    data_format: Literal["zarr3"] = "zarr3"

    @classmethod
    def of(
        cls, store: Store, root: object, known: Mapping[str, object] | None = None
    ) -> "Zarr3Nodes":
        """Use the ``zarr.json`` of the address, and nodes that were `known` before, by path.

        A copy can be older than the documents: those that were read themselves come first.
        """
        copies = documents_in(named_below(named_below(root, "consolidated_metadata"), "metadata"))
        return cls(store=store, known={**copies, **(known or {}), "": root})

    def attributes_key(self, path: str) -> str:
        """See `ZarrNodes.attributes_key`."""
        return below(path, NODE_KEY)

    async def attributes(self, path: str) -> object:
        """See `ZarrNodes.attributes`."""
        document = await known_or_read(self.known, path, self.store, array_key(path))
        if document is None:
            return None
        where = self.store.location.display(array_key(path))
        if not isinstance(document, dict) or document.get("node_type") != "group":
            raise BadMetadata("this is not a group of Zarr v3", where=where, field="node_type")
        return document.get("attributes") or {}

    async def array(self, path: str) -> StoredArray:
        """See `ZarrNodes.array`."""
        location = self.store.location
        copy = self.known.get(path)
        if path and isinstance(copy, dict):
            try:
                return parse_array(copy, path, location)
            except BadMetadata:
                pass  # the copy may be broken or old: the document decides
        document = await read_json(self.store, array_key(path))
        if document is None:
            where = location.display(array_key(path))
            raise NotFound("the level's array does not exist", where=where)
        return parse_array(document, path, location)

    def listed_arrays(self) -> tuple[str, ...]:
        """See `ZarrNodes.listed_arrays`."""
        return self._listed("array")

    def listed_groups(self) -> dict[str, object]:
        """See `ZarrNodes.listed_groups`."""
        return {path: self.listed_attributes(path) for path in self._listed("group")}

    def listed_attributes(self, path: str) -> object:
        """See `ZarrNodes.listed_attributes`."""
        return named_below(self.known.get(path), "attributes")

    def listed_rank(self, path: str) -> int | None:
        """See `ZarrNodes.listed_rank`."""
        return rank_in(self.known.get(path))

    def _listed(self, kind: str) -> tuple[str, ...]:
        return tuple(
            path
            for path, one in self.known.items()
            if path and isinstance(one, dict) and one.get("node_type") == kind
        )
