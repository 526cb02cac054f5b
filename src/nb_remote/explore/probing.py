"""Asks for the documents that decide, all in one round trip."""

import asyncio

from nb_remote.containers.zarr2.nodes import GROUP_KEY
from nb_remote.dialects.base import Documents
from nb_remote.errors import AccessDenied, BadMetadata, CredentialsRefused, NbRemoteError
from nb_remote.store.answers import LOGIN_HINT
from nb_remote.store.base import Store
from nb_remote.store.json_document import WEB_PAGE, read_json


async def probe(store: Store, keys: tuple[str, ...]) -> Documents:
    """Read documents at the same time; one that fails stands for its error."""

    async def one(key: str) -> object:
        try:
            return await read_json(store, key)
        except NbRemoteError as error:
            return error

    values = await asyncio.gather(*(one(key) for key in keys))
    return Documents(store=store, found=dict(zip(keys, values, strict=True)))


def raise_if_unasked(documents: Documents, hint: str = "") -> None:
    """Raise when the server could not be asked at all, so that more questions are of no use.

    A refusal of what does not exist is an answer: S3 gives it to whoever may not list.
    """
    problem = _every(documents)
    if problem is None or _may_be_about_one(problem):
        return
    problem.hint = hint or problem.hint
    raise problem


def raise_what_every_probe_said(documents: Documents, hint: str = "") -> None:
    """When nothing could be asked, the cause is the server's answer, not the format."""
    problem = _every(documents)
    if problem is not None:
        problem.hint = hint or problem.hint
        raise problem


def all_refused(documents: Documents) -> bool:
    """Whether everything that was asked for failed: nothing shows that anything may be read."""
    return all(isinstance(value, NbRemoteError) for value in documents.found.values())


def damaged(documents: Documents) -> BadMetadata | None:
    """Return what is wrong with a document that is there but can't be read; None for nothing.

    A web page is what some servers answer for a document that isn't there.
    """
    values = documents.found.values()
    problems = (one for one in values if isinstance(one, BadMetadata) and one.text != WEB_PAGE)
    return next(problems, None)


def unread_alone(documents: Documents) -> tuple[str, NbRemoteError] | None:
    """Return a document that could not be read where nothing else is there.

    A refusal says so only where the server says of others that they don't exist.
    """
    values = documents.found
    if any(documents.json(key) is not None for key in values if key != GROUP_KEY):
        return None
    tells_missing = not all(values.values())
    unread = (
        (key, one)
        for key, one in values.items()
        if isinstance(one, NbRemoteError) and not isinstance(one, BadMetadata)
        if tells_missing or not isinstance(one, AccessDenied)
    )
    return next(unread, None)


def _may_be_about_one(problem: NbRemoteError) -> bool:
    return (
        isinstance(problem, AccessDenied)
        and not isinstance(problem, CredentialsRefused)
        and problem.hint != LOGIN_HINT
    )


def _every(documents: Documents) -> NbRemoteError | None:
    """Return what stands for all answers when none of them is a document or a 404."""
    values = list(documents.found.values())
    errors = [value for value in values if isinstance(value, NbRemoteError)]
    if len(errors) < len(values):
        return None
    where = documents.store.location.display()
    if all(one.text == WEB_PAGE for one in errors):
        return BadMetadata(
            f"this address is a web page: {WEB_PAGE}, whatever was asked for",
            where=where,
            hint=errors[0].hint,
        )
    # A refusal says most; then whatever came first.
    problem = next((one for one in errors if isinstance(one, AccessDenied)), errors[0])
    problem.where = where  # it is true of all of them, not of the document that came first
    return problem
