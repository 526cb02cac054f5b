"""Addresses that only redirect to a link of a viewer: what that shows is opened instead."""

from typing import cast

from nb_remote.arrays.source import Source
from nb_remote.errors import NbRemoteError
from nb_remote.explore.linked import explore_link
from nb_remote.explore.patience import Patience, explore_within
from nb_remote.explore.recognise import Exploration
from nb_remote.location.neuroglancer.granted import Granted
from nb_remote.location.neuroglancer.link import Link, link_of
from nb_remote.store.watched import Told


async def explore_or_follow(
    source: Source, patience: Patience, told: Told | None = None
) -> Exploration | NbRemoteError:
    """Explore one address, or the link that it stands for. Credentials don't go along.

    No request is spent on it: the redirect was met where the address was looked at.
    """
    found = await explore_within(source, patience.deadline_s, told)
    if not isinstance(found, NbRemoteError):
        return found
    try:
        text = source.meter.viewer_link
        if text is None:
            return found
        return await explore_link(cast("Link", link_of(text)), Granted({}), patience, told)
    except NbRemoteError as problem:
        return problem
