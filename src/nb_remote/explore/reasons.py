"""Why nothing was recognised, and what to try instead."""

from nb_remote.dialects.base import Documents
from nb_remote.dialects.ordered import GROUP_KEY, UNREAD_FORMATS
from nb_remote.errors import Declined, NotRecognised
from nb_remote.explore.below import MAX_DEPTH
from nb_remote.explore.parents import Inside

_SHOWN = 5
_UNLISTED = "The server doesn't list what is in the group, and nothing has one of the usual names."


def raise_unread(documents: Documents, trail: list[Declined]) -> None:
    """Raise where a format lies that is known but not read; the trail says that others don't."""
    for one in UNREAD_FORMATS:
        there = one.is_it(documents.json(one.probe))
        trail.append(
            Declined(
                format=one.name,
                looked_at=(one.probe,),
                reason="it is there, but this version can't read it yet"
                if there
                else documents.why_not(one.probe),
            )
        )
        if there:
            raise NotRecognised(
                f"this is {one.name}, which this version can't read yet",
                where=documents.store.location.display(),
                trail=tuple(trail),
                hint=one.hint,
            )


def not_recognised(
    documents: Documents,
    trail: list[Declined],
    inside: Inside | None,
    folders: tuple[str, ...] | None,
) -> NotRecognised:
    """Return the error that says per format why it isn't that.

    Parameters
    ----------
    inside
        The dataset that the address lies in.
    folders
        What lies in it; None where the server doesn't tell.
    """
    nothing = all(one.reason.startswith("there is no ") for one in trail)
    text = "nothing that can be read was recognised"
    hint = "Give the address of the folder that holds the metadata, for example …/image.zarr."
    if folders:
        text = "this is a folder in which no volume was found that can be read"
        hint = _looked_into(folders)
    elif nothing and documents.json(GROUP_KEY) is not None:
        text = "this is a Zarr v2 group without attributes that say what is in it"
        hint = f"{_UNLISTED} Give the address of an array in it, for example …/0."
    elif nothing:
        text = "nothing was found there: the server has none of the documents of any known format"
        hint = _nothing_there_hint(documents.store.location.format_hint)
    elif _is_group(documents):
        hint = f"{_UNLISTED} Give the address of an array or image in it, for example …/0."
    return NotRecognised(
        text,
        where=documents.store.location.display(),
        trail=tuple(trail),
        hint=did_you_mean(inside) or hint,
    )


def did_you_mean(inside: Inside | None) -> str:
    """Name the dataset that the address lies in; empty where it lies in none."""
    return "" if inside is None else f"Did you mean {inside.where} instead? The address lies in it."


def _is_group(documents: Documents) -> bool:
    node, n5 = documents.json("zarr.json"), documents.json("attributes.json")
    return (
        documents.json(GROUP_KEY) is not None
        or (isinstance(node, dict) and node.get("node_type") == "group")
        or (isinstance(n5, dict) and "n5" in n5)
    )


def _looked_into(folders: tuple[str, ...]) -> str:
    more = f" and {len(folders) - _SHOWN} more" if len(folders) > _SHOWN else ""
    return (
        f"It holds {', '.join(folders[:_SHOWN])}{more}; {MAX_DEPTH} levels of folders were looked "
        "at. Give the address of the volume itself."
    )


def _nothing_there_hint(hint: str | None) -> str:
    named = f" (it was pasted as {hint})" if hint else ""
    return (
        f"Check the address{named}: it should be the folder of the volume itself, such as "
        "…/image.zarr, not a page about it, a folder above it, or a file inside a level."
    )
