"""Asks for the documents that decide, all in one round trip."""

import asyncio

from nb_remote.dialects.base import Documents
from nb_remote.errors import AccessDenied, NbRemoteError
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json


async def probe(store: Store, keys: tuple[str, ...]) -> Documents:
    """Read documents at the same time; one that fails stands for its error."""

    async def one(key: str) -> object:
        try:
            return await read_json(store, key)
        except NbRemoteError as error:
            return error

    values = await asyncio.gather(*(one(key) for key in keys))
    return Documents(store=store, found=dict(zip(keys, values, strict=True)))


def raise_what_every_probe_said(documents: Documents) -> None:
    """When nothing could be asked, the cause is the server's answer, not the format."""
    values = list(documents.found.values())
    errors = [value for value in values if isinstance(value, NbRemoteError)]
    if len(errors) == len(values):
        # A refusal says most; then whatever came first.
        raise next((e for e in errors if isinstance(e, AccessDenied)), errors[0])
