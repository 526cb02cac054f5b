"""The live canvas of a form: kept or made anew for what changed, at the same place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nb_remote.form.assembled import Assembled
from nb_remote.infer.geometry import Triple
from nb_remote.layer import Layer
from nb_remote.widget.protocol import Scene
from nb_remote.widget.scene import build_scene
from nb_remote.widget.view import View
from nb_remote.widget.view_traits import MERGED

HEIGHT = 380
"""Of the canvas in CSS pixels: with its controls about as high as two layers' cards."""


def view_of(assembled: Assembled, view: View | None, before: Assembled | None) -> View:
    """Return the view of a dataset, with what was chosen in the one before it.

    That is the same view where nothing of the dataset changed that it draws, or only contrast and
    colours, which it has traits for.

    Parameters
    ----------
    view, before
        The view until now, and what it was of.
    """
    if view is None or before is None:
        return View(assembled.dataset, height=HEIGHT)
    if not _draws_the_same(before, assembled):
        view = View(
            assembled.dataset,
            height=view.height,
            plane=view.plane,
            **_place(assembled, view, before),
            **_choices(assembled, view, before),
        )
    for trait, values in _corrected(before, assembled).items():
        setattr(view, trait, values)
    return view


def _draws_the_same(before: Assembled, after: Assembled) -> bool:
    return (
        before.keys == after.keys
        and _scene(before) == _scene(after)
        and all(
            list(map(id, one.inferred.arrays)) == list(map(id, other.inferred.arrays))
            and one.inferred.axes.value == other.inferred.axes.value
            and one.inferred.box == other.inferred.box
            for one, other in zip(before.dataset.layers, after.dataset.layers, strict=True)
        )
    )


def _scene(assembled: Assembled) -> Scene:
    """Return what the page draws, without what the view's traits say."""
    scene = build_scene(assembled.dataset, {})
    layers = tuple(
        replace(
            layer,
            channels=tuple(
                replace(one, color=(0, 0, 0), contrast_range=None) for one in layer.channels
            ),
        )
        for layer in scene.layers
    )
    return replace(scene, layers=layers)


def _place(assembled: Assembled, view: View, before: Assembled) -> dict[str, Any]:
    """Return position and zoom, in voxels of the new dataset; none if they show nothing of it."""
    if view.zoom is None:  # the page has not shown it yet
        return {}
    pair = _standing_still(assembled, before)
    if pair is None:
        return {}
    old, new = pair
    if old.placement.is_upright and new.placement.is_upright:
        position = tuple(
            (at - a) / r * s + b
            for at, a, r, s, b in zip(
                view.position,
                old.placement.translation_xyz,
                old.placement.ratio_xyz,
                new.placement.ratio_xyz,
                new.placement.translation_xyz,
                strict=True,
            )
        )
    else:  # turned: the same place in nanometres
        sizes = (before.dataset.voxel_size_nm_xyz, assembled.dataset.voxel_size_nm_xyz)
        position = tuple(at * a / b for at, a, b in zip(view.position, *sizes, strict=True))
    lower, upper = assembled.dataset.bounding_box
    if not all(a <= p <= b for a, p, b in zip(lower, position, upper, strict=True)):
        return {}
    # Zoom counts pixels per voxel along the finest axis: a voxel of the layer keeps its size.
    zoom = view.zoom * _finest(old, before) / _finest(new, assembled)
    return {"position": position, "zoom": zoom}


def _standing_still(assembled: Assembled, before: Assembled) -> tuple[Layer, Layer] | None:
    """Return the first layer of both whose voxels stayed as they were; else the first of both."""
    both = [
        (old, new)
        for key in before.keys
        if (old := before.layer(key)) and (new := assembled.layer(key))
    ]
    still = (pair for pair in both if pair[0].voxel_size_nm_xyz == pair[1].voxel_size_nm_xyz)
    return next(still, both[0] if both else None)


def _finest(layer: Layer, assembled: Assembled) -> float:
    """Return the finest side of a layer's voxel, in finest sides of the dataset's."""
    own: Triple = layer.voxel_size_nm_xyz
    return min(own) / min(assembled.dataset.voxel_size_nm_xyz)


def _choices(assembled: Assembled, view: View, before: Assembled) -> dict[str, Any]:
    """Return what was chosen for layers and axes that are still there, by their new names."""
    names = {
        old.name: new.name
        for key in before.keys
        if (old := before.layer(key)) and (new := assembled.layer(key)) and _alike(old, new)
    }
    kept: dict[str, Any] = {}
    for trait in MERGED:
        if trait == "extra_axes":
            continue
        chosen: Mapping[str, Any] = getattr(view, trait)
        kept[trait] = {new: chosen[old] for old, new in names.items() if old in chosen}
    sizes: dict[str, int] = {}
    for layer in assembled.dataset.layers:
        for axis in layer.inferred.axes.value.extra:
            sizes[axis.name] = max(axis.size, sizes.get(axis.name, 0))
    kept["extra_axes"] = {n: at for n, at in view.extra_axes.items() if at < sizes.get(n, 0)}
    return kept


def _alike(old: Layer, new: Layer) -> bool:
    """Whether choices for a layer still mean something for what became of it."""
    return old.category == new.category and len(old.channels) == len(new.channels)


def _corrected(before: Assembled, after: Assembled) -> dict[str, dict[str, list[Any]]]:
    """Return contrast and colours that changed, as the view's traits take them."""
    contrast: dict[str, list[Any]] = {}
    colors: dict[str, list[Any]] = {}
    for key in after.keys:
        old, new = before.layer(key), after.layer(key)
        if old is None or new is None or new.category != "color" or not _alike(old, new):
            continue
        pairs = list(zip(old.channels, new.channels, strict=True))
        limits = [_changed(a.contrast_limits, b.contrast_limits) for a, b in pairs]
        mixed = [_changed(a.color, b.color) for a, b in pairs]
        if any(one is not None for one in limits):
            contrast[new.name] = limits
        if any(one is not None for one in mixed):
            colors[new.name] = mixed
    return {"contrast_limits": contrast, "colors": colors}


def _changed(old: Any, new: Any) -> Any:  # noqa: ANN401  (an inferred value of any type)
    if new is None or (old is not None and old.value == new.value):
        return None
    return new.value
