"""Contrast limits as people write them → as the view keeps them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from nb_remote.infer.channels import Limits
from nb_remote.layer import Layer

ContrastLimits = dict[str, list[Limits | None]]
"""Image layer name → one ``(low, high)`` per channel, None where not yet known."""


def merge_contrast_limits(
    layers: Sequence[Layer], current: Mapping[str, Any], given: object
) -> ContrastLimits:
    """Lay what was given over what is there.

    Parameters
    ----------
    layers
        The dataset's layers; segmentations have no contrast.
    current
        The limits now.
    given
        ``(low, high)`` for the first image, or layer name → ``(low, high)`` or one pair (or
        None) per channel. Layers that are not named keep theirs.

    Raises
    ------
    traitlets.TraitError
        An unknown layer, too many channels, or limits that are no two finite rising numbers.
    """
    images = {layer.name: layer for layer in layers if layer.category == "color"}
    merged: ContrastLimits = {
        name: [
            _limits(known)
            if (known := _at(current.get(name), n)) is not None
            else channel.contrast_limits.value
            if channel.contrast_limits is not None
            else None
            for n, channel in enumerate(layer.channels)
        ]
        for name, layer in images.items()
    }
    if _is_pair(given):
        if not images:
            raise traitlets.TraitError("there is no image whose contrast could be set")
        given = {next(iter(images)): given}
    if not isinstance(given, Mapping):
        raise traitlets.TraitError(
            f"contrast_limits must be (low, high) or a layer's name → limits, not {given!r}"
        )
    for name, value in given.items():
        if name not in images:
            known_names = ", ".join(map(repr, images)) or "none"
            raise traitlets.TraitError(f"no image layer {name!r}; there are {known_names}")
        pairs = [value] * len(merged[name]) if _is_pair(value) else value
        if not isinstance(pairs, Sequence) or len(pairs) > len(merged[name]):
            raise traitlets.TraitError(
                f"layer {name!r} has {len(merged[name])} channels; limits were {value!r}"
            )
        for n, pair in enumerate(pairs):
            if pair is not None:
                merged[name][n] = _limits(pair)
    return merged


def _at(values: object, index: int) -> object:
    return values[index] if isinstance(values, Sequence) and index < len(values) else None


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, Sequence)
        and len(value) == 2
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
    )


def _limits(pair: object) -> Limits:
    if not _is_pair(pair):
        raise traitlets.TraitError(f"contrast limits must be (low, high), not {pair!r}")
    low, high = (float(one) for one in pair)  # type: ignore[attr-defined]  # _is_pair has looked
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise traitlets.TraitError(f"contrast limits must be finite and rise, not {pair!r}")
    return (low, high)
