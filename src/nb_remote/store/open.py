"""From a location to the store that all readers use."""

import ssl

from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.location import Location
from nb_remote.store.base import StoreWrapper
from nb_remote.store.http import HttpStore
from nb_remote.store.limited import LimitedStore
from nb_remote.store.limits import StoreLimits
from nb_remote.store.meter import Meter
from nb_remote.store.retrying import RetryingStore


class RemoteStore(StoreWrapper):
    """A complete store: ``LimitedStore(RetryingStore(HttpStore))`` with its meter."""

    def __init__(self, transport: HttpStore, limits: StoreLimits) -> None:
        super().__init__(LimitedStore(RetryingStore(transport, limits), limits.in_flight))
        self._transport = transport
        self.limits = limits
        """The bounds it keeps."""

    @property
    def meter(self) -> Meter:
        """Counts of what is really sent and received; readable from any thread."""
        return self._transport.meter

    @property
    def ranges_ignored(self) -> bool:
        """Whether the server was seen to answer ranges with whole objects."""
        return self._transport.ranges_ignored


def open_store(
    location: Location,
    credentials: Credentials | None = None,
    *,
    limits: StoreLimits | None = None,
    meter: Meter | None = None,
    tls: ssl.SSLContext | None = None,
    trusted: bool = True,
) -> RemoteStore:
    """Return a read-only store for `location`. Sends no request.

    Parameters
    ----------
    location
        Where the keys are relative to.
    credentials
        Sent to the location's own origin only; None reads anonymously.
    limits
        Bounds on time, requests, bytes and tries; None for the defaults.
    meter
        Meter to count in, for example ``Meter(parent)``; None for a new one.
    tls
        Context for https, or None for the system's trusted authorities.
    trusted
        Whether a person named the location. Pass False for addresses that data
        names (links, JSON): those are refused unless public.
    """
    limits = limits or StoreLimits()
    transport = HttpStore(
        location,
        credentials or Anonymous(),
        limits=limits,
        meter=meter,
        tls=tls,
        trusted=trusted,
    )
    return RemoteStore(transport, limits)
