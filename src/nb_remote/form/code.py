"""The form's entries → how `nb_remote.open` makes the same dataset, without a secret."""

from collections.abc import Iterable, Sequence

from nb_remote.dataset import Dataset
from nb_remote.errors import InvalidCorrection
from nb_remote.form.entries import Entry, Key
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.location.credentials import Credentials
from nb_remote.location.local import local_path
from nb_remote.location.location import Location
from nb_remote.location.parse import Address
from nb_remote.recipe import Recipe, opened


def recipe_of(
    entries: Iterable[Entry], order: Sequence[Key], name: str, trusted_hosts: frozenset[str]
) -> Recipe | None:
    """Return how to make the dataset of all layers that are left.

    Parameters
    ----------
    order
        The layers that are used, in the dataset's order.
    name
        What the dataset is called.
    """
    there = [entry for entry in entries if entry.exploration is not None]
    dataset = _opened(there, trusted_hosts)
    keys = [
        (entry.number, number)
        for entry in there
        for number, layer in enumerate(entry.found)
        if not isinstance(layer, BrokenLayer)
    ]
    by_number = {entry.number: entry for entry in there}
    try:
        dropped = [
            one.name for one, key in zip(dataset.layers, keys, strict=True) if key not in order
        ]
        if dropped:
            dataset, keys = dataset.without(*dropped), [key for key in keys if key in order]
        for at, (number, layer) in enumerate(keys):
            said = by_number[number].correction(layer).given
            if said:
                dataset = dataset.corrected(dataset.layers[at].name, **said)
        if keys != list(order):
            dataset = dataset.ordered(*(dataset.layers[keys.index(key)].name for key in order))
        if name and name != dataset.name:
            dataset = dataset.named(name)
    except InvalidCorrection:  # a name that is still being typed
        return dataset.recipe
    return dataset.recipe


def _opened(entries: Sequence[Entry], trusted_hosts: frozenset[str]) -> Dataset:
    """Return the dataset that opening all addresses gives, before anything was said of it."""
    asked = [(_place(entry), *_asked(entry)) for entry in entries]
    given = [credentials for _, _, credentials in asked]
    recipe = opened(
        [place for place, _, _ in asked],
        [(location, credentials) for _, location, credentials in asked],
        given if any(given) else None,
        trusted_hosts=sorted(trusted_hosts),
    )
    found = [
        (layer, entry.exploration.source)
        for entry in entries
        if entry.exploration is not None
        for layer in entry.found
        if isinstance(layer, InferredLayer)
    ]
    names = {entry.exploration.dataset_name for entry in entries if entry.exploration is not None}
    return Dataset(tuple(found), name=names.pop() if len(names) == 1 else "", recipe=recipe)


def _place(entry: Entry) -> object:
    """Return what a person would pass."""
    what = entry.what
    if not isinstance(what, Address):
        return entry.text
    if what.location.is_local:
        return local_path(what.location)
    return entry.where


def _asked(entry: Entry) -> tuple[Location | None, Credentials | None]:
    if not isinstance(entry.what, Address):
        return None, None
    return entry.what.location, entry.what.credentials
