"""From a location to the store that all readers use."""

import ssl
from functools import partial
from typing import Protocol

from nb_remote.errors import InvalidAddress
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.given import refuse_unprotected
from nb_remote.location.location import Location
from nb_remote.location.provided import ProvidedCredentials
from nb_remote.store.base import Store, StoreWrapper
from nb_remote.store.forbidden import ForbiddenIsMissing
from nb_remote.store.gcs import GcsStore
from nb_remote.store.http import HttpStore
from nb_remote.store.limited import LimitedStore
from nb_remote.store.limits import StoreLimits
from nb_remote.store.local import LocalStore
from nb_remote.store.meter import Meter
from nb_remote.store.provided import ProvidedStore
from nb_remote.store.retrying import RetryingStore
from nb_remote.store.s3 import S3Store
from nb_remote.store.zipped import ZippedStore

_IN_BUCKETS: dict[str, type[HttpStore]] = {"s3": S3Store, "gs": GcsStore}


class Transport(Store, Protocol):
    """A store that really reads, once for each call, and counts it."""

    meter: Meter

    @property
    def ranges_ignored(self) -> bool:
        """Whether ranges were seen to be answered with whole objects."""

    @property
    def server(self) -> str | None:
        """What the server calls itself, which may be nothing; None before its first answer."""


class RemoteStore(StoreWrapper):
    """A complete store: ``LimitedStore(RetryingStore(transport))`` with its meter.

    A folder in a zip file is a `ZippedStore` around that.
    """

    def __init__(self, transport: Transport, limits: StoreLimits, location: Location) -> None:
        # Empty until it is known: a turn goes along to where a request goes.
        host = None if location.is_local else lambda: getattr(transport, "host", "")
        store: Store = LimitedStore(RetryingStore(transport, limits), limits.in_flight, host)
        self._forbidden = ForbiddenIsMissing(store) if limits.missing_on_403 else None
        store = self._forbidden or store
        if location.zip_path is not None:
            store = ZippedStore(store, location, limits, lambda: transport.ranges_ignored)
        super().__init__(store)
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

    @property
    def server(self) -> str | None:
        """What the server calls itself, which may be nothing; None before its first answer."""
        return self._transport.server

    @property
    def asked(self) -> Location:
        """The location with the server and region of its bucket, as far as they were found out."""
        transport = self._transport
        return transport.asked if isinstance(transport, S3Store | ProvidedStore) else self.location

    def expect(self, key: str) -> None:
        """Take note of an object that could be read when the location was explored."""
        if self._forbidden is not None and self.location.zip_path is None:
            self._forbidden.expect(key)

    async def buckets(self) -> tuple[str, ...]:
        """Return the names of the buckets that the credentials may list at the same server."""
        listed = getattr(self._transport, "buckets", None)
        return () if listed is None else await listed()


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

    Raises
    ------
    InvalidAddress
        When data name a place on this machine or the server of a bucket, or credentials would be
        sent unprotected.
    """
    limits = limits or StoreLimits()
    credentials = credentials or Anonymous()
    transport: Transport
    if location.is_local:
        if not trusted:
            raise InvalidAddress(
                "data name a place on this machine, which only a person may do",
                where=location.display(),
            )
        transport = LocalStore(location.zip_file, limits=limits, meter=meter)
    else:
        if location.endpoint and not trusted:
            raise InvalidAddress(
                "data name a server of buckets, which only a person may do",
                where=location.display(),
                hint="Paste the address that they lead to, if you trust it.",
            )
        meter = meter or Meter()
        make = partial(_remote, limits=limits, meter=meter, tls=tls, trusted=trusted)
        if isinstance(credentials, ProvidedCredentials):
            transport = ProvidedStore(location.zip_file, credentials, make, meter)
        else:
            transport = make(location.zip_file, credentials)
    return RemoteStore(transport, limits, location)


def _remote(
    location: Location,
    credentials: Credentials,
    *,
    limits: StoreLimits,
    meter: Meter,
    tls: ssl.SSLContext | None,
    trusted: bool,
) -> HttpStore:
    """Return the store that asks with `credentials`, if they may be sent there."""
    refuse_unprotected(location, credentials)
    kind = _IN_BUCKETS.get(location.scheme, HttpStore)
    return kind(location, credentials, limits=limits, meter=meter, tls=tls, trusted=trusted)
