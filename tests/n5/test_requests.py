"""What an N5 volume costs, in documents and round trips, and its voxels at every level."""

import numpy as np
import pytest
from tests.explore.test_requests import PROBES, asked
from tests.explore.waves import explore_in_waves
from tests.n5.written import PATH, files, ramp, with_tensorstore
from tests.widget.page import Page

import nb_remote
from nb_remote.dataset import Dataset

SHAPE, BLOCKS = (40, 24, 20), (16, 16, 16)
FACTORS = [[1, 1, 1], [2, 2, 1], [4, 4, 2]]
LEVELS = [ramp(SHAPE)[::x, ::y, ::z] for x, y, z in FACTORS]
COMPRESSIONS = [
    {"type": "gzip"},
    {"type": "raw"},
    {"type": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 1},
]
SIZE = {"pixelResolution": {"unit": "nm", "dimensions": [4, 4, 40]}}


def levels_at(path="", *, told=False):
    objects = {}
    for number, (data, compression) in enumerate(zip(LEVELS, COMPRESSIONS, strict=True)):
        more = {"downsamplingFactors": FACTORS[number], **SIZE} if told else {}
        level = f"{path}/s{number}" if path else f"s{number}"
        objects |= with_tensorstore(data, BLOCKS, compression, level, **more)
    return objects


SETUP = {"downsamplingFactors": FACTORS, "dataType": "uint16"}
TOLD = {f"s{n}/attributes.json" for n in range(3)}
GUESSED = {f"s{n}/attributes.json" for n in range(4)}
GUESSED |= {"setup0/attributes.json", "c0/s0/attributes.json", "data/s0/attributes.json"}
SETUPS = {f"setup{n}/attributes.json" for n in range(1, 9)}
TIMEPOINT = {f"setup0/timepoint0/{one}" for one in (*TOLD, "attributes.json")}
TIMEPOINT |= {"setup0/timepoint1/s0/attributes.json"}
BESIDE = {"bigdataviewer": "v.xml"}
"""What is asked for outside the container, in one of the same round trips."""
VOLUMES = {
    "neuroglancer": (
        {"attributes.json": {"resolution": [4, 4, 40], "units": ["nm"] * 3, "scales": FACTORS}}
        | levels_at(),
        [TOLD],
    ),
    "n5-viewer": (levels_at(told=True), [GUESSED]),
    "bigdataviewer": (
        {"setup0/attributes.json": SETUP} | levels_at("setup0/timepoint0", told=True),
        [GUESSED, SETUPS, TIMEPOINT],
    ),
    "paintera": (
        {"attributes.json": {"painteraData": {"type": "raw"}}}
        | {"data/attributes.json": {"resolution": [4, 4, 40]}}
        | levels_at("data", told=True),
        [{"data/attributes.json", *(f"data/s{n}/attributes.json" for n in range(4))}],
    ),
}


@pytest.mark.parametrize("name", VOLUMES)
def test_every_level_is_found_in_few_round_trips_and_read_voxel_for_voxel(serve, name):
    objects, waves = VOLUMES[name]
    server = serve(files(objects))
    explore_in_waves(server.url_of(PATH), PROBES, *waves)
    costs = len(PROBES) + sum(map(len, waves))
    inside = [one for one in asked(server, PATH) if one != BESIDE.get(name)]
    assert len(inside) == costs
    assert len(asked(server, PATH)) - len(inside) == (name in BESIDE)

    dataset = nb_remote.open(server.url_of(PATH))
    layer = dataset.layers[0]
    assert layer.axes == ("x", "y", "z")
    assert layer.mags == ((1, 1, 1), (2, 2, 1), (4, 4, 2))
    assert dataset.voxel_size_nm_xyz == (4, 4, 40)
    assert dataset.bounding_box == ((0, 0, 0), SHAPE)
    for level, expected in zip(layer.levels, LEVELS, strict=True):
        np.testing.assert_array_equal(level[...], expected)
        np.testing.assert_array_equal(level[3:9, 5:6, 9], expected[3:9, 5:6, 9])
    (one,) = dataset.datasource.data_layers
    assert one.data_format == "n5"
    order = one.mags[0].axis_order
    assert (order.x, order.y, order.z) == (0, 1, 2)


def test_the_cost_of_finding_nothing_is_one_round_trip_of_usual_names(serve):
    server = serve({})
    with pytest.raises(nb_remote.NotRecognised):
        nb_remote.open(server.url_of(PATH))
    assert set(asked(server, PATH)) >= GUESSED
    assert not [one for one in asked(server, PATH) if one.startswith(("s4", "setup1", "c1"))]


def test_a_container_that_names_nothing_says_what_to_open(serve):
    server = serve(files({"attributes.json": {"n5": "2.5.1"}}))
    with pytest.raises(nb_remote.NotRecognised, match="an N5 container that doesn't say where"):
        nb_remote.open(server.url_of(PATH))


def test_a_server_that_refuses_what_is_not_there_still_shows_the_levels(serve):
    """S3 without permission to list answers 403 to it."""
    server = serve(files(levels_at(told=True)))
    for key in ("s3/*", "setup0/*", "c0/*", "data/*", "attributes.json"):
        server.fail(f"{PATH}/{key}", "403")
    layer = nb_remote.open(server.url_of(PATH)).layers[0]
    assert len(layer.levels) == 3
    assert not any("left out" in note for note in layer.notes)
    assert "s4/attributes.json" not in asked(server, PATH)


def test_a_tile_of_the_viewer_is_right(serve):
    objects, waves = VOLUMES["neuroglancer"]
    source, found = explore_in_waves(
        serve(files(objects)).url_of(PATH), PROBES, *waves, {"s2/0/0/0"}
    )
    page = Page(Dataset(tuple((layer, source) for layer in found.layers)))
    page.want((0, 2, 0, 0, 7, 0, 0))
    page.until(page.tiles)
    (tile,) = page.tiles().values()
    np.testing.assert_array_equal(tile, LEVELS[2][:, :, 7].T)
