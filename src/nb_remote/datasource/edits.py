"""A datasource that a person edited as JSON → what that changes of the dataset that wrote it.

What follows from a change (a segmentation has no colour) need not be edited by hand. What can't be
changed of data that lie where they lie is refused, with its place in the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Protocol

from nb_remote.datasource.build import build_datasource
from nb_remote.datasource.edited_layer import EditedLayer, correction_of_layer
from nb_remote.datasource.json_text import JsonPath, JsonText, parse_json
from nb_remote.datasource.kept import level_paths
from nb_remote.datasource.model import DataLayer, DataSource, dataset_name_problem
from nb_remote.datasource.problems import BadDatasource, Problem
from nb_remote.datasource.space import DatasetSpace, unify
from nb_remote.datasource.split import WrittenChannel, written_channels
from nb_remote.errors import InvalidCorrection
from nb_remote.infer.correction import Correction
from nb_remote.infer.corrections import corrected
from nb_remote.infer.layer import InferredLayer

ADD_INSTEAD = "add the address instead"
_FIELDS = {
    "name": "name",
    "category": "category",
    "voxel_size_xyz": "scale",
    "unit": "scale",
    "bounding_box": "boundingBox",
    "mags": "mags",
    "axes": "mags",
    "translation_xyz": "coordinateTransformations",
    "largest_segment_id": "largestSegmentId",
    "is_rgb": "elementClass",
}
"""Field of a correction → field of the entry; the others are in the view configuration."""
_WHY = {
    "path": f"the address of a level can't be edited: {ADD_INSTEAD}",
    "dataFormat": f"the stored data have this format: {ADD_INSTEAD} of others",
    "elementClass": "the type of the voxels is that of the stored data",
    "channelIndex": "which channel is which can't be edited",
    "alpha": "the opacity is the one that the data or their link state; where the layer is shown "
    "it is changed in the view",
    "min": "min and max are the ends that the data state: edit intensityRange, which says what is "
    "black and what white",
    "max": "min and max are the ends that the data state: edit intensityRange, which says what is "
    "black and what white",
    "largestSegmentId": "the largest id can be corrected to another one, but not removed",
}


class _Layer(Protocol):
    @property
    def inferred(self) -> InferredLayer:
        """All that is known of it."""


class DatasetLike(Protocol):
    """What `nb_remote.Dataset` has of this."""

    @property
    def name(self) -> str:
        """Name of the dataset."""

    @property
    def layers(self) -> Sequence[_Layer]:
        """In their order."""

    @property
    def space(self) -> DatasetSpace:
        """The space of the layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetEdits:
    """What a person changed of a dataset."""

    name: str | None
    """New name of the dataset, None where it stays."""
    order: tuple[int, ...]
    """Positions of the layers that are kept, in their new order."""
    corrections: tuple[tuple[int, Correction], ...]
    """Position of a layer, as before the edit, and what changes of it."""


def edits_of(dataset: DatasetLike, text: str) -> DatasetEdits:
    """Compare an edited document with the one that a dataset writes.

    Parameters
    ----------
    dataset
        As it is.
    text
        The document that it should write.

    Raises
    ------
    BadDatasource
        It is no datasource, or says something that can't be changed; all such problems are listed,
        each with its place in the text.
    """
    edited = DataSource.from_json(text)
    parsed = parse_json(text)
    layers = tuple(one.inferred for one in dataset.layers)
    before = build_datasource(layers, dataset.space, dataset.name)
    written = written_channels(layers)
    matches, problems = _matched(layers, before, written, edited, parsed)
    if problems:
        raise BadDatasource(tuple(problems))
    order = tuple(dict.fromkeys(one.layer for one in matches))
    corrections: list[tuple[int, Correction]] = []
    after: list[InferredLayer] = []
    for number in order:
        one = EditedLayer(
            layer=layers[number],
            placement=dataset.space.layers[number],
            before=[before.data_layers[n] for n, old in enumerate(written) if old.layer == number],
            after=[
                (edited.data_layers[n], match.channel)
                for n, match in enumerate(matches)
                if match.layer == number
            ],
            old_scale=before.scale,
            new_scale=edited.scale,
        )
        at = next(n for n, match in enumerate(matches) if match.layer == number)
        correction, wrong = correction_of_layer(one)
        problems += [parsed.problem(("dataLayers", at, *path), said) for path, said in wrong]
        try:
            after.append(corrected(layers[number], correction))
        except InvalidCorrection as refused:
            problems.append(_refused(refused, at, parsed))
            after.append(layers[number])
        if correction.given:
            corrections.append((number, correction))
    name = edited.id.name if edited.id.name != before.id.name else None
    if name is not None and (why := dataset_name_problem(name)):
        problems.append(parsed.problem(("id", "name"), why))
    if not problems:
        result = build_datasource(after, unify(after), edited.id.name)
        olds = [before.data_layers[match.written] for match in matches]
        problems += _left_over(result, edited, before, olds, parsed)
    if problems:
        raise BadDatasource(tuple(sorted(problems, key=lambda one: (one.line, one.column))))
    return DatasetEdits(name=name, order=order, corrections=tuple(corrections))


@dataclass(frozen=True, slots=True)
class _Match:
    layer: int
    written: int
    """Position of the entry before the edit that this one was, or the first of its layer."""
    channel: int


def _matched(
    layers: Sequence[InferredLayer],
    before: DataSource,
    written: Sequence[WrittenChannel],
    edited: DataSource,
    parsed: JsonText,
) -> tuple[list[_Match], list[Problem]]:
    """Find what each entry was, by the arrays that it names."""
    paths = [level_paths(one) for one in layers]
    used: set[int] = set()
    matches: list[_Match] = []
    problems: list[Problem] = []
    for number, entry in enumerate(edited.data_layers):
        named = {mag.path for mag in entry.mags}
        known = [n for n, one in enumerate(written) if named & paths[one.layer].keys()]
        if not known:
            at: JsonPath = ("dataLayers", number)
            old = [one.name for one in before.data_layers]
            same = entry.name in old
            where = (*at, "mags", 0, "path") if same else at
            said = _WHY["path"] if same else f"a new layer can't be written here: {ADD_INSTEAD}"
            problems.append(parsed.problem(where, said))
            continue
        best = max(known, key=lambda n: _likeness(entry, before.data_layers[n], free=n not in used))
        index = entry.mags[0].channel_index
        exact = before.data_layers[best].mags[0].channel_index == index
        if best in used and exact:
            said = f"this layer stands twice: {ADD_INSTEAD} once more"
            problems.append(parsed.problem(("dataLayers", number), said))
            continue
        used.add(best)
        channel = written[best].number if exact or index is None else index
        matches.append(_Match(layer=written[best].layer, written=best, channel=channel))
    return matches, problems


def _likeness(entry: DataLayer, old: DataLayer, *, free: bool) -> tuple[bool, bool, bool]:
    same_channel = entry.mags[0].channel_index == old.mags[0].channel_index
    return (same_channel, free, entry.name == old.name)


def _refused(refused: InvalidCorrection, at: int, parsed: JsonText) -> Problem:
    name = _FIELDS.get(refused.field, "defaultViewConfiguration")
    path: JsonPath = ("scale",) if name == "scale" else ("dataLayers", at, name)
    return parsed.problem(path, refused.text)


def _left_over(
    result: DataSource,
    edited: DataSource,
    before: DataSource,
    olds: Sequence[DataLayer],
    parsed: JsonText,
) -> Iterator[Problem]:
    """Yield what was edited and would not be written so."""
    old = _with_layers(before, olds)
    wanted, there = edited.to_dict(), result.to_dict()
    for path in _differences(wanted, there):
        # What is as it was follows from other changes.
        if _same(_at(wanted, path), _at(old, path)):
            continue
        name = next((one for one in reversed(path) if isinstance(one, str)), "")
        yield parsed.problem(path, _WHY.get(name, "this can't be changed here"))


def _with_layers(source: DataSource, layers: Sequence[DataLayer]) -> dict[str, object]:
    """Return a document with other layers, in their order."""
    return {**source.to_dict(), "dataLayers": [one.to_dict() for one in layers]}


def _differences(one: object, other: object, path: JsonPath = ()) -> Iterator[JsonPath]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key not in one or key not in other:
                if not _same(one.get(key), other.get(key)):
                    yield (*path, key)
            else:
                yield from _differences(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(left, right, (*path, number))
    elif not _same(one, other):
        yield path


def _same(one: object, other: object) -> bool:
    """Whether two values are equal, numbers but for what rounding does to them."""
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers) and not isinstance(one, bool):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


def _at(value: object, path: JsonPath) -> object:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
