"""Pasted text → what it asks for: one address on each line, or one document as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from nb_remote.datasource.problems import BadDatasource
from nb_remote.errors import InvalidAddress, NbRemoteError
from nb_remote.form.messages import Access
from nb_remote.form.refused import Refused
from nb_remote.form.what import What, asked_by, meant_by

MOST_LINES = 32
"""Addresses that are taken at once: each asks for about 20 documents."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Line:
    """One line of what was pasted."""

    number: int
    """Counted from 1."""
    text: str
    """May hold secrets."""


def lines_of(text: str) -> tuple[Line, ...]:
    """Split what was pasted; a JSON document stays in one piece.

    Raises
    ------
    Refused
        There are more lines than are taken at once.
    """
    if text.lstrip().startswith("{"):
        return (Line(number=1, text=text),)
    lines = tuple(_filled(text))
    if len(lines) > MOST_LINES:
        problem = InvalidAddress(
            f"{len(lines)} addresses were pasted; at most {MOST_LINES} are taken at once",
            hint="Add them in parts, or pass them to nb_remote.open(…).",
        )
        raise Refused(problem, "address")
    return lines or (Line(number=1, text=text),)


def meaning_of(line: Line, access: Access | None) -> What:
    """Return what a line means, with the credentials that were typed beside it.

    Raises
    ------
    Refused
        It is no address, or the credentials are none for it.
    """
    try:
        what = meant_by(line.text)
    except (InvalidAddress, BadDatasource) as problem:
        raise Refused(problem, "address") from None
    try:
        return asked_by(what, access)
    except InvalidAddress as problem:
        raise Refused(problem, "access") from None


def all_refused(refused: list[tuple[Line, Refused]], lines: int) -> Refused:
    """Say of several lines why they were not taken."""
    first = refused[0][1]
    if lines == 1:
        return first
    others = lines - len(refused)
    taken = "none was taken" if not others else f"the other {others} {_were(others)} taken"
    what = "1 address" if len(refused) == 1 else f"{len(refused)} addresses"
    problem = NbRemoteError(f"{what} of {lines} can't be added; {taken}")
    told = tuple((line.number, one.problem) for line, one in refused)
    return Refused(problem, first.field, first.entry, lines=told)


def _filled(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield Line(number=number, text=line.strip())


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
