"""A single Zarr v3 array; its dimension names are the only convention."""

from dataclasses import dataclass

from nb_remote.containers.zarr3.metadata import NODE_KEY, parse_array
from nb_remote.dialects.base import Documents, Found, FoundLayer, RawAxis, RawLevel
from nb_remote.dialects.values import shown
from nb_remote.errors import Declined

_KINDS = {"x": "space", "y": "space", "z": "space", "c": "channel", "t": "time"}


def is_ome_group(document: object) -> bool:
    """Whether a ``zarr.json`` is a group's whose attributes are those of OME-Zarr 0.5."""
    if not isinstance(document, dict) or document.get("node_type") != "group":
        return False
    attributes = document.get("attributes")
    return isinstance(attributes, dict) and "ome" in attributes


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
        if not isinstance(document, dict) or document.get("zarr_format") != 3:
            return self._declined("zarr.json is not that of Zarr v3")
        if document.get("node_type") == "group":
            return self._declined("a group; open one of its arrays, for example …/0")
        location = documents.store.location
        array = parse_array(document, "", location)
        axes = _axes(array.dimension_names)
        notes: tuple[str, ...] = ()
        if axes is None and array.dimension_names and any(array.dimension_names):
            names = ", ".join(shown(name) or "?" for name in array.dimension_names)
            notes = (f"the dimension names ({names[:100]}) do not say which axes are x and y",)
        layer = FoundLayer(
            name=location.name,
            named_by_metadata=False,
            path="",
            data_format="zarr3",
            axes=axes,
            levels=(RawLevel(array=array, scale=None, translation=None),),
            notes=notes,
            problem=array.problem,
        )
        return Found(format=self.name, layers=(layer,))

    def _declined(self, reason: str) -> Declined:
        return Declined(format=self.name, looked_at=self.probes, reason=reason)


def _axes(names: tuple[str, ...] | None) -> tuple[RawAxis, ...] | None:
    """Axes as named; None where the names do not tell x from y, so that the position decides."""
    known = [name.strip().lower() for name in names or ()]
    if {"x", "y"} - set(known) or len(set(known)) != len(known):
        return None
    return tuple(
        RawAxis(name=shown(name), kind=_KINDS.get(low, ""), unit="")
        for name, low in zip(names or (), known, strict=True)
    )
