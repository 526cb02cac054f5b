"""What ``info`` means: axes, voxel size, box, levels, category, as literals of the specification.

https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.rst
"""

import itertools
import json

import pytest
from tests.explore.waves import explore_in_waves

import nb_remote
from nb_remote.dialects.ordered import DIALECTS
from nb_remote.errors import BadMetadata, NotRecognised, UnsupportedCodec

PROBES = {probe for dialect in DIALECTS for probe in dialect.probes}


def info(*scales, **changes):
    return {
        "@type": "neuroglancer_multiscale_volume",
        "type": "image",
        "data_type": "uint8",
        "num_channels": 1,
        "scales": list(scales) or [one_scale()],
    } | changes


def one_scale(key="s0", size=(100, 80, 60), resolution=(4, 4, 40), **changes):
    return {
        "key": key,
        "size": list(size),
        "resolution": list(resolution),
        "voxel_offset": [0, 0, 0],
        "chunk_sizes": [[64, 64, 64]],
        "encoding": "raw",
    } | changes


@pytest.fixture
def opened(serve):
    def open_(document, suffix="", prefix=""):
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        open_.server = serve({"em/info": raw})
        return nb_remote.open(f"{prefix}{open_.server.url_of('em')}{suffix}")

    return open_


def test_a_pyramid_with_offsets(opened):
    (layer,) = opened(
        info(
            one_scale(voxel_offset=[-10, 20, 5]),
            one_scale("s1", (50, 40, 60), (8, 8, 40), voxel_offset=[-5, 10, 5]),
            one_scale("s2", (25, 20, 30), (16, 16, 80), voxel_offset=[-3, 5, 2]),
        )
    ).layers
    found = layer.inferred
    assert found.data_format == "neuroglancerPrecomputed"
    assert found.axes.value.names == ("x", "y", "z")
    assert found.axes.origin == "metadata"
    voxel_size = found.geometry.voxel_size_nm_xyz
    assert (voxel_size.value, voxel_size.origin) == ((4.0, 4.0, 40.0), "metadata")
    assert found.geometry.translation_xyz.value == (-10.0, 20.0, 5.0)
    assert found.geometry.translation_xyz.origin == "metadata"
    assert found.shape_xyz == (100, 80, 60)
    assert [one.mag for one in found.geometry.levels] == [(1, 1, 1), (2, 2, 1), (4, 4, 2)]
    # corner of level 2 in nm: (-48, 80, 160); that of level 0: (-40, 80, 200)
    assert [one.offset_xyz for one in found.geometry.levels] == [
        (0.0, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        (-2.0, 0.0, -1.0),
    ]
    assert found.notes == ()


def test_the_datasource_counts_from_the_offset_as_webknossos_does(opened):
    """WEBKNOSSOS: top left is the first scale's voxel_offset; its reader subtracts it again."""
    dataset = opened(info(one_scale(voxel_offset=[64, 32, 16]), type="segmentation"))
    (layer,) = dataset.datasource.to_dict()["dataLayers"]
    assert layer["boundingBox"] == {
        "topLeft": [64, 32, 16],
        "width": 100,
        "height": 80,
        "depth": 60,
    }
    assert "coordinateTransformations" not in layer
    assert layer["dataFormat"] == "neuroglancerPrecomputed"
    assert layer["mags"][0]["axisOrder"] == {"x": 0, "y": 1, "z": 2}
    assert layer["mags"][0]["path"].endswith("/em/s0")


def test_unsorted_scales_are_sorted_and_fractions_kept(opened):
    (layer,) = opened(
        info(
            one_scale("c", (45, 36, 60), (9, 9, 40)),
            one_scale("a"),
            one_scale("b", (50, 40, 60), (8, 8, 40)),
        )
    ).layers
    assert [one.key for one in layer.inferred.arrays] == ["a", "b", "c"]
    assert [one.factor_xyz for one in layer.inferred.geometry.levels] == [
        (1.0, 1.0, 1.0),
        (2.0, 2.0, 1.0),
        (2.25, 2.25, 1.0),
    ]
    assert layer.inferred.geometry.levels[2].mag is None


@pytest.mark.parametrize(
    ("fields", "category", "origin"),
    [
        ({"type": "image"}, "color", "metadata"),
        ({"type": "segmentation"}, "segmentation", "metadata"),
        ({"type": "segmentation", "data_type": "float32"}, "color", "assumed"),
        ({"type": "Segmentation", "data_type": "UINT64"}, "segmentation", "metadata"),
        ({"type": None, "data_type": "uint64"}, "color", "assumed"),
        ({"type": None, "data_type": "uint8"}, "color", "assumed"),
    ],
)
def test_the_category_is_the_type(opened, fields, category, origin):
    found = opened(info(**fields)).layers[0].inferred.category
    assert (found.value, found.origin) == (category, origin)


def test_several_channels_are_the_last_axis(opened):
    found = opened(info(num_channels=3)).layers[0].inferred
    assert found.axes.value.names == ("x", "y", "z", "c")
    assert len(found.channels) == 3


def test_hidden_scales_are_left_out_and_counted(opened):
    hidden = one_scale("h", (200, 160, 60), (2, 2, 40), hidden=True)
    found = opened(info(hidden, one_scale())).layers[0].inferred
    assert [one.key for one in found.arrays] == ["s0"]
    assert "1 hidden level is left out" in found.notes
    assert len(opened(info(hidden)).layers[0].levels) == 1


@pytest.mark.parametrize("at_type", [None, "neuroglancer_multiscale_volume"])
def test_the_type_of_the_document_and_the_offset_may_be_absent(opened, at_type):
    scale = one_scale(size=[100.0, 80, 60])
    del scale["voxel_offset"]
    document = info(scale)
    del document["@type"]
    if at_type:
        document["@type"] = at_type
    found = opened(document).layers[0].inferred
    assert found.geometry.translation_xyz.value == (0.0, 0.0, 0.0)
    assert found.shape_xyz == (100, 80, 60)


@pytest.mark.parametrize(
    ("prefix", "suffix"),
    [
        ("", "/"),
        ("", "/info"),
        ("precomputed://", ""),
        ("precomputed://", "/info"),
        ("", "/|neuroglancer-precomputed:"),
    ],
)
def test_every_form_of_its_address(opened, prefix, suffix):
    dataset = opened(info(), prefix=prefix, suffix=suffix)
    assert dataset.layers[0].inferred.format == "Neuroglancer precomputed"
    assert dataset.layers[0].name == "em"


def test_the_folder_of_meshes_beside_it_is_noted(opened):
    notes = opened(info(mesh="mesh", segment_properties="p")).layers[0].inferred.notes
    (note,) = [one for one in notes if "mesh" in one]
    assert "segment properties in 'p'" in note


def test_opening_takes_one_round_trip(serve):
    server = serve({"em/info": json.dumps(info()).encode()})
    _, found = explore_in_waves(server.url_of("em"), PROBES)
    assert len(found.layers) == 1
    assert "info" in PROBES
    assert len(server.requests) == len(PROBES)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("neuroglancer_multilod_draco", "meshes"),
        ("neuroglancer_legacy_mesh", "meshes"),
        ("neuroglancer_skeletons", "skeletons"),
        ("neuroglancer_annotations_v1", "annotations"),
        ("neuroglancer_segment_properties", "segment properties"),
    ],
)
def test_what_is_no_volume_is_named(opened, kind, what):
    with pytest.raises(NotRecognised, match=f"{what}.*not a volume.*folder above"):
        opened({"@type": kind})


GRAPH = {
    "app": {"supported_api_versions": [0, 1]},
    "data_dir": "gs://somewhere/ws",
    "graph": {"chunk_size": [256, 256, 512], "n_layers": 9},
}


@pytest.mark.parametrize("field", ["app", "graph"])
def test_a_graph_server_is_named_and_its_chunks_are_not_looked_for(opened, field):
    """Its info has scales, too, but nothing lies at its own address: all would be zeros."""
    document = info(type="segmentation", data_type="uint64", **GRAPH)
    del document[field]
    with pytest.raises(NotRecognised, match=r"graph server.*graphene.*gs://somewhere/ws"):
        opened(document)


def test_a_stored_copy_of_such_a_segmentation_is_a_volume(opened):
    document = info(type="segmentation", data_type="uint64", app=GRAPH["app"])
    (layer,) = opened(document).layers
    assert layer.problem is None


def test_a_document_without_channels_has_one(opened):
    document = info()
    del document["num_channels"]
    assert opened(document).layers[0].inferred.axes.value.names == ("x", "y", "z")


def test_a_volume_that_moved_where_it_can_not_be_followed_says_where_to(opened):
    with pytest.raises(NotRecognised, match=r"moved to 'dvid://new/place'"):
        opened({"redirect": "dvid://new/place"})


def chain(serve, *paths):
    """Each volume says that it lies at the next path; returns the server."""
    server = serve({})
    for here, there in itertools.pairwise(paths):
        moved = {"redirect": f"precomputed://{server.url_of(there)}"}
        server.content[f"{here}/info"] = json.dumps(moved).encode()
    return server


def test_a_volume_that_moved_is_followed_on_its_own_host(serve):
    server = chain(serve, "a", "b", "c")
    server.content["c/info"] = json.dumps(info()).encode()
    address = server.url_of("a").replace("http://", "http://me:pa55word-of-mine@")
    (layer,) = nb_remote.open(address).layers
    assert layer.inferred.location.path == "c"
    (asked,) = [one for one in server.requests if one.path == "c/info"]
    assert "authorization" in asked.headers


def test_a_volume_that_moves_in_circles_is_given_up(serve):
    server = chain(serve, "a", "b", "a")
    with pytest.raises(NotRecognised, match="10 times in a row"):
        nb_remote.open(server.url_of("a"))


def test_a_stranger_can_not_lead_to_a_private_host(serve):
    other = serve({"em/info": json.dumps(info()).encode()})
    server = serve({"a/info": json.dumps({"redirect": other.url_of("em")}).encode()})
    with pytest.raises(nb_remote.NbRemoteError, match="public"):
        nb_remote.open(server.url_of("a").replace("http://", "http://me:pa55word-of-mine@"))
    assert other.requests == []


@pytest.mark.parametrize("document", [{"name": "api"}, [1], b"<html>"])
def test_another_document_called_info_declines(opened, document):
    with pytest.raises(NotRecognised) as caught:
        opened(document)
    (declined,) = [one for one in caught.value.trail if one.format == "Neuroglancer precomputed"]
    assert "there is no info" not in declined.reason


HOSTILE = {
    "no scales": {"scales": []},
    "scales are no list": {"scales": {"0": 1}},
    "thousands of scales": {"scales": [one_scale()] * 1000},
    "a scale is a number": {"scales": [7]},
    "type": {"type": "video"},
    "data_type": {"data_type": "complex64"},
    "a data type that NumPy would read": {"data_type": "i4,(1000000000,)f8"},
    "channels": {"num_channels": 0},
    "many channels": {"num_channels": 2**40},
    "channels as text": {"num_channels": "3"},
    "size": {"scales": [one_scale(size=[0, 1, 1])]},
    "huge size": {"scales": [one_scale(size=[2**60, 1, 1])]},
    "size of two": {"scales": [one_scale(size=[5, 5])]},
    "size of true": {"scales": [one_scale(size=[True, 5, 5])]},
    "size with a fraction": {"scales": [one_scale(size=[1.5, 5, 5])]},
    "offset": {"scales": [one_scale(voxel_offset=[0, -(2**60), 0])]},
    "resolution": {"scales": [one_scale(resolution=[0, 1, 1])]},
    "negative resolution": {"scales": [one_scale(resolution=[4, -4, 4])]},
    "huge resolution": {"scales": [one_scale(resolution=[10**400, 1, 1])]},
    "resolution as text": {"scales": [one_scale(resolution=["4", 1, 1])]},
    "no chunks": {"scales": [one_scale(chunk_sizes=[])]},
    "empty chunks": {"scales": [one_scale(chunk_sizes=[[0, 1, 1]])]},
    "huge chunks": {"scales": [one_scale(size=[2**30] * 3, chunk_sizes=[[2**30] * 3])]},
    "key above the host": {"scales": [one_scale("../../other")]},
    "key inside above the host": {"scales": [one_scale("a/../../../b")]},
    "key far up": {"scales": [one_scale("../" * 400 + "etc")]},
    "key with a backslash": {"scales": [one_scale("..\\other")]},
    "absolute key": {"scales": [one_scale("/etc")]},
    "key elsewhere": {"scales": [one_scale("https://evil.example/x")]},
    "key is a number": {"scales": [one_scale(4)]},
    "encoding": {"scales": [one_scale(encoding=None)]},
    "blocks": {
        "data_type": "uint64",
        "scales": [
            one_scale(
                encoding="compressed_segmentation",
                compressed_segmentation_block_size=[2**20, 2**20, 1],
            )
        ],
    },
    "labels of uint8": {"scales": [one_scale(encoding="compressed_segmentation")]},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_absurd_values_are_refused(opened, name):
    with pytest.raises(BadMetadata):
        opened(info(**HOSTILE[name])).layers[0]


def test_one_absurd_scale_does_not_take_the_others_along(opened):
    found = opened(info(one_scale(), one_scale("../../up"), one_scale())).layers[0].inferred
    assert len(found.arrays) == 1
    assert [note[:19] for note in found.notes] == ["level 1 is left out", "level 2 is left out"]


def test_a_json_array_or_broken_json_is_said(opened):
    with pytest.raises(NotRecognised, match="not a JSON document"):
        opened(b'{"scales": [')


def test_an_unknown_encoding_is_named(opened):
    with pytest.raises(UnsupportedCodec, match="'odd', which is no known encoding"):
        opened(info(one_scale(encoding="odd"))).layers[0][...]
