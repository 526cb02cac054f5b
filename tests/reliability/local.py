"""The faults that files have: what becomes of each, for metadata, a chunk and a shard's index."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.reliability.matrix import FILLED, RIGHT, WRONG
from tests.reliability.volumes import BOX, CHUNK, FILL, METADATA, files, truth

import nb_remote
from nb_remote.errors import NbRemoteError

TARGETS = ("metadata", "chunk", "shard index")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    # the end of a shard is its index
    body[-9 if body[:1] != b"{" and len(body) > 2**16 else len(body) // 2] ^= 0x80
    path.write_bytes(body)


def _replace(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


FAULTS: dict[str, Callable[[Path], object]] = {
    "none": lambda path: None,
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut in half": _cut,
    "one bit flipped": _flip,
    "other bytes": lambda path: path.write_bytes(b"\xa5" * path.stat().st_size),
    "a folder instead": lambda path: _replace(path, Path.mkdir),
    "a link to itself": lambda path: _replace(path, lambda one: one.symlink_to(one)),
    "a link that leads out": lambda path: _replace(path, lambda one: one.symlink_to("/etc/passwd")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCell:
    """One fault of one file."""

    fault: str
    target: str


def run_local() -> dict[LocalCell, str]:
    """Return the outcome of each cell: right, fill value, wrong or the code of an error."""
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, fault in FAULTS.items():
            for target in TARGETS:
                place = Path(folder) / f"{target}-{name}"
                outcomes[LocalCell(fault=name, target=target)] = _examine(place, target, fault)
    return outcomes


def _examine(place: Path, target: str, fault: Callable[[Path], object]) -> str:
    sharded = target == "shard index"
    for key, body in files(sharded=sharded).items():
        path = place / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    box = BOX if sharded else ...
    try:
        if target == "metadata":
            fault(place / METADATA)
        dataset = nb_remote.open(place)
        if target != "metadata":
            fault(place / CHUNK)
        voxels = dataset.layers[0].levels[0][box]
    except NbRemoteError as error:
        return error.code
    if np.array_equal(voxels, truth()[box]):
        return RIGHT
    return FILLED if (voxels == FILL).all() else WRONG
