"""One address of the form: being looked at, found, failed or cancelled."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from nb_remote.arrays.source import Source
from nb_remote.errors import NbRemoteError
from nb_remote.explore import Exploration, Patience, explore_within
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.location.parse import Address
from nb_remote.redact import redact
from nb_remote.store.watched import Answer

log = logging.getLogger("nb_remote.form")

MAX_DOCUMENTS = 64
"""Documents that are remembered of one address: four formats, then two for each of 30 levels."""

Status = Literal["exploring", "found", "failed", "cancelled"]
Layers = tuple[tuple[int, "InferredLayer | BrokenLayer"], ...]


@dataclass(slots=True, kw_only=True)
class Entry:
    """What is known of one address. Used on the IO loop only; holds its credentials."""

    number: int
    address: Address
    status: Status = "exploring"
    source: Source | None = None
    """What the last look was taken through."""
    task: asyncio.Task[None] | None = None
    began: float = 0.0
    ended: float = 0.0
    sent: int = 0
    """Requests of the last look, once it has ended."""
    documents: dict[str, Answer] = field(default_factory=dict)
    exploration: Exploration | None = None
    problem: NbRemoteError | None = None
    removed: set[int] = field(default_factory=set)
    """Layers that the person took out, by their place in the exploration."""

    @property
    def where(self) -> str:
        """The address as it may be shown."""
        return self.address.location.display()

    @property
    def elapsed_s(self) -> float:
        """Seconds of looking, so far or in all."""
        return (time.monotonic() if self.status == "exploring" else self.ended) - self.began

    @property
    def requests(self) -> int:
        """Requests sent in the last look, so far or in all; looking at voxels doesn't count."""
        if self.source is None or self.status != "exploring":
            return self.sent
        return self.source.meter.counts().requests

    @property
    def layers(self) -> Layers:
        """Layers that are left, each with its place in the exploration."""
        found = () if self.exploration is None else self.exploration.layers
        return tuple((n, layer) for n, layer in enumerate(found) if n not in self.removed)

    def begin(self) -> None:
        """Forget the last look, before the next one."""
        self.status, self.source = "exploring", None
        self.exploration = self.problem = None
        self.documents.clear()
        self.removed.clear()
        self.began = time.monotonic()

    def told(self, key: str, answer: Answer) -> None:
        """Take down what became of a document."""
        if key not in self.documents and len(self.documents) >= MAX_DOCUMENTS:
            del self.documents[next(iter(self.documents))]
        self.documents[key] = answer


async def look(entry: Entry, patience: Patience, changed: Callable[[], None]) -> None:
    """Look what lies at the address of an entry that has begun; its status tells how it ended.

    Cancelling this closes the requests under way, down to their sockets.

    Parameters
    ----------
    changed
        Called when there is something new to show, which may be often.
    """
    source = Source(entry.address.location, entry.address.credentials, patience.limits)
    entry.source = source

    def told(key: str, answer: Answer) -> None:
        entry.told(key, answer)
        changed()

    try:
        found = await explore_within(source, patience.deadline_s, told)
    except asyncio.CancelledError:
        entry.status = "cancelled"
    except Exception as error:  # noqa: BLE001  (a fault of ours must not look like an endless search)
        entry.status, entry.problem = "failed", _internal(error, entry.where)
    else:
        if isinstance(found, Exploration):
            entry.status, entry.exploration = "found", found
        else:
            entry.status, entry.problem = "failed", found
    entry.ended, entry.sent = time.monotonic(), source.meter.counts().requests
    if entry.status != "found":
        await source.close()


def _internal(error: Exception, where: str) -> NbRemoteError:
    log.error("looking at %s failed: %s", where, redact(repr(error)))
    return NbRemoteError(
        f"nb-remote failed to look at it: {type(error).__name__}",
        where=where,
        hint="This is a fault of nb-remote; the kernel's log has the details.",
    )
