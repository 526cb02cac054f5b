"""Every edge case has a test that bears its number."""

import ast
import re
from pathlib import Path

FOLDER = Path(__file__).parent
LAST = 78
"""Cases of detection and import that were collected from other readers, their tests and issues."""


def names() -> list[str]:
    """Names of all tests of cases."""
    found = []
    for file in sorted(FOLDER.glob("test_*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        found += [one.name for one in tree.body if isinstance(one, ast.FunctionDef)]
    return [one for one in found if one.startswith("test_case_")]


def test_every_number_from_1_to_78_is_there_and_none_beyond():
    numbers = {int(one) for name in names() for one in re.findall(r"case_(\d\d)_", name)}
    assert sorted(numbers) == list(range(1, LAST + 1))


def test_no_two_tests_have_the_same_name():
    assert len(set(names())) == len(names())
