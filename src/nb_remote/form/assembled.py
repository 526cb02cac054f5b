"""The form's entries → one dataset, in the person's order."""

from collections.abc import Sequence
from dataclasses import dataclass

from nb_remote.dataset import Dataset
from nb_remote.form.code import recipe_of
from nb_remote.form.entries import Entry, Key
from nb_remote.infer.layer import BrokenLayer
from nb_remote.layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A dataset, and where in the form each of its layers stands."""

    dataset: Dataset
    keys: tuple[Key, ...]
    """One per layer, in the dataset's order."""

    def layer(self, key: Key) -> Layer | None:
        """Return a layer; None where it can't be used, or is gone."""
        return self.dataset.layers[self.keys.index(key)] if key in self.keys else None


def in_order(entries: Sequence[Entry], order: Sequence[Key]) -> tuple[Key, ...]:
    """Return all layers that are left: as they stand in `order`, new ones after those before them.

    Addresses are looked at together, and the last one may be found first.
    """
    there = sorted((entry.number, layer) for entry in entries for layer, _ in entry.layers)
    keys = [key for key in order if key in there]
    for key in there:
        if key not in keys:
            keys.insert(max((n + 1 for n, one in enumerate(keys) if one < key), default=0), key)
    return tuple(keys)


def moved(order: Sequence[Key], key: Key, *, up: bool) -> tuple[Key, ...]:
    """Let a layer change places with the one before or after it; at an end it stays."""
    keys = list(order)
    if key not in keys:
        return tuple(keys)
    at = keys.index(key)
    other = min(max(0, at - 1 if up else at + 1), len(keys) - 1)
    keys[at], keys[other] = keys[other], keys[at]
    return tuple(keys)


def assemble(
    entries: Sequence[Entry], order: Sequence[Key], name: str, trusted_hosts: frozenset[str]
) -> Assembled | None:
    """Make the dataset of all layers that are left; None where none can be used.

    Parameters
    ----------
    order
        All layers, in the dataset's order.
    name
        What it is called.
    trusted_hosts
        Hosts that are not public, to which data may lead.
    """
    by_key = {
        (entry.number, layer): (one, entry.exploration)
        for entry in entries
        for layer, one in entry.layers
    }
    usable = [
        (key, (layer, exploration.source))
        for key in order
        for layer, exploration in (by_key[key],)
        if not isinstance(layer, BrokenLayer) and exploration is not None
    ]
    broken = [
        layer for layer, _ in map(by_key.__getitem__, order) if isinstance(layer, BrokenLayer)
    ]
    if not usable:
        return None
    keys, found = zip(*usable, strict=True)
    recipe = recipe_of(entries, keys, name, trusted_hosts)
    return Assembled(
        dataset=Dataset(tuple(found), tuple(broken), name=name, recipe=recipe), keys=tuple(keys)
    )
