"""Edited JSON → what it changes of the form's layers."""

from collections.abc import Sequence

from nb_remote.datasource.edits import edits_of
from nb_remote.datasource.problems import BadDatasource
from nb_remote.errors import InvalidCorrection, NbRemoteError
from nb_remote.form.assembled import Assembled
from nb_remote.form.entries import Entry, Key
from nb_remote.form.protocol import JsonProblem
from nb_remote.form.refused import Refused


def edit_json(
    entries: Sequence[Entry], assembled: Assembled | None, text: str
) -> tuple[str | None, tuple[Key, ...]]:
    """Do to the layers what a person did to their JSON.

    Returns
    -------
    tuple
        New name of the dataset, None where it stays; and the layers in their new order.

    Raises
    ------
    Refused
        The text can't be so; nothing changes. Every problem is listed with its place.
    """
    if assembled is None:
        raise Refused(NbRemoteError("There is no layer whose JSON could be edited."), "json")
    try:
        edits = edits_of(assembled.dataset, text)
    except BadDatasource as bad:
        raise Refused(bad, "json", json=_told(bad)) from None
    by_number = {entry.number: entry for entry in entries}
    for position, correction in edits.corrections:
        number, layer = assembled.keys[position]
        said = by_number[number].correction(layer)
        try:
            by_number[number].correct(layer, said.then(correction))
        except InvalidCorrection as problem:
            raise Refused(problem, "json") from None
    kept = tuple(assembled.keys[position] for position in edits.order)
    for number, layer in set(assembled.keys) - set(kept):
        by_number[number].removed.add(layer)
    return edits.name, kept


def _told(bad: BadDatasource) -> tuple[JsonProblem, ...]:
    return tuple(
        JsonProblem(path=one.path, line=max(1, one.line), column=max(1, one.column), text=one.text)
        for one in bad.problems
    )
