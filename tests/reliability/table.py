"""Writes the tables of `docs/reliability.md`: ``python -m tests.reliability.table``.

They are made with the usual bounds, so that the seconds are those that a person waits; the tests
keep to shorter ones and compare what comes of it.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.reliability.faults import FAULTS
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
from tests.reliability.stores import STORES

DOCUMENT = Path(__file__).parents[2] / "docs/reliability.md"
TITLES = {
    "http": "HTTP",
    "s3": "S3 and servers like it",
    "gs": "Google Cloud Storage",
    "zip": "A zip file over HTTP",
    "local": "A folder of this machine",
}
_BEGIN, _END = "<!-- {}: made by `make reliability` -->", "<!-- {}: end -->"


def write(document: str, outcomes: Mapping[Cell, Outcome], local: Mapping[LocalCell, str]) -> str:
    """Return the document with new tables."""
    tables = {kind: _of_store(kind, outcomes) for kind in STORES}
    tables["messages"] = _messages(outcomes)
    tables["local"] = _of_local(local)
    for name, table in tables.items():
        begin, end = _BEGIN.format(name), _END.format(name)
        before, rest = document.split(begin)
        document = f"{before}{begin}\n\n{table}\n\n{end}{rest.split(end)[1]}"
    return document


def said_outcomes(document: str) -> dict[tuple[str, str, str], str]:
    """Return what the tables of a document say, by store, target and fault."""
    said = {}
    for kind in (*STORES, "local"):
        table = document.split(_BEGIN.format(kind))[1].split(_END.format(kind), maxsplit=1)[0]
        rows = [[one.strip() for one in line.strip("|").split("|")]
                for line in table.strip().splitlines()]  # fmt: skip
        for fault, *cells in rows[2:]:
            for target, cell in zip(rows[0][1:], cells, strict=True):
                said[kind, target, fault] = cell.partition(" · ")[0].strip("`")
    return said


def _of_store(kind: str, outcomes: Mapping[Cell, Outcome]) -> str:
    targets = [
        one for one in TARGETS if any(c.target == one for c in all_cells() if c.store == kind)
    ]
    rows = []
    for fault in FAULTS:
        cells = [outcomes[Cell(store=kind, target=one, fault=fault)] for one in targets]
        rows.append([fault.name, *map(_shown, cells)])
    return _table(["fault", *targets], rows)


def _shown(outcome: Outcome) -> str:
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
    DOCUMENT.write_text(write(DOCUMENT.read_text(), run_matrix(USUAL), run_local()))
