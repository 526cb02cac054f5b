"""Whatever stands in the file, the answer is layers or our error; one layer stops no other."""

import asyncio
import copy
import pickle
import random

import pytest
from tests.fuzz.mutations import places
from tests.volumes.inferring import DocumentStore
from tests.webknossos import written as w

from nb_remote.datasource.build import build_datasource
from nb_remote.datasource.space import unify
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.webknossos import WebknossosDataset
from nb_remote.errors import Declined, NbRemoteError
from nb_remote.infer.layer import BrokenLayer, InferredLayer, infer_layer

ZARRAY = {
    "zarr_format": 2,
    "shape": [3, 64, 64, 64],
    "chunks": [1, 32, 32, 32],
    "dtype": "|u1",
    "order": "F",
    "fill_value": 0,
    "compressor": None,
    "filters": None,
}
INFO = {
    "type": "image",
    "data_type": "uint8",
    "num_channels": 1,
    "scales": [
        {
            "key": "4",
            "size": [64, 64, 64],
            "resolution": [4, 4, 40],
            "encoding": "raw",
            "voxel_offset": [1, 2, 3],
            "chunk_sizes": [[32, 32, 32]],
        }
    ],
}
STORED = {
    "color/1/.zarray": ZARRAY,
    "color/2-2-1/.zarray": {**ZARRAY, "shape": [3, 32, 32, 64]},
    "pre/info": INFO,
}
FULL = w.dataset(
    {
        **w.layer("one", "zarr", mags=[w.mag([1, 1, 1], "color/1", channelIndex=0)]),
        "additionalAxes": [{"name": "t", "bounds": [0, 3], "index": 4}],
        "largestSegmentId": 7,
        "attachments": {"meshes": [{"name": "m"}]},
        "mappings": ["x"],
    },
    {
        **w.layer("two", "zarr"),
        "mags": [w.mag([1, 1, 1], "./color/1"), w.mag([2, 2, 1], "./color/2-2-1")],
        "elementClass": "uint24",
        "numChannels": 3,
        "coordinateTransformations": [
            {"type": "affine", "matrix": [[1, 0, 0, 3], [0, 2, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]]}
        ],
        "defaultViewConfiguration": {"color": [1, 2, 3], "intensityRange": [0, 9], "min": 0},
        "adminViewConfiguration": {"isDisabled": True},
    },
    {
        **w.layer("pre", "neuroglancerPrecomputed"),
        "mags": [w.mag([1, 1, 1], "pre/4", axisOrder=w.XYZ)],
    },
)
JUNK = [
    *(None, True, 0, -1, 1, 33, 2**53, 2**70, 10**400, 1.5, -1e308, 1e-320),
    *(float("nan"), float("inf"), "", "x", "../..", "a\nb", "zarr", "n5", "wkw", "segmentation"),
    *("http://127.0.0.1/x", "s3://b/k", "c", "uint64", "\ud800", "1-1", "9" * 5000),
    *([], [[]], {}, [1, 2, 3], [[1, 2, 3]], [0, 0, 0], [1e300] * 3, [2**53] * 3, [None] * 3),
    *({"x": 1}, {"x": 0, "y": 0}, {"x": 9, "y": 1, "z": 2, "c": 3}, {"factor": [1, 1, 1]}),
]


def damaged(seeded, document):
    document = copy.deepcopy(document)
    for _ in range(seeded.choice([1, 1, 2, 4])):
        *parents, last = seeded.choice(list(places(document)))
        node = document
        try:
            for key in parents:
                node = node[key]
            if isinstance(node, dict) and seeded.random() < 0.15:
                del node[last]
            else:
                node[last] = copy.deepcopy(seeded.choice(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier damage took the place away
    return document


def explore(document, stored=STORED):
    store = DocumentStore(stored)
    documents = Documents(store=store, found={w.NAME: document})
    found = asyncio.run(WebknossosDataset().explore(documents))
    if isinstance(found, Declined):
        return found, []
    assert isinstance(found, Found)
    return found, [infer_layer(one, found.format, store.location, None) for one in found.layers]


def check(layers):
    """Count the layers that can be used, after using all that is known of them."""
    usable = [one for one in layers if isinstance(one, InferredLayer)]
    for layer in usable:
        layouts = [array.layout for array in layer.arrays]
        assert pickle.loads(pickle.dumps(layouts)) == layouts
        assert all(len(note) < 2000 for note in layer.notes)
    if usable:
        assert build_datasource(usable, unify(usable)).json()
    return len(usable)


@pytest.mark.parametrize("seed", range(4))
def test_any_file_gives_layers_or_our_error(seed):
    seeded = random.Random(seed)
    usable = broken = errors = 0
    for _ in range(150):
        try:
            _, layers = explore(damaged(seeded, FULL))
        except NbRemoteError:
            errors += 1
            continue
        used = check(layers)
        usable, broken = usable + used, broken + len(layers) - used
    assert usable > 100
    assert broken > 20
    assert errors + broken > 25


@pytest.mark.parametrize("seed", range(2))
def test_any_array_documents_give_layers_or_our_error(seed):
    seeded = random.Random(seed)
    for _ in range(100):
        _, layers = explore(FULL, damaged(seeded, STORED))
        assert len(layers) == 3
        check(layers)


def broken_by(**changes):
    entry = {**w.layer("bad", "zarr", mags=[w.mag(1, "color/1")]), **changes}
    return {key: one for key, one in entry.items() if one is not ...}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (7, "is not an object"),
        (None, "is not an object"),
        (broken_by(name=...), "name must be text"),
        (broken_by(name=" "), "name must be text"),
        (broken_by(dataFormat=...), "dataFormat must be"),
        (broken_by(dataFormat="tiff"), "dataFormat must be"),
        (broken_by(dataFormat=["zarr"]), "dataFormat must be"),
        (broken_by(dataFormat="wkw"), "stored as WKW"),
        (broken_by(mags=...), "mags must be a list"),
        (broken_by(mags=[]), "mags must be a list"),
        (broken_by(mags=[{}] * 65), "mags must be a list"),
        (broken_by(mags=[{}]), "mag must be a factor"),
        (broken_by(mags=[w.mag(0, "color/1")]), "mag must be a factor"),
        (broken_by(mags=[w.mag([1, 1], "color/1")]), "mag must be a factor"),
        (broken_by(mags=[w.mag([1, 1.5, 1], "color/1")]), "mag must be a factor"),
        (broken_by(mags=[w.mag(1, "color/nothing")]), "do not exist"),
        (broken_by(mags=[w.mag(1, "color/1", axisOrder={"x": 0})]), "axisOrder must place"),
        (broken_by(mags=[w.mag(1, "color/1", axisOrder={"x": 1, "y": 1})]), "axisOrder must"),
        (broken_by(mags=[w.mag(1, "color/1", axisOrder="xyz")]), "axisOrder must place"),
        (broken_by(boundingBox=...), "has no corner"),
        (broken_by(boundingBox={"topLeft": [0, 0, 0], "width": 1}), "has no extent"),
        (
            broken_by(boundingBox={"topLeft": [0, 0, 0], "width": 0, "height": 1, "depth": 1}),
            "has no extent",
        ),
        (
            broken_by(boundingBox={"topLeft": [0, 0], "width": 1, "height": 1, "depth": 1}),
            "has no corner",
        ),
        (broken_by(dataFormat="n5"), "do not exist"),
        (broken_by(dataFormat="neuroglancerPrecomputed"), "do not exist"),
        (
            broken_by(dataFormat="neuroglancerPrecomputed", mags=[w.mag(1, "pre/nothing")]),
            "info has no scale 'nothing'",
        ),
    ],
)
def test_a_layer_that_can_not_be_used_says_why_and_stops_no_other(entry, reason):
    good = w.layer("good", "zarr", mags=[w.mag(1, "color/1")])
    _, (bad, other) = explore(w.dataset(entry, good))
    assert isinstance(bad, BrokenLayer)
    assert reason in bad.problem.text
    assert isinstance(other, InferredLayer)


@pytest.mark.parametrize("listed", [None, {}, [], "x", 7, [{}] * 257])
def test_a_file_whose_layers_are_no_list_is_refused(listed):
    with pytest.raises(NbRemoteError, match="dataLayers must be a list of 1 to 256"):
        explore(w.dataset(dataLayers=listed))


@pytest.mark.parametrize("document", [{}, [], {"layers": []}])
def test_a_file_of_something_else_is_declined(document):
    found, _ = explore(document)
    assert "has no dataLayers" in found.reason


def test_a_mag_that_is_listed_twice_is_read_once_and_said():
    entry = w.layer("a", "zarr", mags=[w.mag(1, "color/1"), w.mag([1, 1, 1], "color/2-2-1")])
    _, (layer,) = explore(w.dataset(entry))
    assert [array.key for array in layer.arrays] == ["color/1"]
    assert "listed twice" in layer.notes[0]


@pytest.mark.parametrize(
    "change", [{"dtype": "<u2"}, {"shape": [64, 64, 64], "chunks": [32, 32, 32]}]
)
def test_a_level_of_another_kind_is_left_out_and_said(change):
    stored = {**STORED, "color/2-2-1/.zarray": {**ZARRAY, **change}}
    mags = [w.mag(1, "color/1"), w.mag([2, 2, 1], "color/2-2-1")]
    _, (layer,) = explore(w.dataset(w.layer("a", "zarr", mags=mags)), stored)
    assert [array.key for array in layer.arrays] == ["color/1"]
    assert "mag [2, 2, 1] is left out" in " ".join(layer.notes)
