"""How long one address may take, and what becomes of one that takes longer."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nb_remote.arrays.source import Source
from nb_remote.errors import NbRemoteError, TimedOut
from nb_remote.explore.further import explore
from nb_remote.explore.recognise import Exploration
from nb_remote.explore.sampling import SAMPLE_S, with_sampled_categories
from nb_remote.location.host import trusted
from nb_remote.store.limits import StoreLimits
from nb_remote.store.watched import Told

OPEN_DEADLINE_S = 30.0
"""Longest that one address may take: three round trips, each bounded by the store, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one address may take."""

    limits: StoreLimits
    deadline_s: float
    """Seconds for all requests of one address together."""

    @classmethod
    def of(cls, timeout: float | None, trusted_hosts: Iterable[str] = ()) -> "Patience":
        """Return the bounds that follow from the seconds a silent server gets; None for usual.

        Raises
        ------
        InvalidAddress
            When one of `trusted_hosts` is no host.
        """
        agreed = trusted(trusted_hosts)
        if timeout is None:
            return cls(limits=StoreLimits(trusted_hosts=agreed), deadline_s=OPEN_DEADLINE_S)
        limits = replace(_limits(timeout), trusted_hosts=agreed)
        return cls(limits=limits, deadline_s=3 * timeout)


def _limits(timeout: float) -> StoreLimits:
    if not timeout > 0:
        raise ValueError(f"timeout must be a positive number of seconds, not {timeout!r}")
    usual = StoreLimits()
    return StoreLimits(
        connect_timeout_s=min(usual.connect_timeout_s, timeout),
        idle_timeout_s=timeout,
        retry_for_s=min(usual.retry_for_s, timeout),
        deadline_s=max(usual.deadline_s, timeout),
    )


async def explore_within(
    source: Source, deadline_s: float, told: Told | None = None, *, sample: bool = True
) -> Exploration | NbRemoteError:
    """Explore one address within its own deadline, so that a slow one costs no other its turn.

    Parameters
    ----------
    told
        Hears of every document that is asked for, and of its answer.
    sample
        Whether voxels are read where nothing else tells an image from a segmentation. Not needed by
        whoever knows it.

    Returns
    -------
    Exploration | NbRemoteError
        What was found, or why nothing was. Cancelling the task closes the requests under way.
    """
    scope = asyncio.timeout(deadline_s)
    try:
        async with scope:
            found = await explore(source, told, search_s=deadline_s / 2)
    except NbRemoteError as error:
        return error
    except TimeoutError:
        if not scope.expired():
            raise
        return TimedOut(
            f"no complete answer within {deadline_s:g} s", where=source.location.display()
        )
    return await with_sampled_categories(found, min(SAMPLE_S, deadline_s)) if sample else found
