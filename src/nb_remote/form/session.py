"""What the form knows and does: entries, the dataset made of them, the import."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Literal

from nb_remote.dataset import Dataset
from nb_remote.datasource.model import dataset_name_problem
from nb_remote.errors import NbRemoteError
from nb_remote.explore import Patience
from nb_remote.form.assembled import Assembled, assemble, in_order, moved
from nb_remote.form.correcting import correct
from nb_remote.form.describe import describe, suggest_name
from nb_remote.form.entries import Entry, Key, find_out, look
from nb_remote.form.json_edits import edit_json
from nb_remote.form.messages import (
    Access,
    AddMessage,
    CorrectMessage,
    EditJsonMessage,
    EntryMessage,
    ImportMessage,
    LookNearMessage,
    MoveLayerMessage,
    RemoveLayerMessage,
    RenameMessage,
)
from nb_remote.form.near import address_near
from nb_remote.form.pasted import Line, all_refused, lines_of, meaning_of
from nb_remote.form.protocol import FormMessage, FormState, Refusal
from nb_remote.form.refused import IMPORTED, Refused, already_there
from nb_remote.form.shown import Shown
from nb_remote.form.what import What, same
from nb_remote.location.parse import Address
from nb_remote.redact import redact

log = logging.getLogger("nb_remote.form")

PROGRESS_S = 0.1
"""Ten reports a second look fluent, and take a thirtieth of what the channel carries."""


class FormSession:
    """The state of one form. Every method runs on the IO loop only.

    Parameters
    ----------
    shown
        Whoever shows the form.
    patience
        How long each address may take.
    """

    def __init__(self, shown: Shown, patience: Patience) -> None:
        self._shown = shown
        self._patience = patience
        self._entries: list[Entry] = []
        self._made = 0
        self._order: tuple[Key, ...] = ()
        self._name = ""
        self._assembled: Assembled | None = None
        self._imported: Dataset | None = None
        self._python: str | None = None
        self._answered = 0
        self._refusal: Refusal | None = None
        self._report: asyncio.TimerHandle | None = None
        self._finishing: asyncio.Future[None] | None = None

    def take(self, message: FormMessage) -> None:
        """Follow a message of the page, or tell it why not."""
        self._refusal = None
        self._answered = max(self._answered, message.rid)
        try:
            self._follow(message)
        except Refused as refused:
            self._refusal = refused.told(message.rid)
        self._show()

    def failed(self, rid: int, error: Exception) -> None:
        """Tell the page that a fault of ours kept a message from being followed."""
        # Without the traceback, whose last line may hold the address.
        log.error("the form failed: %s", redact(repr(error)))
        problem = NbRemoteError(
            f"nb-remote failed: {type(error).__name__}",
            hint="This is a fault of nb-remote; the kernel's log has the details.",
        )
        self._refusal = Refused(problem).told(rid)
        self._show()

    def begin(self, places: Iterable[tuple[What, str]]) -> None:
        """Look what lies where the form was told to begin; the text is of what is no address."""
        for what, text in places:
            with suppress(Refused):  # given twice
                self._add(what, text)
        self._show()

    def _add_text(self, text: str, access: Access | None) -> None:
        self._refuse_when_imported()
        lines = lines_of(text)
        refused: list[tuple[Line, Refused]] = []
        for line in lines:
            try:
                what = meaning_of(line, access)
                self._add(what, "" if isinstance(what, Address) else line.text)
            except Refused as one:
                refused.append((line, one))
        if refused:
            raise all_refused(refused, len(lines))

    def _add(self, what: What, text: str = "") -> None:
        said = {}
        for entry in [one for one in self._entries if same(one.what, what)]:
            if entry.status in {"exploring", "found"}:
                raise Refused(already_there(entry), "address", entry.number)
            # Added again after a failure, perhaps with the password that was missing.
            said = entry.corrections
            self._remove(entry)
        self._made += 1
        entry = Entry(number=self._made, what=what, text=text, corrections=said)
        self._entries.append(entry)
        self._look(entry)

    def rename(self, name: str) -> None:
        """Call the dataset `name`; an empty one goes back to what suggests itself."""
        if name != self._name and self._imported is None:
            self._name = name
            self._assemble()
            self._show()

    def close(self) -> None:
        """Stop all looking."""
        for entry in self._entries:
            entry.stop()
        if self._report is not None:
            self._report.cancel()

    def _follow(self, message: FormMessage) -> None:
        match message:
            case AddMessage():
                self._add_text(message.address, message.access)
            case EntryMessage():
                self._follow_about(self._entry(message.entry), message.kind)
            case LookNearMessage():
                self._look_near(self._entry(message.entry), message.near)
            case RemoveLayerMessage():
                self._remove_layer(self._entry(message.entry), message.layer)
            case MoveLayerMessage(entry=entry, layer=layer, up=up):
                self._order = moved(self._order, (self._entry(entry).number, layer), up=up)
                self._assemble()
            case CorrectMessage():
                correct(self._entry(message.entry), message, self._assembled)
                self._assemble()
            case EditJsonMessage():
                self._edit_json(message.text)
            case RenameMessage():
                self.rename(message.name)
            case ImportMessage():
                self._import(message.name)

    def _follow_about(
        self, entry: Entry, kind: Literal["cancel", "retry", "remove", "diagnose"]
    ) -> None:
        match kind:
            case "cancel":
                entry.stop()
            case "retry" if entry.status != "exploring":
                was_found = entry.status == "found"
                self._look(entry)
                if was_found:
                    self._assemble()
            case "remove":
                self._remove(entry)
            case "diagnose" if entry.can_be_diagnosed:
                entry.diagnosing = asyncio.get_running_loop().create_task(self._diagnosed(entry))
            case _:
                pass  # it has ended, or begun again, while the message was on its way

    def _entry(self, number: int) -> Entry:
        self._refuse_when_imported()
        for entry in self._entries:
            if entry.number == number:
                return entry
        raise Refused(NbRemoteError("This address is no longer in the list."))

    def _remove(self, entry: Entry) -> None:
        entry.stop()
        self._entries.remove(entry)
        if entry.status == "found":
            self._assemble()

    def _remove_layer(self, entry: Entry, layer: int) -> None:
        entry.removed.add(layer)
        if entry.layers:
            self._assemble()
        else:
            self._remove(entry)

    def _edit_json(self, text: str) -> None:
        self._refuse_when_imported()
        name, order = edit_json(self._entries, self._assembled, text)
        self._name = self._name if name is None else name
        self._order = (*order, *(key for key in self._order if key not in order))
        for entry in [one for one in self._entries if one.status == "found" and not one.layers]:
            self._entries.remove(entry)
        self._assemble()

    def _look_near(self, entry: Entry, near: int) -> None:
        if entry.status != "failed" or near >= len(entry.near):
            return  # it was looked at again, while the message was on its way
        address = address_near(entry, entry.near[near])
        self._remove(entry)
        self._add(address)

    def _look(self, entry: Entry) -> None:
        entry.begin()
        entry.task = asyncio.get_running_loop().create_task(self._looked(entry))

    async def _looked(self, entry: Entry) -> None:
        await look(entry, self._patience, self._show_soon)
        entry.task = None
        if entry not in self._entries:
            return
        try:
            if entry.status == "found":
                self._assemble()
        except Exception as error:  # noqa: BLE001  (nobody waits for this task)
            self.failed(self._answered, error)
        self._show()

    async def _diagnosed(self, entry: Entry) -> None:
        self._show_soon()
        with suppress(asyncio.CancelledError):
            try:
                await find_out(entry, self._patience)
            except Exception as error:  # noqa: BLE001  (nobody waits for this task)
                self.failed(self._answered, error)
        entry.diagnosing = None
        self._show()

    def _assemble(self) -> None:
        """Make the dataset of all layers that are left, and show it."""
        self._order = in_order(self._entries, self._order)
        name = self._name or suggest_name(self._entries)
        agreed = self._patience.limits.trusted_hosts
        self._assembled = assemble(self._entries, self._order, name, agreed)
        self._shown.show_dataset(self._assembled)

    def _import(self, name: str) -> None:
        self._refuse_when_imported()
        name = name.strip()
        if any(entry.status == "exploring" for entry in self._entries):
            raise Refused(NbRemoteError("Wait until all addresses are looked at, or cancel them."))
        if self._assembled is None:
            raise Refused(NbRemoteError("There is no layer to import yet."))
        if problem := dataset_name_problem(name):
            raise Refused(NbRemoteError(problem), "name")
        self.rename(name)
        self._imported = self._assembled.dataset
        # Held here, because the loop itself keeps no task alive.
        self._finishing = asyncio.ensure_future(self._shown.finish(self._imported))

    def finished(self, python: str) -> None:
        """Tell the page that Python has the dataset, and the line to go on with."""
        self._python = python
        self._show()

    def _refuse_when_imported(self) -> None:
        if self._imported is not None:
            raise Refused(IMPORTED)

    def _show_soon(self) -> None:
        if self._report is None:
            self._report = asyncio.get_running_loop().call_later(PROGRESS_S, self._show)

    def _show(self) -> None:
        if self._report is not None:
            self._report.cancel()
            self._report = None
        self._shown.show(self.state())

    def state(self) -> FormState:
        """Return what the page is to draw."""
        return describe(
            self._entries,
            self._order,
            self._assembled,
            answered=self._answered,
            name=self._name or suggest_name(self._entries),
            refusal=self._refusal,
            python=self._python,
        )
