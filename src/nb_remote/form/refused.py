"""Why a message of the page can't be followed."""

from typing import Literal

from nb_remote.errors import NbRemoteError
from nb_remote.form.entries import Entry

IMPORTED = NbRemoteError(
    "This form is done: its dataset was imported.",
    hint="Make a new one with nbr.AddRemoteDataset().",
)


class Refused(Exception):
    """A message that can't be followed."""

    def __init__(
        self,
        problem: NbRemoteError,
        field: Literal["address", "access", "name", "form"] = "form",
        entry: int = -1,
    ) -> None:
        super().__init__(problem.text)
        self.problem = problem
        self.field = field
        self.entry = entry


def already_there(entry: Entry) -> NbRemoteError:
    """Say that an address is in the list."""
    doing = "is being looked at" if entry.status == "exploring" else "is in the list already"
    return NbRemoteError(
        f"This address {doing}",
        where=entry.where,
        hint="Remove it there to look at it afresh.",
    )
