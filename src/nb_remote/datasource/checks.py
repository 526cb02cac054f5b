"""What parts of a datasource say together: contradictions, and what WEBKNOSSOS would refuse."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from nb_remote.datasource.fields import Part
from nb_remote.datasource.json_text import JsonPath, shown_path
from nb_remote.datasource.problems import Problem

if TYPE_CHECKING:
    from nb_remote.datasource.model import DataLayer, DataSource

Remark = tuple[JsonPath, str]

DATA_FORMATS = ("zarr", "zarr3", "n5", "neuroglancerPrecomputed", "wkw")
READABLE_FORMATS = DATA_FORMATS[:-1]
ATTACHMENT_FORMATS = ("zarr3", "hdf5", "json", "neuroglancerPrecomputed")
_BITS = {
    **{f"{sign}int{bits}": bits for sign in ("", "u") for bits in (8, 16, 32, 64)},
    "uint24": 24,
}


class Contradiction(ValueError):
    """Parts of a datasource that can't be true together."""

    def __init__(self, remarks: tuple[Remark, ...]) -> None:
        super().__init__("; ".join(f"{shown_path(path)} {text}" for path, text in remarks))
        self.remarks = remarks


def contradictions(source: "DataSource") -> Iterator[Remark]:
    """Yield what can't be true."""
    first: dict[str, int] = {}
    for number, layer in enumerate(source.data_layers):
        at: JsonPath = ("dataLayers", number)
        if first.setdefault(layer.name, number) != number:
            there = f"dataLayers[{first[layer.name]}]"
            yield (*at, "name"), f"{layer.name!r} is the name of {there}, too: names must be unique"
        yield from _in_layer(layer, at)


def holds(element_class: str, number: int) -> bool:
    """Whether voxels of an element class can be as large as a number; floats are not judged."""
    return element_class not in _BITS or number < 2 ** _BITS[element_class]


def _in_layer(layer: "DataLayer", at: JsonPath) -> Iterator[Remark]:
    largest, kind = layer.largest_segment_id, layer.element_class
    if largest is not None and not holds(kind, largest):
        text = f"must be below 2^{_BITS[kind]}, as the ids are {kind}, not {largest}"
        yield (*at, "largestSegmentId"), text
    for number, mag in enumerate(layer.mags):
        order = mag.axis_order
        if order is not None:
            positions = [n for n in (order.x, order.y, order.z, order.c) if n is not None]
            if len(set(positions)) != len(positions):
                where = (*at, "mags", number, "axisOrder")
                yield where, "must place each axis somewhere else"
    for number, axis in enumerate(layer.additional_axes):
        low, high = axis.bounds
        if low >= high:
            where = (*at, "additionalAxes", number, "bounds")
            yield where, f"must rise: the second is the one after the last, not [{low}, {high}]"


def remarks(source: "DataSource", known: Collection[tuple[str, str]]) -> Iterator[Problem]:
    """Yield notes of a document that has no text; `known` are path and text of those made."""
    for path, text in notable(source):
        if (shown_path(path), text) not in known:
            yield Problem(path=shown_path(path), line=0, column=0, text=text)


def notable(source: "DataSource") -> Iterator[Remark]:
    """Yield what is unknown here, or what WEBKNOSSOS would refuse or not use."""
    for path, key in unknown_fields(source, ()):
        yield (*path, key), "is not a field that is known: it is kept as it is"
    for number, layer in enumerate(source.data_layers):
        yield from _of_layer(layer, ("dataLayers", number))


def _of_layer(layer: "DataLayer", at: JsonPath) -> Iterator[Remark]:
    if layer.data_format not in READABLE_FORMATS:
        yield (*at, "dataFormat"), f"{layer.data_format!r} can't be read here: the layer is kept"
    yield from _of_type(layer, at)
    seen: set[tuple[int, int, int]] = set()
    for number, mag in enumerate(layer.mags):
        where = (*at, "mags", number)
        if any(n.bit_count() != 1 for n in mag.mag):
            yield (*where, "mag"), f"WEBKNOSSOS takes powers of two only, not {list(mag.mag)}"
        if mag.mag in seen:
            yield (*where, "mag"), f"{list(mag.mag)} is listed twice: the first one is read"
        seen.add(mag.mag)
    if len({mag.axis_order for mag in layer.mags}) > 1:
        text = "have different axisOrder: WEBKNOSSOS's Python package wants it equal"
        yield (*at, "mags"), text


def _of_type(layer: "DataLayer", at: JsonPath) -> Iterator[Remark]:
    largest, bits = layer.largest_segment_id, _BITS.get(layer.element_class)
    if largest is not None and bits is not None and largest == 2**bits - 1:
        text = f"is the largest that {layer.element_class} has: no new segment can be added"
        yield (*at, "largestSegmentId"), text
    if largest is not None and layer.category == "color":
        yield (*at, "largestSegmentId"), "means nothing in a color layer"
    if layer.category == "segmentation" and largest is None:
        text = "is not known: in WEBKNOSSOS new segments then need ids that are typed in"
        yield (*at, "largestSegmentId"), text
    if layer.category == "segmentation" and layer.element_class in ("uint24", "float", "double"):
        yield (*at, "elementClass"), f"a segmentation can't have {layer.element_class}"
    if layer.element_class == "double":
        yield (*at, "elementClass"), "WEBKNOSSOS can't show double"
    if layer.category == "color" and layer.element_class in ("int64", "uint64"):
        yield (*at, "elementClass"), f"WEBKNOSSOS can't show {layer.element_class} in color"


def unknown_fields(part: Part, at: JsonPath) -> Iterator[tuple[JsonPath, str]]:
    """Yield the path of each part with each field in it that is not known."""
    for key in part.model_extra or {}:
        yield at, key
    for name, info in type(part).model_fields.items():
        yield from _below(getattr(part, name), (*at, str(info.alias)))


def _below(value: object, at: JsonPath) -> Iterator[tuple[JsonPath, str]]:
    if isinstance(value, Part):
        yield from unknown_fields(value, at)
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _below(one, (*at, number))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _below(one, (*at, key))


def part_at(part: object, path: JsonPath) -> object:
    """Return what lies at a path of a datasource, by the names that JSON has; None for nothing."""
    for step in path:
        if isinstance(part, Part) and isinstance(step, str):
            names = {str(info.alias): name for name, info in type(part).model_fields.items()}
            part = getattr(part, names[step]) if step in names else None
        elif isinstance(part, tuple) and isinstance(step, int) and step < len(part):
            part = part[step]
        elif isinstance(part, dict):
            part = part.get(step)
        else:
            return None
    return part
