"""A second, smaller matrix: logins that are wrong, or end while they are used.

Each cell has a server of its own that asks who comes, and all but Amazon's stand-in speak TLS with
a certificate authority of the tests.
"""

import functools
import ssl
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import trustme
import zarr
from tests.reliability.matrix import FILLED, QUICK, RIGHT, WRONG
from tests.reliability.opening import forget_chunks, open_sources
from tests.servers.aws import AwsServer, Bucket, Key, error
from tests.servers.gcs import GcsServer
from tests.servers.http import RangeServer

from nb_remote.arrays.source import Source
from nb_remote.dataset import Dataset
from nb_remote.errors import NbRemoteError
from nb_remote.explore.patience import Patience
from nb_remote.location.credentials import BasicAuth, BearerToken, Credentials
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.given import addresses_of
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.store.open import open_store
from nb_remote.threads import run

FILL = 4242
LAST = "c/1/1/1"
"""One of the volume's eight chunks."""
SECRETS = ("right-word-5d1c", "wrong-word-77aa", "session-word-e20b")
"""What no error may show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """What a person gets of one cell."""

    what: str
    """`RIGHT`, `FILLED`, `WRONG`, or the name of one of our errors."""
    seconds: float
    requests: int
    """Since the fault was there."""
    said: str = ""
    leaked: bool = False
    """Whether a secret stands in the error or in its traceback."""


@functools.cache
def truth() -> np.ndarray:
    """Voxels of which none is the fill value."""
    voxels = np.random.default_rng(7).integers(0, FILL, (16, 16, 16), dtype="uint16")
    voxels.flags.writeable = False
    return voxels


@functools.cache
def files() -> dict[str, bytes]:
    """Return an array of eight chunks, as zarr-python writes it."""
    store: dict[str, object] = {}
    array = zarr.create_array(
        zarr.storage.MemoryStore(store),
        shape=(16, 16, 16),
        dtype="uint16",
        chunks=(8, 8, 8),
        fill_value=FILL,
        dimension_names=("z", "y", "x"),
    )
    array[:] = truth()
    return {key: value.to_bytes() for key, value in store.items()}


@functools.cache
def authority() -> trustme.CA:
    return trustme.CA()


def client_tls() -> ssl.SSLContext:
    """Return a context that trusts the tests' authority alone."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


def server_tls(certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
    """Return a context with a certificate, by default a right one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (certificate or authority().issue_cert("127.0.0.1")).configure_cert(context)
    return context


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A store, and who may read it."""

    address: str
    right: Credentials
    wrong: Credentials
    none: Credentials | None = None
    """Names the server, where its address doesn't."""
    requests: Callable[[], int]
    expire: Callable[[], None]
    """Let the login end."""
    refuse_last: Callable[[int | None], None]
    """Let it have ended for one chunk, so many times or for ever."""
    withdraw: Callable[[], None]
    """Leave the login, but take the right to read."""


@contextmanager
def bearer() -> Iterator[Asking]:
    with RangeServer(_in("v"), tls=server_tls(), bearer=SECRETS[0]) as server:
        yield _web(server, BearerToken(SECRETS[0]), BearerToken(SECRETS[1]))


@contextmanager
def password() -> Iterator[Asking]:
    with RangeServer(_in("v"), tls=server_tls(), basic_auth=("me", SECRETS[0])) as server:
        yield _web(server, BasicAuth("me", SECRETS[0]), BasicAuth("me", SECRETS[1]))


@contextmanager
def s3() -> Iterator[Asking]:
    with AwsServer() as server:
        server.buckets["lab"] = Bucket(files=_in("v"))
        server.keys["ASIA0"] = key = Key(SECRETS[0], SECRETS[2])
        answer, left = server.answer, [0]

        def answered(asked):
            if left[0] and asked.path.endswith(LAST):
                left[0] -= 1
                return error(400, "ExpiredToken")
            return answer(asked)

        server.answer = answered
        yield Asking(
            address=f"s3+http://{server.host}/lab/v",
            right=S3Credentials("ASIA0", SECRETS[0], SECRETS[2]),
            wrong=S3Credentials("ASIA0", SECRETS[1], SECRETS[2]),
            requests=lambda: len(server.requests),
            expire=lambda: setattr(key, "expired", True),
            refuse_last=lambda times: left.__setitem__(0, times or 1000),
            withdraw=lambda: server.buckets.update(
                lab=Bucket(files=_in("v"), refused=frozenset(_in("v")))
            ),
        )


@contextmanager
def gs() -> Iterator[Asking]:
    with GcsServer(_in("lab/v"), tls=server_tls()) as server:
        account = server.service_account()
        yield Asking(
            address="gs://lab/v",
            right=GcsCredentials(account, endpoint=server.url),
            wrong=GcsCredentials(token=SECRETS[1], endpoint=server.url),
            none=GcsCredentials(endpoint=server.url),
            requests=lambda: len(server.requests),
            expire=server.valid.clear,
            refuse_last=lambda times: server.fail(f"*/{LAST}", "401", times=times),
            withdraw=lambda: setattr(server, "may_read", False),
        )


def _web(server: RangeServer, right: Credentials, wrong: Credentials) -> Asking:
    return Asking(
        address=f"{server.url}/v",
        right=right,
        wrong=wrong,
        requests=lambda: len(server.requests),
        expire=lambda: server.fail("*", "401"),
        refuse_last=lambda times: server.fail(f"*/{LAST}", "401", times=times),
        withdraw=lambda: server.fail("*", "403"),
    )


def _in(folder: str) -> dict[str, bytes]:
    return {f"{folder}/{key}": body for key, body in files().items()}


STORES = {
    "https, bearer token": bearer,
    "https, password": password,
    "s3, temporary keys": s3,
    "gs over https, service account": gs,
}
OPENING: dict[str, Callable[[Asking], Credentials | None]] = {
    "none": lambda asking: asking.right,
    "no credentials": lambda asking: asking.none,
    "wrong credentials": lambda asking: asking.wrong,
}
READING: dict[str, Callable[[Asking], None]] = {
    "the login ends after opening": lambda asking: asking.expire(),
    "it has ended for one chunk of eight": lambda asking: asking.refuse_last(None),
    "it has ended for one chunk of eight, once": lambda asking: asking.refuse_last(1),
    "the right to read is taken after opening": lambda asking: asking.withdraw(),
}


def run_logins(patience: Patience = QUICK) -> dict[tuple[str, str], Secured]:
    """Return what comes of each fault (row) behind each store (column)."""
    outcomes = {}
    for row in (*OPENING, *READING):
        for column, store in STORES.items():
            with store() as asking:
                outcomes[row, column] = _login(row, asking, patience)
    return outcomes


def _login(row: str, asking: Asking, patience: Patience) -> Secured:
    with ExitStack() as closing:
        if row in OPENING:
            who = OPENING[row](asking)
            return examined(lambda: opened(asking.address, who, patience, closing), asking.requests)
        dataset = opened(asking.address, asking.right, patience, closing)
        forget_chunks()
        READING[row](asking)
        return examined(lambda: dataset, asking.requests)


def opened(
    address: str, credentials: Credentials | None, patience: Patience, closing: ExitStack
) -> Dataset:
    """Open an address with the tests' authority trusted."""
    one = addresses_of((address,), credentials)[0]
    source = Source(one.location, one.credentials, patience.limits)
    source._store = open_store(
        one.location, one.credentials, limits=patience.limits, tls=client_tls()
    )
    closing.callback(lambda: run(source.close(), deadline=10))
    return open_sources(source, deadline_s=patience.deadline_s)


def examined(get: Callable[[], Dataset], requests: Callable[[], int]) -> Secured:
    """Read all voxels of what `get` opens, and judge them."""
    before, started = requests(), time.monotonic()
    what, said, leaked = "", "", False
    try:
        voxels = get().layers[0].levels[0][...]
        filled = (voxels == FILL).any()
        what = RIGHT if np.array_equal(voxels, truth()) else FILLED if filled else WRONG
    except NbRemoteError as problem:
        what, said = type(problem).__name__, str(problem)
        told = "".join(traceback.format_exception(problem)) + repr(problem)
        leaked = any(secret in told for secret in SECRETS)
    return Secured(
        what=what,
        said=said,
        leaked=leaked,
        seconds=time.monotonic() - started,
        requests=requests() - before,
    )
