"""A dataset of Paintera: a group whose levels lie in ``data``, with its voxel size beside them.

``resolution`` and ``offset`` name the finest voxel's size and place, see
https://github.com/saalfeldlab/paintera#paintera-data-format
"""

from dataclasses import replace

from nb_remote.containers.n5.metadata import is_dataset
from nb_remote.dialects.base import FoundLayer
from nb_remote.dialects.n5_find import FIRST_WAVE, guessed_levels, read_documents
from nb_remote.dialects.n5_pyramid import broken, pyramid
from nb_remote.dialects.n5_values import Json, attributes_of
from nb_remote.errors import NotFound
from nb_remote.store.base import Store

DATA = "data"


async def read_paintera(store: Store, attributes: Json) -> FoundLayer:
    """Read the levels in ``data``; what it says of itself goes before what the group says."""
    first = [f"{DATA}/s{n}" for n in range(FIRST_WAVE)]
    found = await read_documents(store, (DATA, *first))
    data = attributes_of(found.pop(DATA))
    levels = await guessed_levels(store, DATA, found)
    location = store.location
    group = DATA
    # Some datasets have their levels beside their attributes.
    if not levels and isinstance(attributes.get("painteraData"), dict):
        group = ""
        levels = await guessed_levels(store, group)
    if not levels:
        problem = NotFound("Paintera's data have no level s0", where=location.display(DATA))
        return replace(broken(DATA, problem, location), name=location.name)
    if data.get("isLabelMultiset") is True:
        levels = tuple(
            replace(one, document={"isLabelMultiset": True, **attributes_of(one.document)})
            if is_dataset(one.document)
            else one
            for one in levels
        )
    layer = pyramid(levels, {**attributes, **data}, group, location)
    return replace(layer, name=location.name, is_label=_is_label(attributes))


def _is_label(attributes: Json) -> bool:
    described = attributes.get("painteraData")
    return isinstance(described, dict) and described.get("type") == "label"
