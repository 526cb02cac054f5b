"""The computed volume: exact levels, no seams, the same everywhere, and a cost without size."""

import hashlib
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import numcodecs
import numpy as np
import pytest
import tensorstore

import nb_remote
from nb_remote import samples
from nb_remote.dialects.ordered import DIALECTS
from nb_remote.samples import tissue
from nb_remote.samples.bands import Box
from nb_remote.samples.catalog import Computed
from nb_remote.samples.computed import ComputedChunks
from nb_remote.samples.procedural import CHUNK, COARSEST, LARGEST, Procedural
from nb_remote.samples.process import SampleProcess

LAYERS = {"image": "", "labels": "labels/cells/"}
DEADLINE_S = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with SampleProcess(tmp_path_factory.mktemp("none")) as server:
        yield server


@pytest.fixture(scope="module")
def huge(server):
    return server.url(Computed())


@pytest.fixture(scope="module")
def opened(huge):
    return nb_remote.open(huge)


def ask(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def in_tensorstore(url):
    spec = {"driver": "zarr", "kvstore": {"driver": "http", "base_url": f"{url}/"}}
    return tensorstore.open(spec, open=True).result()


def finest_of(level, start, shape):
    """Slices of level 0 that a box of a coarse level is made of: the stated reduction."""
    step, offset = 2**level, (2**level - 1) // 2
    return tuple(
        slice(a * step + offset, (a + n - 1) * step + offset + 1, step)
        for a, n in zip(start, shape, strict=True)
    )


# --- voxels --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("level", [1, 2, 3, 5])
def test_a_coarse_level_is_the_stated_reduction_of_level_0(huge, opened, kind, level):
    """Boxes across chunk borders, read coarse by nb_remote and fine by tensorstore."""
    rng = np.random.default_rng(level)
    layer = opened.layers[list(LAYERS).index(kind)]
    fine = in_tensorstore(f"{huge}/{LAYERS[kind]}0")
    shape = (3, 3, 3) if level > 2 else (4, 6, 8)
    side = layer.levels[level].shape[0]
    for _ in range(2):
        start = [int(n) * 64 - 2 for n in rng.integers(1, side // 64, 3)]
        box = tuple(slice(a, a + n) for a, n in zip(start, shape, strict=True))
        part = fine[finest_of(level, start, shape)].read().result()
        np.testing.assert_array_equal(layer.levels[level][box], part)


@pytest.mark.parametrize("level", [7, 10])
def test_single_voxels_of_the_coarsest_levels(huge, opened, level):
    for layer, folder in zip(opened.layers, LAYERS.values(), strict=True):
        fine = in_tensorstore(f"{huge}/{folder}0")
        for place in np.random.default_rng(level).integers(0, layer.levels[level].shape[0], (3, 3)):
            where = [int(n) * 2**level + (2**level - 1) // 2 for n in place]
            one = layer.levels[level][tuple(int(n) for n in place)]
            assert one == fine[tuple(where)].read().result()


@pytest.mark.parametrize("level", [0, 2, 9])
def test_both_readers_agree_at_the_far_corner(huge, opened, level):
    for layer, folder in zip(opened.layers, LAYERS.values(), strict=True):
        end = layer.levels[level].shape[0]
        array = in_tensorstore(f"{huge}/{folder}{level}")
        there = array[end - 5 : end, end - 3 : end, end - 40 : end].read().result()
        np.testing.assert_array_equal(layer.levels[level][-5:, -3:, -40:], there)


@pytest.mark.parametrize("make", [tissue.image, tissue.labels])
@pytest.mark.parametrize("step", [1, 4, 1024])
def test_chunks_have_no_seams(make, step):
    """One box over eight chunks holds, bit for bit, what the eight hold."""
    start = (640 * step, 128 * step, 64 * step)
    whole = make(Box(start=start, step=step, shape=(16, 48, 32)))
    for z, y, x in np.ndindex(2, 3, 2):
        index = (z * 8, y * 16, x * 16)
        corner = tuple(a + step * n for a, n in zip(start, index, strict=True))
        part = make(Box(start=corner, step=step, shape=(8, 16, 16)))
        here = tuple(slice(n, n + m) for n, m in zip(index, part.shape, strict=True))
        np.testing.assert_array_equal(whole[here], part)


def test_a_smaller_volume_is_a_corner_of_the_large_one():
    one, other = (Procedural(size).chunk("labels/cells/1/3/2/1") for size in (1024, LARGEST))
    assert one == other


DIGEST = """
import hashlib
from nb_remote.samples.procedural import Procedural, compute
for key in ("0/700/3/1200", "labels/cells/3/9/8/7"):
    print(hashlib.sha256(compute(*Procedural(100_000).chunk(key))).hexdigest())
"""


def test_another_process_computes_the_same_bytes(huge):
    done = subprocess.run(
        [sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True
    )
    for key, digest in zip(
        ("0/700/3/1200", "labels/cells/3/9/8/7"), done.stdout.split(), strict=True
    ):
        assert hashlib.sha256(ask(f"{huge}/{key}")[1]).hexdigest() == digest


def test_ids_are_large_and_neighbours_unlike():
    ids = tissue.labels(Box(start=(50_000, 22_000, 30_000), step=1, shape=(64, 128, 128)))
    found = np.unique(ids)
    assert ids.dtype == np.uint64
    assert 10 < len(found) < 200
    assert (found > 2**53).any()
    # of neighbours, the low bits that colours are made of differ as they would by chance
    assert len(np.unique(found % np.uint64(64))) > len(found) // 4


def test_borders_of_cells_are_few_and_membranes_dark():
    box = Box(start=(50_000, 22_000, 30_000), step=1, shape=(1, 512, 512))
    grey, ids = tissue.image(box)[0].astype(int), tissue.labels(box)[0]
    border = (ids[1:, 1:] != ids[:-1, 1:]) | (ids[1:, 1:] != ids[1:, :-1])
    assert 0.01 < border.mean() < 0.25
    assert grey[1:, 1:][border].mean() < grey[1:, 1:][~border].mean() - 25
    assert 100 < grey.mean() < 180


# --- documents and requests ----------------------------------------------------------


@pytest.mark.parametrize("size", [1, 64, 128, 129, 1000, 1024, LARGEST])
def test_levels_halve_to_a_few_chunks_and_hold_voxels_of_level_0(size):
    sides = Procedural(size).sides
    assert sides[0] == size
    assert sides[-1] <= COARSEST
    assert all(side > COARSEST for side in sides[:-1])
    for level, side in enumerate(sides):
        step, offset = 2**level, (2**level - 1) // 2
        assert (side - 1) * step + offset < size <= side * step + offset


def test_documents_say_what_lies_there(huge, opened):
    image, cells = opened.layers
    assert image.shape == cells.shape == (LARGEST,) * 3
    assert (image.dtype, cells.dtype) == (np.dtype("u1"), np.dtype("u8"))
    assert (image.category, cells.category) == ("color", "segmentation")
    assert [mag[0] for mag in image.mags] == [2**n for n in range(11)]
    assert image.mags == cells.mags
    assert image.voxel_size_nm_xyz == (8.0, 8.0, 8.0)
    for layer in (image, cells):
        for level in layer.inferred.geometry.levels:
            assert level.offset_xyz == (0.0, 0.0, 0.0)  # corners coincide
    status, body = ask(f"{huge}/.zattrs")
    assert status == 200
    (multiscale,) = json.loads(body)["multiscales"]
    assert multiscale["datasets"][3]["coordinateTransformations"] == [
        {"type": "scale", "scale": [64.0] * 3},
        {"type": "translation", "translation": [28.0] * 3},
    ]


@pytest.mark.parametrize(
    "key",
    ["0/1563/0/0", "0/0/0/99999", "0/0/0", "0/0.0.0", "0/00/0/0", "0/0/0/-1", "11/0/0/0",
     "10/2/0/0", "labels/cells/10/0/2/0", "labels/0/0/0/0", "", ".zarray", "0/0/0/0/0", "0"],
)  # fmt: skip
def test_outside_the_grid_there_is_nothing(huge, key):
    assert ask(f"{huge}/{key}")[0] == 404


@pytest.mark.parametrize("name", ["procedural-0", "procedural-100001", "procedural-01", "proc"])
def test_volumes_that_are_too_large_are_not_there(huge, name):
    assert ask(f"{huge.rpartition('/')[0]}/{name}.zarr/.zattrs")[0] == 404


def test_ranges_of_computed_chunks(huge):
    _, whole = ask(f"{huge}/0/1/2/3")
    assert ask(f"{huge}/0/1/2/3", Range="bytes=10-19") == (206, whole[10:20])
    assert ask(f"{huge}/0/1/2/3", Range=f"bytes={len(whole)}-")[0] == 416
    assert len(numcodecs.Blosc().decode(whole)) == CHUNK**3


def test_a_chunk_is_computed_once_and_the_oldest_are_dropped():
    chunks = ComputedChunks(kept_bytes=600_000)
    threads = [
        threading.Thread(target=chunks.read, args=("procedural.zarr", "0/5/5/5")) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert chunks.computed == 1
    for x in range(5):
        assert chunks.read("procedural-1024.zarr", f"0/0/0/{x}")
    assert chunks.computed == 6
    assert chunks._bytes == sum(map(len, chunks._kept.values())) <= 600_000


def test_sizes_have_addresses(monkeypatch):
    monkeypatch.setenv("NB_REMOTE_SAMPLES", "http://127.0.0.1:1")
    assert samples.url("procedural") == "http://127.0.0.1:1/procedural.zarr"
    assert samples.url("procedural", size=1024) == "http://127.0.0.1:1/procedural-1024.zarr"
    with pytest.raises(ValueError, match="1 to 100000"):
        samples.url("procedural", size=10**6)
    with pytest.raises(ValueError, match="only 'procedural'"):
        samples.url("brain", size=64)


# --- cost ----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1024, LARGEST])
def test_the_first_pixel_costs_one_chunk_however_large(server, size):
    dataset = nb_remote.open(server.url(Computed(size=size)))
    image, cells = dataset.layers
    meter = image.source.meter
    probes = len({key for dialect in DIALECTS for key in dialect.probes})
    labels = 1  # labels/cells/.zattrs
    assert meter.counts().requests == probes + labels + len(image.levels) + len(cells.levels)
    for layer in (image, cells):
        before = meter.counts().requests
        middle = layer.shape[0] // 2
        assert layer[middle, middle, middle] is not None
        assert meter.counts().requests == before + 1


@pytest.mark.parametrize(
    "take",
    [
        np.asarray,
        lambda layer: np.asarray(layer.levels[3]),
        lambda layer: layer.dask(),
        lambda layer: np.asarray(layer.levels[0].dask()),
    ],
    ids=["layer", "level", "dask", "level-dask"],
)
def test_all_of_it_is_refused_before_any_request(opened, take):
    for layer in opened.layers:
        before = layer.source.meter.counts().requests
        with pytest.raises(nb_remote.TooLarge):
            take(layer)
        assert layer.source.meter.counts().requests == before
