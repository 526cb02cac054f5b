"""One address of the form, or what names several: being looked at, found, failed or cancelled."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from nb_remote.arrays.source import Source
from nb_remote.diagnosis.diagnosing import SILENCE_S, diagnose_address
from nb_remote.diagnosis.report import Diagnosis
from nb_remote.errors import InvalidCorrection, NbRemoteError
from nb_remote.explore import Exploration, Patience
from nb_remote.explore.reasons import DID_YOU_MEAN
from nb_remote.form.what import What, explore_what, shown, source_of
from nb_remote.infer.correction import Correction
from nb_remote.infer.corrections import corrected
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.location.parse import Address
from nb_remote.redact import redact
from nb_remote.store.watched import Answer

log = logging.getLogger("nb_remote.form")

MAX_DOCUMENTS = 64
"""Documents that are remembered of one address: four formats, then two for each of 30 levels."""

Status = Literal["exploring", "found", "failed", "cancelled"]
Key = tuple[int, int]
"""Which layer of the form: number of its entry, and its place in what lies there."""
Layers = tuple[tuple[int, "InferredLayer | BrokenLayer"], ...]


@dataclass(slots=True, kw_only=True)
class Entry:
    """What is known of one address. Used on the IO loop only; holds its credentials."""

    number: int
    what: What
    text: str = field(default="", repr=False)
    """As pasted, of what is no address; may hold secrets."""
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
    diagnosing: asyncio.Task[None] | None = None
    diagnosis: Diagnosis | None = None
    removed: set[int] = field(default_factory=set)
    """Layers that the person took out, by their place in the exploration."""
    corrections: dict[tuple[str, str], Correction] = field(default_factory=dict)
    """What the person said of layers, by their path and the name they were found with."""
    corrected: dict[int, InferredLayer] = field(default_factory=dict)
    """Layers with what was said of them, by their place in the exploration."""

    @property
    def where(self) -> str:
        """The address as it may be shown."""
        return shown(self.what)

    @property
    def can_be_diagnosed(self) -> bool:
        """Whether it is known to fail and nobody looks yet why."""
        return (
            isinstance(self.what, Address) and self.status == "failed" and self.diagnosing is None
        )

    @property
    def elapsed_s(self) -> float:
        """Seconds of looking, so far or in all."""
        return (time.monotonic() if self.status == "exploring" else self.ended) - self.began

    @property
    def requests(self) -> int:
        """Requests sent in the last look, so far or in all; looking at voxels doesn't count."""
        if self.status != "exploring":
            return self.sent
        return _requests(self)

    @property
    def layers(self) -> Layers:
        """Layers that are left, corrected, each with its place in the exploration."""
        return tuple(
            (n, self.corrected.get(n, layer))
            for n, layer in enumerate(self.found)
            if n not in self.removed
        )

    @property
    def found(self) -> tuple[InferredLayer | BrokenLayer, ...]:
        """All layers that were found, as they were inferred."""
        return () if self.exploration is None else self.exploration.layers

    def correction(self, number: int) -> Correction:
        """Return what was said of a layer so far."""
        layer = self.corrected.get(number)
        return layer.correction or Correction() if layer is not None else Correction()

    def correct(self, number: int, correction: Correction | None) -> None:
        """Lay all that was said of a layer over what was inferred; None takes all of it back.

        Raises
        ------
        InvalidCorrection
            It can't be so; nothing changes.
        """
        layer = self.found[number]
        if isinstance(layer, BrokenLayer):
            raise InvalidCorrection("this layer can't be read", where=self.where)
        if correction is None:
            self.corrections.pop(_identity(layer), None)
            self.corrected.pop(number, None)
        else:
            self.corrected[number] = corrected(layer, correction)
            self.corrections[_identity(layer)] = correction

    def correct_again(self) -> None:
        """Lay what was said over what was found anew; what is said of a layer that is gone goes."""
        said = dict(self.corrections)
        self.corrections.clear()
        for number, layer in enumerate(self.found):
            if not isinstance(layer, BrokenLayer) and (one := said.get(_identity(layer))):
                with suppress(InvalidCorrection):  # it became another layer of the same name
                    self.correct(number, one)

    @property
    def near(self) -> tuple[str, ...]:
        """Addresses like this one at which something lies, as they may be shown."""
        if self.problem is None:
            return ()
        told = self.diagnosis.steps if self.diagnosis is not None else ()
        near = next((one.details for one in told if one.name == "nearby"), ())
        if not near and self.problem.hint.startswith(DID_YOU_MEAN):
            near = (self.problem.hint.removeprefix(DID_YOU_MEAN).split()[0],)
        return near

    def begin(self) -> None:
        """Forget the last look, before the next one."""
        self.stop()
        self.status, self.source = "exploring", None
        self.exploration = self.problem = self.diagnosis = None
        self.documents.clear()
        self.removed.clear()
        self.corrected.clear()
        self.began = time.monotonic()

    def stop(self) -> None:
        """Stop looking and diagnosing; what is under way is closed down to its sockets."""
        for task in (self.task, self.diagnosing):
            if task is not None:
                task.cancel()

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

    def told(key: str, answer: Answer) -> None:
        entry.told(key, answer)
        changed()

    try:
        entry.source = source_of(entry.what, patience)
        found = await explore_what(entry.what, entry.source, patience, told)
    except asyncio.CancelledError:
        entry.status = "cancelled"
    except Exception as error:  # noqa: BLE001  (a fault of ours must not look like an endless search)
        entry.status, entry.problem = "failed", _internal(error, entry.where)
    else:
        if isinstance(found, Exploration):
            entry.status, entry.exploration = "found", found
            entry.correct_again()
        else:
            entry.status, entry.problem = "failed", found
    entry.ended, entry.sent = time.monotonic(), _requests(entry)
    if entry.status != "found" and entry.source is not None:
        await entry.source.close()


def _requests(entry: Entry) -> int:
    """Count requests; of what names several places, the documents that were asked for."""
    if entry.source is None:
        return len(entry.documents)
    return entry.source.meter.counts().requests


async def find_out(entry: Entry, patience: Patience) -> None:
    """Diagnose why the address of an entry can't be read, with its credentials."""
    agreed = patience.limits.trusted_hosts
    silence_s = min(SILENCE_S, patience.limits.idle_timeout_s)
    assert isinstance(entry.what, Address)  # noqa: S101  (see `Entry.can_be_diagnosed`)
    entry.diagnosis = await diagnose_address(entry.what, silence_s=silence_s, trusted_hosts=agreed)


def _identity(layer: InferredLayer) -> tuple[str, str]:
    return layer.path, layer.name.value


def _internal(error: Exception, where: str) -> NbRemoteError:
    log.error("looking at %s failed: %s", where, redact(repr(error)))
    return NbRemoteError(
        f"nb-remote failed to look at it: {type(error).__name__}",
        where=where,
        hint="This is a fault of nb-remote; the kernel's log has the details.",
    )
