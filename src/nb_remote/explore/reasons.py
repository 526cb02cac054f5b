"""Why nothing was recognised, and what to try instead."""

from nb_remote.dialects.base import Documents
from nb_remote.dialects.ordered import GROUP_KEY, UNREAD_FORMATS
from nb_remote.errors import Declined, NbRemoteError, NotRecognised
from nb_remote.explore.probing import probe


async def not_recognised(
    known: Documents, trail: list[Declined], hint: str | None
) -> NbRemoteError:
    """Return the error that names what is there, or says per format why it isn't that."""
    store = known.store
    probes = (*(one.probe for one in UNREAD_FORMATS), GROUP_KEY)
    more = await probe(store, tuple(key for key in probes if key not in known.found))
    documents = Documents(store=store, found={**known.found, **more.found})
    where = store.location.display()
    for one in UNREAD_FORMATS:
        there = one.is_it(documents.json(one.probe))
        if not there and one.probe in known.found:
            continue  # the dialect that asked for it has said why not
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
            return NotRecognised(
                f"this is {one.name}, which this version can't read yet",
                where=where,
                trail=tuple(trail),
                hint=one.hint,
            )
    nothing = all(one.reason.startswith("there is no ") for one in trail)
    if nothing and documents.json(GROUP_KEY) is not None:
        return NotRecognised(
            "this is a Zarr v2 group without attributes that say what is in it",
            where=where,
            trail=tuple(trail),
            hint="Give the address of an array in it, for example …/0.",
        )
    if nothing:
        return NotRecognised(
            "nothing was found there: the server has none of the documents of any known format",
            where=where,
            trail=tuple(trail),
            hint=_nothing_there_hint(hint),
        )
    return NotRecognised(
        "nothing that can be read was recognised",
        where=where,
        trail=tuple(trail),
        hint="Give the address of the folder that holds the metadata, for example …/image.zarr.",
    )


def _nothing_there_hint(hint: str | None) -> str:
    named = f" (it was pasted as {hint})" if hint else ""
    return (
        f"Check the address{named}: it should be the folder of the volume itself, such as "
        "…/image.zarr, not a page about it, a folder above it, or a file inside a level."
    )
