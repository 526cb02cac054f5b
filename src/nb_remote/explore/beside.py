"""Which other format lies at the same address: the order of dialects decided, and that is said."""

from collections.abc import Callable
from dataclasses import replace

from nb_remote.containers.n5.metadata import is_dataset
from nb_remote.dialects.base import DataFormat, Documents, Found
from nb_remote.dialects.n5_multiscales import entries_of
from nb_remote.dialects.n5_values import attributes_of
from nb_remote.dialects.ome_metadata import is_multiscale, ome_attributes


def beside(found: Found, documents: Documents) -> tuple[str, ...]:
    """Return a note for each volume of another format that lies where one was found."""
    formats = {one.data_format for one in found.layers}
    notes: list[str] = []
    for data_format, name, key, is_it in _OTHERS:
        if data_format not in formats and is_it(documents.json(key)):
            notes.append(f"there is {name} as well ({key}); this is {found.format}")
    return tuple(notes)


def noted(found: Found, notes: tuple[str, ...]) -> Found:
    """Put notes to the first layer, unless it says the same already."""
    first, *others = found.layers
    new = tuple(one for one in notes if not any(_key(one) in old for old in first.notes))
    if not new:
        return found
    return replace(found, layers=(replace(first, notes=(*first.notes, *new)), *others))


def _key(note: str) -> str:
    return note[note.find("(") : note.find(")") + 1] or note


def _is_zarr3(document: object) -> bool:
    if not isinstance(document, dict) or document.get("zarr_format") != 3:
        return False
    image = is_multiscale(ome_attributes(document.get("attributes")))
    return document.get("node_type") == "array" or image


def _is_image(document: object) -> bool:
    return is_multiscale(ome_attributes(document))


def _is_n5(document: object) -> bool:
    return is_dataset(document) or bool(entries_of(attributes_of(document)))


def _is_precomputed(document: object) -> bool:
    return isinstance(document, dict) and isinstance(document.get("scales"), list)


_OTHERS: tuple[tuple[DataFormat, str, str, Callable[[object], bool]], ...] = (
    ("zarr3", "Zarr v3", "zarr.json", _is_zarr3),
    ("zarr", "OME-Zarr on Zarr v2", ".zattrs", _is_image),
    ("zarr", "a Zarr v2 array", ".zarray", lambda document: document is not None),
    ("neuroglancerPrecomputed", "Neuroglancer precomputed", "info", _is_precomputed),
    ("n5", "N5", "attributes.json", _is_n5),
)
