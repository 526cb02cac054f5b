"""Inferred layers → the WEBKNOSSOS datasource: one layer per channel, as WEBKNOSSOS keeps them."""

from collections.abc import Sequence
from typing import cast

from nb_remote.containers.n5.keys import MemberKeys
from nb_remote.datasource.addresses import written_path
from nb_remote.datasource.kept import (
    KeptDataset,
    kept_dataset,
    kept_layer,
    written_layer,
)
from nb_remote.datasource.model import (
    AdditionalAxis,
    AffineTransformation,
    Attachment,
    Attachments,
    AxisOrder,
    BoundingBox,
    DataLayer,
    DatasetId,
    DataSource,
    ElementClass,
    Mag,
    ViewConfiguration,
    VoxelSize,
)
from nb_remote.datasource.problems import Problem
from nb_remote.datasource.space import DatasetSpace, LayerPlacement
from nb_remote.datasource.split import (
    WrittenChannel,
    element_class_of,
    fits_element_class,
    fits_mag,
    written_channels,
)
from nb_remote.dialects.affine import IDENTITY, compose, diagonal
from nb_remote.infer.channels import Channel
from nb_remote.infer.layer import InferredLayer
from nb_remote.infer.names import layer_name, unique_names
from nb_remote.infer.units import NANOMETERS
from nb_remote.location.location import Location


def build_datasource(
    layers: Sequence[InferredLayer], space: DatasetSpace, name: str = ""
) -> DataSource:
    """Write the datasource of `layers` in `space`, called `name`.

    What WEBKNOSSOS can't take is left out, see `left_out`: one such level or layer would make it
    refuse the whole document.
    """
    written = written_channels(layers)
    names = unique_names(
        (_channel_layer_name(layers[one.layer], one.number) for one in written),
        chosen=(layers[one.layer].name.origin == "user" for one in written),
    )
    whole = kept_dataset(layers)
    built = DataSource(
        id=DatasetId(name=name),
        scale=_voxel_size(space),
        data_layers=tuple(
            _written(layers[one.layer], space, one, name, whole)
            for one, name in zip(written, names, strict=True)
        ),
    )
    if whole is not None:
        old = (
            one.kept.layer.name if one.kept is not None else name
            for one, name in zip(written, names, strict=True)
        )
        built = whole.written(built, dict(zip(old, names, strict=True)))
    return built.with_notes(
        tuple(
            Problem(path="", line=0, column=0, text=f"layer {layer.name.value!r}: {text}")
            for layer in layers
            for text in left_out(layer)
        )
    )


def _written(
    layer: InferredLayer,
    space: DatasetSpace,
    one: WrittenChannel,
    name: str,
    whole: KeptDataset | None,
) -> DataLayer:
    placement = space.layers[one.layer]
    built = _data_layer(layer, placement, one.number, name)
    if one.kept is None:
        return built
    own = whole is not None and whole.in_own_space(layer, space)
    return written_layer(one.kept.layer, built, layer, placement, one.number, own_space=own)


def left_out(layer: InferredLayer) -> tuple[str, ...]:
    """Say what of a layer is not in the datasource, and why; one sentence each."""
    if not fits_element_class(layer):
        return (f"not in the WEBKNOSSOS datasource, which has no element class for {layer.dtype}",)
    if not any(map(fits_mag, layer.geometry.levels)):
        return ("not in the WEBKNOSSOS datasource: no level has a power of two as its mag",)
    levels = (
        f"level {array.key!r} is not in the WEBKNOSSOS datasource: its mag is no power of two"
        for array, level in zip(layer.arrays, layer.geometry.levels, strict=True)
        if not fits_mag(level)
    )
    joined = (
        (f"the WEBKNOSSOS datasource has the first time point only, {layer.arrays[0].key!r}",)
        if _is_joined(layer)
        else ()
    )
    stated = layer.stated is not None and bool(layer.stated.entries)
    lost = (
        ("the file's entry is no valid one: only what is shown here is written again",)
        if stated and kept_layer(layer, _first_entry(layer)) is None
        else ()
    )
    return (*_out_of_reach(layer.location), *joined, *levels, *lost)


def _first_entry(layer: InferredLayer) -> int:
    entries = layer.stated.entries if layer.stated is not None else ()
    return next((n for n, one in enumerate(entries) if one is not None), 0)


def _is_joined(layer: InferredLayer) -> bool:
    """Whether its last axis is made of arrays that are stored singly, as WEBKNOSSOS sees them."""
    layout = layer.arrays[0].layout
    return layout is not None and isinstance(layout.keys, MemberKeys)


def _out_of_reach(location: Location) -> tuple[str, ...]:
    if location.zip_path is not None:
        return ("the WEBKNOSSOS datasource names a zip file; WEBKNOSSOS reads no zip files",)
    if location.is_local:
        what = "a folder of this machine; only a WEBKNOSSOS on this machine can read it"
        return (f"the WEBKNOSSOS datasource names {what}",)
    return ()


def _voxel_size(space: DatasetSpace) -> VoxelSize:
    unit = space.unit.value
    x, y, z = (_tidy(nm / NANOMETERS[unit]) for nm in space.voxel_size_nm_xyz.value)
    return VoxelSize(factor=(x, y, z), unit=unit)


def _tidy(value: float) -> float:
    """Drop the residue of the way to nanometres and back (0.36 → 360.0 → 0.36)."""
    return float(f"{value:.12g}")


def _channel_layer_name(layer: InferredLayer, number: int) -> str:
    """Name a channel's layer by the channel, as WEBKNOSSOS does.

    A layer with a single channel keeps its own name, so that it is called the same here and in
    Python.
    """
    channel = layer.channels[number]
    if channel.name.origin == "metadata" and len(layer.channels) > 1 and not layer.is_rgb.value:
        return layer_name(channel.name.value)
    return layer.name.value


def _data_layer(
    layer: InferredLayer, placement: LayerPlacement, number: int, name: str
) -> DataLayer:
    rebase = placement.mag_xyz or (1, 1, 1)
    rgb = layer.is_rgb.value
    first, extent = layer.bounding_box.value
    width, height, depth = (n * m for n, m in zip(extent, rebase, strict=True))
    left, top, front = (n * m for n, m in zip(first, rebase, strict=True))
    return DataLayer(
        name=name,
        category=layer.category.value,
        data_format=layer.data_format,
        bounding_box=BoundingBox(
            top_left=(left, top, front), width=width, height=height, depth=depth
        ),
        element_class="uint24" if rgb else cast("ElementClass", element_class_of(layer)),
        num_channels=len(layer.channels) if rgb else None,
        mags=_mags(layer, rebase, number),
        largest_segment_id=layer.largest_segment_id.value,
        additional_axes=tuple(
            AdditionalAxis(
                name=axis.name or f"axis{axis.index}", bounds=(0, axis.size), index=axis.index
            )
            for axis in layer.axes.value.extra
            if not (_is_joined(layer) and axis.index == len(layer.arrays[0].shape) - 1)
        ),
        coordinate_transformations=_transformations(layer, placement),
        default_view_configuration=_view_configuration(layer, layer.channels[number]),
        attachments=_attachments(layer),
    )


def _mags(layer: InferredLayer, rebase: tuple[int, int, int], number: int) -> tuple[Mag, ...]:
    """Every level that fits, under the dataset's mag."""
    axes = layer.axes.value
    # WEBKNOSSOS gives 2-D data a z axis behind the last one; its Python package needs it.
    order = AxisOrder(x=axes.x, y=axes.y, z=len(axes.names) if axes.z is None else axes.z, c=axes.c)
    mags: dict[tuple[int, int, int], Mag] = {}
    for array, level in zip(layer.arrays, layer.geometry.levels, strict=True):
        if level.mag is None or not fits_mag(level):
            continue
        x, y, z = (a * b for a, b in zip(level.mag, rebase, strict=True))
        one = Mag(
            mag=(x, y, z),
            path=written_path(layer.location, array.key),
            axis_order=order,
            channel_index=None if axes.c is None or layer.is_rgb.value else number,
        )
        mags.setdefault(one.mag, one)
    return tuple(mags.values())


def _transformations(
    layer: InferredLayer, placement: LayerPlacement
) -> tuple[AffineTransformation, ...] | None:
    """Return the way from where WEBKNOSSOS has the layer's voxels to where they lie.

    It counts voxels of the rebased mags, from the format's own first voxel.
    """
    x, y, z = placement.mag_xyz or (1, 1, 1)
    left, top, front = (
        t - c
        for t, c in zip(layer.geometry.translation_xyz.value, layer.first_voxel_xyz, strict=True)
    )
    whole = compose(
        diagonal((1 / x, 1 / y, 1 / z)),
        diagonal((1.0, 1.0, 1.0), (left, top, front)),
        layer.transform or IDENTITY,
        diagonal(placement.ratio_xyz),
    )
    if whole == IDENTITY:
        return None
    return (AffineTransformation(matrix=(*whole, (0.0, 0.0, 0.0, 1.0))),)


def _view_configuration(layer: InferredLayer, channel: Channel) -> ViewConfiguration | None:
    if layer.category.value == "segmentation":
        return None
    limits = channel.contrast_limits
    ends = channel.contrast_range
    return ViewConfiguration(
        color=None if layer.is_rgb.value else channel.color.value,
        alpha=_alpha(layer),
        intensity_range=limits.value if limits is not None else None,
        min=ends[0] if ends is not None else None,
        max=ends[1] if ends is not None else None,
        is_disabled=not channel.visible,
        is_inverted=channel.inverted,
    )


def _alpha(layer: InferredLayer) -> float | None:
    """Opacity in percent, where a link states it."""
    share = layer.link.layer.opacity if layer.link is not None else None
    return None if share is None else _tidy(100 * share)


def _attachments(layer: InferredLayer) -> Attachments | None:
    """Return the meshes that the metadata name. Nothing is asked of them: they are not shown."""
    folder = layer.found.meshes
    if folder is None or layer.category.value != "segmentation":
        return None
    mesh = Attachment(
        name=folder.rpartition("/")[2],
        path=written_path(layer.location, "/".join(filter(None, (layer.path, folder)))),
        data_format="neuroglancerPrecomputed",
    )
    return Attachments(meshes=(mesh,))
