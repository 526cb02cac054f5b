"""A Zarr v3 array by itself: its axes by name, else by position, and what is only named."""

import pytest
from tests.volumes.inferring import find, infer_one

from nb_remote.errors import BadMetadata, Declined, UnsupportedCodec

ARRAY = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [4, 5, 6],
    "data_type": "float16",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 2, 2]}},
    "chunk_key_encoding": {"name": "default"},
    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    "fill_value": 0,
    "attributes": {},
}


def layer(**changes):
    return infer_one({"zarr.json": {**ARRAY, **changes}})


def test_the_dimension_names_say_which_axis_is_which():
    one = layer(dimension_names=["x", "Y", "z"])
    assert (one.axes.value.names, one.axes.origin) == (("x", "y", "z"), "metadata")
    assert one.data_format == "zarr3"


@pytest.mark.parametrize("names", [None, ["dim_0", "dim_1", "dim_2"], [None, None, None]])
def test_else_the_position_does_and_says_so(names):
    one = layer(dimension_names=names)
    assert (one.axes.value.names, one.axes.origin) == (("z", "y", "x"), "assumed")
    assert any("dim_0" in note for note in one.notes) == bool(names and names[0])


def test_an_unknown_codec_leaves_the_layer_listed_and_named():
    one = layer(codecs=[*ARRAY["codecs"], {"name": "jpegxl"}])
    assert isinstance(one.problem, UnsupportedCodec)
    assert one.problem.codec == "jpegxl"
    assert one.shape_xyz == (6, 5, 4)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("data_type", {"data_type": "complex64"}),
        ("data_type", {"data_type": {"name": "fixed_length_utf32"}}),
        ("fill_value", {"fill_value": None}),
        ("fill_value", {"fill_value": "0x7fc0000"}),
        ("chunk_grid", {"chunk_grid": {"name": "rectangular"}}),
        ("chunk_grid", {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}}}),
        ("chunk_key_encoding", {"chunk_key_encoding": {"name": "odd"}}),
        ("chunk_key_encoding", {"chunk_key_encoding": None}),
        ("storage_transformers", {"storage_transformers": [{"name": "x"}]}),
        ("surprise", {"surprise": {"must_understand": True}}),
        ("surprise", {"surprise": 1}),
        ("shape", {"shape": [1] * 1000}),
        ("shape", {"shape": [0, 1, 1]}),
        ("dimension_names", {"dimension_names": ["x", "y"]}),
        ("codecs", {"codecs": []}),
        ("codecs", {"codecs": [{"name": "transpose", "configuration": {"order": [0, 0, 1]}}]}),
        ("codecs", {"codecs": [{"name": "bytes", "configuration": {"endian": "middle"}}]}),
        (
            "codecs",
            {"codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [2, 2, 3]}}]},
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_field(field, changes):
    with pytest.raises(BadMetadata) as caught:
        find({"zarr.json": {**ARRAY, **changes}})
    assert caught.value.field == field


def test_an_extension_that_need_not_be_understood_is_passed_over():
    assert layer(surprise={"must_understand": False}).problem is None


def test_a_group_is_declined():
    assert isinstance(find({"zarr.json": {"zarr_format": 3, "node_type": "group"}}), Declined)
