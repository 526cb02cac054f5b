"""JSON text → a datasource, or all that is wrong with it, each with its place in the text."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nb_remote.datasource.checks import (
    ATTACHMENT_FORMATS,
    DATA_FORMATS,
    Contradiction,
    notable,
    part_at,
    unknown_fields,
)
from nb_remote.datasource.fields import Part
from nb_remote.datasource.json_text import JsonPath, JsonText, parse_json
from nb_remote.datasource.layer_parts import Attachment, Attachments
from nb_remote.datasource.model import DataSource
from nb_remote.datasource.problems import BadDatasource, Problem
from nb_remote.dialects.webknossos_secrets import without_secrets

_NEAR = 0.8
"""Similarity from which a key or word is taken for a misspelt one: one letter in five."""
_MOST_PROBLEMS = 50
_WORDS = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "may have at most {max_length} characters",
    "string_pattern_mismatch": "may have letters (a to z), digits, and _ - . $ but nothing else, "
    "and no full stop in front",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "literal_error": "must be {expected}",
    "union_tag_invalid": "must have one of the types {expected_tags}",
    "union_tag_not_found": "must say its type: affine or thin_plate_spline",
}


def read_datasource(text: str) -> DataSource:
    """Read a document, see `DataSource.from_json`.

    Raises
    ------
    BadDatasource
        It can't be used as it is.
    """
    parsed = parse_json(text)
    if not isinstance(parsed.value, dict):
        raise BadDatasource((parsed.problem((), "must be an object with scale and dataLayers"),))
    version = parsed.value.get("version")
    if version not in (None, 1):
        newer = f"version {version!r} is not known: this release of nb-remote reads version 1"
        raise BadDatasource((parsed.problem(("version",), newer),))
    problems = [parsed.problem(path, "stands twice") for path in parsed.repeated]
    document, dropped = without_secrets(parsed.value)
    known = cast("dict[str, object]", document).items()
    document = {key: one for key, one in known if one is not None or key not in ("id", "version")}
    try:
        source = DataSource.model_validate(document)
    except ValidationError as error:
        said = list(_problems(error, parsed))
        raise BadDatasource(_sorted([*problems, *said])) from None
    problems += _misspelt(source, parsed)
    if problems:
        raise BadDatasource(_sorted(problems))
    notes = [*dropped, *notable(source)]
    return source.with_notes(_sorted([parsed.problem(path, said) for path, said in notes]))


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    by_place = sorted(dict.fromkeys(problems), key=lambda one: (one.line, one.column))
    return tuple(by_place[:_MOST_PROBLEMS])


def _problems(error: ValidationError, parsed: JsonText) -> Iterator[Problem]:
    errors = error.errors(include_url=False)
    for one in errors:
        loc = one["loc"]
        # Items that are wrong are not counted: the list is not too short for that.
        if any(other is not one and other["loc"][: len(loc)] == loc for other in errors):
            continue
        path = _path(loc, parsed.value)
        cause = one.get("ctx", {}).get("error")
        if isinstance(cause, Contradiction):
            yield from (parsed.problem(where, text) for where, text in cause.remarks)
        elif one["type"] == "missing":
            yield _missing(path, parsed)
        else:
            yield parsed.problem(path, _sentence(one))


def _path(loc: tuple[int | str, ...], document: object) -> JsonPath:
    """Return a path in the document: pydantic puts names of alternatives between."""
    path: list[str | int] = []
    at: Any = document
    for number, step in enumerate(loc):
        is_last = number == len(loc) - 1
        if isinstance(at, dict) and isinstance(step, str) and (step in at or is_last):
            at = at.get(step)
        elif isinstance(at, list) and isinstance(step, int) and step < len(at):
            at = at[step]
        elif not (is_last and isinstance(step, int)):
            continue
        path.append(step)
    return tuple(path)


def _missing(path: JsonPath, parsed: JsonText) -> Problem:
    *above, name = path
    there = _at(parsed.value, tuple(above))
    near = _near(str(name), list(there))
    if near is not None:
        return parsed.problem((*above, near), f"is not a field; did you mean {name!r}?")
    return parsed.problem(path, "is missing")


def _at(value: Any, path: JsonPath) -> dict[str, object]:  # noqa: ANN401  (any JSON)
    for step in path:
        value = value[step]
    return value if isinstance(value, dict) else {}


def _near(word: str, words: list[str]) -> str | None:
    """Return what `word` may have been meant to be, whatever its case."""
    by_case = {one.casefold().replace("_", ""): one for one in words}
    wanted = word.casefold().replace("_", "")
    found = get_close_matches(wanted, by_case, n=1, cutoff=_NEAR)
    return by_case[found[0]] if found else None


def _sentence(one: ErrorDetails) -> str:
    kind, context = one["type"], one.get("ctx", {})
    if kind == "value_error":
        text = str(context.get("error", one["msg"]))
    elif kind in ("too_short", "too_long"):
        number = context.get("min_length", context.get("max_length"))
        text = f"must have {number} items" if number != 1 else "must have at least one item"
    else:
        text = _WORDS[kind].format(**context) if kind in _WORDS else one["msg"]
    given = one["input"]
    if isinstance(given, str | int | float | None) and "not " not in text:
        text += f", not {str(given)[:60]!r}" if isinstance(given, str) else f", not {given}"
    if kind == "literal_error" and isinstance(given, str):
        words = str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
        near = _near(given, words)
        text += f"; did you mean {near!r}?" if near else ""
    return text


def _misspelt(source: DataSource, parsed: JsonText) -> Iterator[Problem]:
    """Yield what is no more than a mistake in writing: it would be ignored without a word."""
    for path, key in unknown_fields(source, ()):
        part = cast("Part", part_at(source, path))
        aliases = {str(info.alias): name for name, info in type(part).model_fields.items()}
        free = [one for one, name in aliases.items() if name not in part.model_fields_set]
        near = _near(key, free)
        if near is not None:
            yield parsed.problem((*path, key), f"is not a field; did you mean {near!r}?")
    for path, word, known in _formats(source):
        near = None if word in known else _near(word, list(known))
        if near is not None:
            yield parsed.problem(path, f"{word!r} is no format; did you mean {near!r}?")


def _formats(source: DataSource) -> Iterator[tuple[JsonPath, str, tuple[str, ...]]]:
    """Yield each name of a format, with those that there are."""
    for number, layer in enumerate(source.data_layers):
        at: JsonPath = ("dataLayers", number)
        yield (*at, "dataFormat"), layer.data_format, DATA_FORMATS
        for name, info in Attachments.model_fields.items():
            given = getattr(layer.attachments, name, None) or ()
            where = (*at, "attachments", str(info.alias))
            if isinstance(given, Attachment):
                yield (*where, "dataFormat"), given.data_format, ATTACHMENT_FORMATS
                continue
            for n, one in enumerate(given):
                yield (*where, n, "dataFormat"), one.data_format, ATTACHMENT_FORMATS
