"""JSON text → its value, and where in the text each part of it stands."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from nb_remote.datasource.problems import BadDatasource, Problem

JsonPath = tuple[str | int, ...]
"""Keys and indices that lead from the document to a part of it."""

MOST_CHARACTERS = 8 * 2**20
"""As much as is read of a metadata document anywhere else."""
_DEEPEST = 64
_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^\s,\]}]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class JsonText:
    """A document with the places of its parts."""

    value: object
    text: str
    starts: dict[JsonPath, int] = field(default_factory=dict)
    """Where a part starts: a member at its key, an item at its value."""
    repeated: tuple[JsonPath, ...] = ()
    """Members whose key stands more than once in one object."""

    def problem(self, path: JsonPath, text: str) -> Problem:
        """Return a problem at a part, or at what that would be in where it isn't there."""
        known = path
        while known not in self.starts and known:
            known = known[:-1]
        line, column = _line_and_column(self.text, self.starts.get(known, 0))
        return Problem(path=shown_path(path), line=line, column=column, text=text)


def shown_path(path: JsonPath) -> str:
    """Write a path as people do: ``dataLayers[0].name``."""
    parts = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    return "".join(parts).removeprefix(".")[:200]


def parse_json(text: str) -> JsonText:
    """Parse a document.

    Raises
    ------
    BadDatasource
        It is no JSON, or larger or nested deeper than any datasource; says where.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MOST_CHARACTERS:
        _refuse(text, 0, f"the document has more than {MOST_CHARACTERS} characters")
    try:
        value = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        said = error.msg[:1].lower() + error.msg[1:]
        _refuse(text, error.pos, f"this is no JSON: {said}")
    except RecursionError:
        _refuse(text, 0, "the document is nested too deeply")
    except ValueError as error:  # NaN, or a number of thousands of digits
        _refuse(text, 0, f"this is no JSON: {str(error)[:80]}")
    starts: dict[JsonPath, int] = {}
    repeated: list[JsonPath] = []
    for path, at in _places(text):
        if path in starts and starts[path] != at:
            repeated.append(path)
        starts[path] = at
    return JsonText(value, text, starts, tuple(repeated))


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _refuse(text: str, at: int, why: str) -> NoReturn:
    line, column = _line_and_column(text, at)
    problem = Problem(path="", line=line, column=column, text=why)
    raise BadDatasource((problem,)) from None


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    before = text[:at]
    return before.count("\n") + 1, at - before.rfind("\n")


def _places(text: str) -> Iterator[tuple[JsonPath, int]]:
    """Yield where each part of a valid document starts."""
    places: list[tuple[JsonPath, int]] = []
    _walk(text, _after_space(text, 0), (), places)
    yield from places


def _walk(text: str, at: int, path: JsonPath, places: list[tuple[JsonPath, int]]) -> int:
    """Note the place of a value and of all in it, and return where it ends."""
    if len(path) > _DEEPEST:
        _refuse(text, at, "the document is nested too deeply")
    if not path or isinstance(path[-1], int):
        places.append((path, at))
    opening = text[at]
    if opening == '"':
        return _end(_STRING, text, at)
    if opening not in "[{":
        return _end(_SCALAR, text, at)
    at = _after_space(text, at + 1)
    number = 0
    while text[at] not in "]}":
        inner: JsonPath = (*path, number)
        if opening == "{":
            end = _end(_STRING, text, at)
            inner = (*path, json.loads(text[at:end]))
            places.append((inner, at))
            at = _after_space(text, _after_space(text, end) + 1)
        at = _after_space(text, _walk(text, at, inner, places))
        if text[at] == ",":
            at = _after_space(text, at + 1)
        number += 1
    return at + 1


def _after_space(text: str, at: int) -> int:
    return _end(_SPACE, text, at)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where a match ends that a valid document has here."""
    found = pattern.match(text, at)
    return found.end() if found else at
