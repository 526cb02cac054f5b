"""`docs/detection.md` and its tables, read as they stand."""

from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "detection.md"


@cache
def tables() -> dict[str, dict[str, tuple[str, ...]]]:
    """Cells by the first one, by the heading that the table stands below."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    heading, in_table = "", False
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if not line.startswith("|"):
            in_table = False
            continue
        cells = [one.strip() for one in line.strip("|").split("|")]
        if in_table and not set("".join(cells)) <= set("-"):
            rows = found.setdefault(heading, {})
            assert cells[0] not in rows, f"{cells[0]} stands twice below {heading}"
            rows[cells[0]] = tuple(cells[1:])
        in_table = True
    return found
