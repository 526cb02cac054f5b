"""N5 whose attributes tell: a dataset, or a group that lists its levels."""

import asyncio
from dataclasses import dataclass

from nb_remote.containers.n5.metadata import ATTRIBUTES_KEY, is_dataset
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.n5_above import group_layer, level_alone, noted
from nb_remote.dialects.n5_bdv import is_setup, read_one_setup
from nb_remote.dialects.n5_find import listed_levels
from nb_remote.dialects.n5_multiscales import entries_of, is_ome, read_cosem, read_ome
from nb_remote.dialects.n5_paintera import read_paintera
from nb_remote.dialects.n5_pyramid import pyramid
from nb_remote.dialects.n5_values import Json, attributes_of, factors_per_level
from nb_remote.errors import Declined


@dataclass(frozen=True, slots=True)
class N5:
    """A dataset; else ``multiscales`` of COSEM or OME, Paintera's data, or a list of factors."""

    name: str = "N5"
    probes: tuple[str, ...] = (ATTRIBUTES_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        document = documents.json(ATTRIBUTES_KEY)
        reason = documents.why_not(ATTRIBUTES_KEY)
        if is_dataset(document):
            return await _read_dataset(documents, document)
        if document is not None:
            found = await _read_group(documents, attributes_of(document))
            if found is not None:
                return found
            reason = "attributes that list no levels"
        return Declined(format=self.name, looked_at=self.probes, reason=reason)


async def _read_dataset(documents: Documents, document: object) -> Found:
    said = await level_alone(documents, document)
    location = documents.store.location
    layer = pyramid((said.level,), said.group, "", location, finest=said.finest)
    layer = noted(layer, said.group)
    if not layer.levels and layer.problem is not None:
        raise layer.problem
    return Found(format="N5 array", layers=(layer,))


async def _read_group(documents: Documents, attributes: Json) -> Found | None:
    """Read by the first description that is there; which one counts most is told in `pyramid`."""
    store = documents.store
    entries = entries_of(attributes)
    if entries:
        layers = await asyncio.gather(
            *(
                (read_ome if is_ome(one) else read_cosem)(store, attributes, one, "")
                for one in entries
            )
        )
        return Found(
            format="N5 with OME metadata" if is_ome(entries[0]) else "N5 (COSEM)",
            layers=tuple(layers),
        )
    if "painteraData" in attributes:
        return Found(format="N5 (Paintera)", layers=(await read_paintera(store, attributes),))
    if is_setup(attributes):
        return await read_one_setup(documents, attributes)
    factors = factors_per_level(attributes, where=store.location.display(ATTRIBUTES_KEY))
    if not factors:
        return None
    levels = await listed_levels(store, "", factors)
    return Found(format="N5 multiscale", layers=(await group_layer(documents, levels, attributes),))
