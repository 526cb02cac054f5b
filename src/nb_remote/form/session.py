"""What the form knows and does: entries, the dataset made of them, the import."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from typing import Literal, Protocol

from nb_remote.dataset import Dataset
from nb_remote.datasource.model import dataset_name_problem
from nb_remote.errors import InvalidAddress, NbRemoteError
from nb_remote.explore import Patience
from nb_remote.form.access import with_access
from nb_remote.form.describe import describe_entries, suggest_name
from nb_remote.form.entries import Entry, look
from nb_remote.form.incoming import Message
from nb_remote.form.protocol import (
    FORM_PROTOCOL_VERSION,
    Access,
    AddMessage,
    EntryMessage,
    FormState,
    ImportMessage,
    Refusal,
    RemoveLayerMessage,
    RenameMessage,
)
from nb_remote.form.refused import IMPORTED, Refused, already_there
from nb_remote.infer.layer import BrokenLayer
from nb_remote.location.parse import Address, parse_address
from nb_remote.redact import redact

log = logging.getLogger("nb_remote.form")

PROGRESS_S = 0.1
"""Ten reports a second look fluent, and take a thirtieth of what the channel carries."""


class Shown(Protocol):
    """Whoever shows the form. Called on the IO loop, but for what `finish` returns."""

    def show(self, state: FormState) -> None:
        """Show what is known now."""

    def show_dataset(self, dataset: Dataset | None, *, other_layers: bool) -> None:
        """Show a dataset that changed, in its layers or only in its name."""

    def finish(self, dataset: Dataset) -> Awaitable[None]:
        """Hand the imported dataset to Python."""


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
        self._name = ""
        self._dataset: Dataset | None = None
        self._imported: Dataset | None = None
        self._python: str | None = None
        self._answered = 0
        self._refusal: Refusal | None = None
        self._report: asyncio.TimerHandle | None = None
        self._finishing: asyncio.Future[None] | None = None

    def take(self, message: Message) -> None:
        """Follow a message of the page, or tell it why not."""
        self._refusal = None
        self._answered = max(self._answered, message.rid)
        try:
            self._follow(message)
        except Refused as refused:
            self._refusal = Refusal(
                rid=message.rid,
                field=refused.field,
                entry=refused.entry,
                problem=refused.problem.info,
            )
        self._show()

    def failed(self, rid: int, error: Exception) -> None:
        """Tell the page that a fault of ours kept a message from being followed."""
        # Without the traceback, whose last line may hold the address.
        log.error("the form failed: %s", redact(repr(error)))
        problem = NbRemoteError(
            f"nb-remote failed: {type(error).__name__}",
            hint="This is a fault of nb-remote; the kernel's log has the details.",
        )
        self._refusal = Refusal(rid=rid, field="form", entry=-1, problem=problem.info)
        self._show()

    def begin(self, addresses: Iterable[Address]) -> None:
        """Look what lies at the addresses that came with the form."""
        for address in addresses:
            with suppress(Refused):  # given twice
                self._add(address)
        self._show()

    def _add_text(self, text: str, access: Access | None) -> None:
        self._refuse_when_imported()
        try:
            address = parse_address(text)
        except InvalidAddress as problem:
            raise Refused(problem, "address") from None
        try:
            address = with_access(address, access)
        except InvalidAddress as problem:
            raise Refused(problem, "access") from None
        self._add(address)

    def _add(self, address: Address) -> None:
        where = address.location.display()
        for entry in [one for one in self._entries if one.where == where]:
            if entry.status in {"exploring", "found"}:
                raise Refused(already_there(entry), "address", entry.number)
            # Added again after a failure, perhaps with the password that was missing.
            self._entries.remove(entry)
        self._made += 1
        entry = Entry(number=self._made, address=address)
        self._entries.append(entry)
        self._look(entry)

    def rename(self, name: str) -> None:
        """Call the dataset `name`; an empty one goes back to what suggests itself."""
        if name != self._name and self._imported is None:
            self._name = name
            self._assemble(other_layers=False)
            self._show()

    def close(self) -> None:
        """Stop all looking."""
        for entry in self._entries:
            if entry.task is not None:
                entry.task.cancel()
        if self._report is not None:
            self._report.cancel()

    def _follow(self, message: Message) -> None:
        match message:
            case AddMessage():
                self._add_text(message.address, message.access)
            case EntryMessage():
                self._follow_about(self._entry(message.entry), message.kind)
            case RemoveLayerMessage():
                self._remove_layer(self._entry(message.entry), message.layer)
            case RenameMessage():
                self.rename(message.name)
            case ImportMessage():
                self._import(message.name)

    def _follow_about(self, entry: Entry, kind: Literal["cancel", "retry", "remove"]) -> None:
        match kind:
            case "cancel" if entry.task is not None:
                entry.task.cancel()
            case "retry" if entry.status in {"failed", "cancelled"}:
                self._look(entry)
            case "remove":
                self._remove(entry)
            case _:
                pass  # it has ended, or begun again, while the message was on its way

    def _entry(self, number: int) -> Entry:
        self._refuse_when_imported()
        for entry in self._entries:
            if entry.number == number:
                return entry
        raise Refused(NbRemoteError("This address is no longer in the list."))

    def _remove(self, entry: Entry) -> None:
        if entry.task is not None:
            entry.task.cancel()
        self._entries.remove(entry)
        if entry.status == "found":
            self._assemble()

    def _remove_layer(self, entry: Entry, layer: int) -> None:
        entry.removed.add(layer)
        if entry.layers:
            self._assemble()
        else:
            self._remove(entry)

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

    def _assemble(self, *, other_layers: bool = True) -> None:
        """Make the dataset of all layers that are left."""
        usable = [
            (layer, entry.exploration.source)
            for entry in self._entries
            for _, layer in entry.layers
            if not isinstance(layer, BrokenLayer) and entry.exploration is not None
        ]
        broken = [
            layer
            for entry in self._entries
            for _, layer in entry.layers
            if isinstance(layer, BrokenLayer)
        ]
        name = self._name or suggest_name(self._entries)
        self._dataset = Dataset(tuple(usable), tuple(broken), name=name) if usable else None
        self._shown.show_dataset(self._dataset, other_layers=other_layers)

    def _import(self, name: str) -> None:
        self._refuse_when_imported()
        name = name.strip()
        if any(entry.status == "exploring" for entry in self._entries):
            raise Refused(NbRemoteError("Wait until all addresses are looked at, or cancel them."))
        if self._dataset is None:
            raise Refused(NbRemoteError("There is no layer to import yet."))
        if problem := dataset_name_problem(name):
            raise Refused(NbRemoteError(problem), "name")
        self.rename(name)
        self._imported = self._dataset
        # Held here, because the loop itself keeps no task alive.
        self._finishing = asyncio.ensure_future(self._shown.finish(self._dataset))

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
        return FormState(
            protocol=FORM_PROTOCOL_VERSION,
            answered=self._answered,
            name=self._name or suggest_name(self._entries),
            entries=describe_entries(self._entries, self._dataset),
            layer_count=0 if self._dataset is None else len(self._dataset),
            refusal=self._refusal,
            imported=self._python is not None,
            python=self._python or "",
        )
