"""The faults of the matrix, each with what it is called in `docs/reliability.md`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of `tests.servers.http`, as one row of the table."""

    name: str
    kind: str
    times: int | None = None
    """After so many answers the object is healthy again; None is never."""
    headers: tuple[tuple[str, str], ...] = ()
    to: str = ""
    passes: bool = False
    """Whether it is to be survived: right voxels, and nothing for a person to do."""
    silent: bool = False
    """Whether nothing but time tells it from a slow server."""
    undetectable: bool = False
    """Whether an answer carries nothing that gives it away, but for checks of the format."""


def _always(*kinds: tuple[str, str]) -> list[Fault]:
    return [Fault(name=name, kind=kind) for name, kind in kinds]


def _survived(*kinds: tuple[str, str, int | None]) -> list[Fault]:
    return [Fault(name=name, kind=kind, times=times, passes=True) for name, kind, times in kinds]


def _silent(*kinds: tuple[str, str]) -> list[Fault]:
    return [Fault(name=name, kind=kind, silent=True) for name, kind in kinds]


RAW_STATUS = "HTTP/1.1 banana\r\nContent-Length: 3\r\n\r\nabc"

FAULTS: tuple[Fault, ...] = (
    *_survived(("none", "closing", None)),
    *_always(
        ("400", "400"),
        ("401", "401"),
        ("403", "403"),
        ("404", "404"),
        ("410", "410"),
        ("416", "416"),
        ("451", "451"),
        ("429", "429"),
    ),
    Fault(
        name="429 once, Retry-After: 1",
        kind="429",
        times=1,
        headers=(("Retry-After", "1"),),
        passes=True,
    ),
    Fault(name="429, Retry-After: 3600", kind="429", headers=(("Retry-After", "3600"),)),
    *_always(("500", "500"), ("502", "502"), ("503", "503"), ("504", "504")),
    *_survived(("500 once", "500", 1), ("503 twice", "503", 2)),
    *_always(
        ("204 No Content", "204"),
        ("304 Not Modified", "304"),
        ("connection reset before the answer", "reset"),
        ("connection reset in mid-body", "resetmid"),
        ("connection ended in mid-body", "finmid"),
        ("chunked body without its end", "chunkedcut"),
    ),
    *_survived(
        ("connection reset before the answer, once", "reset", 1),
        ("connection reset in mid-body, once", "resetmid", 1),
        ("connection ended in mid-body, twice", "finmid", 2),
        ("chunked body without its end, once", "chunkedcut", 1),
        ("chunked body", "chunked", None),
    ),
    Fault(name="half the body, no Content-Length", kind="nolenfin", undetectable=True),
    Fault(name="half the body, announced so", kind="shortlen", undetectable=True),
    Fault(name="empty body with 200", kind="empty200", undetectable=True),
    Fault(name="one bit flipped", kind="flip", undetectable=True),
    *_always(
        ("twice the length announced", "longlen"),
        ("2⁵⁰ bytes announced", "hugelen"),
        ("body that never ends", "endless"),
        ("login page with 200", "login200"),
    ),
    *_silent(
        ("silence before the answer", "hang"),
        ("silence in mid-body", "hangmid"),
        ("one byte each 50 ms", "drip"),
    ),
    Fault(name="silence before the answer, once", kind="hang", times=1, passes=True, silent=True),
    *_survived(("redirect within the host", "moved", None)),
    *_always(("redirect in circles", "redirloop")),
    Fault(name="redirect to another port of loopback", kind="redirect", to="http://127.0.0.1:9/a"),
    Fault(name="redirect to a private host", kind="redirect", to="http://10.0.0.1/a"),
    Fault(
        name="redirect to the metadata address",
        kind="redirect",
        to="http://169.254.169.254/latest/meta-data",
    ),
    Fault(name="redirect to a file", kind="redirect", to="file:///etc/passwd"),
    Fault(name="redirect to nowhere", kind="redirect", to=""),
    *_survived(
        ("Content-Encoding: gzip", "gzip", None),
        ("Content-Encoding: deflate", "deflate", None),
        ("ranges ignored", "norange", None),
    ),
    *_always(
        ("Content-Encoding: gzip, cut", "gzipcut"),
        ("Content-Encoding: gzip, a bomb", "bomb"),
        ("wrong Content-Encoding", "brotli"),
        ("another range than asked for", "wrongrange"),
        ("206 without Content-Range", "silentrange"),
        ("one byte more than asked for", "longrange"),
        ("another protocol", "garbage"),
    ),
    Fault(name="status line that is none", kind="raw", to=RAW_STATUS),
    *_always(("header of 1 MiB", "hugehead")),
)
