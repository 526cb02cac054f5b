"""A layer → its card: every property with how it is known, and how it can be edited."""

from collections.abc import Iterator

from nb_remote.form import protocol
from nb_remote.form.editable import edit_of, number_text
from nb_remote.form.messages import EditField
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import BrokenLayer
from nb_remote.layer import Layer
from nb_remote.summary import Fact, layer_facts, layer_notes

_EDITED: dict[str, EditField] = {
    "category": "category",
    "axes": "axes",
    "voxel size": "voxel_size",
    "bounding box": "bounding_box",
}
"""What the table of a dataset calls a property that belongs to the whole layer."""
_SHOWN_APART = ("name", "channel", "contrast", "color", "largest id")
MOST_CHANNELS = 12
"""Channels whose contrast and colour can be edited in a card; the JSON has them all."""


def card_of(index: int, layer: Layer) -> protocol.LayerCard:
    """Describe a layer that can be used."""
    return protocol.LayerCard(
        index=index,
        name=layer.name,
        kind=layer.category,
        facts=tuple(_facts(layer)),
        notes=layer_notes(layer),
        problem=None if layer.problem is None else layer.problem.info,
        usable=True,
    )


def broken_card(index: int, layer: BrokenLayer) -> protocol.LayerCard:
    """Describe a layer of which only the failure is known."""
    return protocol.LayerCard(
        index=index,
        name=layer.name,
        kind="",
        facts=(),
        notes=(),
        problem=layer.problem.info,
        usable=False,
    )


def _facts(layer: Layer) -> Iterator[protocol.CardFact]:
    known = layer.inferred
    yield _fact(layer, "name", layer.name, known.name, "name")
    for fact in layer_facts(layer):
        if not fact.label.startswith(_SHOWN_APART):
            yield _of_table(layer, fact)
    if layer.category == "segmentation":
        largest = known.largest_segment_id
        text = "not known" if largest.value is None else str(largest.value)
        yield _fact(layer, "largest id", text, largest, "largest_segment_id")
        return
    many = len(layer.channels) > 1
    for number, channel in enumerate(layer.channels[:MOST_CHANNELS]):
        said = f" of {channel.name.value}" if many else ""
        limits = channel.contrast_limits
        if limits is None:
            edit = edit_of(layer, "contrast", number)
            yield protocol.CardFact(
                label=f"contrast{said}",
                value="measured when shown",
                origin="sampled",
                note="1st to 99th percentile of the coarsest level",
                edit=edit,
            )
        else:
            text = " to ".join(number_text(one) for one in limits.value)
            yield _fact(layer, f"contrast{said}", text, limits, "contrast", number)
        color = "#" + bytes(channel.color.value).hex()
        yield _fact(layer, f"color{said}", color, channel.color, "color", number)


def _of_table(layer: Layer, fact: Fact) -> protocol.CardFact:
    field = _EDITED.get(fact.label)
    if field == "bounding_box" and not layer.placement.is_upright:
        field = None  # its sides are none of the dataset's
    return protocol.CardFact(
        label=fact.label,
        value=fact.value,
        origin=fact.origin,
        note=fact.note,
        edit=None if field is None else edit_of(layer, field),
    )


def _fact(
    layer: Layer,
    label: str,
    value: str,
    known: Inferred[object],
    field: EditField,
    channel: int = 0,
) -> protocol.CardFact:
    return protocol.CardFact(
        label=label,
        value=value,
        origin=known.origin,
        note=known.note,
        edit=edit_of(layer, field, channel),
    )
