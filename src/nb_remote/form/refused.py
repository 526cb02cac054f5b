"""Why a message of the page can't be followed."""

from collections.abc import Sequence
from typing import Literal

from nb_remote.errors import NbRemoteError
from nb_remote.form.entries import Entry
from nb_remote.form.protocol import JsonProblem, Refusal, RefusedLine

Field = Literal["address", "access", "name", "layer", "json", "form"]

IMPORTED = NbRemoteError(
    "This form is done: its dataset was imported.",
    hint="Make a new one with nbr.AddRemoteDataset().",
)


class Refused(Exception):
    """A message that can't be followed, or not in whole."""

    def __init__(
        self,
        problem: NbRemoteError,
        field: Field = "form",
        entry: int = -1,
        *,
        lines: Sequence[tuple[int, NbRemoteError]] = (),
        json: tuple[JsonProblem, ...] = (),
    ) -> None:
        super().__init__(problem.text)
        self.problem = problem
        self.field: Field = field
        self.entry = entry
        self.lines = lines
        self.json = json

    def told(self, rid: int) -> Refusal:
        """Return what the page is told of it."""
        return Refusal(
            rid=rid,
            field=self.field,
            entry=self.entry,
            problem=self.problem.info,
            lines=tuple(RefusedLine(line=n, problem=one.info) for n, one in self.lines),
            json=self.json,
        )


def already_there(entry: Entry) -> NbRemoteError:
    """Say that an address is in the list."""
    doing = "is being looked at" if entry.status == "exploring" else "is in the list already"
    return NbRemoteError(
        f"This address {doing}",
        where=entry.where,
        hint="Remove it there to look at it afresh.",
    )
