"""Groups and arrays of Zarr v2: ``.zattrs``, ``.zarray``, and ``.zmetadata`` where there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from nb_remote.containers.base import StoredArray
from nb_remote.containers.nodes import below, documents_in, known_or_read, named_below, rank_in
from nb_remote.containers.zarr2.metadata import ARRAY_KEY, ATTRIBUTES_KEY, array_key, parse_array
from nb_remote.errors import BadMetadata, NotFound
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json

CONSOLIDATED_KEY = ".zmetadata"
GROUP_KEY = ".zgroup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zarr2Nodes:
    """See `ZarrNodes`."""

    store: Store
    known: Mapping[str, object]
    """Key → document, None where there is none, or why it failed: from consolidated metadata and
    earlier requests."""
    data_format: Literal["zarr"] = "zarr"

    @classmethod
    def of(
        cls, store: Store, consolidated: object, known: Mapping[str, object] | None = None
    ) -> "Zarr2Nodes":
        """Use a ``.zmetadata`` document, and below it documents that were `known` before.

        A copy can be older than the documents: those that were read themselves come first.
        """
        copies = documents_in(named_below(consolidated, "metadata"))
        return cls(store=store, known={**copies, **(known or {})})

    def attributes_key(self, path: str) -> str:
        """See `ZarrNodes.attributes_key`."""
        return below(path, ATTRIBUTES_KEY)

    async def attributes(self, path: str) -> object:
        """See `ZarrNodes.attributes`."""
        key = self.attributes_key(path)
        return await known_or_read(self.known, key, self.store, key)

    async def array(self, path: str) -> StoredArray:
        """See `ZarrNodes.array`."""
        key = array_key(path)
        copy = self.known.get(key)
        if isinstance(copy, dict):
            try:
                return self._with_names(parse_array(copy, path, self.store.location))
            except BadMetadata:
                pass  # the copy may be broken or old: the document decides
        document = await read_json(self.store, key)
        if document is None:
            where = self.store.location.display(key)
            raise NotFound("the level's array does not exist", where=where)
        return self._with_names(parse_array(document, path, self.store.location))

    def listed_arrays(self) -> tuple[str, ...]:
        """See `ZarrNodes.listed_arrays`."""
        return self._listed(ARRAY_KEY)

    def listed_groups(self) -> dict[str, object]:
        """See `ZarrNodes.listed_groups`."""
        return {path: self.listed_attributes(path) for path in self._listed(GROUP_KEY)}

    def listed_attributes(self, path: str) -> object:
        """See `ZarrNodes.listed_attributes`."""
        return self.known.get(self.attributes_key(path))

    def listed_rank(self, path: str) -> int | None:
        """See `ZarrNodes.listed_rank`."""
        return rank_in(self.known.get(array_key(path)))

    def _listed(self, name: str) -> tuple[str, ...]:
        end = f"/{name}"
        return tuple(key.removesuffix(end) for key in self.known if key.endswith(end))

    def _with_names(self, array: StoredArray) -> StoredArray:
        names = array_dimensions(self.listed_attributes(array.key), len(array.shape))
        return array if names is None else replace(array, dimension_names=names)


def array_dimensions(attributes: object, ndim: int) -> tuple[str, ...] | None:
    """Axis names that xarray writes as ``_ARRAY_DIMENSIONS``, or None where they don't fit."""
    names = attributes.get("_ARRAY_DIMENSIONS") if isinstance(attributes, dict) else None
    if not isinstance(names, list) or len(names) != ndim:
        return None
    return tuple(name if isinstance(name, str) else "" for name in names)
