"""The live canvas of a form: a new view for other layers, at the same place."""

from typing import Any

from nb_remote.dataset import Dataset
from nb_remote.widget.view import View

HEIGHT = 380
"""Of the canvas in CSS pixels: with its controls about as high as two layers' cards."""


def view_of(dataset: Dataset, before: View | None) -> View:
    """Make the view of `dataset`, at the place that the one before it showed."""
    if before is None:
        return View(dataset, height=HEIGHT)
    kept: dict[str, Any] = {"height": before.height}
    if before.zoom is not None:  # None: the page has not shown it yet
        own, new = before.dataset.voxel_size_nm_xyz, dataset.voxel_size_nm_xyz
        x, y, z = (p * a / b for p, a, b in zip(before.position, own, new, strict=True))
        if _inside((x, y, z), dataset):
            kept["position"] = (x, y, z)
            # Zoom counts pixels per voxel along the finest axis.
            kept["zoom"] = before.zoom * min(new) / min(own)
    kept["contrast_limits"] = {
        name: limits for name, limits in before.contrast_limits.items() if name in dataset
    }
    return View(dataset, **kept)


def _inside(position: tuple[float, float, float], dataset: Dataset) -> bool:
    lower, upper = dataset.bounding_box
    return all(a <= p <= b for a, p, b in zip(lower, position, upper, strict=True))
