"""The bounds a store keeps: time, requests, bytes, tries."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLimits:
    """Bounds of one store. The defaults suit a person who waits for a picture."""

    connect_timeout_s: float = 5.0
    """Seconds for name look-up, TCP and TLS; a host that is up needs well under one."""
    idle_timeout_s: float = 8.0
    """Seconds without a byte, before the headers or within the body."""
    deadline_s: float = 60.0
    """Seconds for one read, all tries included: the only bound that stops a dripping server."""
    in_flight: int = 64
    """Requests at once to one host, those of other stores counted; optimum at 30 ms: 10 took
    970 ms, 32 364, 64 259, 96 267, 128 345."""
    bytes_in_flight: int = 256 * MIB
    """Bytes of bodies held at once: 64 chunks of 4 MiB, twice a common large chunk."""
    whole_object_bytes: int = 64 * MIB
    """Most bytes to read of an object whose server ignores ranges, to cut one out here."""
    tries: int = 4
    """Requests for one read, the first included, while the failure may pass."""
    retry_for_s: float = 15.0
    """No further try starts later than this after the first."""
    first_backoff_s: float = 0.25
    """Wait before the second try; doubled for each further one, with jitter."""
    longest_wait_s: float = 8.0
    """Longest wait; a server that asks for more by Retry-After gets no further request."""
    missing_on_403: bool = False
    """Whether a person said that the store answers 403 for objects that do not exist."""
    trusted_hosts: frozenset[str] = frozenset()
    """Hosts, with the port where it is not the usual one, that data may name although they are not
    public: a person agreed to each. They get no credentials."""
