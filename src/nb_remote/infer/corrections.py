"""A layer and what a person says of it → the layer as the person says."""

from collections.abc import Sequence
from dataclasses import replace

from nb_remote.errors import BadMetadata, InvalidCorrection
from nb_remote.infer import allowed
from nb_remote.infer.again import with_axes, with_category, with_image
from nb_remote.infer.channels import Channel
from nb_remote.infer.correction import Correction, correction_of
from nb_remote.infer.geometry import LARGEST_NM, SMALLEST_NM, Geometry, LevelPlacement, Triple
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import InferredLayer
from nb_remote.infer.units import NANOMETERS

__all__ = ["Correction", "corrected", "correction_of", "labels_follow"]


def corrected(layer: InferredLayer, correction: Correction) -> InferredLayer:
    """Return a layer with what a person says of it.

    A later correction is laid over the earlier ones of the same layer, field by field. What
    depends on a corrected value is inferred again, and every corrected value has the origin
    ``user``.

    Parameters
    ----------
    layer
        As it was inferred, or corrected before.
    correction
        What to change.

    Raises
    ------
    InvalidCorrection
        A value is impossible for this layer; `layer` stays as it is.
    """
    inferred = layer.uncorrected or layer
    whole = correction if layer.correction is None else layer.correction.then(correction)
    if not whole.given:
        return inferred
    one = inferred
    if whole.axes is not None:
        one = _with_axes(one, whole.axes)
    if whole.name is not None:
        allowed.check_name(whole.name)
        one = replace(one, name=Inferred(whole.name, "user"))
    if whole.category is not None:
        allowed.check_category(one, whole.category)
        one = with_category(one, Inferred(whole.category, "user"))
    one = replace(
        one,
        geometry=_geometry(one, whole),
        channels=_channels(one, whole),
    )
    if whole.mags is not None:
        one = _with_mags(one, whole.mags)
    if whole.bounding_box is not None:
        note = allowed.check_box(one, whole.bounding_box)
        one = _noted(replace(one, box=Inferred(whole.bounding_box, "user", note)), note)
    if whole.largest_segment_id is not None:
        note = allowed.check_largest_segment_id(one, whole.largest_segment_id)
        largest: Inferred[int | None] = Inferred(whole.largest_segment_id, "user", note)
        one = _noted(replace(one, largest_segment_id=largest), note)
    if whole.is_rgb is not None:
        allowed.check_rgb(one, is_rgb=whole.is_rgb)
        one = replace(one, is_rgb=Inferred(whole.is_rgb, "user"))
    return replace(one, uncorrected=inferred, correction=whole)


def labels_follow(layers: Sequence[InferredLayer]) -> tuple[InferredLayer, ...]:
    """Let label images without units of their own take those that a person gave their image."""
    images = {
        (one.location, one.found.name): one
        for one in layers
        if one.found.parent is None and one.correction is not None and one.correction.unit
    }
    return tuple(
        _following(one, images.get((one.location, one.found.parent or ""))) for one in layers
    )


def _following(layer: InferredLayer, image: InferredLayer | None) -> InferredLayer:
    # A link has placed it already.
    if image is None or layer.link is not None:
        return layer
    before = layer.uncorrected or layer
    inferred = with_image(before, image)
    if inferred is before:
        return layer
    return inferred if layer.correction is None else corrected(inferred, layer.correction)


def _noted(layer: InferredLayer, note: str) -> InferredLayer:
    return replace(layer, notes=(*layer.notes, note)) if note else layer


def _with_axes(layer: InferredLayer, names: tuple[str, ...]) -> InferredLayer:
    names = allowed.check_axes(layer, names)
    if names == layer.axes.value.names:
        return replace(layer, axes=Inferred(layer.axes.value, "user"))
    if layer.link is not None:
        raise InvalidCorrection(
            "the link places this layer by the axes that it has",
            field="axes",
            hint="Open the layer's own address to give its axes other names.",
        )
    try:
        one = with_axes(layer, names)
    except BadMetadata as error:
        raise InvalidCorrection(
            f"with the axes {', '.join(names)} the layer can't be used: {error.text}", field="axes"
        ) from None
    picture = one.is_rgb.value and len(one.channels) == 3
    return one if picture else replace(one, is_rgb=Inferred(value=False, origin="assumed"))


def _geometry(layer: InferredLayer, correction: Correction) -> Geometry:
    """Voxel size and translation as the person says; offsets and factors count voxels and stay."""
    geometry = layer.geometry
    if correction.voxel_size_xyz is not None or correction.unit is not None:
        geometry = _with_voxel_size(geometry, correction.voxel_size_xyz, correction.unit)
    if correction.translation_xyz is not None:
        corner = allowed.check_translation(correction.translation_xyz)
        geometry = replace(geometry, translation_xyz=Inferred(corner, "user"))
    return geometry


def _with_voxel_size(geometry: Geometry, size: Triple | None, unit: str | None) -> Geometry:
    before = geometry.unit.value
    if size is None:
        # Without a unit in the metadata the numbers are right, and what they count is not.
        x, y, z = (nm / NANOMETERS[before] for nm in geometry.voxel_size_nm_xyz.value)
    else:
        x, y, z = allowed.check_voxel_size(size)
    name = unit or before
    to_nm = NANOMETERS[name]
    in_nm = (x * to_nm, y * to_nm, z * to_nm)
    if not all(SMALLEST_NM <= n <= LARGEST_NM for n in in_nm):
        raise InvalidCorrection(
            f"a voxel of {x:g} × {y:g} × {z:g} {name} is no length of anything",
            field="voxel_size_xyz",
            hint="Check the numbers and the unit.",
        )
    return replace(
        geometry,
        voxel_size_nm_xyz=Inferred(in_nm, "user"),
        unit=Inferred(name, "user"),
        units_xyz=(name, name, name),
    )


def _with_mags(
    layer: InferredLayer, mags: tuple[tuple[int, int, int] | None, ...]
) -> InferredLayer:
    allowed.check_mags(layer, mags)
    kept = [(n, mag) for n, mag in enumerate(mags) if mag is not None]
    levels = layer.geometry.levels
    return replace(
        layer,
        arrays=tuple(layer.arrays[n] for n, _ in kept),
        geometry=replace(layer.geometry, levels=tuple(_level(levels[n], mag) for n, mag in kept)),
    )


def _level(level: LevelPlacement, mag: tuple[int, int, int]) -> LevelPlacement:
    x, y, z = mag
    # A level that keeps its mag keeps the exact factor behind it, too (2.007 of odd extents).
    factor = level.factor_xyz if level.mag == mag else (float(x), float(y), float(z))
    return replace(level, factor_xyz=factor, mag=mag, origin="user")


def _channels(layer: InferredLayer, correction: Correction) -> tuple[Channel, ...]:
    channels = list(layer.channels)
    allowed.check_channel_numbers(layer, correction)
    for number, limits in correction.contrast_limits or ():
        low, high = allowed.check_limits(limits, number)
        ends = channels[number].contrast_range
        channels[number] = replace(
            channels[number],
            contrast_limits=Inferred((low, high), "user"),
            contrast_range=(min(low, ends[0]), max(high, ends[1])) if ends is not None else None,
        )
    for number, color in correction.colors or ():
        checked = allowed.check_color(color, number)
        channels[number] = replace(channels[number], color=Inferred(checked, "user"))
    for number, shown in correction.visible or ():
        flag = allowed.check_flag(shown, "visible", number)
        channels[number] = replace(channels[number], visible=flag, visible_origin="user")
    for number, flipped in correction.inverted or ():
        flag = allowed.check_flag(flipped, "inverted", number)
        channels[number] = replace(channels[number], inverted=flag, inverted_origin="user")
    return tuple(channels)
