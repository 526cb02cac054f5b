"""One layer of a state → `LinkLayer`."""

from collections.abc import Iterable, Mapping
from typing import Any

from nb_remote.location.neuroglancer.legacy import is_source
from nb_remote.location.neuroglancer.shader import controls
from nb_remote.location.neuroglancer.state import LinkLayer, LinkSource, Rgb, SourceTransform
from nb_remote.location.neuroglancer.values import (
    color,
    dimensions,
    flag,
    number,
    numbers,
    segment_id,
    share,
    text,
)


def read_layer(layer: Mapping[str, Any], place: int) -> LinkLayer:
    """Return what a layer says. What is of another type than it should be counts as left out.

    Parameters
    ----------
    layer
        In the keys of today (`legacy.modern`).
    place
        Among the layers of the state, from 0.
    """
    shader = text(layer.get("shader"))
    contrast, colors, color_names = controls(shader, layer.get("shaderControls"))
    shown, hidden = _segments(layer.get("segments"))
    seed = number(layer.get("colorSeed"))
    return LinkLayer(
        number=place,
        name=text(layer.get("name")) or f"layer{place}",
        kind=text(layer.get("type")) or "auto",
        sources=tuple(_sources(layer.get("source"))),
        visible=flag(layer.get("visible"), default=True),
        archived=flag(layer.get("archived"), default=False),
        opacity=share(layer.get("opacity")),
        blend=text(layer.get("blend")),
        shader=shader,
        contrast=contrast,
        colors=colors,
        color_controls=color_names,
        segments=shown,
        hidden_segments=hidden,
        segment_colors=tuple(_segment_colors(layer.get("segmentColors"))),
        segment_default_color=color(layer.get("segmentDefaultColor")),
        color_seed=None if seed is None else int(seed),
        selected_alpha=share(layer.get("selectedAlpha")),
        not_selected_alpha=share(layer.get("notSelectedAlpha")),
        saturation=share(layer.get("saturation")),
        shows_zero=not flag(layer.get("hideSegmentZero"), default=True),
        shows_all_of_none=flag(layer.get("ignoreNullVisibleSet"), default=True),
        merges=bool(layer.get("equivalences")),
        local_dimensions=dimensions(layer.get("localDimensions")),
        local_position=numbers(layer.get("localPosition")),
    )


def _sources(value: object) -> Iterable[LinkSource]:
    for one in value if isinstance(value, list) else [value]:
        if not is_source(one):
            continue
        if isinstance(one, str):
            yield LinkSource(url=one)
        elif isinstance(one, dict):
            yield LinkSource(
                url=one["url"],
                transform=_transform(one.get("transform")),
                subsources=tuple(_subsources(one.get("subsources"))),
                default_subsources=flag(one.get("enableDefaultSubsources"), default=True),
            )


def _subsources(value: object) -> Iterable[tuple[str, bool]]:
    for name, one in value.items() if isinstance(value, dict) else ():
        enabled = one.get("enabled", True) if isinstance(one, dict) else one
        if isinstance(enabled, bool):
            yield name, enabled


def _transform(value: object) -> SourceTransform | None:
    if not isinstance(value, dict):
        return None
    rows = value.get("matrix")
    matrix = [numbers(row) for row in rows] if isinstance(rows, list) else None
    if matrix is not None and None in matrix:
        matrix = [()]  # is no matrix, and must not pass for the identity
    return SourceTransform(
        output=dimensions(value.get("outputDimensions")),
        input=dimensions(value.get("inputDimensions")),
        matrix=None if matrix is None else tuple(row or () for row in matrix),
    )


def _segments(value: object) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the selected ids that are shown, and those that are hidden, each once."""
    shown: dict[int, None] = {}
    hidden: dict[int, None] = {}
    for one in value if isinstance(value, list) else ():
        off = isinstance(one, str) and one.startswith("!")
        if (number := segment_id(one[1:] if off else one)) is not None:
            (hidden if off else shown)[number] = None
    return tuple(shown), tuple(hidden)


def _segment_colors(value: object) -> Iterable[tuple[int, Rgb]]:
    for key, one in value.items() if isinstance(value, dict) else ():
        number, rgb = segment_id(key), color(one)
        if number is not None and rgb is not None:
            yield number, rgb
