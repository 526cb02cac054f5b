"""One layer's entries before and after an edit → the correction of the layer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nb_remote.datasource.json_text import JsonPath
from nb_remote.datasource.kept import level_paths
from nb_remote.datasource.model import AffineTransformation, DataLayer, Mag, VoxelSize
from nb_remote.datasource.space import LayerPlacement
from nb_remote.infer.correction import Correction
from nb_remote.infer.layer import InferredLayer
from nb_remote.infer.units import NANOMETERS

Wrong = tuple[JsonPath, str]
XYZ = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedLayer:
    """A layer with its entries: one, or one for each channel."""

    layer: InferredLayer
    placement: LayerPlacement
    before: list[DataLayer]
    after: list[tuple[DataLayer, int]]
    """With the number of the channel."""
    old_scale: VoxelSize
    new_scale: VoxelSize

    def old_of(self, channel: int, entry: DataLayer) -> DataLayer:
        """Return the entry of a channel before the edit; the first where there was none."""
        index = entry.mags[0].channel_index
        same = (one for one in self.before if one.mags[0].channel_index == index)
        return next(same, self.before[channel if channel < len(self.before) else 0])

    @property
    def rebase_xyz(self) -> XYZ:
        """Factor between mags of the layer and those of the entry."""
        levels = level_paths(self.layer)
        for mag in self.before[0].mags:
            at = levels.get(mag.path)
            own = self.layer.geometry.levels
            current = [one.key for one in self.layer.arrays]
            key = None if at is None else _base(self.layer).arrays[at].key
            if key in current and (found := own[current.index(key)].mag) is not None:
                x, y, z = (a // b for a, b in zip(mag.mag, found, strict=True))
                return (x, y, z)
        return self.placement.mag_xyz or (1, 1, 1)


def correction_of_layer(edited: EditedLayer) -> tuple[Correction, list[Wrong]]:
    """Return what was changed, and what can't be; paths are relative to the entry."""
    entry, channel = edited.after[0]
    old = edited.old_of(channel, entry)
    fields, wrong = _channels(edited, entry, old)
    if edited.new_scale != edited.old_scale:
        fields |= _voxel_size(edited)
    if entry.name != old.name and len(edited.after) == 1:
        fields["name"] = entry.name
    for name in ("category", "largest_segment_id"):
        if getattr(entry, name) != getattr(old, name):
            fields[name] = getattr(entry, name)
    for found, said in _space(edited, entry, old):
        fields |= found
        wrong += said
    for one, number in edited.after:
        for name, value in _looks(one, edited.old_of(number, one)):
            fields.setdefault(name, {})[number] = value
    return Correction(**fields), wrong


def _channels(
    edited: EditedLayer, entry: DataLayer, old: DataLayer
) -> tuple[dict[str, Any], list[Wrong]]:
    """Return whether three channels became one picture, or one picture three channels."""
    is_rgb = entry.element_class == "uint24"
    pictures = "uint24" in (entry.element_class, old.element_class)
    if edited.layer.is_rgb.value != is_rgb and pictures:
        return {"is_rgb": is_rgb}, []
    if len(edited.after) == len(edited.before):
        return {}, []
    text = (
        "channels of one array are removed together only; to hide one write "
        '"isDisabled": true in its defaultViewConfiguration'
    )
    return {}, [(("name",), text)]


def _space(
    edited: EditedLayer, entry: DataLayer, old: DataLayer
) -> Iterator[tuple[dict[str, Any], list[Wrong]]]:
    """Yield what was changed of box, levels, axes and place."""
    if entry.bounding_box != old.bounding_box:
        yield _box(edited, entry)
    if _levels(entry) != _levels(old):
        mags, wrong = _mags(edited, entry)
        yield {"mags": mags}, wrong
    if entry.mags[0].axis_order != old.mags[0].axis_order:
        yield {"axes": _axes(edited.layer, entry)}, []
    if entry.coordinate_transformations != old.coordinate_transformations:
        yield {"translation_xyz": _translation(edited, entry)}, []


def _box(edited: EditedLayer, entry: DataLayer) -> tuple[dict[str, Any], list[Wrong]]:
    box, rebase = entry.bounding_box, edited.rebase_xyz
    numbers = (*box.top_left, box.width, box.height, box.depth)
    if any(n % r for n, r in zip(numbers, (*rebase, *rebase), strict=True)):
        text = f"must be whole voxels of the layer, each {list(rebase)} of the dataset"
        return {}, [(("boundingBox",), text)]
    own = [n // r for n, r in zip(numbers, (*rebase, *rebase), strict=True)]
    return {"bounding_box": (tuple(own[:3]), tuple(own[3:]))}, []


def _base(layer: InferredLayer) -> InferredLayer:
    return layer.uncorrected or layer


def _voxel_size(edited: EditedLayer) -> dict[str, Any]:
    """Return the layer's voxel size, changed as that of the dataset is."""
    new, old = edited.new_scale, edited.old_scale
    own = edited.layer.geometry.voxel_size_nm_xyz.value
    to_nm = NANOMETERS[old.unit]
    sizes = (n * (nm / (o * to_nm)) for n, nm, o in zip(new.factor, own, old.factor, strict=True))
    return {"voxel_size_xyz": tuple(sizes), "unit": new.unit}


def _levels(entry: DataLayer) -> list[tuple[XYZ, str | None]]:
    return [(mag.mag, mag.path) for mag in entry.mags]


def _mags(edited: EditedLayer, entry: DataLayer) -> tuple[tuple[XYZ | None, ...], list[Wrong]]:
    """Return a mag for each level that was found, None for one that is left out."""
    layer, rebase = edited.layer, edited.rebase_xyz
    base, levels = _base(layer), level_paths(layer)
    now: dict[int, Mag] = {levels[mag.path]: mag for mag in entry.mags if mag.path in levels}
    shown = {levels[mag.path] for mag in edited.before[0].mags if mag.path in levels}
    current = {
        array.key: level.mag
        for array, level in zip(layer.arrays, layer.geometry.levels, strict=True)
    }
    wrong: list[Wrong] = [
        (("mags", n, "path"), "the address of a level can't be edited: add the address instead")
        for n, mag in enumerate(entry.mags)
        if mag.path not in levels
    ]
    mags: list[XYZ | None] = []
    for number, array in enumerate(base.arrays):
        if number in now:
            mag = now[number].mag
            if any(n % r for n, r in zip(mag, rebase, strict=True)):
                text = f"must be a multiple of {list(rebase)}, the layer's own voxel"
                wrong.append((("mags", entry.mags.index(now[number]), "mag"), text))
            x, y, z = (max(1, n // r) for n, r in zip(mag, rebase, strict=True))
            mags.append((x, y, z))
        else:
            mags.append(None if number in shown else current.get(array.key))
    return tuple(mags), wrong


def _axes(layer: InferredLayer, entry: DataLayer) -> tuple[str, ...]:
    """Return a name for each stored axis."""
    before = layer.axes.value.names
    names: list[str] = [""] * len(before)
    order = entry.mags[0].axis_order
    for name in "xyzc":
        position = getattr(order, name, None)
        if position is not None and position < len(names):
            names[position] = name
    for axis in entry.additional_axes:
        if axis.index < len(names) and not names[axis.index]:
            names[axis.index] = axis.name
    taken = {*names, *"xyzc"}
    return tuple(
        name or (old if old not in taken else f"axis{n}")
        for n, (name, old) in enumerate(zip(names, before, strict=True))
    )


def _translation(edited: EditedLayer, entry: DataLayer) -> tuple[float, float, float] | None:
    """Return the corner of the layer in its own voxels; None where more than that was changed."""
    steps = entry.coordinate_transformations or ()
    if len(steps) > 1 or not all(isinstance(one, AffineTransformation) for one in steps):
        return None
    moved = [0.0, 0.0, 0.0]
    if steps and isinstance(steps[0], AffineTransformation):
        moved = [row[3] for row in steps[0].matrix[:3]]
    x, y, z = (
        t / ratio + first
        for t, ratio, first in zip(
            moved, edited.placement.ratio_xyz, edited.layer.first_voxel_xyz, strict=True
        )
    )
    return (x, y, z)


def _looks(entry: DataLayer, old: DataLayer) -> Iterator[tuple[str, Any]]:
    """Yield how a channel is shown, where that was changed."""
    for name, field in (
        ("color", "colors"),
        ("intensity_range", "contrast_limits"),
        ("is_disabled", "visible"),
        ("is_inverted", "inverted"),
    ):
        value, before = _chosen(entry, name), _chosen(old, name)
        if value is not None and value != before:
            yield field, not value if name == "is_disabled" else value


def _chosen(entry: DataLayer, name: str) -> Any:  # noqa: ANN401  (of any field)
    """Return a value of the view configuration, an administrator's before the default."""
    value = getattr(entry.admin_view_configuration, name, None)
    return value if value is not None else getattr(entry.default_view_configuration, name, None)
