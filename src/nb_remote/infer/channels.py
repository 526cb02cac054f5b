"""Names, colours and contrast limits of a layer's channels."""

from dataclasses import dataclass

from nb_remote.dialects.base import RawChannel
from nb_remote.infer.inferred import Inferred, Origin

Rgb = tuple[int, int, int]
Limits = tuple[float, float]

WHITE: Rgb = (255, 255, 255)
_DEFAULT_COLORS: tuple[Rgb, ...] = (
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 0),
)
"""Red, green, blue, white as Neuroglancer, then the remaining mixtures."""
_MAX_VISIBLE = 4
"""Channels shown at first when the metadata don't say: more can't be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of a layer, ready to be shown."""

    name: Inferred[str]
    color: Inferred[Rgb]
    contrast_limits: Inferred[Limits] | None
    """From the metadata; None means: sample the coarsest level."""
    contrast_range: Limits | None
    """Ends between which the limits may move; None means: from the samples or the data type."""
    visible: bool
    """Whether it is shown at first."""
    inverted: bool
    """Whether small values are shown bright."""
    visible_origin: Origin = "assumed"
    """How `visible` is known."""
    inverted_origin: Origin = "assumed"
    """How `inverted` is known."""


def infer_channels(raw: tuple[RawChannel, ...], count: int) -> tuple[Channel, ...]:
    """Describe `count` channels, filling in what the metadata leave out."""
    return tuple(_channel(raw[n] if n < len(raw) else RawChannel(), n, count) for n in range(count))


def _channel(raw: RawChannel, number: int, count: int) -> Channel:
    default_color = WHITE if count == 1 else _DEFAULT_COLORS[number % len(_DEFAULT_COLORS)]
    # A channel that the metadata give a colour is one that they describe.
    described = raw.color is not None
    return Channel(
        name=Inferred(raw.name, "metadata")
        if raw.name
        else Inferred(f"channel {number}", "assumed"),
        color=Inferred(raw.color, "metadata") if raw.color else Inferred(default_color, "assumed"),
        contrast_limits=Inferred(raw.window, "metadata") if raw.window else None,
        contrast_range=raw.window_range,
        visible=raw.visible and (described or number < _MAX_VISIBLE),
        inverted=raw.inverted,
        visible_origin="metadata" if described or not raw.visible else "assumed",
        inverted_origin="metadata" if described or raw.inverted else "assumed",
    )
