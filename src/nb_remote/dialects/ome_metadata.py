"""The ``multiscales``, ``omero`` and ``labels`` attributes of OME-Zarr, read leniently.

What the specification requires but a reader can do without is noted, not refused.
"""

from dataclasses import dataclass
from typing import cast

from nb_remote.dialects.base import RawAxis, RawChannel
from nb_remote.dialects.omero import parse_channels
from nb_remote.dialects.values import is_finite, shown
from nb_remote.errors import BadMetadata
from nb_remote.location.relative import join_key

Json = dict[str, object]

MAX_LEVELS = 64
"""Halving more often than this would reduce any array to one voxel; each level costs a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One entry of ``multiscales[].datasets``, with the image's own transformations applied."""

    path: str
    """Relative to the group."""
    scale: tuple[float, ...] | None
    translation: tuple[float, ...] | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiscale:
    """One entry of ``multiscales``."""

    name: str
    version: str
    axes: tuple[RawAxis, ...] | None
    datasets: tuple[Dataset, ...]
    channels: tuple[RawChannel, ...]
    is_label: bool
    notes: tuple[str, ...]


def why_not_multiscale(attributes: object) -> str | None:
    """Return why these attributes describe no multiscale image, or None when they do."""
    if not isinstance(attributes, dict):
        return "attributes that are not a JSON object"
    if isinstance(attributes.get("multiscales"), list) and attributes["multiscales"]:
        return None
    if "plate" in attributes:
        return "a high-content-screening plate; open one well's image, for example …/A/1/0"
    if "well" in attributes:
        return "a well of a high-content-screening plate; open one of its images, for example …/0"
    if "bioformats2raw.layout" in attributes:
        return "a collection of image series; open one of them, for example …/0"
    if "ome" in attributes:
        return "attributes of OME-Zarr 0.5, which this version can't read yet"
    return "attributes without 'multiscales'"


def label_paths(document: object) -> tuple[str, ...]:
    """Names listed in ``labels/.zattrs``, as written; anything else there is ignored."""
    names = document.get("labels") if isinstance(document, dict) else None
    if not isinstance(names, list):
        return ()
    return tuple(one for one in names if isinstance(one, str) and one)


def parse_multiscales(attributes: Json, *, where: str) -> tuple[Multiscale | BadMetadata, ...]:
    """Translate the ``multiscales`` attribute.

    An entry without datasets, or with a value of an impossible type, gives the error that says
    so: the others can be used all the same.
    """
    channels = parse_channels(attributes.get("omero"))
    is_label = "image-label" in attributes
    parsed: list[Multiscale | BadMetadata] = []
    for n, entry in enumerate(cast("list[object]", attributes["multiscales"])):
        at = f"multiscales[{n}]"
        try:
            parsed.append(_multiscale(entry, at, channels, is_label=is_label, where=where))
        except BadMetadata as problem:
            parsed.append(problem)
    return tuple(parsed)


def _multiscale(
    entry: object, at: str, channels: tuple[RawChannel, ...], *, is_label: bool, where: str
) -> Multiscale:
    if not isinstance(entry, dict):
        raise BadMetadata(f"{at} is not an object", where=where, field=at)
    meta = cast("Json", entry)
    datasets = meta.get("datasets")
    if not isinstance(datasets, list) or not datasets:
        raise BadMetadata(f"{at} lists no datasets", where=where, field=f"{at}.datasets")
    if len(datasets) > MAX_LEVELS:
        raise BadMetadata(
            f"{at} lists {len(datasets)} levels, more than {MAX_LEVELS}",
            where=where,
            field=f"{at}.datasets",
        )
    axes, notes = _axes(meta.get("axes"), f"{at}.axes", where)
    version = shown(meta.get("version"))
    if not version:
        notes.append("the metadata state no OME-Zarr version")
    outer = meta.get("coordinateTransformations")
    levels = tuple(
        _dataset(one, outer, f"{at}.datasets[{n}]", where) for n, one in enumerate(datasets)
    )
    notes += dict.fromkeys(note for one in levels for note in one.notes)
    name = shown(meta.get("name"))
    return Multiscale(
        name=name if name.strip("/ ") else "",
        version=version,
        axes=axes,
        datasets=levels,
        channels=channels,
        is_label=is_label,
        notes=tuple(notes),
    )


def _axes(value: object, at: str, where: str) -> tuple[tuple[RawAxis, ...] | None, list[str]]:
    if value is None:
        return None, ["the metadata name no axes (OME-Zarr before 0.3)"]
    if not isinstance(value, list):
        raise BadMetadata(f"{at} is not a list", where=where, field=at)
    notes: list[str] = []
    axes: list[RawAxis] = []
    for n, one in enumerate(value):
        if isinstance(one, str):
            axes.append(RawAxis(name=shown(one), kind="", unit=""))
        elif isinstance(one, dict):
            name, kind, unit = (shown(one.get(key)) for key in ("name", "type", "unit"))
            axes.append(RawAxis(name=name, kind=kind, unit=unit))
        else:
            raise BadMetadata(f"{at}[{n}] is not an axis", where=where, field=f"{at}[{n}]")
    return tuple(axes), notes


def _dataset(value: object, outer: object, at: str, where: str) -> Dataset:
    path = value.get("path") if isinstance(value, dict) else None
    if not isinstance(path, str):
        raise BadMetadata(f"{at} has no path", where=where, field=f"{at}.path")
    inner = cast("Json", value).get("coordinateTransformations")
    notes: list[str] = []
    steps = [*_steps(inner, at, where, notes), *_steps(outer, at, where, notes)]
    scale, translation = _combine(steps, at, where)
    key = join_key("", path, where=where, field=f"{at}.path")
    return Dataset(path=key, scale=scale, translation=translation, notes=tuple(notes))


_Step = tuple[str, tuple[float, ...]]


def _steps(value: object, at: str, where: str, notes: list[str]) -> list[_Step]:
    """Scales and translations in the order in which they are applied.

    Other kinds are left out and noted: what can be shown without them is better than nothing.
    """
    if value is None:
        return []
    field = f"{at}.coordinateTransformations"
    if not isinstance(value, list):
        raise BadMetadata(f"{field} is not a list", where=where, field=field)
    steps: list[_Step] = []
    for one in value:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == "identity":
            continue
        if kind not in ("scale", "translation") or (kind not in one and "path" in one):
            what = f"{str(kind)[:40]!r}{' in a file' if kind in ('scale', 'translation') else ''}"
            notes.append(f"a coordinate transformation of type {what} is left out")
            continue
        numbers = one.get(kind)
        if not isinstance(numbers, list) or not all(is_finite(n) for n in numbers):
            raise BadMetadata(
                f"{field} has a {kind!r} step without finite numbers", where=where, field=field
            )
        steps.append((kind, tuple(float(n) for n in numbers)))
    return steps


def _combine(
    steps: list[_Step], at: str, where: str
) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None]:
    """Fold the steps into one scale and one translation; None where no step gives one."""
    scale: tuple[float, ...] | None = None
    translation: tuple[float, ...] | None = None
    if len({len(numbers) for _, numbers in steps}) > 1:
        raise BadMetadata(f"{at} mixes transformations of different rank", where=where, field=at)
    for kind, numbers in steps:
        if kind == "scale":
            scale = numbers if scale is None else _times(scale, numbers)
            translation = translation and _times(translation, numbers)
        else:
            translation = numbers if translation is None else _plus(translation, numbers)
    return scale, translation


def _times(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(x * y for x, y in zip(a, b, strict=True))


def _plus(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))
