"""Documents → layers without a server: the dialects and the inference alone."""

import asyncio
import json

from nb_remote.dialects.base import Documents as Probed
from nb_remote.dialects.base import Found
from nb_remote.dialects.ordered import DIALECTS
from nb_remote.errors import Declined, NbRemoteError, TooLarge
from nb_remote.infer.layer import BrokenLayer, InferredLayer, infer_layer
from nb_remote.location.location import Location
from nb_remote.location.parse import parse_address
from nb_remote.store.json_document import read_json
from tests.volumes.documents import PATH, Documents


class DocumentStore:
    """A store that holds documents in memory."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.asked: list[str] = []

    @property
    def location(self) -> Location:
        return parse_address(f"https://example.org/{PATH}").location

    async def get(self, key: str, *, limit: int) -> bytes | None:
        self.asked.append(key)
        if key not in self._documents:
            return None
        one = self._documents[key]
        raw = one if isinstance(one, bytes) else json.dumps(one).encode()
        if len(raw) > limit:
            raise TooLarge("too large", where=key)
        return raw

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        raise AssertionError(f"no voxels are read here: {key} {start}:{stop}")

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        raise AssertionError(f"no voxels are read here: {key} last {length}")

    async def close(self) -> None:
        """Nothing is held open."""


def find(documents: Documents) -> Found | Declined:
    """What the first dialect that recognises the documents finds; else the first one's reason."""

    async def explore() -> Found | Declined:
        store = DocumentStore(documents)
        probed: dict[str, object] = {}
        for key in (key for dialect in DIALECTS for key in dialect.probes):
            try:
                probed[key] = await read_json(store, key)
            except NbRemoteError as error:
                probed[key] = error
        answers = [await dialect.explore(Probed(store=store, found=probed)) for dialect in DIALECTS]
        return next((one for one in answers if isinstance(one, Found)), answers[0])

    return asyncio.run(explore())


def infer(documents: Documents) -> list[InferredLayer | BrokenLayer]:
    """All layers; labels know the first image."""
    found = find(documents)
    assert isinstance(found, Found), found
    location = DocumentStore(documents).location
    layers: list[InferredLayer | BrokenLayer] = []
    for one in found.layers:
        image = layers[0] if one.parent and isinstance(layers[0], InferredLayer) else None
        layers.append(infer_layer(one, found.format, location, image))
    return layers


def infer_one(documents: Documents) -> InferredLayer:
    """The first layer, which can be used."""
    layer = infer(documents)[0]
    assert isinstance(layer, InferredLayer), layer.problem
    return layer
