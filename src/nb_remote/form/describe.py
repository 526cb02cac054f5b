"""The form's entries → what the page draws of them. Nothing here can hold a secret."""

from collections.abc import Iterator, Sequence

from nb_remote.dataset import Dataset
from nb_remote.errors import NotRecognised
from nb_remote.form import protocol
from nb_remote.form.entries import Entry
from nb_remote.infer.layer import BrokenLayer
from nb_remote.infer.names import layer_name
from nb_remote.layer import Layer
from nb_remote.summary import layer_facts, layer_notes

_ENDINGS = (".ome.zarr", ".zarr", ".n5")


def describe_entries(
    entries: Sequence[Entry], dataset: Dataset | None
) -> tuple[protocol.Entry, ...]:
    """Describe every entry; `dataset` is made of their usable layers, in their order."""
    layers = iter(() if dataset is None else dataset.layers)
    return tuple(_describe(entry, layers) for entry in entries)


def suggest_name(entries: Sequence[Entry]) -> str:
    """Suggest what to call the dataset: the last part of the first address that held something."""
    for entry in entries:
        if entry.layers:
            name = entry.address.location.name
            ending = next((one for one in _ENDINGS if name.lower().endswith(one)), "")
            return layer_name(name.removesuffix(name[len(name) - len(ending) :] if ending else ""))
    return ""


def _describe(entry: Entry, layers: Iterator[Layer]) -> protocol.Entry:
    problem = entry.problem
    trail = problem.trail if isinstance(problem, NotRecognised) else ()
    return protocol.Entry(
        number=entry.number,
        where=entry.where,
        status=entry.status,
        elapsed_s=round(entry.elapsed_s, 2),
        requests=entry.requests,
        documents=tuple(
            protocol.Document(key=key, answer=answer) for key, answer in entry.documents.items()
        ),
        format=next((layer.format for _, layer in entry.layers), ""),
        layers=tuple(
            _broken_card(index, one) if isinstance(one, BrokenLayer) else _card(index, next(layers))
            for index, one in entry.layers
        ),
        problem=None if problem is None else problem.info,
        tried=tuple(
            protocol.Tried(format=one.format, looked_at=one.looked_at, reason=one.reason)
            for one in trail
        ),
    )


def _card(index: int, layer: Layer) -> protocol.LayerCard:
    return protocol.LayerCard(
        index=index,
        name=layer.name,
        kind=layer.category,
        facts=tuple(
            protocol.CardFact(label=one.label, value=one.value, origin=one.origin, note=one.note)
            for one in layer_facts(layer)
        ),
        notes=layer_notes(layer),
        problem=None if layer.problem is None else layer.problem.info,
        usable=True,
    )


def _broken_card(index: int, layer: BrokenLayer) -> protocol.LayerCard:
    return protocol.LayerCard(
        index=index,
        name=layer.name,
        kind="",
        facts=(),
        notes=(),
        problem=layer.problem.info,
        usable=False,
    )
