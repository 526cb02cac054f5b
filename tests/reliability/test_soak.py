"""30 000 tiles and arrays while one answer in twenty fails: none wrong, none lost, no memory."""

import gc
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import numpy as np
import psutil
import pytest
import zarr
from tests.reliability.matrix import QUICK
from tests.reliability.opening import open_sources
from tests.servers.http import Answer, Fault, RangeServer

from nb_remote.arrays.source import Source
from nb_remote.chunks.caches import process_caches
from nb_remote.errors import NbRemoteError
from nb_remote.location.parse import parse_address
from nb_remote.threads import run
from nb_remote.tiles.address import tile_address
from nb_remote.tiles.read import read_tile

READS = 30_000
READERS = 64
FAULTY = 0.05
EDGE, CHUNK = 128, 32
MOST_GROWTH, MOST_GROWTH_BYTES = 0.05, 20e6
LIMITS = replace(QUICK.limits, idle_timeout_s=1.0, retry_for_s=20.0, deadline_s=30.0)

FAULTS = (
    # what may be well again a moment later
    *("408", "429", "500", "502", "503", "504", "hang", "hangmid"),
    *("reset", "resetmid", "finmid", "chunkedcut"),
    # what is no failure, only unusual
    *("chunked", "gzip", "deflate", "moved", "norange", "closing"),
)


class FaultyNowAndThen(RangeServer):
    """Each answer is faulty by chance, whatever was asked for."""

    def __init__(self, content):
        super().__init__(content)
        self.chance = random.Random(6)
        self.answers, self.sent = 0, Counter()
        self.faulty = 0.0

    def _fault(self, path):
        self.answers += 1
        if path.startswith("moved/") or self.chance.random() >= self.faulty:
            return None
        kind = self.chance.choice(FAULTS)
        self.sent[kind] += 1
        return Fault(pattern="*", kind=kind)

    async def _respond(self, answer: Answer) -> bool:
        # a record of a hundred thousand requests would be taken for a leak
        self.requests.clear()
        self.dropped.clear()
        return await super()._respond(answer)


@pytest.fixture
def voxels():
    return np.random.default_rng(1).integers(0, 16, (EDGE,) * 3, dtype="uint8")


@pytest.fixture
def server(voxels):
    content = {}
    for name, shards in (("chunks", None), ("shards", (2 * CHUNK,) * 3)):
        store = {}
        array = zarr.create_array(
            zarr.storage.MemoryStore(store),
            shape=voxels.shape,
            dtype=voxels.dtype,
            chunks=(CHUNK,) * 3,
            shards=shards,
            dimension_names=("z", "y", "x"),
        )
        array[:] = voxels
        content |= {f"{name}/{key}": value.to_bytes() for key, value in store.items()}
    with FaultyNowAndThen(content) as server:
        yield server


@pytest.fixture
def few_bytes_are_kept(monkeypatch):
    """Nearly every read asks the server."""
    for cache in (process_caches().raw, process_caches().decoded):
        monkeypatch.setattr(cache, "_capacity", 2**19)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_thirty_thousand_reads_while_answers_fail(server, voxels, few_bytes_are_kept, capsys):
    sources = [
        Source(parse_address(server.url_of(name)).location, None, LIMITS)
        for name in ("chunks", "shards")
    ]
    dataset = open_sources(*sources, deadline_s=30)
    assert len(dataset.layers) == 2
    server.faulty = FAULTY

    def tile(chance, layer):
        want = (layer, 0, chance.randrange(3), 0, chance.randrange(EDGE), 0, 0)
        one = dataset.layers[layer]
        address = tile_address(want, dataset.layers)
        got = run(read_tile(address, one.shown[0], keep_chunks=chance.random() < 0.5))
        plane, at = want[2], want[4]
        # z, y, x: rows run down, columns to the right; yz shows z to the right
        expected = (voxels[at], voxels[:, at], voxels[:, :, at].T)[plane]
        return got.missing_chunks == 0 and np.array_equal(got.samples, expected)

    def box(chance, layer):
        starts = [chance.randrange(EDGE) for _ in range(3)]
        index = tuple(slice(start, start + chance.randint(1, 40)) for start in starts)
        return np.array_equal(dataset.layers[layer].levels[0][index], voxels[index])

    def read(number):
        chance = random.Random(number)
        reads, layer = chance.choice((tile, box)), chance.randrange(2)
        # a person, and the canvas, ask again for what was said to have failed for a moment
        for said in range(2):
            with suppress(NbRemoteError):
                return ("right" if reads(random.Random(number), layer) else "wrong"), said
        return "lost", 2

    outcomes, told, resident = Counter(), 0, []
    with ThreadPoolExecutor(READERS) as pool:
        for part in range(10):
            numbers = range(part * READS // 10, (part + 1) * READS // 10)
            for outcome, said in pool.map(read, numbers):
                outcomes[outcome] += 1
                told += said
            gc.collect()
            resident.append(psutil.Process().memory_info().rss)
            with capsys.disabled():
                print(f"\n{len(numbers)} reads, {resident[-1] / 1e6:.0f} MB", end="", flush=True)
    grown = resident[-1] - resident[4]
    with capsys.disabled():
        print(
            f"\n{dict(outcomes)}, {told} told and asked again, {server.answers} answers, "
            f"{sum(server.sent.values())} faulty, resident MB "
            f"{[round(one / 1e6) for one in resident]}"
        )
    assert outcomes == {"right": READS}
    assert set(server.sent) == set(FAULTS)
    assert sum(server.sent.values()) > FAULTY * server.answers * 0.9
    assert grown < MOST_GROWTH_BYTES
    assert grown < MOST_GROWTH * resident[4]
