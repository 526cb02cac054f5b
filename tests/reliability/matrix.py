"""Runs the matrix: each fault on each object behind each store, many cells at a time."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

import numpy as np
from tests.reliability.faults import FAULTS, Fault
from tests.reliability.opening import forget_chunks, open_sources
from tests.reliability.stores import STORES, Served, served
from tests.reliability.volumes import BOX, CHUNK, FILL, METADATA, files, truth

from nb_remote.arrays.level import LevelArray
from nb_remote.arrays.source import Source
from nb_remote.chunks.selection import Index
from nb_remote.dataset import Dataset
from nb_remote.errors import NbRemoteError
from nb_remote.explore.patience import OPEN_DEADLINE_S, Patience
from nb_remote.location.given import addresses_of
from nb_remote.store.limits import StoreLimits

EVERYTHING = "all of it"
TARGETS = (EVERYTHING, "metadata", "chunk", "shard index")
_FAILING = dict(zip(TARGETS, ("*", METADATA, CHUNK, CHUNK), strict=True))
_WHILE_OPENING = TARGETS[:2]
RIGHT, FILLED, WRONG = "right", "fill value", "WRONG DATA"

USUAL = Patience(limits=StoreLimits(), deadline_s=OPEN_DEADLINE_S)
_QUICK = StoreLimits(first_backoff_s=0.05, retry_for_s=10, deadline_s=20, idle_timeout_s=10)
QUICK = Patience(limits=_QUICK, deadline_s=20)
IMPATIENT = Patience(
    limits=replace(_QUICK, idle_timeout_s=0.8, deadline_s=3, retry_for_s=2), deadline_s=6
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One fault on one object behind one store."""

    store: str
    target: str
    fault: Fault

    @property
    def name(self) -> str:
        """Name of its bucket or folder."""
        number = FAULTS.index(self.fault)
        return f"cell-{TARGETS.index(self.target)}-{number:03}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a person gets of it."""

    what: str
    """`RIGHT`, `FILLED`, `WRONG`, or the code of a typed error."""
    seconds: float
    requests: int
    deadline_s: float
    missing: int = 0
    """Chunks that were counted as missing."""
    said: str = ""
    """What the error says."""
    untyped: str = ""
    """An error that is none of ours."""


def all_cells() -> Iterator[Cell]:
    for store in STORES:
        for target in TARGETS:
            # what fails altogether fails alike everywhere
            if target == EVERYTHING and store != "http":
                continue
            for fault in FAULTS:
                yield Cell(store=store, target=target, fault=fault)


def run_matrix(patience: Patience | None = None) -> dict[Cell, Outcome]:
    """Return the outcome of each cell.

    Parameters
    ----------
    patience
        The bounds to read with; None for ones that fit a test.
    """
    cells = list(all_cells())
    with ExitStack() as stack:
        stores = {
            kind: stack.enter_context(
                served(kind, {one.name: _files(one) for one in cells if one.store == kind})
            )
            for kind in STORES
        }
        loud = [one for one in cells if not one.fault.silent]
        silent = [one for one in cells if one.fault.silent]
        outcomes: dict[Cell, Outcome] = {}
        for some, at_once, usual in ((loud, 8, QUICK), (silent, len(silent), IMPATIENT)):
            # those that wait for time alone wait together
            with ThreadPoolExecutor(at_once) as pool:
                work = [
                    pool.submit(_examine, one, stores[one.store], patience or usual) for one in some
                ]
                outcomes |= {one: done.result() for one, done in zip(some, work, strict=True)}
    return {one: outcomes[one] for one in cells}


def _files(cell: Cell) -> dict[str, bytes]:
    return files(sharded=cell.target == "shard index")


def _examine(cell: Cell, store: Served, patience: Patience) -> Outcome:
    fault, opening = cell.fault, cell.target in _WHILE_OPENING
    dataset = None if opening else _open(cell, store, patience)
    forget_chunks()
    before = store.asked(cell.name)
    store.fail(
        cell.name,
        _FAILING[cell.target],
        fault.kind,
        times=fault.times,
        headers=dict(fault.headers),
        to=fault.to,
    )
    what, said, untyped, missing = "", "", "", 0
    started = time.monotonic()
    try:
        dataset = dataset or _open(cell, store, patience)
        level = dataset.layers[0].levels[0]
        what = _judged(level, BOX if cell.target == "shard index" else ...)
        missing = dataset.layers[0].source.missing_chunks
    except NbRemoteError as error:
        what, said = error.code, str(error)
    except Exception as error:  # noqa: BLE001  (that there is none is what is tested)
        untyped = repr(error)
    # opening and then reading have a deadline each
    deadline_s = patience.limits.deadline_s + (patience.deadline_s if opening else 0)
    return Outcome(
        what=what,
        said=said,
        untyped=untyped,
        missing=missing,
        seconds=time.monotonic() - started,
        requests=store.asked(cell.name) - before,
        deadline_s=deadline_s,
    )


def _open(cell: Cell, store: Served, patience: Patience) -> Dataset:
    address = addresses_of((store.address(cell.name),), store.credentials)[0]
    source = Source(address.location, address.credentials, patience.limits)
    return open_sources(source, deadline_s=patience.deadline_s)


def _judged(level: LevelArray, box: Index) -> str:
    if level.shape != truth().shape or level.dtype != truth().dtype:
        return WRONG
    voxels = level[box]
    if np.array_equal(voxels, truth()[box]):
        return RIGHT
    return FILLED if (voxels == FILL).all() else WRONG
