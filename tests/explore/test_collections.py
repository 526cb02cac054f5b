"""Folders of datasets: all are opened, whatever their formats, and what is left out is said."""

import pickle
import zipfile

import pytest
from tests.explore.test_requests import ANYTHING
from tests.n5.written import ramp
from tests.n5.written import with_tensorstore as n5
from tests.ome.written import LEVELS, with_zarr_python
from tests.precomputed.written import below, noise, scale
from tests.precomputed.written import write as precomputed
from tests.servers.listings import PAGES, index_pages, s3
from tests.volumes.documents import documents, files, with_labels, zarray

import nb_remote
from nb_remote.arrays.source import Source
from nb_remote.explore import explore
from nb_remote.explore.below import MAX_DATASETS, MAX_DEPTH, MAX_FOLDERS
from nb_remote.location.parse import parse_address
from nb_remote.threads import run

IMAGE = noise((21, 17, 11, 1), "uint8")
SEGMENTATION = noise((21, 17, 11, 1), "uint64")
N5 = ramp((13, 11, 7))


OME = files(with_labels(documents("zyx"), cells=documents("zyx")), "a/image.zarr")
VOLUME = below("a/seg", precomputed(scale(key="8_8_8"), data=[IMAGE]))
V3 = {
    "zarr.json": {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [8, 8],
        "data_type": "uint8",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [8, 8]}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": 0,
        "codecs": [{"name": "bytes"}],
    }
}
V2 = {".zarray": zarray((8, 8))}
INFO = {"info": precomputed(scale(), data=[IMAGE])["info"]}
N5_DATASET = {"attributes.json": n5(N5, (5, 4, 3))["attributes.json"]}


def precomputed_pair(path="em"):
    return {
        **below(f"{path}/image", precomputed(scale(), data=[IMAGE])),
        **below(
            f"{path}/segmentation", precomputed(scale(), data=[SEGMENTATION], kind="segmentation")
        ),
    }


@pytest.fixture
def listed(serve):
    """``listed(content)`` serves it with nginx's index pages."""

    def listed(content, kind="nginx"):
        server = serve(content)
        server.listing = index_pages(kind, content)
        return server

    return listed


def failing(url):
    with pytest.raises(nb_remote.NbRemoteError) as caught:
        nb_remote.open(url)
    return caught.value


def notes(dataset):
    return " ".join(note for layer in dataset.layers for note in layer.notes)


class TestListed:
    @pytest.mark.parametrize("kind", PAGES)
    def test_image_and_segmentation_in_a_folder_are_two_layers(self, listed, kind):
        dataset = nb_remote.open(listed(precomputed_pair(), kind).url_of("em"))
        assert list(dataset) == ["image", "segmentation"]
        assert dataset["segmentation"].category == "segmentation"
        assert (dataset["image"].levels[0][...] == IMAGE[..., 0]).all()
        assert (dataset["segmentation"].levels[0][...] == SEGMENTATION[..., 0]).all()

    def test_a_bucket_lists_them_too(self, serve):
        content = precomputed_pair("bucket/em")
        server = serve(content)
        server.listing = s3("bucket", content)
        assert list(nb_remote.open(server.url_of("bucket/em"))) == ["image", "segmentation"]

    def test_formats_are_mixed_and_names_say_where_they_lie(self, listed):
        content = {
            **below("d", with_zarr_python()),
            **below("d/sub/n5", n5(N5, (5, 4, 3))),
            **precomputed_pair("d/sub"),
            **files({".zarray": zarray((8, 8, 8))}, "d/plain"),
            "d/readme.md": b"",
        }
        dataset = nb_remote.open(listed(content).url_of("d"))
        assert {"image.zarr", "plain", "sub-image", "sub-n5", "sub-segmentation"} < set(dataset)
        assert (dataset["sub-n5"].levels[0][...] == N5).all()
        assert (dataset["image.zarr"].levels[0][...] == LEVELS[0]).all()

    def test_an_n5_container_with_names_of_its_own(self, listed):
        content = {
            "c.n5/attributes.json": b'{"n5": "2.0.0"}',
            **below("c.n5/neurons/left", n5(N5, (5, 4, 3))),
            **below("c.n5/neurons/right", n5(N5 + 1, (5, 4, 3))),
        }
        dataset = nb_remote.open(listed(content).url_of("c.n5"))
        assert list(dataset) == ["neurons-left", "neurons-right"]
        assert (dataset["neurons-right"].levels[0][...] == N5 + 1).all()

    def test_n5_levels_without_any_attributes_of_their_group_are_one_pyramid(self, listed):
        content = {
            **below("c/em/s0", n5(N5, (5, 4, 3))),
            **below("c/em/s1", n5(N5[::2, ::2, ::2], (5, 4, 3), downsamplingFactors=[2, 2, 2])),
        }
        dataset = nb_remote.open(listed(content).url_of("c"))
        assert list(dataset) == ["em"]
        assert len(dataset["em"].levels) == 2

    @pytest.mark.parametrize(
        "group",
        [
            {".zgroup": {"zarr_format": 2}},
            {"zarr.json": {"zarr_format": 3, "node_type": "group"}},
        ],
    )
    def test_a_bare_zarr_group_gives_its_arrays(self, listed, group):
        arrays = {f"{name}/.zarray": zarray((8, 8, 8)) for name in ("b", "a", "c10", "c9")}
        content = files({**group, **arrays}, "g.zarr")
        assert list(nb_remote.open(listed(content).url_of("g.zarr"))) == ["a", "b", "c9", "c10"]

    def test_one_that_fails_is_listed_with_its_reason(self, listed):
        content = precomputed_pair() | files(
            {"zarr.json": {"zarr_format": 3, "node_type": "array"}}, "em/bad"
        )
        dataset = nb_remote.open(listed(content).url_of("em"))
        assert list(dataset) == ["image", "segmentation"]
        (broken,) = dataset.broken
        assert broken.name == "bad"
        assert "/em/bad/zarr.json" in broken.problem.where

    def test_one_that_is_forbidden_is_listed(self, listed):
        server = listed(precomputed_pair())
        server.fail("em/segmentation/*", "403")
        dataset = nb_remote.open(server.url_of("em"))
        assert list(dataset) == ["image"]
        assert isinstance(dataset.broken[0].problem, nb_remote.AccessDenied)

    def test_meshes_and_arrays_of_one_axis_are_no_layers_but_said(self, listed):
        content = precomputed_pair() | {
            "em/mesh/info": b'{"@type": "neuroglancer_legacy_mesh"}',
            **files({".zarray": zarray((8,))}, "em/time"),
        }
        dataset = nb_remote.open(listed(content).url_of("em"))
        assert list(dataset) == ["image", "segmentation"]
        assert not dataset.broken
        assert "mesh (this is a folder of meshes" in notes(dataset)
        assert "time (the array has 1 axes" in notes(dataset)

    def test_labels_stay_with_their_image(self, listed):
        content = files(with_labels(documents("zyx"), cells=documents("zyx")), "d/a")
        content |= files(with_labels(documents("zyx"), cells=documents("zyx")), "d/b")
        assert list(nb_remote.open(listed(content).url_of("d"))) == [
            "a",
            "a-labels-cells",
            "b",
            "b-labels-cells",
        ]

    def test_a_zip_file_and_a_folder_of_this_machine_are_folders_too(self, serve, tmp_path):
        content = {**precomputed_pair("d/em"), **OME}
        names = ["a-image.zarr", "a-image.zarr-labels-cells", "d-em-image", "d-em-segmentation"]
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as file:
            for key, body in content.items():
                file.writestr(key, body)
        for key, body in content.items():
            (tmp_path / "all" / key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "all" / key).write_bytes(body)
        server = serve({"all.zip": (tmp_path / "all.zip").read_bytes()})
        for place in (tmp_path / "all.zip", tmp_path / "all", server.url_of("all.zip")):
            dataset = nb_remote.open(place)
            assert sorted(dataset) == names
            assert (dataset["d-em-image"].levels[0][...] == IMAGE[..., 0]).all()

    def test_one_whose_metadata_are_cut_off_is_listed(self, listed, tmp_path):
        content = files({".zarray": zarray((8, 8))}, "d/good")
        content["d/bad.zarr/zarr.json"] = b'{"zarr_format": 3'
        for key, body in content.items():
            (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / key).write_bytes(body)
        for place in (listed(content).url_of("d"), tmp_path / "d"):
            dataset = nb_remote.open(place)
            assert list(dataset) == ["good"]
            (broken,) = dataset.broken
            assert broken.name == "bad.zarr"
            assert "not a JSON document" in broken.problem.text

    def test_too_many_are_cut_and_said(self, listed):
        content = {}
        for n in range(MAX_DATASETS + 5):
            content |= files({".zarray": zarray((8, 8))}, f"d/a{n}")
        dataset = nb_remote.open(listed(content).url_of("d"))
        assert list(dataset) == [f"a{n}" for n in range(MAX_DATASETS)]
        assert "for example …/a16" in notes(dataset)

    def test_the_reason_for_the_cut_is_the_true_one(self, listed):
        content = {}
        for n in range(3 * MAX_DATASETS):  # more than are looked at together
            content |= files({".zarray": zarray((8, 8))}, f"d/a{n}")
        said = notes(nb_remote.open(listed(content).url_of("d")))
        assert f"the first {MAX_DATASETS} datasets found here are shown; 32 more" in said
        assert "folders are looked at" not in said

    def test_folders_without_end_are_not_looked_at(self, listed):
        content = {f"d/x{n:03}/file.txt": b"" for n in range(MAX_FOLDERS + 50)}
        content |= files({".zarray": zarray((8, 8))}, "d/a")
        server = listed(content)
        dataset = nb_remote.open(server.url_of("d"))
        assert list(dataset) == ["a"]
        assert "51 more" in notes(dataset)
        looked = {one.split("/")[1] for one in server.paths() if one.startswith(("d/a/", "d/x"))}
        assert len(looked) == MAX_FOLDERS

    def test_folders_below_the_deepest_are_said(self, listed):
        deep = "/".join("abcdef"[: MAX_DEPTH + 1])
        content = files({".zarray": zarray((8, 8))}, f"d/{deep}")
        content |= files({".zarray": zarray((8, 8))}, "d/here")
        dataset = nb_remote.open(listed(content).url_of("d"))
        assert list(dataset) == ["here"]
        assert f"for example …/{deep}" in notes(dataset)

    def test_a_slow_folder_is_left_out_in_time_and_said(self, listed):
        server = listed(precomputed_pair())
        server.fail("em/segmentation/*", "hang")
        source = Source(parse_address(server.url_of("em")).location)
        found = run(explore(source, search_s=0.5), deadline=5)
        (layer,) = found.layers
        assert layer.name.value == "image"
        assert any("…/segmentation" in note for note in layer.notes)

    def test_folders_share_connections_and_bounds(self, listed):
        content = {}
        for n in range(12):
            content |= files(documents("zyx"), f"d/a{n}")
        server = listed(content)
        server.latency_s = 0.01
        assert len(nb_remote.open(server.url_of("d"))) == 12
        assert server.peak_in_flight <= 64
        assert server.connections <= 64 + len(ANYTHING)  # those for the folder above

    def test_a_layer_of_a_collection_can_be_sent_to_a_worker(self, listed):
        dataset = nb_remote.open(listed(precomputed_pair()).url_of("em"))
        source = pickle.loads(pickle.dumps(dataset["image"].source))
        assert source.location.path == "em/image"

    def test_nothing_in_it_says_what_is_there(self, listed):
        content = {f"d/{name}/notes.txt": b"" for name in ("one", "two")}
        problem = failing(listed(content).url_of("d"))
        assert isinstance(problem, nb_remote.NotRecognised)
        assert "It holds one, two" in str(problem)

    def test_a_listing_never_leads_elsewhere(self, serve):
        server = serve({})
        page = (
            b'<a href="../../secret/">x</a><a href="//evil.example/a/">y</a><a href="..%2fb/">z</a>'
        )
        server.listing = lambda request: (200, page) if request.path == "p/d/" else None
        failing(server.url_of("p/d"))
        assert not [
            one for one in server.paths() if "secret" in one or "evil" in one or ".." in one
        ]


class TestNotListed:
    def test_layers_under_usual_names_are_found(self, serve):
        content = {
            **below("em/color", precomputed(scale(), data=[IMAGE])),
            **below(
                "em/segmentation", precomputed(scale(), data=[SEGMENTATION], kind="segmentation")
            ),
        }
        dataset = nb_remote.open(serve(content).url_of("em"))
        assert list(dataset) == ["color", "segmentation"]
        assert (dataset["color"].levels[0][...] == IMAGE[..., 0]).all()

    @pytest.mark.parametrize("missing", ["404", "403"])
    def test_numbered_arrays_of_a_bare_group_are_all_found(self, serve, missing):
        group = {"zarr.json": {"zarr_format": 3, "node_type": "group"}}
        array = {
            "zarr_format": 3,
            "node_type": "array",
            "shape": [8, 8],
            "data_type": "uint8",
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [8, 8]}},
            "chunk_key_encoding": {"name": "default"},
            "fill_value": 0,
            "codecs": [{"name": "bytes"}],
        }
        server = serve(files({**group, **{f"s{n}/zarr.json": array for n in range(6)}}, "g"))
        server.missing = missing
        assert list(nb_remote.open(server.url_of("g"))) == [f"s{n}" for n in range(6)]

    @pytest.mark.parametrize(
        ("said", "array"),
        [
            ({".zgroup": {"zarr_format": 2}}, V2),
            ({"zarr.json": {"zarr_format": 3, "node_type": "group"}}, V3),
        ],
    )
    def test_where_one_thing_may_be_read_names_are_guessed_though_others_are_refused(
        self, serve, said, array
    ):
        server = serve(files(array, "em/raw") | files(said, "em"))
        server.missing = "403"
        assert list(nb_remote.open(server.url_of("em"))) == ["raw"]

    def test_where_nothing_may_be_read_no_name_is_guessed(self, serve):
        server = serve(below("em/color", precomputed(scale(), data=[IMAGE])))
        server.missing = "403"
        with pytest.raises(nb_remote.AccessDenied, match="403"):
            nb_remote.open(server.url_of("em"))
        assert not any("color" in path for path in server.paths())
        assert list(nb_remote.open(server.url_of("em/color"))) == ["color"]

    @pytest.mark.parametrize("path", ["recon-1/em/fibsem-uint8", "data.zarr", "x.zarr"])
    def test_names_of_open_organelle_and_containers(self, serve, path):
        server = serve(files(documents("zyx"), f"lab/x.y/{path}"))
        assert len(nb_remote.open(server.url_of("lab/x.y"))) == 1

    @pytest.mark.parametrize(
        "group",
        [
            {".zgroup": {"zarr_format": 2}},
            {"zarr.json": {"zarr_format": 3, "node_type": "group"}},
            {"attributes.json": {"n5": "2.0.0"}},
        ],
    )
    def test_a_group_that_tells_nothing_says_what_to_try(self, serve, group):
        problem = failing(serve(files(group, "g")).url_of("g"))
        assert "doesn't list what is in the group" in str(problem)
        assert "…/0" in problem.hint

    def test_broken_metadata_are_not_passed_over_for_what_lies_below(self, serve):
        content = files({**documents("zyx"), ".zattrs": b"{"}, "g")
        assert "not a JSON document" in str(failing(serve(content).url_of("g")))


class TestDidYouMean:
    @pytest.mark.parametrize(
        ("content", "address", "meant"),
        [
            (OME, "a/image.zarr/0/0/0", "a/image.zarr"),
            (OME, "a/image.zarr/0/0/0/0", "a/image.zarr"),
            (OME, "a/image.zarr/1/5", "a/image.zarr"),
            (OME, "a/image.zarr/OME", "a/image.zarr"),
            (OME, "a/image.zarr/labels/cells/0/0/0", "a/image.zarr/labels/cells"),
            (VOLUME, "a/seg/8_8_8", "a/seg"),
            (VOLUME, "a/seg/8_8_8/0-8_0-8_0-4", "a/seg"),
            (files({".zarray": zarray((8, 8))}, "plain"), "plain/0", "plain"),
            (below("v/s0", n5(N5, (5, 4, 3))), "v/s0/0/0/0", "v/s0"),
        ],
    )
    @pytest.mark.parametrize("missing", ["404", "403"])
    def test_an_address_inside_a_dataset_names_it(self, serve, content, address, meant, missing):
        server = serve(content)
        server.missing = missing
        problem = failing(server.url_of(address))
        assert (
            problem.hint == f"Did you mean {server.url_of(meant)} instead? The address lies in it."
        )

    def test_inside_an_array_nothing_is_looked_for(self, listed):
        content = OME | {f"a/image.zarr/0/0/{n}/0": b"" for n in range(50)}
        server = listed(content)
        failing(server.url_of("a/image.zarr/0/0"))
        assert not [one for one in server.paths() if one.startswith("a/image.zarr/0/0/1/")]

    def test_the_query_goes_along_and_is_not_shown(self, serve):
        server = serve(OME, token="abc-secret")
        problem = failing(f"{server.url_of('a/image.zarr/0/0')}?token=abc-secret")
        assert "Did you mean" in problem.hint
        assert "secret" not in str(problem)
        assert {one.query for one in server.requests} == {"token=abc-secret"}

    def test_nothing_above_the_root_of_the_host_is_asked_for(self, serve):
        server = serve({})
        failing(server.url_of("x"))
        assert not [one for one in server.paths() if one.startswith("/") or ".." in one]

    def test_a_level_opens_by_itself_and_nobody_asks_above(self, serve):
        server = serve(OME)
        assert len(nb_remote.open(server.url_of("a/image.zarr/0"))) == 1
        assert all(one.startswith("a/image.zarr/0/") for one in server.paths())

    def test_an_unrelated_folder_above_is_no_suggestion(self, serve):
        server = serve(files({".zgroup": {"zarr_format": 2}, ".zattrs": {}}, "a"))
        assert "Did you mean" not in failing(server.url_of("a/b")).hint


class TestTwoFormatsInOnePlace:
    @pytest.mark.parametrize(
        ("documents", "first", "other"),
        [
            ({**V2, **V3}, "Zarr v3 array", "a Zarr v2 array as well (.zarray)"),
            ({**INFO, ".zgroup": {"zarr_format": 2}}, "Neuroglancer precomputed", None),
            ({**N5_DATASET, **V2}, "Zarr v2 array", "N5 as well (attributes.json)"),
            ({**N5_DATASET, **INFO}, "Neuroglancer precomputed", "N5 as well (attributes.json)"),
            ({**INFO, **V3}, "Zarr v3 array", "Neuroglancer precomputed as well (info)"),
        ],
    )
    def test_the_order_decides_and_the_other_is_said(self, serve, documents, first, other):
        dataset = nb_remote.open(serve(files(documents, "x")).url_of("x"))
        assert dataset.layers[0].inferred.format == first
        assert (other in notes(dataset)) if other else "as well" not in notes(dataset)

    def test_one_that_can_not_be_used_gives_way_and_is_said(self, serve):
        broken = {"zarr.json": {**V3["zarr.json"], "shape": [-1, 8]}}
        dataset = nb_remote.open(serve(files({**broken, **V2}, "x")).url_of("x"))
        assert dataset.layers[0].inferred.format == "Zarr v2 array"
        assert "Zarr v3 array lies here, too, but" in notes(dataset)

    def test_when_none_can_be_used_the_first_reason_is_raised(self, serve):
        broken = {
            "zarr.json": {**V3["zarr.json"], "shape": [-1, 8]},
            ".zarray": {"zarr_format": 2},
        }
        assert failing(serve(files(broken, "x")).url_of("x")).where.endswith("x/zarr.json")
