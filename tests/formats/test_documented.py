"""Every cell of `docs/formats.md` that software can answer is asked of that software.

Each row has volumes in `matrix`: the one synthetic volume in that encoding. nb-remote reads it over
HTTP, level by level and box by box, or says in its own words why not; so do the other libraries.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.formats.matrix import VOLUMES, Volume, plain_name
from tests.formats.one_volume import HERE, Case
from tests.formats.ours import check_read, refusal
from tests.formats.page import OTHERS, OURS, PAGE, WORDS, Row, footnotes, tables
from tests.formats.precomputed_cases import CHANNELS, ENCODINGS, TYPES
from tests.formats.readers import NO, PACKAGE, READERS, WRONG, YES, verdict
from tests.servers.http import RangeServer

from nb_remote.codecs import small_types
from nb_remote.codecs.allowed import ALLOWED
from nb_remote.containers.n5 import compression, metadata
from nb_remote.containers.precomputed import encoding
from nb_remote.containers.precomputed.info import _DTYPES
from nb_remote.containers.zarr3 import chain
from nb_remote.containers.zarr3 import metadata as zarr3_metadata
from nb_remote.dialects.ordered import (
    DIALECTS,
    N5,
    N5Guessed,
    OmeZarr04,
    OmeZarr05,
    PlainZarr2,
    PlainZarr2Group,
    PlainZarr3,
    PlainZarr3Group,
    Precomputed,
    WebknossosDataset,
)
from nb_remote.explore import named

EXTRAS = {"extra images", "extra encodings"}
NUMBERED = [
    pytest.param(heading, row, volume, id=f"{heading}-{plain_name(row)}-{volume.label}")
    for heading, rows in VOLUMES.items()
    for row, volumes in rows.items()
    for volume in volumes
]


@pytest.fixture(scope="module")
def server() -> Iterator[RangeServer]:
    with RangeServer({}) as server:
        yield server


def documented(heading: str, name: str) -> Row:
    for row in tables()[heading].values():
        if plain_name(row.name) == plain_name(name):
            return row
    raise AssertionError(f"docs/formats.md has no row {name!r} below {heading!r}")


def served(case: Case, server: RangeServer, folder: Path) -> str:
    """Put a volume on the server, and into a folder; return its address."""
    name = f"v{len(server.content)}"
    url = server.url_of(name)
    for key, one in case.objects.items():
        body = one.replace(HERE, url.encode())
        server.content[f"{name}/{key}"] = body
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(body)
    return url


@pytest.mark.parametrize(("heading", "row", "volume"), NUMBERED)
def test_every_cell_is_what_the_software_does(
    heading: str,
    row: str,
    volume: Volume,
    server: RangeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells = documented(heading, row).cells
    case = volume.make()
    url = served(case, server, tmp_path)
    place = f"{url}/{case.open_path}".rstrip("/")
    word = cells[OURS].word
    assert word in {"yes", "named"} | EXTRAS
    assert (word == "named") == bool(case.says), "the volume tells whether it is to be refused"
    if word == "named":
        assert case.says.lower() in refusal(place).lower()
    else:
        check_read(case, place)
    if word in EXTRAS:
        monkeypatch.setattr(encoding, "pillow", lambda: None)
        monkeypatch.setattr(encoding, "installed", lambda _: False)
        assert f"nb-remote[{word.removeprefix('extra ')}]" in refusal(place)
    for library in READERS:
        said = cells[library].word
        if not case.levels or (library == "zarr-python" and not case.driver.startswith("zarr")):
            assert said == "–", library
            continue
        found, why = verdict(library, case, url, tmp_path)
        assert said in ALLOWS[found], f"{library} says {found!r} ({why}) where the page has {said}"


# `part` has a footnote that says which part: some volumes of a row, or the arrays alone.
ALLOWS = {
    YES: {"yes", "part"},
    NO: {"no", "part"},
    WRONG: {"wrong", "part"},
    PACKAGE: {"package"},
}


@pytest.mark.parametrize("heading", VOLUMES)
def test_the_page_and_the_volumes_have_the_same_rows(heading: str) -> None:
    assert [plain_name(one) for one in tables()[heading]] == [
        plain_name(one) for one in VOLUMES[heading]
    ]


def test_cells_are_of_few_words_and_what_is_partly_so_has_a_footnote() -> None:
    texts = footnotes()
    used = set()
    for heading, rows in tables().items():
        for row in rows.values():
            for column in (OURS, *OTHERS):
                cell = row.cells.get(column)
                if cell is None:
                    continue
                assert cell.word in WORDS, (heading, row.name, column)
                if cell.word in ("part", "wrong"):
                    assert cell.notes, (heading, row.name, column)
                used |= set(cell.notes)
    assert used == set(texts)


def test_the_versions_that_were_asked_are_named() -> None:
    text = PAGE.read_text("utf-8")
    for package in ("tensorstore", "cloud-volume", "zarr"):
        assert re.search(rf"{package}(-python)? {re.escape(version(package))}", text), package


def section(heading: str) -> str:
    """The text below a heading."""
    text = PAGE.read_text("utf-8").partition(f"\n## {heading}\n")[2]
    return text.partition("\n## ")[0]


def test_the_documents_that_decide_are_those_that_are_asked_for() -> None:
    listed = section("How a format is found").partition("whatever lies there:")[2]
    listed = listed.partition("The first of these")[0]
    probes = {key for dialect in DIALECTS for key in dialect.probes}
    assert set(re.findall("`([^`]+)`", listed)) == probes


def test_they_are_tried_in_the_order_that_the_page_tells() -> None:
    steps = re.findall(r"^\d\. (.+)$", section("How a format is found"), re.MULTILINE)
    words = ("WEBKNOSSOS", "0.5", "0.4", "v3 array", "v2 array", "precomputed", "N5")
    words += ("v3 group", "v2 group", "says nothing")
    told = "\n".join(steps)
    places = [told.index(word) for word in words]
    assert places == sorted(places)
    kinds = (WebknossosDataset, OmeZarr05, OmeZarr04, PlainZarr3, PlainZarr2, Precomputed, N5)
    kinds += (PlainZarr3Group, PlainZarr2Group, N5Guessed)
    assert [type(dialect) for dialect in DIALECTS] == list(kinds)


def test_what_is_only_named_is_listed() -> None:
    said = " ".join(section("Named only").split())
    found = {what for _, what in named._FILES} | set(named._ENDINGS.values())
    found |= {what for *_, what in named._STORES} | set(named._SERVICES.values())
    for what in found:
        short = re.sub(r"^(an?|the) ", "", what)
        assert short in said, what


def read_rows(heading: str) -> set[str]:
    return {
        plain_name(name)
        for name, row in tables()[heading].items()
        if row.cells[OURS].word in {"yes"} | EXTRAS
    }


def test_the_codecs_of_zarr_v2_are_those_of_the_allow_list() -> None:
    assert read_rows("Zarr v2: codecs") == {kind.name for kind in ALLOWED}


def compared_with(module: object, attribute: str) -> set[str]:
    """Texts that a module compares an attribute with."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):  # type: ignore[arg-type]
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute):
            texts = [one for one in ast.walk(node.comparators[0]) if isinstance(one, ast.Constant)]
            found |= {one.value for one in texts if node.left.attr == attribute}
    return found


def test_the_codecs_of_zarr_v3_are_those_of_the_chain_and_of_the_allow_list() -> None:
    rows = read_rows("Zarr v3: codecs")
    structure = compared_with(chain, "name")
    assert structure >= {"transpose", "sharding_indexed", "bytes", "endian"}
    assert structure <= rows
    prefixed = {f"numcodecs.{kind.name}" for kind in ALLOWED}
    assert {one for one in rows if one.startswith("numcodecs.")} == prefixed
    assert rows - structure - prefixed <= {kind.name for kind in ALLOWED}


def test_the_data_types_are_those_that_the_code_knows() -> None:
    small = {small_types._BFLOAT16, *small_types._INTEGERS, *small_types._FLOATS}
    assert read_rows("Zarr v3: data types") == set(zarr3_metadata._NUMBERS) | small
    assert read_rows("N5: data types") == set(metadata._NUMBER_TYPES)
    kinds = {one.lstrip("<>|") for one in read_rows("Zarr v2: data types")}
    assert kinds == {"b1", "f2", "f4", "f8"} | {f"{s}{n}" for s in "iu" for n in (1, 2, 4, 8)}
    assert set(TYPES) == set(_DTYPES)


def test_the_compressions_of_n5_are_those_that_the_code_knows() -> None:
    rows = {one.partition(",")[0] for one in read_rows("N5: compressions")}
    assert rows == {"raw", "lz4", *compression._BY_NAME}


def test_the_encodings_of_precomputed_are_those_that_the_code_knows() -> None:
    rows = {plain_name(one).split(" ")[0] for one in tables()["Precomputed: encodings"]}
    assert rows - {"any"} == {"raw", *encoding._ENCODINGS}


def test_data_types_and_channels_that_no_row_has_are_refused() -> None:
    """The table of encodings is complete: nothing else is taken for readable."""
    listed: dict[str, set[tuple[str, int]]] = {}
    for row, (kinds, counts, _) in ENCODINGS.items():
        name = plain_name(row).split(" ")[0]
        listed.setdefault(name, set()).update((kind, n) for kind in kinds for n in counts)
    del listed["any"], listed["zfpc"]
    for name, there in listed.items():
        block = {"compressed_segmentation_block_size": [8, 8, 8]}
        for kind in TYPES:
            for count in CHANNELS:
                known = True
                try:
                    encoding.parse_encoding(
                        {"encoding": name, **block},
                        encoding.np.dtype(kind),
                        count,
                        "",
                        "",
                        in_gzip=False,
                    )
                except encoding.BadMetadata:
                    known = False
                assert known == ((kind, count) in there), (name, kind, count)
