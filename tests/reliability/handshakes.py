"""Protected connections that are none: wrong certificates, and handshakes that break.

Each fault is there when an address is opened, or comes when it was opened and connections have to
be made anew.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import trustme
from tests.reliability.front import WAYS, Front
from tests.reliability.matrix import QUICK, Patience
from tests.reliability.opening import forget_chunks
from tests.reliability.secured import (
    LAST,
    SECRETS,
    Secured,
    authority,
    examined,
    files,
    opened,
    server_tls,
)
from tests.servers.http import RangeServer

from nb_remote.location.credentials import BearerToken

OPENING, READING = "while opening", "after opening"
_IMPATIENT = replace(
    QUICK, limits=replace(QUICK.limits, connect_timeout_s=1.0, retry_for_s=2.0), deadline_s=6
)
_WHEN = datetime(2020, 1, 1, tzinfo=UTC)


def _certificates() -> dict[str, trustme.LeafCert]:
    own = trustme.CA()
    return {
        "a certificate of an unknown authority": trustme.CA().issue_cert("127.0.0.1"),
        "a self-signed certificate": _self_signed(own),
        "an expired certificate": authority().issue_cert(
            "127.0.0.1", not_before=_WHEN, not_after=_WHEN + timedelta(days=1)
        ),
        "a certificate that is not valid yet": authority().issue_cert(
            "127.0.0.1",
            not_before=datetime.now(UTC) + timedelta(days=30),
            not_after=datetime.now(UTC) + timedelta(days=60),
        ),
        "a certificate of another host": authority().issue_cert("other.example"),
    }


def _self_signed(own: trustme.CA) -> trustme.LeafCert:
    """Return the certificate that an authority has signed for itself."""
    return trustme.LeafCert(own.private_key_pem.bytes(), own.cert_pem.bytes(), [])


HANDSHAKES = {
    "the handshake cut by the server": "cut",
    "the handshake reset by the server": "reset",
    "silence in the handshake": "silent",
    "an answer without protection": "plain",
}
BODIES = {
    "reset within a chunk": ("resetmid", None),
    "reset within a chunk, once": ("resetmid", 1),
    "ended within a chunk": ("finmid", None),
    "ended within a chunk, once": ("finmid", 1),
}
"""Of a protected connection that stood."""
assert set(HANDSHAKES.values()) == set(WAYS)


@dataclass(frozen=True, kw_only=True)
class _Backends:
    good: RangeServer
    wrong: dict[str, RangeServer]


@contextmanager
def _backends() -> Iterator[_Backends]:
    content = {f"v/{key}": body for key, body in files().items()}
    with ExitStack() as stack:

        def started(certificate: trustme.LeafCert | None) -> RangeServer:
            tls = server_tls(certificate)
            return stack.enter_context(RangeServer(content, tls=tls, bearer=SECRETS[0]))

        wrong = {row: started(one) for row, one in _certificates().items()}
        yield _Backends(good=started(None), wrong=wrong)


def run_handshakes(
    patience: Patience | None = None,
) -> tuple[dict[tuple[str, str], Secured], list[str]]:
    """Return what comes of each fault (row) at each time (column), and what strangers were told.

    The second is what was asked of servers whose certificate was wrong: there should be nothing.

    Parameters
    ----------
    patience
        The bounds to read with; None for ones that fit a test.
    """
    with _backends() as backends, ThreadPoolExecutor(8) as pool:
        rows = {"none": backends.good.port}
        rows |= {row: server.port for row, server in backends.wrong.items()} | HANDSHAKES
        cells = {
            (row, column): pool.submit(
                _handshake,
                backends.good.port,
                to,
                column,
                patience or (_IMPATIENT if to == "silent" else QUICK),
            )
            for row, to in rows.items()
            for column in (OPENING, READING)
        }
        outcomes = {cell: work.result() for cell, work in cells.items()}
        for row, (kind, times) in BODIES.items():
            outcomes[row, READING] = _body(backends.good, kind, times, patience or QUICK)
        told = [path for server in backends.wrong.values() for path in server.paths()]
    return outcomes, told


def _handshake(good: int, to: int | str, column: str, patience: Patience) -> Secured:
    """Count connections instead of requests: there are none without a handshake."""
    with Front(to if column == OPENING else good) as front, ExitStack() as closing:
        address, who = f"https://127.0.0.1:{front.port}/v", BearerToken(SECRETS[0])
        if column == OPENING:
            return examined(lambda: opened(address, who, patience, closing), lambda: front.accepted)
        dataset = opened(address, who, patience, closing)
        forget_chunks()
        front.to = to
        front.drop()
        return examined(lambda: dataset, lambda: front.accepted)


def _body(server: RangeServer, kind: str, times: int | None, patience: Patience) -> Secured:
    with ExitStack() as closing:
        dataset = opened(f"{server.url}/v", BearerToken(SECRETS[0]), patience, closing)
        forget_chunks()
        server.fail(f"v/{LAST}", kind, times=times)
        closing.callback(server.heal)
        return examined(lambda: dataset, lambda: len(server.requests))
