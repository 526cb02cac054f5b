"""How a dataset looks: what a view's traits say, or what they would begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nb_remote.infer.channels import Limits
from nb_remote.infer.geometry import Triple

_DIMMED = 64 / 255
"""Share of its opacity that a segment keeps in a view while others are selected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What is shown of a dataset; what is None or missing was not chosen."""

    position: Triple | None = None
    """Centre of the view, x y z in dataset voxels."""
    zoom: float | None = None
    """CSS pixels per voxel along the dataset's finest axis."""
    plane: str | None = None
    visible: Mapping[str, bool] = field(default_factory=dict)
    opacity: Mapping[str, float] = field(default_factory=dict)
    contrast_limits: Mapping[str, Sequence[Limits | None]] = field(default_factory=dict)
    channels: Mapping[str, Sequence[bool]] = field(default_factory=dict)
    colors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """``#rrggbb`` per channel."""
    inverted: Mapping[str, Sequence[bool]] = field(default_factory=dict)
    extra_axes: Mapping[str, int] = field(default_factory=dict)
    selected_segments: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, traits: Mapping[str, Any]) -> "Looks":
        """Return what the traits of a view say; those of others are left out."""
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in traits.items() if name in known})


def dimmed(opacity: float) -> float:
    """Return the opacity of segments that are not selected while others are."""
    return opacity * _DIMMED
