"""Parts of a layer inferred again, once more is known of it."""

from dataclasses import replace

from nb_remote.dialects.base import RawAxis
from nb_remote.infer.category import Category
from nb_remote.infer.image import axis_units
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import InferredLayer, infer_found
from nb_remote.infer.segment_colors import infer_segment_colors


def with_axes(layer: InferredLayer, names: tuple[str, ...]) -> InferredLayer:
    """Infer a layer again with other names for its stored axes, and so its geometry and channels.

    What does not depend on the axes stays as it is.

    Raises
    ------
    BadMetadata
        Nothing can be made of it with these axes.
    """
    kinds = {"x": "space", "y": "space", "z": "space", "c": "channel"}
    before = layer.found.axes or tuple(RawAxis(name="", kind="", unit="") for _ in names)
    axes = tuple(
        RawAxis(name=name, kind=kinds.get(name, ""), unit=one.unit)
        for name, one in zip(names, before, strict=True)
    )
    found = replace(layer.found, axes=axes, axes_assumed="")
    again = infer_found(found, layer.format, layer.location, layer.parent)
    own = tuple(note for note in layer.notes if note not in layer.geometry.notes)
    return replace(
        layer,
        axes=Inferred(again.axes.value, "user"),
        arrays=again.arrays,
        geometry=again.geometry,
        channels=layer.channels if len(again.channels) == len(layer.channels) else again.channels,
        first_voxel_xyz=again.first_voxel_xyz,
        transform=again.transform,
        notes=tuple(dict.fromkeys((*own, *again.notes))),
    )


def with_image(layer: InferredLayer, image: InferredLayer) -> InferredLayer:
    """Return a label image with the units of its image, where it has none of its own.

    Parameters
    ----------
    layer
        As it was inferred.
    image
        The image that it belongs to, as it is known now.
    """
    if any(axis_units(layer.found.axes, layer.axes.value)) or layer.parent == image.geometry:
        return layer
    again = infer_found(layer.found, layer.format, layer.location, image.geometry)
    return replace(layer, parent=image.geometry, geometry=again.geometry, transform=again.transform)


def with_category(layer: InferredLayer, category: Inferred[Category]) -> InferredLayer:
    """Return a layer as an image or a segmentation, with what depends on that.

    Parameters
    ----------
    category
        With how it is known. A segmentation is one of integers: see `infer_category`.
    """
    colors, notes = infer_segment_colors(layer.found.segment_colors, category.value)
    image = category.value == "color"
    return replace(
        layer,
        category=category,
        segment_colors=colors,
        notes=tuple(dict.fromkeys((*layer.notes, *notes))),
        # Ids have no brightest one, and no colours to be mixed.
        largest_segment_id=Inferred(None, "assumed") if image else layer.largest_segment_id,
        is_rgb=layer.is_rgb if image else Inferred(value=False, origin="assumed"),
    )
