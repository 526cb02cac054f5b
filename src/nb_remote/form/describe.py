"""The form's entries → what the page draws of them. Nothing here can hold a secret."""

from collections.abc import Sequence
from typing import Literal

from nb_remote.errors import NotRecognised
from nb_remote.explore.described import Described
from nb_remote.form import protocol
from nb_remote.form.assembled import Assembled
from nb_remote.form.cards import broken_card, card_of
from nb_remote.form.entries import Entry, Key
from nb_remote.form.what import What, name_of
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.infer.names import layer_name
from nb_remote.location.neuroglancer.link import Link
from nb_remote.location.parse import Address

_KINDS: dict[type[What], Literal["address", "link", "datasource"]] = {
    Address: "address",
    Link: "link",
    Described: "datasource",
}
_ENDINGS = (".ome.zarr", ".zarr", ".n5")


def describe(
    entries: Sequence[Entry],
    order: Sequence[Key],
    assembled: Assembled | None,
    *,
    answered: int,
    name: str,
    refusal: protocol.Refusal | None,
    python: str | None,
) -> protocol.FormState:
    """Describe all that the page draws, but for the JSON and the canvas.

    Parameters
    ----------
    order
        All layers, in the dataset's order.
    assembled
        The dataset made of those that can be used.
    answered
        Highest number of a message that was followed or refused.
    name
        What the dataset is called.
    refusal
        Why the last message was not followed.
    python
        The line of Python to go on with; None before the import.
    """
    there = {(entry.number, layer) for entry in entries for layer, _ in entry.layers}
    return protocol.FormState(
        protocol=protocol.FORM_PROTOCOL_VERSION,
        answered=answered,
        name=name,
        entries=tuple(_describe(entry, assembled) for entry in entries),
        order=tuple(
            protocol.LayerPlace(entry=entry, layer=layer)
            for entry, layer in order
            if (entry, layer) in there
        ),
        layer_count=0 if assembled is None else len(assembled.dataset),
        refusal=refusal,
        imported=python is not None,
        python=python or "",
    )


def suggest_name(entries: Sequence[Entry]) -> str:
    """Suggest what to call the dataset: the last part of the first address that held something."""
    for entry in entries:
        if entry.layers and (name := name_of(entry.what)):
            ending = next((one for one in _ENDINGS if name.lower().endswith(one)), "")
            return layer_name(name.removesuffix(name[len(name) - len(ending) :] if ending else ""))
    return ""


def _describe(entry: Entry, assembled: Assembled | None) -> protocol.Entry:
    problem = entry.problem
    trail = problem.trail if isinstance(problem, NotRecognised) else ()
    return protocol.Entry(
        number=entry.number,
        kind=_KINDS[type(entry.what)],
        where=entry.where,
        status=entry.status,
        elapsed_s=round(entry.elapsed_s, 2),
        requests=entry.requests,
        documents=tuple(
            protocol.Document(key=key, answer=answer) for key, answer in entry.documents.items()
        ),
        format=next((layer.format for _, layer in entry.layers), ""),
        layers=tuple(
            card
            for index, one in entry.layers
            if (card := _card(entry, index, one, assembled)) is not None
        ),
        problem=None if problem is None else problem.info,
        tried=tuple(
            protocol.Tried(format=one.format, looked_at=one.looked_at, reason=one.reason)
            for one in trail
        ),
        diagnosed=_diagnosed(entry),
        near=entry.near,
    )


def _card(
    entry: Entry, index: int, one: InferredLayer | BrokenLayer, assembled: Assembled | None
) -> protocol.LayerCard | None:
    if isinstance(one, BrokenLayer):
        return broken_card(index, one)
    layer = None if assembled is None else assembled.layer((entry.number, index))
    return None if layer is None else card_of(index, layer)


def _diagnosed(entry: Entry) -> protocol.Diagnosed | None:
    if entry.diagnosing is not None:
        return protocol.Diagnosed(running=True, verdict="", ok=False, steps=(), hints=())
    told = entry.diagnosis
    if told is None:
        return None
    return protocol.Diagnosed(
        running=False,
        verdict=told.verdict,
        ok=told.ok,
        steps=tuple(
            protocol.DiagnosisStep(
                name=one.name,
                outcome=one.outcome,
                found=one.found,
                hint=one.hint,
                details=one.details,
            )
            for one in told.steps
        ),
        hints=told.hints,
    )
