"""A single N5 dataset, with the voxel size that it may carry."""

from dataclasses import dataclass

from nb_remote.containers.n5.metadata import ATTRIBUTES_KEY, is_dataset
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.n5_pyramid import LevelDocument, pyramid
from nb_remote.errors import Declined


@dataclass(frozen=True, slots=True)
class N5Array:
    """One dataset: one layer with one level."""

    name: str = "N5 array"
    probes: tuple[str, ...] = (ATTRIBUTES_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        document = documents.json(ATTRIBUTES_KEY)
        if document is None:
            reason = documents.why_not(ATTRIBUTES_KEY)
        elif not is_dataset(document):
            reason = "attributes without 'dimensions'"
        else:
            level = LevelDocument(path="", document=document)
            layer = pyramid((level,), {}, "", documents.store.location)
            return Found(format=self.name, layers=(layer,))
        return Declined(format=self.name, looked_at=self.probes, reason=reason)
