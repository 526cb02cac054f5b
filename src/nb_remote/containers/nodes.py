"""Groups and arrays below an address, whichever version of Zarr holds them."""

from collections.abc import Mapping
from typing import Literal, Protocol

from nb_remote.containers.base import StoredArray
from nb_remote.errors import BadMetadata, NbRemoteError
from nb_remote.location.relative import join_key
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json


class ZarrNodes(Protocol):
    """Reads the nodes of one Zarr hierarchy, from consolidated metadata where they are there."""

    @property
    def store(self) -> Store:
        """Where the hierarchy lies."""

    @property
    def data_format(self) -> Literal["zarr", "zarr3"]:
        """WEBKNOSSOS's name of the storage format."""

    def attributes_key(self, path: str) -> str:
        """Name of the document that holds the attributes of the group at `path`."""

    async def attributes(self, path: str) -> object:
        """Attributes of the group at `path` as written, or None where there is none.

        Raises
        ------
        NbRemoteError
            The document can't be read.
        """

    async def array(self, path: str) -> StoredArray:
        """Return the array at `path`.

        Raises
        ------
        NotFound
            There is none.
        NbRemoteError
            Its metadata can't be read or used.
        """

    def listed_arrays(self) -> tuple[str, ...]:
        """Paths of all arrays that consolidated metadata list, in their order."""

    def listed_groups(self) -> dict[str, object]:
        """Path → attributes of all groups below that consolidated metadata list."""

    def listed_attributes(self, path: str) -> object:
        """Attributes of an array as consolidated metadata give them, or None."""

    def listed_rank(self, path: str) -> int | None:
        """Number of an array's axes as consolidated metadata give it, or None."""


def named_below(metadata: object, name: str) -> dict[str, object]:
    """Return field `name` of a document if it is an object, else nothing."""
    value = metadata.get(name) if isinstance(metadata, dict) else None
    return value if isinstance(value, dict) else {}


def rank_in(document: object) -> int | None:
    """Return how many axes the document of an array has, or None where it doesn't say."""
    shape = document.get("shape") if isinstance(document, dict) else None
    return len(shape) if isinstance(shape, list) else None


def documents_in(copies: Mapping[str, object]) -> dict[str, object]:
    """Return the copies that are documents at all; paths that leave the address are none."""
    return {key: one for key, one in copies.items() if isinstance(one, dict) and is_inside(key)}


def is_inside(key: str) -> bool:
    """Whether a key that metadata name stays below the address."""
    try:
        return join_key("", key) == key
    except BadMetadata:
        return False


def below(path: str, key: str) -> str:
    """Join a node's path and a key below it."""
    return f"{path}/{key}" if path else key


async def known_or_read(known: Mapping[str, object], name: str, store: Store, key: str) -> object:
    """Return the document that is `known` under `name`, else read `key`."""
    if name not in known:
        return await read_json(store, key)
    document = known[name]
    if isinstance(document, NbRemoteError):
        raise document
    return document
