"""What a dataset's own file says beyond what is inferred: written again as it was read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any

from pydantic import ValidationError

from nb_remote.datasource.addresses import written_path, written_paths
from nb_remote.datasource.checks import holds
from nb_remote.datasource.looks import DatasetViewConfiguration, ViewConfiguration
from nb_remote.datasource.model import (
    AdditionalAxis,
    BoundingBox,
    DataLayer,
    DataSource,
    Mag,
)
from nb_remote.datasource.space import DatasetSpace, LayerPlacement
from nb_remote.infer.channels import Channel
from nb_remote.infer.layer import InferredLayer
from nb_remote.infer.units import NANOMETERS

_READ_BY_WEBKNOSSOS = ("https://", "http://", "s3://", "gs://")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDataset:
    """The file that all layers come from."""

    source: DataSource
    """Without layers."""
    is_unmoved: bool
    """Whether nobody changed the place or the voxel size of a layer."""

    def in_own_space(self, layer: InferredLayer, space: DatasetSpace) -> bool:
        """Whether the voxels of the file's mag 1 are the dataset's, as far as `layer` is meant."""
        factor, unit = self.source.scale.factor, NANOMETERS[self.source.scale.unit]
        same = all(
            isclose(n * unit, nm, rel_tol=1e-12)
            for n, nm in zip(factor, space.voxel_size_nm_xyz.value, strict=True)
        )
        return self.is_unmoved or (same and not is_moved(layer))

    def written(self, built: DataSource, renamed: dict[str, str]) -> DataSource:
        """Return the dataset with what the file says of the whole.

        Parameters
        ----------
        renamed
            Name of a layer in the file → its name now.
        """
        view = self.source.default_view_configuration
        return self.source.model_copy(
            update={
                "id": self.source.id.model_copy(update={"name": built.id.name}),
                "scale": self.source.scale if self.is_unmoved else built.scale,
                "data_layers": built.data_layers,
                "default_view_configuration": view and _with_names(view, renamed),
            }
        )


def kept_dataset(layers: Sequence[InferredLayer]) -> KeptDataset | None:
    """Return what the file says of the dataset, where all layers come from the same one."""
    documents = [one.stated.dataset if one.stated is not None else None for one in layers]
    if not documents or not documents[0] or any(one != documents[0] for one in documents):
        return None
    try:
        source = DataSource.model_validate({**documents[0], "dataLayers": ()})
    except ValidationError:  # the dialect takes more than the schema does
        return None
    return KeptDataset(source=source, is_unmoved=not any(map(is_moved, layers)))


def is_moved(layer: InferredLayer) -> bool:
    """Whether somebody changed the layer's place or voxel size."""
    before = (layer.uncorrected or layer).geometry
    now = layer.geometry
    return (
        now.voxel_size_nm_xyz.value != before.voxel_size_nm_xyz.value
        or now.translation_xyz.value != before.translation_xyz.value
        or now.unit.value != before.unit.value
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLayer:
    """The entry of a layer in the file."""

    position: int
    layer: DataLayer

    @property
    def shows_all(self) -> bool:
        """Whether the file doesn't take the channels apart."""
        return all(mag.channel_index is None for mag in self.layer.mags)


def kept_layer(layer: InferredLayer, number: int) -> KeptLayer | None:
    """Return what the file says of a channel of a layer; None where it says nothing usable."""
    entries = layer.stated.entries if layer.stated is not None else ()
    entry = entries[number if number < len(entries) else 0] if entries else None
    if entry is None:
        return None
    try:
        return KeptLayer(
            position=entry.position, layer=DataLayer.model_validate(dict(entry.document))
        )
    except ValidationError:  # the dialect takes more than the schema does
        return None


def level_paths(layer: InferredLayer) -> dict[str | None, int]:
    """Return the level that was found under each address that may stand for it in a datasource."""
    base = layer.uncorrected or layer
    paths: dict[str | None, int] = {
        path: n
        for n, array in enumerate(base.arrays)
        for path in written_paths(layer.location, array.key)
    }
    if layer.stated is None:
        return paths
    for number in range(len(layer.stated.entries)):
        kept = kept_layer(layer, number)
        by_mag = {mag.mag: mag.path for mag in kept.layer.mags} if kept is not None else {}
        for n, array in enumerate(base.arrays):
            path = by_mag.get(layer.stated.mag_of_key.get(array.key, (0, 0, 0)))
            if path is not None and path.startswith(_READ_BY_WEBKNOSSOS):
                paths.setdefault(path, n)
    return paths


def written_layer(
    kept: DataLayer,
    built: DataLayer,
    layer: InferredLayer,
    placement: LayerPlacement,
    number: int,
    *,
    own_space: bool,
) -> DataLayer:
    """Return the file's entry with what was inferred or corrected since.

    Parameters
    ----------
    built
        The same channel of the layer as it would be written without the file.
    own_space
        Whether mags and boxes are counted as in the file.
    """
    before = layer.uncorrected or layer
    same_rgb = layer.is_rgb.value == before.is_rgb.value
    same_kind = same_rgb and layer.category.value == before.category.value
    same_axes = layer.axes.value == before.axes.value
    (left, top, front), (width, height, depth) = layer.bounding_box.value
    box = built.bounding_box
    if own_space:
        box = BoundingBox(top_left=(left, top, front), width=width, height=height, depth=depth)
    color, admin = _looks(kept, layer.channels[number])
    user_id = layer.largest_segment_id.origin == "user"
    return kept.model_copy(
        update={
            "name": built.name,
            "category": built.category,
            "element_class": kept.element_class
            if same_kind and _is_same(kept, built)
            else built.element_class,
            "num_channels": kept.num_channels if same_rgb else built.num_channels,
            "bounding_box": kept.bounding_box.model_copy(update=dict(box)),
            "mags": _mags(
                kept, built, layer, placement, own=own_space, axes=same_axes, channel=same_rgb
            ),
            "largest_segment_id": layer.largest_segment_id.value
            if user_id
            else _largest_id(kept, built, same_kind=same_kind),
            "additional_axes": _axes(kept.additional_axes, built.additional_axes),
            "coordinate_transformations": kept.coordinate_transformations
            if own_space and not is_moved(layer)
            else built.coordinate_transformations,
            "default_view_configuration": color,
            "admin_view_configuration": admin,
        }
    )


def _largest_id(kept: DataLayer, built: DataLayer, *, same_kind: bool) -> int | None:
    largest = kept.largest_segment_id
    if not same_kind or (largest is not None and not holds(built.element_class, largest)):
        return built.largest_segment_id
    return largest


def _is_same(kept: DataLayer, built: DataLayer) -> bool:
    """Whether both have one element class, of which a segmentation's sign does not matter."""
    classes = {kept.element_class, built.element_class}
    signless = {one.removeprefix("u") for one in classes}
    return len(classes if built.category == "color" else signless) == 1


def _mags(
    kept: DataLayer,
    built: DataLayer,
    layer: InferredLayer,
    placement: LayerPlacement,
    *,
    own: bool,
    axes: bool,
    channel: bool,
) -> tuple[Mag, ...]:
    """Return the levels as the file has them; which is which is told by their arrays."""
    known = layer.stated.mag_of_key if layer.stated is not None else {}
    entry_of = {written_path(layer.location, key): mag for key, mag in known.items()}
    by_mag = {one.mag: n for n, one in reversed(list(enumerate(kept.mags)))}
    rebase = placement.mag_xyz or (1, 1, 1)
    found: list[tuple[int, Mag]] = []
    for one in built.mags:
        at = by_mag.get(entry_of.get(one.path or "", (0, 0, 0)))
        if at is None:
            found.append((len(kept.mags), one))
            continue
        entry = kept.mags[at]
        absolute = entry.path is not None and entry.path.startswith(_READ_BY_WEBKNOSSOS)
        x, y, z = one.mag
        mag = (x // rebase[0], y // rebase[1], z // rebase[2]) if own else one.mag
        changes: dict[str, Any] = {"mag": mag, "path": entry.path if absolute else one.path}
        if not axes or entry.axis_order is None:
            changes["axis_order"] = one.axis_order
        if not channel:
            changes["channel_index"] = one.channel_index
        found.append((at, entry.model_copy(update=changes)))
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def _axes(
    kept: tuple[AdditionalAxis, ...], built: tuple[AdditionalAxis, ...]
) -> tuple[AdditionalAxis, ...]:
    def told(axes: Iterable[AdditionalAxis]) -> set[tuple[str, int]]:
        return {(one.name.strip().lower(), one.index) for one in axes}

    return kept if told(kept) == told(built) else built


def _looks(
    kept: DataLayer, channel: Channel
) -> tuple[ViewConfiguration | None, ViewConfiguration | None]:
    """Return both view configurations, with what a person chose where it counts."""
    chosen: dict[str, Any] = {}
    if channel.color.origin == "user":
        chosen["color"] = channel.color.value
    if channel.contrast_limits is not None and channel.contrast_limits.origin == "user":
        chosen["intensity_range"] = channel.contrast_limits.value
    if channel.visible_origin == "user":
        chosen["is_disabled"] = not channel.visible
    if channel.inverted_origin == "user":
        chosen["is_inverted"] = channel.inverted
    default, admin = kept.default_view_configuration, kept.admin_view_configuration
    if not chosen:
        return default, admin
    of_admin = {name: one for name, one in chosen.items() if getattr(admin, name, None) is not None}
    rest = {name: one for name, one in chosen.items() if name not in of_admin}
    if of_admin and admin is not None:
        admin = admin.model_copy(update=of_admin)
    if rest:
        default = (default or ViewConfiguration()).model_copy(update=rest)
    return default, admin


def _with_names(
    view: DatasetViewConfiguration, renamed: dict[str, str]
) -> DatasetViewConfiguration:
    """Return how the dataset is shown, by the names that its layers have now."""
    changes: dict[str, Any] = {}

    def now(name: str) -> str:
        return renamed.get(name, name)

    if view.layers is not None:
        changes["layers"] = {now(name): one for name, one in view.layers.items()}
    if view.color_layer_order is not None:
        changes["color_layer_order"] = tuple(map(now, view.color_layer_order))
    if view.natively_rendered_layer_name is not None:
        changes["natively_rendered_layer_name"] = now(view.natively_rendered_layer_name)
    return view.model_copy(update=changes)
