"""A single Zarr v2 array without any convention around it."""

from dataclasses import dataclass

from nb_remote.containers.zarr2.metadata import ARRAY_KEY, parse_array
from nb_remote.dialects.base import Documents, Found, FoundLayer, RawLevel
from nb_remote.errors import Declined


@dataclass(frozen=True, slots=True)
class PlainZarr2:
    """One array: one layer with one level, and nothing known of its axes."""

    name: str = "Zarr v2 array"
    probes: tuple[str, ...] = (ARRAY_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        document = documents.json(ARRAY_KEY)
        if document is None:
            return Declined(
                format=self.name, looked_at=self.probes, reason=documents.why_not(ARRAY_KEY)
            )
        location = documents.store.location
        array = parse_array(document, "", location)
        layer = FoundLayer(
            name=location.name,
            named_by_metadata=False,
            path="",
            data_format="zarr",
            axes=None,
            levels=(RawLevel(array=array, scale=None, translation=None),),
            problem=array.problem,
        )
        return Found(format=self.name, layers=(layer,))
