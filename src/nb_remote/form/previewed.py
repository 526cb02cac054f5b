"""The live canvas of a form: a new view for other layers, at the same place."""

from typing import Any

from nb_remote.dataset import Dataset
from nb_remote.widget.view import View
from nb_remote.widget.view_traits import MERGED

HEIGHT = 380
"""Of the canvas in CSS pixels: with its controls about as high as two layers' cards."""


def view_of(dataset: Dataset, before: View | None) -> View:
    """Make the view of `dataset`, with what was chosen in the one before it."""
    if before is None:
        return View(dataset, height=HEIGHT)
    return View(
        dataset,
        height=before.height,
        plane=before.plane,
        **_place(dataset, before),
        **_choices(dataset, before),
    )


def _place(dataset: Dataset, before: View) -> dict[str, Any]:
    """Return position and zoom, in voxels of the new dataset; none if they show nothing of it."""
    if before.zoom is None:  # the page has not shown it yet
        return {}
    own, new = before.dataset.voxel_size_nm_xyz, dataset.voxel_size_nm_xyz
    position = tuple(p * a / b for p, a, b in zip(before.position, own, new, strict=True))
    lower, upper = dataset.bounding_box
    if not all(a <= p <= b for a, p, b in zip(lower, position, upper, strict=True)):
        return {}
    # Zoom counts pixels per voxel along the finest axis.
    return {"position": position, "zoom": before.zoom * min(new) / min(own)}


def _choices(dataset: Dataset, before: View) -> dict[str, Any]:
    """Return what was chosen for layers and axes that are still there, by their new names."""
    # Names may move on to other layers; what was inferred of a layer stays the same object.
    new_names = {id(layer.inferred): layer.name for layer in dataset.layers}
    names = {layer.name: new_names.get(id(layer.inferred)) for layer in before.dataset.layers}
    kept: dict[str, Any] = {}
    for trait in MERGED:
        if trait == "extra_axes":
            continue
        chosen: dict[str, Any] = getattr(before, trait)
        kept[trait] = {new: chosen[old] for old, new in names.items() if new and old in chosen}
    sizes: dict[str, int] = {}
    for layer in dataset.layers:
        for axis in layer.inferred.axes.value.extra:
            sizes[axis.name] = max(axis.size, sizes.get(axis.name, 0))
    kept["extra_axes"] = {n: at for n, at in before.extra_axes.items() if at < sizes.get(n, 0)}
    return kept
