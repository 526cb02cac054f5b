"""WEBKNOSSOS's own layout: ``datasource-properties.json`` beside a folder per layer.

The file names layers with their boxes, mags and channels; what it says comes before what their
arrays would tell alone. Facts: https://docs.webknossos.org/webknossos-py/
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from nb_remote.containers.base import shortened
from nb_remote.dialects.base import Documents, Found, FoundLayer
from nb_remote.dialects.values import shown
from nb_remote.dialects.webknossos_arrays import Levels, read_levels
from nb_remote.dialects.webknossos_found import Whole, found_layer
from nb_remote.dialects.webknossos_layer import (
    FORMATS,
    MOST_NAME_CHARACTERS,
    LayerEntry,
    parse_layer,
)
from nb_remote.dialects.webknossos_secrets import without_secrets
from nb_remote.dialects.webknossos_values import Json, parse_scale
from nb_remote.errors import BadMetadata, Declined, NbRemoteError
from nb_remote.location.location import Location

DATASOURCE_KEY = "datasource-properties.json"
MAX_LAYERS = 256
"""More than anybody can tell apart; datasets have a dozen."""


@dataclass(frozen=True, slots=True)
class WebknossosDataset:
    """A dataset: a layer for each entry; entries that are channels of one array are one layer."""

    name: str = "WEBKNOSSOS dataset"
    probes: tuple[str, ...] = (DATASOURCE_KEY,)

    async def explore(self, documents: Documents) -> Found | Declined:
        """See `Dialect.explore`."""
        (key,) = self.probes
        document = documents.json(key)
        if document is None:
            return self._declined(documents.why_not(key))
        if not isinstance(document, dict) or "dataLayers" not in document:
            return self._declined(f"{key} has no dataLayers")
        meta = cast("Json", document)
        home = documents.store.location
        where = home.display(key)
        _check_version(meta.get("version"), where)
        listed = meta["dataLayers"]
        if not isinstance(listed, list) or not 0 < len(listed) <= MAX_LAYERS:
            raise BadMetadata(
                f"dataLayers must be a list of 1 to {MAX_LAYERS} layers, not {shortened(listed)}",
                where=where,
                field="dataLayers",
            )
        entries = [_entry(one, n, home, where) for n, one in enumerate(listed)]
        usable = tuple(one for one in entries if isinstance(one, LayerEntry))
        read = dict(zip(map(id, usable), await read_levels(usable, documents), strict=True))
        whole = _whole(meta)
        return Found(
            format=self.name,
            layers=tuple(
                group[0]
                if isinstance(group[0], FoundLayer)
                else _found(cast("tuple[LayerEntry, ...]", group), read[id(group[0])], whole, home)
                for group in _grouped(entries)
            ),
            dataset_name=_dataset_name(meta),
        )

    def _declined(self, reason: str) -> Declined:
        return Declined(format=self.name, looked_at=self.probes, reason=reason)


def _check_version(version: object, where: str) -> None:
    if version not in (None, 1):
        raise BadMetadata(
            f"version {shortened(version)} of the datasource is not known",
            where=where,
            field="version",
            hint="This release of nb-remote reads version 1.",
        )


def _entry(value: object, number: int, home: Location, where: str) -> LayerEntry | FoundLayer:
    at = f"dataLayers[{number}]"
    if not isinstance(value, dict):
        problem = BadMetadata(f"{at} is not an object", where=where, field=at)
        return _broken(at, problem)
    try:
        return parse_layer(cast("Json", value), number, home, where)
    except NbRemoteError as error:
        return _broken(shown(value.get("name")) or at, error, value.get("dataFormat"))


def _grouped(
    entries: Iterable[LayerEntry | FoundLayer],
) -> list[tuple[LayerEntry | FoundLayer, ...]]:
    """Put entries together that show different channels of the same arrays."""
    groups: dict[object, list[LayerEntry | FoundLayer]] = {}
    for number, one in enumerate(entries):
        key: object = number
        if isinstance(one, LayerEntry) and one.mags[0].channel is not None:
            key = _same_arrays(one)
            taken = {
                other.mags[0].channel
                for other in groups.get(key, [])
                if isinstance(other, LayerEntry)
            }
            if one.mags[0].channel in taken:
                key = number
        groups.setdefault(key, []).append(one)
    return [tuple(group) for group in groups.values()]


def _same_arrays(entry: LayerEntry) -> object:
    mags = tuple((one.mag, one.places, one.axis_order) for one in entry.mags)
    alike = {one.channel for one in entry.mags} == {entry.mags[0].channel}
    return (
        *(entry.data_format, entry.category, entry.element_class, entry.extra_axes, mags),
        *(entry.top_left_xyz, entry.size_xyz, entry.transformation),
        alike or id(entry),
    )


def _found(
    entries: tuple[LayerEntry, ...], read: Levels | NbRemoteError, whole: Whole, home: Location
) -> FoundLayer:
    first = entries[0]
    try:
        if isinstance(read, NbRemoteError):
            raise read
        return found_layer(entries, read, whole, home)
    except NbRemoteError as error:
        return _broken(first.name, error, first.data_format)


def _broken(name: str, problem: NbRemoteError, data_format: object = None) -> FoundLayer:
    known = FORMATS.get(data_format) if isinstance(data_format, str) else None
    return FoundLayer(
        name=name,
        named_by_metadata=True,
        path="",
        data_format=known or "zarr",
        axes=None,
        levels=(),
        problem=problem,
    )


def _whole(meta: Json) -> Whole:
    parsed = parse_scale(meta.get("scale"))
    sizes, unit = parsed or ((1.0, 1.0, 1.0), "nanometer")
    rest = {key: one for key, one in meta.items() if key != "dataLayers"}
    return Whole(
        sizes_xyz=sizes,
        unit=unit,
        known=parsed is not None,
        document=cast("Json", without_secrets(rest)[0]),
    )


def _dataset_name(meta: Json) -> str:
    about = meta.get("id")
    both = (about.get("name") if isinstance(about, dict) else None, meta.get("name"))
    return next((name for one in both if (name := shown(one, MOST_NAME_CHARACTERS))), "")
