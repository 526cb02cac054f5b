"""Scales that lie beside the folder of ``info``: followed on the same host, nowhere else."""

import json

import numpy as np
import pytest
from tests.precomputed.written import noise, scale, write

import nb_remote
from nb_remote.containers.precomputed.places import home_of, scale_key
from nb_remote.errors import BadMetadata
from nb_remote.location.location import Location

SIZE = (21, 17, 11)
DATA = noise((*SIZE, 1), "uint16")


def moved_scale(key, folder):
    """A volume at ``a/b/v`` whose only scale has `key`; its chunks are served below `folder`."""
    objects = write(scale(SIZE, voxel_offset=[-3, 0, 2]), data=[DATA])
    info = json.loads(objects["info"])
    info["scales"][0]["key"] = key
    chunks = {
        f"{folder}/{name.removeprefix('4_4_40/')}": body
        for name, body in objects.items()
        if name != "info"
    }
    return chunks | {"a/b/v/info": json.dumps(info).encode()}


@pytest.mark.parametrize(
    ("key", "folder"),
    [
        ("../other/8_8_8", "a/b/other/8_8_8"),
        ("../../x", "a/x"),
        ("../../../x", "x"),
        ("../v/s0", "a/b/v/s0"),
        ("c/../../d", "a/b/d"),
        ("./s0/", "a/b/v/s0"),
        ("s0/../s1", "a/b/v/s1"),
        ("../with space/ä", "a/b/with space/ä"),
    ],
)
def test_a_key_that_leads_up_is_followed(serve, key, folder):
    """The first as tensorstore resolves it: ``a/b/c`` and ``../d`` are ``a/b/d``."""
    server = serve(moved_scale(key, folder))
    (layer,) = nb_remote.open(server.url_of("a/b/v")).layers
    assert layer.name == "v"
    np.testing.assert_array_equal(layer[...], DATA[..., 0])
    assert layer.levels[0]._source.missing_chunks == 0
    (mag,) = nb_remote.open(server.url_of("a/b/v")).datasource.to_dict()["dataLayers"][0]["mags"]
    assert mag["path"] == server.url_of(folder)


def test_its_chunks_are_asked_for_as_the_volume_is(serve):
    server = serve(moved_scale("../other/s0", "a/b/other/s0"), token="a-token-of-mine")
    (layer,) = nb_remote.open(f"{server.url_of('a/b/v')}?token=a-token-of-mine").layers
    np.testing.assert_array_equal(layer[...], DATA[..., 0])
    assert "a-token-of-mine" not in repr(layer)


def test_a_chunk_that_is_missing_there_is_zero_as_long_as_info_is_there(serve):
    objects = moved_scale("../other/s0", "a/b/other/s0")
    del objects["a/b/other/s0/-3-5_0-8_2-6"]
    server = serve(objects)
    (layer,) = nb_remote.open(server.url_of("a/b/v")).layers
    assert not layer[:8, :8, :4].any()
    assert layer.levels[0]._source.missing_chunks == 1


def test_scales_above_and_below_are_levels_of_one_layer(serve):
    objects = moved_scale("../other/s0", "a/b/other/s0")
    info = json.loads(objects["a/b/v/info"])
    below = json.loads(objects["a/b/v/info"])["scales"][0]
    info["scales"].append(below | {"key": "s1", "resolution": [8.0, 8.0, 40.0]})
    objects["a/b/v/info"] = json.dumps(info).encode()
    objects |= {
        key.replace("b/other/s0", "b/v/s1"): body for key, body in objects.items() if "s0/" in key
    }
    (layer,) = nb_remote.open(serve(objects).url_of("a/b/v")).layers
    for level in layer.levels:
        np.testing.assert_array_equal(level[...], DATA[..., 0])


def test_on_this_machine_nothing_above_the_folder_is_read(tmp_path):
    for key, body in moved_scale("../other/s0", "a/b/other/s0").items():
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    with pytest.raises(BadMetadata, match="leaves its folder"):
        nb_remote.open(tmp_path / "a/b/v")


@pytest.mark.parametrize(
    "key", ["/etc", "https://evil.example/x", "..\\x", "a\nb", "../" * 9 + "x", "..//../../../../x"]
)
def test_what_leads_elsewhere_is_refused(key):
    location = Location(scheme="https", host="host.example", path="a/b/v")
    home, folder = home_of({"scales": [{"key": key}]}, location)
    with pytest.raises(BadMetadata):
        scale_key(folder, key, "key", "where")
    assert home.host == "host.example"
