"""Why nothing was recognised, and what to try instead."""

from nb_remote.containers.zarr2.nodes import GROUP_KEY
from nb_remote.dialects.base import Documents
from nb_remote.errors import AccessDenied, Declined, NotRecognised
from nb_remote.explore.below import MAX_DEPTH
from nb_remote.explore.parents import Inside
from nb_remote.explore.probing import unread_alone

DID_YOU_MEAN = "Did you mean "
"""How a hint begins that names what was most likely meant."""
_SHOWN = 5
_UNLISTED = "The server doesn't list what is in the group, and nothing has one of the usual names."
_EMPTY = "There is no folder in the group."


def not_recognised(
    documents: Documents,
    trail: tuple[Declined, ...],
    meant: str,
    folders: tuple[str, ...] | None,
) -> NotRecognised:
    """Return the error that says per format why it isn't that.

    Parameters
    ----------
    meant
        What was most likely meant instead, as a sentence; empty where nothing is known.
    folders
        What lies in it; None where the server doesn't tell.
    """
    location = documents.store.location
    group_hint = _UNLISTED if folders is None else _EMPTY
    nothing = all(one.reason.startswith("there is no ") for one in trail)
    text = "nothing that can be read was recognised"
    hint = "Give the address of the folder that holds the metadata, for example …/image.zarr."
    if unread := unread_alone(documents):
        # That something could not be read says more than what the rest is not.
        key, problem = unread
        is_denied = isinstance(problem, AccessDenied)
        failed = "is there, but may not be read" if is_denied else "could not be read"
        text, hint = f"{key} {failed}: {problem.text}", problem.hint
    elif folders:
        text = "this is a folder in which no volume was found that can be read"
        hint = _looked_into(folders)
    elif nothing and documents.json(GROUP_KEY) is not None:
        text = "this is a Zarr v2 group without attributes that say what is in it"
        hint = f"{group_hint} Give the address of an array in it, for example …/0."
    elif nothing:
        has = "folder" if location.is_local or location.zip_path is not None else "server"
        text = f"nothing was found there: the {has} has none of the documents of any known format"
        hint = _nothing_there_hint(location.format_hint)
    elif _is_group(documents):
        hint = f"{group_hint} Give the address of an array or image in it, for example …/0."
    return NotRecognised(
        text,
        where=location.display(),
        trail=trail,
        hint=meant or hint,
    )


def did_you_mean(inside: Inside | None) -> str:
    """Name the dataset that the address lies in; empty where it lies in none."""
    if inside is None:
        return ""
    return f"{DID_YOU_MEAN}{inside.where} instead? The address lies in it."


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
        "…/image.zarr, not a page about it, a folder above it, or a file inside a level. "
        "nb_remote.diagnose(address) looks for names like it."
    )
