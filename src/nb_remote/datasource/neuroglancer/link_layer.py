"""What a link says of a layer, laid over what was inferred of it."""

import math
from dataclasses import replace

from nb_remote.datasource.neuroglancer.corners import is_centred, their_axes
from nb_remote.datasource.neuroglancer.looks import dimmed
from nb_remote.infer.category import Category
from nb_remote.infer.channels import WHITE, Channel
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import InferredLayer
from nb_remote.infer.names import layer_name
from nb_remote.infer.segment_colors import infer_segment_colors
from nb_remote.location.neuroglancer.from_link import FromLink
from nb_remote.location.neuroglancer.shader import is_plain
from nb_remote.location.neuroglancer.sources import why_not
from nb_remote.location.neuroglancer.state import Contrast, LinkLayer, Rgb

_CATEGORIES: dict[str, Category] = {"image": "color", "segmentation": "segmentation"}
_BY_THE_LINK = "by the link"
_SEEN = 1 / 255
"""Opacities that differ less look alike."""
_MIXED = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


def as_linked(layer: InferredLayer, link: FromLink) -> InferredLayer:
    """Return a layer with name, category, channels and colors of the link, and the link itself."""
    said = link.layer
    notes: list[str] = []
    one = replace(
        layer,
        name=Inferred(layer_name(said.name), "metadata", _BY_THE_LINK),
        category=_category(layer, said, notes),
        link=link,
    )
    if one.category.value == "color":
        one = replace(one, channels=_channels(one, link, notes), segment_colors=())
    else:
        raw = tuple((number, (*rgb, 255)) for number, rgb in said.segment_colors)
        colors, odd = infer_segment_colors(
            tuple(
                {
                    number: (number, rgba) for number, rgba in (*layer.found.segment_colors, *raw)
                }.values()
            ),
            "segmentation",
        )
        one = replace(one, segment_colors=colors)
        notes += [*odd, *_of_segments(said)]
    return replace(one, notes=tuple(dict.fromkeys((*one.notes, *notes))))


def _of_segments(said: LinkLayer) -> list[str]:
    """Return what of a link's segments looks otherwise here, one sentence each."""
    notes: list[str] = []
    if said.color_seed:
        notes.append("the link gives other colors to its segments (colorSeed)")
    if said.segment_default_color is not None:
        notes.append("the link gives one color to all its segments, which is not followed")
    if said.saturation is not None and said.saturation != 1:
        notes.append("the link makes its segments paler (saturation), which is not followed")
    if said.merges:
        notes.append("the link takes several ids for one segment (equivalences), here each is one")
    if said.shows_zero:
        notes.append("the link draws segment 0, which is background here")
    others = said.not_selected_alpha or 0.0
    selected = 0.5 if said.selected_alpha is None else said.selected_alpha
    if not any(said.segments) and not said.shows_all_of_none:
        notes.append("the link shows no segment while none is selected, here all are shown")
    elif any(said.segments) and abs(others - dimmed(selected)) > _SEEN:
        share = f"at an opacity of {others:g}" if others else "not at all"
        notes.append(
            f"the link shows segments that are not selected {share} (notSelectedAlpha), here they "
            "are dimmed to a quarter"
        )
    return notes


def _category(layer: InferredLayer, said: LinkLayer, notes: list[str]) -> Inferred[Category]:
    wanted = _CATEGORIES.get(said.kind)
    if wanted is None or (wanted, "metadata") == (layer.category.value, layer.category.origin):
        return layer.category
    if wanted == "segmentation" and layer.dtype.kind not in "iu":
        notes.append(f"a segmentation in the link, but {layer.dtype} holds no ids")
        return layer.category
    return Inferred(wanted, "metadata", _BY_THE_LINK)


def _channels(layer: InferredLayer, link: FromLink, notes: list[str]) -> tuple[Channel, ...]:
    said = link.layer
    channels = list(layer.channels)
    if not is_plain(said.shader):
        notes.append(
            "the shader of the link is not evaluated: contrast and colors are taken from it"
        )
    if said.blend != "additive" and link.number > _lowest(link):
        notes.append("the link lays this layer over those below; here images are added up")
    is_gray = is_plain(said.shader) and not said.colors
    if is_gray and not said.contrast and layer.dtype.itemsize > 1:
        notes.append(f"the link draws all values of {layer.dtype.name}; here contrast is measured")
    for n, rgb, contrast in drawn(layer, said):
        channels[n] = _with_contrast(channels[n], contrast or _whole_range(layer))
        if rgb is not None:
            channels[n] = replace(channels[n], color=Inferred(rgb, "metadata", _BY_THE_LINK))
        elif is_gray and channels[n].color.value != WHITE:
            notes.append("the link draws it in gray, here in the color that its metadata give it")
    shown = {n for n, _, _ in drawn(layer, said)}
    return tuple(
        replace(one, visible=n in shown, visible_origin="metadata") if len(channels) > 1 else one
        for n, one in enumerate(channels)
    )


def _lowest(link: FromLink) -> int:
    """Return which layer of a link has nothing drawn below it."""
    shown = (one for one in link.state.layers if one.visible and not one.archived)
    return next((one.number for one in shown if one.sources and not why_not(one)), link.number)


def drawn(layer: InferredLayer, said: LinkLayer) -> list[tuple[int, Rgb | None, Contrast | None]]:
    """Return the channels that the link draws, each with its color and contrast as far as said."""
    count = len(layer.channels)
    first_color = said.colors[0] if said.colors else None
    first = said.contrast[0] if said.contrast else None
    if (own := _chosen(layer, said)) is not None:
        return [(min(max(0, own), count - 1), first_color, first)]
    if count == 1:
        return [(0, first_color, first)]
    if "getDataValue(1)" in (said.shader or "") and not said.contrast:
        return [(n, rgb, None) for n, rgb in enumerate(_MIXED[:count])]
    named = [
        (n if one.channel is None else one.channel, one) for n, one in enumerate(said.contrast)
    ]
    each = {
        channel: (channel, said.colors[n] if n < len(said.colors) else None, one)
        for n, (channel, one) in enumerate(named)
        if channel < count
    }
    return list(each.values()) or [(0, first_color, None)]


def _chosen(layer: InferredLayer, said: LinkLayer) -> int | None:
    """Return the channel at the layer's own position; None where it has no such axis."""
    names = [one.name for one in said.local_dimensions or ()]
    if not names:
        given = [one.transform.output for one in said.sources if one.transform is not None]
        renamed = next((one for one in given if one is not None), None)
        axes = their_axes(layer) if renamed is None else [one.name for one in renamed]
        names = [one for one in axes if one.endswith("'")]
    if "c'" not in names:
        return None
    at = names.index("c'")
    position = said.local_position or ()
    value = position[at] if at < len(position) else 0.0
    return math.floor(value + 0.5) if is_centred(layer) else math.floor(value)


def _whole_range(layer: InferredLayer) -> Contrast | None:
    """Return what Neuroglancer draws where nobody chose: all values that the type has.

    For types of 8 bits only: of larger ones most pictures would be black.
    """
    if layer.dtype.kind not in "iu" or layer.dtype.itemsize > 1:
        return None
    low, high = (0.0, 255.0) if layer.dtype.kind == "u" else (-128.0, 127.0)
    return Contrast(control="", range=(low, high), window=None, channel=None)


def _with_contrast(channel: Channel, contrast: Contrast | None) -> Channel:
    if contrast is None or contrast.range is None or contrast.range[0] == contrast.range[1]:
        return channel
    low, high = sorted(contrast.range)
    ends = sorted(contrast.window) if contrast.window is not None else channel.contrast_range
    return replace(
        channel,
        contrast_limits=Inferred((low, high), "metadata", _BY_THE_LINK),
        contrast_range=(min(low, ends[0]), max(high, ends[1])) if ends is not None else None,
        inverted=contrast.range[0] > contrast.range[1],
        inverted_origin="metadata",
    )
