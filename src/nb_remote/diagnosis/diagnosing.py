"""Finds out, step by step, why an address opens or not."""

import asyncio
import contextlib
from dataclasses import replace
from os import PathLike

from nb_remote.arrays.source import Source
from nb_remote.diagnosis.near import BucketsNear, buckets_near, places_near
from nb_remote.diagnosis.reaching import Reached, failure, way_there
from nb_remote.diagnosis.reading import look_at_voxels
from nb_remote.diagnosis.report import Diagnosis, Step
from nb_remote.errors import (
    AccessDenied,
    BadCredentials,
    InvalidAddress,
    NbRemoteError,
    NotFound,
    NotRecognised,
)
from nb_remote.explore import Exploration, explore_within
from nb_remote.explore.reasons import DID_YOU_MEAN
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.location.given import GivenCredentials, addresses_of
from nb_remote.location.parse import Address
from nb_remote.store.limits import StoreLimits
from nb_remote.store.open import RemoteStore
from nb_remote.store.watched import Answer
from nb_remote.threads import run

EXPLORE_S = 10.0
LOOK_S = 7.0
"""Seconds for what comes after: names nearby, or voxels."""
SILENCE_S = 4.0
"""Seconds until a silent server is given up, when nothing else is said."""


def diagnose(
    address: str | PathLike[str],
    *,
    credentials: GivenCredentials = None,
    timeout: float | None = None,
) -> Diagnosis:
    """Find out why an address opens or not, and what to try. Takes 20 seconds at most.

    It looks at the address, the name of the host, the connection, TLS, the server, the
    credentials, the bucket and its region, and the documents of all formats; where something is
    found it reads a few bytes and one chunk, else it looks for addresses that are nearly this one.

    Parameters
    ----------
    address
        As for `nb_remote.open`.
    credentials
        As for `nb_remote.open`.
    timeout
        Seconds until a silent server is given up: 4 by default, 10 at most.

    Returns
    -------
    Diagnosis
        Shows itself as a table. Nothing that is wrong with the address, the server or the data is
        raised.

    Raises
    ------
    TypeError
        Something else than an address or credentials was passed.
    ValueError
        The timeout is not positive.
    """
    if timeout is not None and not timeout > 0:
        raise ValueError(f"timeout must be a positive number of seconds, not {timeout!r}")
    try:
        (parsed,) = addresses_of((address,), credentials)
    except (InvalidAddress, BadCredentials) as error:
        return _not_understood(error)
    return run(diagnose_address(parsed, silence_s=min(timeout or SILENCE_S, EXPLORE_S)))


def _not_understood(error: NbRemoteError) -> Diagnosis:
    step = Step(
        name="address", outcome="failed", found=error.text, code=error.code, hint=error.hint
    )
    return Diagnosis(address=error.where, steps=(step,))


async def diagnose_address(
    address: Address,
    *,
    silence_s: float = SILENCE_S,
    trusted_hosts: frozenset[str] = frozenset(),
) -> Diagnosis:
    """Do what `diagnose` does, on the IO loop; cancelling it closes its requests.

    Parameters
    ----------
    address
        With the credentials to ask with.
    silence_s
        Seconds until a silent server is given up.
    trusted_hosts
        As `StoreLimits` takes them.
    """
    limits = StoreLimits(
        connect_timeout_s=silence_s,
        idle_timeout_s=silence_s,
        deadline_s=EXPLORE_S,
        tries=2,
        retry_for_s=silence_s,
        trusted_hosts=trusted_hosts,
    )
    source = Source(address.location, address.credentials, limits)
    try:
        steps = await _steps(address, source)
    finally:
        with contextlib.suppress(NbRemoteError):  # a store that can't even be made
            await source.close()
    return Diagnosis(address=source.location.display(), steps=tuple(steps))


async def _steps(address: Address, source: Source) -> list[Step]:
    answers: set[Answer] = set()
    found = await explore_within(source, EXPLORE_S, lambda _, answer: answers.add(answer))
    error = found if isinstance(found, NbRemoteError) else None
    reached = _reached(address, source, error, seen=bool(answers & {"there", "missing"}))
    steps = way_there(reached)
    if isinstance(found, Exploration):
        return [*steps, *await _found(found)]
    if steps[-1].code == "no-bucket":
        return [*steps[:-1], *await _other_buckets(steps[-1], source)]
    if steps[-1].outcome == "failed" and not reached.may_be_beside:
        return steps
    near = () if found.hint.startswith(DID_YOU_MEAN) else await _near(found, source)
    if steps[-1].outcome == "failed":  # whoever may not list is refused what does not exist, too
        if not near:
            return steps
        steps = way_there(replace(reached, seen=True))
    return [*steps, *_not_found(failure("formats", found, reached), near)]


def _reached(
    address: Address, source: Source, error: NbRemoteError | None, *, seen: bool
) -> Reached:
    reached = Reached(address=address, error=error, server=None, asked=address.location, seen=seen)
    with contextlib.suppress(NbRemoteError):  # one that can't even be made
        store = source.store
        if isinstance(store, RemoteStore):
            reached = replace(reached, server=store.server, asked=store.asked)
    return reached


async def _near(error: NbRemoteError, source: Source) -> tuple[str, ...]:
    if not isinstance(error, NotRecognised | NotFound | AccessDenied):
        return ()
    try:
        async with asyncio.timeout(LOOK_S):
            return await places_near(source)
    except (TimeoutError, NbRemoteError):
        return ()


async def _other_buckets(step: Step, source: Source) -> list[Step]:
    """Return the step of the bucket, with names like its own as far as they may be listed."""
    near = BucketsNear(listed=0, like=())
    with contextlib.suppress(TimeoutError, NbRemoteError):
        async with asyncio.timeout(LOOK_S):
            near = await buckets_near(source)
    if not near.like:
        listed = _count(near.listed, "bucket")
        said = f"these credentials may list {listed}: no name is like it"
        return [replace(step, details=(said,) if near.listed else ())]
    hint = f"{DID_YOU_MEAN}{' or '.join(near.like)}?"
    there = Step(name="nearby", outcome="ok", found="buckets like it were found", details=near.like)
    return [replace(step, hint=hint), there]


def _not_found(step: Step, near: tuple[str, ...]) -> list[Step]:
    """Return the step of the formats, and what lies nearby."""
    if not near:
        return [step]
    hint = f"{DID_YOU_MEAN}{' or '.join(near)}?"
    there = Step(name="nearby", outcome="ok", found="names like it were found", details=near)
    return [replace(step, code="near-miss", hint=hint), there]


async def _found(found: Exploration) -> list[Step]:
    layers = [one for one in found.layers if isinstance(one, InferredLayer)]
    broken = [one for one in found.layers if isinstance(one, BrokenLayer)]
    details = tuple(
        [f"{one.name.value}: {one.format}, {_count(len(one.arrays), 'level')}" for one in layers]
        + [f"{one.name}: {one.problem.text}" for one in broken]
    )
    if not layers:
        problem = broken[0].problem
        return [
            Step(
                name="formats",
                outcome="failed",
                found=problem.text,
                code=problem.code,
                hint=problem.hint,
                details=details,
            )
        ]
    formats = ", ".join(dict.fromkeys(one.format for one in layers))
    said = f"{formats}: {_count(len(layers), 'layer')}"
    outcome = Step(
        name="formats",
        outcome="warning" if broken else "ok",
        found=f"{said}; {len(broken)} can't be used" if broken else said,
        details=details,
    )
    layer = next((one for one in layers if one.problem is None), layers[0])
    try:
        async with asyncio.timeout(LOOK_S):
            steps = await look_at_voxels(layer, found.source.at(layer.location))
    except TimeoutError:
        text = f"no chunk was read within {LOOK_S:g} s"
        hint = "The server is slow, or its chunks are large; pass a larger timeout to open()."
        steps = [Step(name="chunk", outcome="failed", found=text, code="timed-out", hint=hint)]
    return [outcome, *steps]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
