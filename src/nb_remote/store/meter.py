"""Counts what a store really sends and receives.

The transport itself counts, not a wrapper: redirects, repeated tries and bodies
that turned out useless cost as much as the ones that were asked for.
"""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterCounts:
    """The counts of a meter at one moment."""

    requests: int = 0
    """Requests sent, every try and every redirect counted."""
    received_bytes: int = 0
    """Body bytes received, as they came over the wire."""
    in_flight: int = 0
    """Requests whose answer is not complete."""
    missing: int = 0
    """Answers that said the object does not exist (404)."""
    failed: int = 0
    """Reads that raised, each try counted."""


class Meter:
    """Counts for one store, and for its parent too. Any thread may read or add.

    Parameters
    ----------
    parent
        A meter that counts the same events, for example that of a dataset whose
        layers have one each.
    """

    def __init__(self, parent: "Meter | None" = None) -> None:
        self.viewer_link: str | None = None
        """Link of a viewer that an address redirected to instead of answering; may be secret."""
        self._parent = parent
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(MeterCounts.__dataclass_fields__, 0)

    def counts(self) -> MeterCounts:
        """Return all counts of one moment."""
        with self._lock:
            return MeterCounts(**self._counts)

    def began(self) -> None:
        """Count an exchange as in flight."""
        self._add("in_flight", 1)

    def ended(self) -> None:
        """Count an exchange as in flight no more."""
        self._add("in_flight", -1)

    def sent(self) -> None:
        """Count a request that went out."""
        self._add("requests", 1)

    def received(self, size: int) -> None:
        """Count `size` bytes of a body."""
        self._add("received_bytes", size)

    def missed(self) -> None:
        """Count an object that does not exist."""
        self._add("missing", 1)

    def failed(self) -> None:
        """Count a read that raised."""
        self._add("failed", 1)

    def _add(self, name: str, change: int) -> None:
        with self._lock:
            self._counts[name] += change
        if self._parent is not None:
            self._parent._add(name, change)  # noqa: SLF001 - a meter itself

    def __repr__(self) -> str:
        return f"Meter({self.counts()!r})"
