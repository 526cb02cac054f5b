"""`docs/deviations.md`: every entry says what, why, and which test holds it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "deviations.md"
_ENTRY = re.compile(r"^\| (?!elsewhere |--)(.+) \| (.+) \| (.+) \| (.*) \|$", re.MULTILINE)
ENTRIES = _ENTRY.findall(PAGE.read_text("utf-8"))
CASES = ROOT / "tests" / "cases"


def numbers(name: str) -> set[int]:
    """Numbers of the edge cases that a test is about."""
    return {int(one) for one in re.findall(r"case_(\d\d)_", name)}


def unlike_webknossos() -> set[int]:
    """Cases with a test that is marked as one in which WEBKNOSSOS does something else."""
    found: set[int] = set()
    for file in CASES.glob("test_*.py"):
        for one in ast.parse(file.read_text("utf-8")).body:
            if isinstance(one, ast.FunctionDef) and any(
                isinstance(mark, ast.Name) and mark.id == "unlike_webknossos"
                for mark in one.decorator_list
            ):
                assert numbers(one.name), f"{file.name}: {one.name} has no number"
                found |= numbers(one.name)
    return found


def test_the_page_has_entries_and_each_has_its_four_parts() -> None:
    rows = [one for one in PAGE.read_text("utf-8").splitlines() if one.startswith("| ")]
    headers = [one for one in rows if one.startswith("| elsewhere ")]
    assert len(ENTRIES) == len(rows) - len(headers)
    assert len(ENTRIES) >= 30
    assert all(part.strip() for entry in ENTRIES for part in entry)


@pytest.mark.parametrize("entry", ENTRIES, ids=[one[0][:40] for one in ENTRIES])
def test_each_entry_names_tests_that_exist(entry: tuple[str, ...]) -> None:
    for proof in entry[3].split(", "):
        if re.fullmatch(r"case \d+", proof):
            continue
        found = re.fullmatch(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", proof)
        assert found, proof
        path, name = found.groups()
        text = (ROOT / path).read_text("utf-8")
        assert name is None or re.search(rf"\bdef {name}\(", text), proof


def test_the_cases_in_which_webknossos_does_something_else_are_all_listed_and_no_others() -> None:
    listed = [int(one) for entry in ENTRIES for one in re.findall(r"\bcase (\d+)", entry[3])]
    assert sorted(listed) == sorted(unlike_webknossos())
