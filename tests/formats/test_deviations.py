"""`docs/deviations.md`: every entry says what, why, and which test holds it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "deviations.md"
_ENTRY = re.compile(r"^\| (?!elsewhere |--)(.+) \| (.+) \| (.+) \| (.*) \|$", re.MULTILINE)
ENTRIES = _ENTRY.findall(PAGE.read_text("utf-8"))


def test_the_page_has_entries_and_each_has_its_four_parts() -> None:
    rows = [one for one in PAGE.read_text("utf-8").splitlines() if one.startswith("| ")]
    headers = [one for one in rows if one.startswith("| elsewhere ")]
    assert len(ENTRIES) == len(rows) - len(headers)
    assert len(ENTRIES) >= 30
    assert all(part.strip() for entry in ENTRIES for part in entry)


@pytest.mark.parametrize("entry", ENTRIES, ids=[one[0][:40] for one in ENTRIES])
def test_each_entry_names_a_test_that_exists(entry: tuple[str, ...]) -> None:
    found = re.fullmatch(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", entry[3])
    assert found, entry[3]
    path, name = found.groups()
    text = (ROOT / path).read_text("utf-8")
    assert name is None or re.search(rf"\bdef {name}\(", text), entry[3]
