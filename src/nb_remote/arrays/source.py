"""Where arrays are read from: an address with its credentials; the store opens when needed."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from nb_remote.chunks.caches import process_caches
from nb_remote.chunks.layout import ChunkLayout, KeyNames
from nb_remote.chunks.reader import ChunkReader
from nb_remote.errors import InvalidAddress
from nb_remote.location.credentials import Anonymous, Credentials
from nb_remote.location.location import Location
from nb_remote.location.nearby import above, below
from nb_remote.location.neuroglancer.granted import Granted
from nb_remote.location.parse import Address, parse_address
from nb_remote.store.folder import FolderStore
from nb_remote.store.limits import StoreLimits
from nb_remote.store.meter import Meter
from nb_remote.store.open import RemoteStore, open_store

_REFUSED = (
    "{} was opened with {}, and secrets are never pickled unless you say so. Compute with dask's "
    "threaded scheduler, or let the workers read with one of:\n"
    "- what they find themselves: S3Credentials(profile=...), S3Credentials.default() or "
    "GcsCredentials.default()\n"
    "- what they are given there: ProvidedCredentials(name), with register_credentials(name, "
    "provider) run on each of them\n"
    "- the secret itself, which scheduler and workers then hold: credentials.shared_with_workers()"
)


class Source:
    """One address as something to read arrays from. May be used from any thread.

    The viewer and the arrays of a layer share the readers made here, and so share
    requests under way and caches.

    Parameters
    ----------
    location
        The address.
    credentials
        Sent with every request to it.
    limits
        Deadlines, requests in flight, retries.
    trusted
        Whether a person named the location; where data did, only public hosts are asked.
    granted
        Who asks at the hosts that the data here name; None for nobody, which is anonymous.
    """

    def __init__(
        self,
        location: Location,
        credentials: Credentials | None = None,
        limits: StoreLimits | None = None,
        *,
        trusted: bool = True,
        granted: Granted | None = None,
    ) -> None:
        self._location = location
        self._credentials = credentials or Anonymous()
        self._limits = limits or StoreLimits()
        self._trusted = trusted
        self._granted = granted
        self._lock = threading.RLock()
        self._store: RemoteStore | FolderStore | None = None
        self._readers: dict[tuple[str, KeyNames], ChunkReader] = {}
        self._elsewhere: dict[str, Source] = {}
        self._below: dict[str, Source] = {}
        self._above: dict[Location, Source] = {}

    @property
    def location(self) -> Location:
        """The address; of a zip file, once something was read, the folder in it."""
        return self._location if self._store is None else self._store.location

    @property
    def is_anonymous(self) -> bool:
        """Whether nothing secret is sent along: neither credentials nor a query."""
        return isinstance(self._credentials, Anonymous) and not self._location.query

    @property
    def store(self) -> RemoteStore | FolderStore:
        """The opened store, always the same one."""
        with self._lock:
            if self._store is None:
                self._store = open_store(
                    self._location,
                    self._credentials,
                    limits=self._limits,
                    trusted=self._trusted,
                )
            return self._store

    @property
    def meter(self) -> Meter:
        """Requests and bytes so far."""
        return self.store.meter

    @property
    def missing_chunks(self) -> int:
        """Chunks found missing so far, over all arrays read from here."""
        with self._lock:
            return sum(reader.missing_chunks for reader in self._readers.values())

    def reader(self, layout: ChunkLayout) -> ChunkReader:
        """Return the reader of an array below this address, always the same one."""
        with self._lock:
            # The levels of one volume may share a document, but never the names of their chunks.
            key = (layout.metadata_key, layout.keys)
            if key not in self._readers:
                if isinstance(self.store, RemoteStore):
                    self.store.expect(layout.metadata_key)  # a worker has not explored
                self._readers[key] = ChunkReader(self.store, layout, process_caches())
            return self._readers[key]

    def above(self, folders: int = 4) -> "Source | None":
        """Return the source of a folder that this address lies in, asked as this is.

        Parameters
        ----------
        folders
            How many up; fewer where the address has fewer. None when it has none.
        """
        location, names = above(self.location, folders)
        if not names:
            return None
        with self._lock:
            if location not in self._above:
                self._above[location] = self._like(location)
            return self._above[location]

    def below(self, folder: str) -> "Source":
        """Return the source of a folder here, the same one for the same folder.

        It shares connections, bounds and counts with this one.
        """
        with self._lock:
            if folder not in self._below:
                location = below(self.location, folder)
                one = self._like(location)
                one._store = FolderStore(self.store, folder, location)  # noqa: SLF001  (of the same class)
                one._above = self._above  # noqa: SLF001  (folders lie in the same ones)
                self._below[folder] = one
            return self._below[folder]

    def moved_to(self, target: str) -> "Source":
        """Return the source of an address that the data here name.

        What lies at the same origin is asked as this is. Any other host or bucket gets no
        credentials but those that a person gave for it, and must be a public one or among
        `StoreLimits.trusted_hosts`; data never name a place on this machine.

        Raises
        ------
        InvalidAddress
            It is no address that can be read, or leads from https to http.
        """
        location, here = parse_address(target).location, self.location
        readings = [location, *([location.as_endpoint] if location.may_be_endpoint else [])]
        for one in readings:
            same = replace(one, may_be_endpoint=here.may_be_endpoint)
            if same.origin == here.origin:
                same = replace(same, query=same.query or here.query, region=here.region)
                return self._like(same)
            if one.endpoint and one.endpoint == here.endpoint:
                return Source(one, None, self._limits, trusted=self._trusted)
        location = replace(location, may_be_endpoint=False)
        if here.url().startswith("https:") and location.url().startswith("http:"):
            raise InvalidAddress(
                "the data lead from https to unprotected http", where=location.display()
            )
        if self._granted is not None:
            given = self._granted.address(Address(location=location, credentials=Anonymous()))
            named = given.location.endpoint and getattr(given.credentials, "endpoint", "")
            if not isinstance(given.credentials, Anonymous):
                server = urlsplit(given.location.url()).netloc
                agreed = bool(named) or server in self._limits.trusted_hosts
                return Source(given.location, given.credentials, self._limits, trusted=agreed)
        server = urlsplit(location.url()).netloc
        agreed = not location.is_local and server in self._limits.trusted_hosts
        return Source(location, None, self._limits, trusted=agreed)

    def _like(self, location: Location) -> "Source":
        """Return the source of another location that is asked as this one is."""
        return Source(
            location,
            self._credentials,
            self._limits,
            trusted=self._trusted,
            granted=self._granted,
        )

    def elsewhere(self, target: str) -> "Source":
        """Return what `moved_to` makes of an address, the same one for the same address.

        Raises
        ------
        InvalidAddress
            As `moved_to`.
        """
        with self._lock:
            if target not in self._elsewhere:
                self._elsewhere[target] = self.moved_to(target)
            return self._elsewhere[target]

    def leads_to(self, name: str, other: "Source") -> None:
        """Let `at` find a source that was made elsewhere, and `close` close it.

        Parameters
        ----------
        name
            As what is opened here calls it.
        """
        with self._lock:
            self._elsewhere[name] = other

    def at(self, location: Location) -> "Source":
        """Return the source of a location: this one, or one that it led to.

        Raises
        ------
        KeyError
            Nothing here has led to `location`.
        """
        for one in self._all():
            if one.location == location:
                return one
        raise KeyError(location.display())

    def _all(self) -> Iterator["Source"]:
        """Yield this one and all that `elsewhere`, `below` and `above` have made, however far."""
        yield self
        with self._lock:
            others = (*self._elsewhere.values(), *self._below.values(), *self._above.values())
        for one in others:
            yield from one._all()  # noqa: SLF001  (of the same class)

    async def close(self) -> None:
        """Close the stores here and elsewhere."""
        for one in list(self._all()):
            if one._store is not None:  # noqa: SLF001  (of the same class)
                await one._store.close()  # noqa: SLF001

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the description; with secrets only where a person chose to share them."""
        if self.location.query:
            raise TypeError(
                f"the address of {self.location} holds a query, which may be a token and is never "
                "pickled; compute with dask's threaded scheduler instead, or pass credentials"
            )
        if not self._credentials.travels:
            raise TypeError(_REFUSED.format(self.location, type(self._credentials).__name__))
        credentials = None if isinstance(self._credentials, Anonymous) else self._credentials
        return partial(Source, trusted=self._trusted), (self.location, credentials, self._limits)

    def __repr__(self) -> str:
        return f"Source({self.location.display()!r})"
