"""`docs/formats.md` and its tables, read as they stand."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
OURS = "nb-remote"
OTHERS = ("WEBKNOSSOS", "Neuroglancer", "tensorstore", "cloud-volume", "zarr-python")
WORDS = frozenset(
    {"yes", "extra images", "extra encodings", "named", "part", "no", "wrong", "package", "–"}
)
_NOTE = re.compile(r"\[\^([\w-]+)\]")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A word, and the names of the footnotes behind it."""

    word: str
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing, and what reads it."""

    name: str
    cells: dict[str, Cell]
    """By column; those in front of nb-remote's, too."""


def cell(text: str) -> Cell:
    return Cell(word=_NOTE.sub("", text).strip(), notes=tuple(_NOTE.findall(text)))


@cache
def tables() -> dict[str, dict[str, Row]]:
    """Rows by name by the heading that they stand below."""
    found: dict[str, dict[str, Row]] = {}
    heading, columns = "", None
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading, columns = line.lstrip("# "), None
        elif line.startswith("|"):
            parts = [one.strip() for one in line.replace(r"\|", "\0").strip("|").split("|")]
            parts = [one.replace("\0", "|") for one in parts]
            if columns is None:
                columns = parts
            elif not set("".join(parts)) <= set("-: "):
                name, *cells = parts
                rows = found.setdefault(heading, {})
                assert name not in rows, f"{name} stands twice below {heading}"
                assert len(parts) == len(columns), line
                named = dict(zip(columns[1:], map(cell, cells), strict=True))
                rows[name] = Row(name=name, cells=named)
        else:
            columns = None
    return found


def footnotes() -> dict[str, str]:
    """Text of each footnote by its name."""
    return dict(re.findall(r"^\[\^([\w-]+)\]: (.+)$", PAGE.read_text("utf-8"), re.MULTILINE))
