"""Writes the tables of `docs/reliability.md`: ``python -m tests.reliability.table``.

They are made with the usual bounds, so that the seconds are those that a person waits; the tests
keep to shorter ones and compare what comes of it.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.reliability.faults import FAULTS
from tests.reliability.handshakes import OPENING, READING, run_handshakes
from tests.reliability.local import LocalCell, run_local
from tests.reliability.matrix import (
    FILLED,
    RIGHT,
    TARGETS,
    USUAL,
    Cell,
    Outcome,
    all_cells,
    run_matrix,
)
from tests.reliability.secured import Secured, run_logins
from tests.reliability.stores import STORES

DOCUMENT = Path(__file__).parents[2] / "docs/reliability.md"
TITLES = {
    "http": "HTTP",
    "s3": "S3 and servers like it",
    "gs": "Google Cloud Storage",
    "zip": "A zip file over HTTP",
    "local": "A folder of this machine",
}
Cells = Mapping[tuple[str, str], Secured]
"""By row and column of a table of the second matrix."""
_BEGIN, _END = "<!-- {}: made by `make reliability` -->", "<!-- {}: end -->"


def write(
    document: str,
    outcomes: Mapping[Cell, Outcome],
    local: Mapping[LocalCell, str],
    logins: Cells,
    handshakes: Cells,
) -> str:
    """Return the document with new tables."""
    tables = {kind: _of_store(kind, outcomes) for kind in STORES}
    tables["messages"] = _messages(outcomes)
    tables["local"] = _of_local(local)
    tables["logins"] = _of_cells(logins)
    tables["handshakes"] = _of_cells(handshakes)
    tables["certificates"] = _said(handshakes)
    for name, table in tables.items():
        begin, end = _BEGIN.format(name), _END.format(name)
        before, rest = document.split(begin)
        document = f"{before}{begin}\n\n{table}\n\n{end}{rest.split(end)[1]}"
    return document


def said_cells(document: str, table: str) -> dict[tuple[str, str], str]:
    """Return what a table of the second matrix says, by row and column."""
    rows = _rows(document, table)
    return {
        (row, column): cell.partition(" · ")[0].strip("`")
        for row, *cells in rows[2:]
        for column, cell in zip(rows[0][1:], cells, strict=True)
        if cell != "-"
    }


def said_outcomes(document: str) -> dict[tuple[str, str, str], str]:
    """Return what the tables of a document say, by store, target and fault."""
    said = {}
    for kind in (*STORES, "local"):
        rows = _rows(document, kind)
        for fault, *cells in rows[2:]:
            for target, cell in zip(rows[0][1:], cells, strict=True):
                said[kind, target, fault] = cell.partition(" · ")[0].strip("`")
    return said


def _rows(document: str, table: str) -> list[list[str]]:
    text = document.split(_BEGIN.format(table))[1].split(_END.format(table), maxsplit=1)[0]
    return [
        [one.strip() for one in line.strip("|").split("|")] for line in text.strip().splitlines()
    ]


def _of_cells(cells: Cells) -> str:
    columns = list(dict.fromkeys(column for _, column in cells))
    rows = [
        [row, *(_shown(cells[row, one]) if (row, one) in cells else "-" for one in columns)]
        for row in dict.fromkeys(row for row, _ in cells)
    ]
    return _table(["fault", *columns], rows)


def _said(handshakes: Cells) -> str:
    rows = []
    for row in dict.fromkeys(row for row, _ in handshakes):
        said = handshakes.get((row, OPENING), handshakes[row, READING]).said
        if said:
            said = re.sub(r"https://127\.0\.0\.1:\d+", "https://host", said)
            rows.append([row, said.replace("127.0.0.1", "host")])
    return _table(["fault", "what is said"], rows)


def _of_store(kind: str, outcomes: Mapping[Cell, Outcome]) -> str:
    targets = [
        one for one in TARGETS if any(c.target == one for c in all_cells() if c.store == kind)
    ]
    rows = []
    for fault in FAULTS:
        cells = [outcomes[Cell(store=kind, target=one, fault=fault)] for one in targets]
        rows.append([fault.name, *map(_shown, cells)])
    return _table(["fault", *targets], rows)


def _shown(outcome: Outcome | Secured) -> str:
    what = outcome.what if outcome.what in (RIGHT, FILLED) else f"`{outcome.what}`"
    return f"{what} · {outcome.seconds:.1f} s · {outcome.requests}"


def _messages(outcomes: Mapping[Cell, Outcome]) -> str:
    rows = []
    for fault in FAULTS:
        said = outcomes[Cell(store="http", target="chunk", fault=fault)].said
        if said:
            where = r"http://127\.0\.0\.1:\d+/[\w-]+"
            rows.append([fault.name, re.sub(where, "https://host", said).replace("\n", " ")])
    return _table(["fault", "what is said of a chunk"], rows)


def _of_local(local: Mapping[LocalCell, str]) -> str:
    targets = list(dict.fromkeys(one.target for one in local))
    faults = list(dict.fromkeys(one.fault for one in local))
    rows = []
    for fault in faults:
        whats = [local[LocalCell(fault=fault, target=one)] for one in targets]
        rows.append([fault, *(one if one in (RIGHT, FILLED) else f"`{one}`" for one in whats)])
    return _table(["fault", *targets], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(one)} |" for one in lines)


if __name__ == "__main__":
    handshakes, _ = run_handshakes(USUAL)
    tables = run_matrix(USUAL), run_local(), run_logins(USUAL), handshakes
    DOCUMENT.write_text(write(DOCUMENT.read_text(), *tables))
