"""Levels and groups opened by themselves: what their folders above say of them counts, too."""

import pytest
from tests.n5.test_dialects import pyramid
from tests.n5.written import dataset, files, ramp, with_tensorstore

import nb_remote

FACTORS = [[1, 1, 1], [2, 2, 2], [4, 4, 2]]
LEVELS = ((40, 20, 12), (20, 10, 6), (10, 5, 6))


def opened(serve, documents, path):
    """The one layer at `path`, its voxel size, and the corner of its box."""
    server = serve(files(documents, "lab/v.n5"))
    found = nb_remote.open(server.url_of(f"lab/v.n5/{path}"))
    (layer,) = found.layers
    return layer, found.voxel_size_nm_xyz, found.bounding_box[0]


def test_a_dataset_takes_the_voxel_size_of_the_nearest_folder(serve):
    """Neuroglancer: attributes of all folders above count, the nearest wins."""
    documents = {
        "attributes.json": {"n5": "2.5.1", "resolution": [1, 1, 1], "units": ["m"] * 3},
        "volumes/attributes.json": {"resolution": [4, 5, 40], "units": ["nm", "nm", "nm"]},
        "volumes/raw/attributes.json": {"axes": ["y", "x", "z"]},
        "volumes/raw/s0/attributes.json": dataset((7, 5, 8), (4, 4, 4)),
    }
    layer, size, _ = opened(serve, documents, "volumes/raw/s0")
    assert layer.axes == ("y", "x", "z")
    assert size == (5, 4, 40)
    assert "the voxel size is that of a folder above it" in layer.notes


def test_what_the_level_says_itself_costs_no_more_and_counts_more(serve):
    own = {"pixelResolution": {"unit": "nm", "dimensions": [3, 3, 30]}}
    documents = {
        "attributes.json": {"resolution": [4, 4, 40]},
        "s0/attributes.json": dataset((7, 5, 8), (4, 4, 4), **own),
    }
    server = serve(files(documents))
    found = nb_remote.open(server.url_of("v.n5/s0"))
    assert found.voxel_size_nm_xyz == (3, 3, 30)
    assert "v.n5/attributes.json" not in server.paths()


def test_at_most_four_folders_up_are_asked_and_only_once(serve):
    path = "1/2/3/4/5/6"
    server = serve(files({"attributes.json": dataset((2, 2), (2, 2))}, path))
    nb_remote.open(server.url_of(path))
    above = [one for one in server.paths() if not one.startswith(f"{path}/")]
    assert set(above) == {f"{path[: 2 * n - 1]}/attributes.json" for n in (2, 3, 4, 5)}
    assert len(above) == 4


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("key", ["scales", "downsamplingFactors"])
def test_a_level_has_the_factors_that_its_group_lists(serve, number, key):
    group = {"resolution": [4, 4, 20], "units": ["nm"] * 3, key: FACTORS}
    documents = pyramid(group, shapes=LEVELS, path="g")
    _, size, corner = opened(serve, documents, f"g/s{number}")
    assert size == [(4, 4, 20), (8, 8, 40), (16, 16, 40)][number]
    assert corner == (0, 0, 0)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_level_of_bigdataviewer_has_those_of_its_setup(serve, number):
    documents = pyramid({"multiScale": True, "resolution": [0.5, 0.5, 2], "units": ["um"] * 3},
                        shapes=LEVELS, path="setup0/timepoint0")  # fmt: skip
    documents["setup0/attributes.json"] = {"downsamplingFactors": FACTORS, "dataType": "uint16"}
    _, size, _ = opened(serve, documents, f"setup0/timepoint0/s{number}")
    assert size == [(500, 500, 2000), (1000, 1000, 4000), (2000, 2000, 4000)][number]


def test_a_time_point_of_bigdataviewer_has_the_factors_of_its_setup(serve):
    """Shapes alone would tell 21 / 11 from 2, but not 7 / 2."""
    shapes = ((21, 20, 7), (11, 10, 4), (6, 5, 4))
    documents = pyramid({"resolution": [1, 1, 2]}, shapes=shapes, path="setup0/timepoint0")
    documents["setup0/attributes.json"] = {"downsamplingFactors": FACTORS, "dataType": "uint16"}
    layer, _, _ = opened(serve, documents, "setup0/timepoint0")
    assert layer.mags == ((1, 1, 1), (2, 2, 2), (4, 4, 2))
    assert not any("taken from the shapes" in note for note in layer.notes)


def test_levels_of_paintera_keep_their_place(serve):
    documents = pyramid({"resolution": [4.0, 4.0, 40.0], "offset": [400.0, 80.0, 0.0]},
                        ({}, {"downsamplingFactors": [2, 2, 2]}, {}), path="data")  # fmt: skip
    _, size, corner = opened(serve, documents, "data/s1")
    assert size == (8, 8, 80)
    assert corner == (50, 10, 0)


class TestCosem:
    """``translate`` is a centre: of voxels of 4 nm at 0, of 8 nm at 2, of 16 nm at 6."""

    @staticmethod
    def transform(number, at=0.0):
        size, centre = 4.0 * 2**number, 2.0 * (2**number - 1)
        return {
            "axes": ["z", "y", "x"],
            "units": ["nm"] * 3,
            "scale": [size * 10, size, size],
            "translate": [centre * 10, centre, centre + at],
        }

    @pytest.mark.parametrize("number", [0, 1, 2])
    @pytest.mark.parametrize("where", ["level", "group", "both", "factors"])
    def test_a_level_lies_where_it_does_in_its_group(self, serve, number, where):
        said = [{"transform": self.transform(n, 32)} for n in range(3)]
        listed = [{"path": f"s{n}", **said[n]} for n in range(3)]
        levels = said if where in ("level", "both", "factors") else ({}, {}, {})
        if where == "factors":
            levels = [{**one, "downsamplingFactors": [2**n] * 3} for n, one in enumerate(said)]
        datasets = listed if where in ("group", "both") else [{"path": f"s{n}"} for n in range(3)]
        group = {"multiscales": [{"datasets": datasets}]} if where != "factors" else {}
        documents = pyramid(group, levels, path="em")
        if where == "level":
            documents["em/attributes.json"]["multiscales"][0]["datasets"] = listed
        layer, size, corner = opened(serve, documents, f"em/s{number}")
        assert size == (4 * 2**number, 4 * 2**number, 40 * 2**number)
        assert corner == (8 / 2**number, 0, 0)
        assert layer.axes == ("x", "y", "z")

    def test_nothing_above_leaves_the_level_its_own_centre(self, serve):
        documents = pyramid(None, [{"transform": self.transform(n)} for n in range(3)], path="em")
        _, size, _ = opened(serve, documents, "em/s1")
        assert size == (8, 8, 80)


ODD = [[], {"resolution": "x", "scales": [[1]] * 100}, {"multiscales": [{"datasets": [5]}]}]
ODD += [{"multiscales": [{"datasets": [{"path": "s1", "transform": {"scale": [1]}}]}]}]
ODD += [{"resolution": [1, 1, 1], "offset": "x", "axes": [1]}, dataset((1, 1), (1, 1))]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("own", [{}, {"transform": {"scale": [1, 2, 3], "translate": [0, 0, 0]}}])
def test_whatever_stands_above_does_no_harm(serve, odd, own):
    data = ramp((7, 5, 8))
    level = with_tensorstore(data, (4, 4, 4), path="a/s1", **own)
    server = serve(files({"attributes.json": odd, "a/attributes.json": odd, **level}))
    server.fail("attributes.json", "403")
    assert (nb_remote.open(server.url_of("v.n5/a/s1")).layers[0][...] == data).all()
