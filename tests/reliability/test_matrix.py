"""Each fault, on each object, behind each store: never wrong, never endless, never untyped."""

import time

import numpy as np
import pytest
from tests.reliability.faults import FAULTS
from tests.reliability.local import LocalCell, run_local
from tests.reliability.matrix import FILLED, RIGHT, WRONG, Cell, Outcome, run_matrix
from tests.reliability.opening import forget_chunks
from tests.reliability.secured import Secured
from tests.reliability.stores import STORES
from tests.reliability.table import DOCUMENT, said_cells, said_outcomes, write
from tests.reliability.volumes import CHUNK, files, truth

import nb_remote

# what a busy machine may add to a bound
SLACK_S = 3.0
MOST_TRIES = 4


@pytest.fixture(scope="module")
def outcomes() -> dict[Cell, Outcome]:
    return run_matrix()


@pytest.fixture(scope="module")
def local() -> dict[LocalCell, str]:
    return run_local()


@pytest.fixture(scope="module")
def document() -> dict[tuple[str, str, str], str]:
    return said_outcomes(DOCUMENT.read_text())


def cells_where(outcomes, condition):
    return {
        f"{cell.store}, {cell.target}, {cell.fault.name}": outcome
        for cell, outcome in outcomes.items()
        if condition(cell, outcome)
    }


def test_there_are_more_than_thirty_faults_in_every_store():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) > 30
    assert len(STORES) == 4


def test_nothing_is_ever_wrong(outcomes, local):
    assert not cells_where(outcomes, lambda _, outcome: outcome.what == WRONG)
    assert WRONG not in local.values()


def test_every_error_is_one_of_ours(outcomes):
    assert not cells_where(outcomes, lambda _, outcome: outcome.untyped)


def test_nothing_lasts_longer_than_the_deadline(outcomes):
    late = cells_where(outcomes, lambda _, one: one.seconds > one.deadline_s + SLACK_S)
    assert not late


def test_what_passes_is_survived(outcomes):
    assert not cells_where(outcomes, lambda cell, one: cell.fault.passes and one.what != RIGHT)


def test_only_404_is_fill_value_and_each_is_counted(outcomes):
    filled = cells_where(outcomes, lambda _, outcome: outcome.what == FILLED)
    assert set(filled) == {
        f"{store}, {target}, 404"
        for store in ("http", "s3", "gs")
        for target in ("chunk", "shard index")
    }
    assert all(outcome.missing == 1 for outcome in filled.values())


def test_a_chunk_costs_few_requests_however_it_fails(outcomes):
    # a zip file is asked twice for a file of it, and each request may lead on once
    most = {"zip": 4 * MOST_TRIES}
    assert not cells_where(
        outcomes,
        lambda cell, one: (
            cell.target == "chunk" and one.requests > most.get(cell.store, 2 * MOST_TRIES)
        ),
    )


def test_whoever_is_told_that_nothing_was_recognised_is_told_of_the_failure(outcomes):
    silenced = cells_where(
        outcomes,
        lambda cell, one: (
            cell.target == "metadata"
            and one.what == "not-recognised"
            and cell.store != "zip"
            and ("there is no zarr.json" in one.said) != (cell.fault.name == "404")
        ),
    )
    assert not silenced


def test_the_document_says_what_comes_of_it(outcomes, local, document):
    found = {(one.store, one.target, one.fault.name): found.what for one, found in outcomes.items()}
    found |= {("local", one.target, one.fault): what for one, what in local.items()}
    assert found.keys() == document.keys()
    # whether time runs out before or after the last guess at a format is chance
    by_chance = {
        (one.store, one.target, one.fault.name)
        for one in outcomes
        if one.fault.silent and one.target in ("metadata", "all of it")
    }
    late = {"timed-out", "not-recognised"}
    differ = {
        cell: (what, document[cell])
        for cell, what in found.items()
        if what != document[cell] and not (cell in by_chance and {what, document[cell]} <= late)
    }
    assert not differ, "make reliability"


def test_a_document_is_written_as_it_is_read(outcomes, local):
    cells = {("none", "after opening"): Secured(what="right", seconds=0.1, requests=8)}
    written = write(DOCUMENT.read_text(), outcomes, local, cells, cells)
    assert write(written, outcomes, local, cells, cells) == written
    assert said_outcomes(written)["http", "chunk", "404"] == FILLED
    assert said_cells(written, "logins") == {("none", "after opening"): "right"}


def test_a_wrong_voxel_would_be_seen(monkeypatch, serve):
    """The matrix judges by the voxels: with others in the store it says so."""
    from tests.reliability import matrix

    server = serve({f"v/{key}": body for key, body in files(sharded=False).items()})
    level = nb_remote.open(server.url_of("v")).layers[0].levels[0]
    assert matrix._judged(level, ...) == RIGHT
    other = truth().copy()
    other[31, 31, 31] ^= 1
    monkeypatch.setattr(matrix, "truth", lambda: other)
    assert matrix._judged(level, ...) == WRONG


def test_a_volume_that_vanishes_is_an_error_and_no_fill_value(serve):
    server = serve({f"v/{key}": body for key, body in files(sharded=False).items()})
    level = nb_remote.open(server.url_of("v")).layers[0].levels[0]
    forget_chunks()
    server.fail("*", "404")
    with pytest.raises(nb_remote.NotFound, match="vanished"):
        level[0]


def test_a_flipped_bit_is_found_where_the_format_checks(serve):
    """Gzip has a checksum, which is reached when the last plane is asked for."""
    server = serve({f"v/{key}": body for key, body in files(sharded=False).items()})
    server.fail(f"v/{CHUNK}", "flip")
    level = nb_remote.open(server.url_of("v")).layers[0].levels[0]
    with pytest.raises(nb_remote.CorruptChunk):
        level[...]
    server.heal()
    assert np.array_equal(level[...], truth())


def test_one_silent_chunk_holds_up_no_other(serve):
    ok = {f"v/{key}": body for key, body in files(sharded=False).items()}
    server = serve({**ok, **{f"w/{key.removeprefix('v/')}": body for key, body in ok.items()}})
    dataset = nb_remote.open(server.url_of("v"), server.url_of("w"), timeout=0.5)
    forget_chunks()
    server.fail(f"v/{CHUNK}", "hang")
    started = time.monotonic()
    assert np.array_equal(dataset.layers[1].levels[0][...], truth())
    with pytest.raises(nb_remote.TimedOut):
        dataset.layers[0].levels[0][0]
    assert time.monotonic() - started < 5
