"""The traits of the view that people set, checked, and how they follow each other.

The page mirrors them: a gesture sets them when it rests. What names layers or axes is laid
over what is there, so ``view.visible = {"cells": False}`` leaves the other layers alone.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import traitlets

from nb_remote.dataset import Dataset
from nb_remote.layer import Layer
from nb_remote.widget.contrast_limits import merge_contrast_limits
from nb_remote.widget.layer_choices import (
    merge_channels,
    merge_colors,
    merge_extra_axes,
    merge_inverted,
    merge_opacity,
    merge_visible,
)
from nb_remote.widget.segments import (
    Hovered,
    merge_selected,
    read_hovered,
    segments_from_json,
    segments_to_json,
)

NORMAL = {"xy": 2, "xz": 1, "yz": 0}
"""Plane → the position in x y z that `slice` counts along."""

Merge = Callable[[Sequence[Layer], Mapping[str, Any], object], dict[str, Any]]

MERGED: dict[str, Merge] = {
    "contrast_limits": merge_contrast_limits,
    "visible": merge_visible,
    "opacity": merge_opacity,
    "channels": merge_channels,
    "colors": merge_colors,
    "inverted": merge_inverted,
    "extra_axes": merge_extra_axes,
    "selected_segments": merge_selected,
}
"""Traits that take names, and what lays a new value over the old one."""

PUBLIC = ("position", "zoom", "plane", "slice", *MERGED, "height")
"""What may be set, and given when a view is made."""


class ViewTraits(anywidget.AnyWidget):
    """The traits alone; `View` documents them. A subclass sets `_dataset` and `_kept` first."""

    _dataset: Dataset
    _kept: dict[str, dict[str, Any]]
    """The traits of `MERGED` as they were before the change that is being checked."""

    # The kernel's own copy of a gesture's result needs no echo to the page that made it.
    position = traitlets.Tuple(
        traitlets.Float(), traitlets.Float(), traitlets.Float(), default_value=(0.0, 0.0, 0.0)
    ).tag(sync=True, echo_update=False)
    zoom = traitlets.Float(None, allow_none=True).tag(sync=True, echo_update=False)
    plane = traitlets.Enum(tuple(NORMAL), default_value="xy").tag(sync=True, echo_update=False)
    slice = traitlets.Int(0)
    contrast_limits = traitlets.Union(
        [traitlets.Dict(), traitlets.Tuple(), traitlets.List()], default_value={}
    ).tag(sync=True, echo_update=False)
    visible = traitlets.Dict().tag(sync=True, echo_update=False)
    opacity = traitlets.Dict().tag(sync=True, echo_update=False)
    channels = traitlets.Dict().tag(sync=True, echo_update=False)
    colors = traitlets.Dict().tag(sync=True, echo_update=False)
    inverted = traitlets.Dict().tag(sync=True, echo_update=False)
    extra_axes = traitlets.Dict().tag(sync=True, echo_update=False)
    selected_segments = traitlets.Dict().tag(
        sync=True, echo_update=False, to_json=segments_to_json, from_json=segments_from_json
    )
    height = traitlets.Int(480, min=120, max=4000).tag(sync=True)
    hovered = traitlets.Instance(Hovered, allow_none=True, read_only=True)
    # Which page told its gestures last, and how often it had: a page whose word was lost with a
    # broken connection finds a lower number here than its own, and tells them again.
    _told: traitlets.List[Any] = traitlets.List().tag(sync=True, echo_update=False)
    _hovered = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True, echo_update=False)

    @traitlets.validate(*MERGED)
    def _lay_over(self, proposal: traitlets.Bunch) -> dict[str, Any]:
        # The trait itself may hold the raw value already: traitlets checks late within a hold.
        name = proposal.trait.name
        return MERGED[name](self._dataset.layers, self._kept.get(name, {}), proposal.value)

    @traitlets.observe(*MERGED)
    def _keep(self, change: traitlets.Bunch) -> None:
        self._kept[change.name] = change.new

    @traitlets.validate("position")
    def _finite_position(self, proposal: traitlets.Bunch) -> Sequence[float]:
        if not all(math.isfinite(one) for one in proposal.value):
            raise traitlets.TraitError(f"position must be finite, not {proposal.value}")
        return tuple(proposal.value)

    @traitlets.validate("zoom")
    def _positive_zoom(self, proposal: traitlets.Bunch) -> float | None:
        value: float | None = proposal.value
        if value is not None and not (math.isfinite(value) and value > 0):
            raise traitlets.TraitError(f"zoom must be positive, not {value}")
        return value

    @traitlets.observe("position", "plane")
    def _follow_position(self, _change: traitlets.Bunch) -> None:
        self.slice = math.floor(self.position[NORMAL[self.plane]])

    @traitlets.observe("slice")
    def _follow_slice(self, change: traitlets.Bunch) -> None:
        axis = NORMAL[self.plane]
        if change.new != math.floor(self.position[axis]):
            position = list(self.position)
            position[axis] = change.new + 0.5
            self.position = tuple(position)

    @traitlets.observe("_hovered")
    def _follow_pointer(self, change: traitlets.Bunch) -> None:
        self.set_trait("hovered", read_hovered(self._dataset.layers, change.new))
