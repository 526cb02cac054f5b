"""``attributes.json`` of a dataset: what it means, and what is refused."""

import numpy as np
import pytest
from tests.n5.written import dataset
from tests.volumes.inferring import find, infer_one

from nb_remote.errors import BadMetadata, Declined, UnsupportedCodec
from nb_remote.location.parse import parse_address

SHAPE, BLOCKS = (7, 5, 8), (3, 4, 5)


def layer(**changes):
    return infer_one({"attributes.json": dataset(SHAPE, BLOCKS, **changes)})


def test_a_dataset_alone_says_what_it_assumes():
    """``dimensions[0]`` is the fastest, which every N5 tool takes as x."""
    one = layer()
    assert one.data_format == "n5"
    assert (one.axes.value.names, one.axes.origin) == (("x", "y", "z"), "assumed")
    assert "in the order of 'dimensions'" in one.axes.note
    assert one.shape_xyz == SHAPE
    assert one.dtype == np.uint16
    assert one.dtype.isnative
    assert one.geometry.voxel_size_nm_xyz.value == (1, 1, 1)
    assert one.geometry.voxel_size_nm_xyz.origin == "assumed"
    assert one.notes == ()


@pytest.mark.parametrize(
    "changes",
    [
        # N5-Viewer: https://github.com/saalfeldlab/n5-viewer#container-structure
        {"pixelResolution": {"unit": "um", "dimensions": [0.5, 0.6, 2]}},
        {"pixelResolution": [500, 600, 2000]},
        # Neuroglancer: https://neuroglancer-docs.web.app/datasource/n5
        {"resolution": [0.5, 600, 2e-6], "units": ["µm", "nm", "m"]},
        # COSEM, whose transform goes before the rest and runs from z to x
        {
            "transform": {"axes": ["z", "y", "x"], "scale": [2, 0.6, 0.5], "units": ["um"] * 3},
            "pixelResolution": [1, 2, 3],
        },
        {"transform": {"order": "F", "scale": [500, 600, 2000]}},
    ],
)
def test_a_voxel_size_in_any_spelling(changes):
    size = layer(**changes).geometry.voxel_size_nm_xyz
    assert size.value == pytest.approx((500, 600, 2000))


def test_a_level_by_itself_is_as_coarse_as_it_says_and_begins_where_its_image_does():
    one = layer(
        pixelResolution={"unit": "nm", "dimensions": [4, 4, 10]}, downsamplingFactors=[4, 4, 2]
    )
    assert one.geometry.voxel_size_nm_xyz.value == (16, 16, 20)
    assert one.geometry.voxel_size_nm_xyz.origin == "metadata"
    assert one.geometry.translation_xyz.value == (0, 0, 0)


def test_named_axes_are_taken():
    one = layer(axes=["z", "c^", "Y"])
    assert one.axes.origin == "assumed"  # no x
    one = layer(axes=["z", "x", "Y"])
    assert (one.axes.value.names, one.axes.origin) == (("z", "x", "y"), "metadata")
    one = layer(axes=["x", "y", "c^"])
    assert one.axes.value.names == ("x", "y", "c")


@pytest.mark.parametrize("name", ["jpeg", "lz4hc", "", "x" * 10_000, "blosc2"])
def test_an_unknown_compression_leaves_the_layer_listed_and_named(name):
    one = layer(compression={"type": name})
    assert isinstance(one.problem, UnsupportedCodec)
    assert one.problem.codec == name[:60]
    assert "bzip2" in one.problem.hint
    assert len(str(one.problem)) < 500
    assert one.shape_xyz == SHAPE


def test_a_label_multiset_is_refused_with_the_reason():
    problem = layer(dtype="uint8", isLabelMultiset=True).problem
    assert isinstance(problem, UnsupportedCodec)
    assert "label multiset" in problem.text


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("dataType", {"dataType": "string"}),
        ("dataType", {"dataType": "object"}),
        ("dataType", {"dataType": "uint24"}),
        ("dataType", {"dataType": ["uint8"]}),
        ("dataType", {"dataType": None}),
        ("dimensions", {"dimensions": [1.5, 2, 3]}),
        ("dimensions", {"dimensions": []}),
        ("dimensions", {"dimensions": {"x": 1}}),
        ("dimensions", {"dimensions": [True, 1, 1]}),
        ("shape", {"dimensions": [-1, 2, 3]}),
        ("shape", {"dimensions": [0, 2, 3]}),
        ("shape", {"dimensions": [10**400, 2, 3]}),
        ("shape", {"dimensions": [1] * 1000, "blockSize": [1] * 1000}),
        ("blockSize", {"blockSize": []}),
        ("blockSize", {"blockSize": "64"}),
        ("blockSize", {"blockSize": ["a", 1, 1]}),
        ("chunks", {"dimensions": [2**20] * 3, "blockSize": None}),
        ("dimensions", {"dimensions": ["-7", 5, 8]}),
        ("dimensions", {"dimensions": ["7.0", 5, 8]}),
        ("dimensions", {"dimensions": ["9" * 5000, 5, 8]}),
        ("dimensions", {"dimensions": [float("nan"), 5, 8]}),
        ("dimensions", {"dimensions": [float("inf"), 5, 8]}),
        ("dimensions", {"dimensions": 7}),
        ("chunks", {"blockSize": [1, 2]}),
        ("chunks", {"blockSize": [0, 2, 2]}),
        ("chunks", {"blockSize": [2**20, 2**20, 1]}),
        ("chunks", {"blockSize": [2**63, 2**63, 2**63]}),
        ("compression", {"compression": {"level": 1}}),
        ("compression", {"compression": {"type": 7}}),
        ("compression", {"compression": [1]}),
        ("compressionType", {"compression": None, "compressionType": 5}),
    ],
)
def test_what_is_wrong_is_named_with_its_field(field, changes):
    with pytest.raises(BadMetadata) as caught:
        find({"attributes.json": {**dataset(SHAPE, BLOCKS), **changes}})
    problem = caught.value
    assert problem.field == field
    assert problem.where.endswith("/attributes.json")
    assert len(str(problem)) < 400


@pytest.mark.parametrize(
    "odd",
    [
        {"pixelResolution": {"unit": 7, "dimensions": "big"}},
        {"pixelResolution": [0, 1, 1]},
        {"pixelResolution": [-4, 4, 4]},
        {"resolution": [float("nan"), 1, 1]},
        {"resolution": [10**400, 1, 1]},
        {"resolution": [[1], [1], [1]], "units": "nm"},
    ],
)
def test_a_voxel_size_that_is_none_is_left_out_and_noted(odd):
    one = layer(**odd)
    assert one.geometry.voxel_size_nm_xyz.origin == "assumed"
    assert any("voxel size is left out" in note for note in one.notes)


@pytest.mark.parametrize(
    "odd",
    [
        {"downsamplingFactors": [0, 0, 0]},
        {"downsamplingFactors": "2"},
        {"transform": []},
        {"transform": {"axes": [1, 2], "scale": [1], "translate": {}, "units": 9}},
        {"transform": {"scale": [1, 1, 1], "translate": [1, float("inf"), 1]}},
        {"axes": [["x"], {}, None]},
        {"axes": ["x", "x", "y"]},
        {"axes": {"x": 1}},
        {"units": [1, 2, 3]},
        {"offset": ["a"]},
    ],
)
def test_what_is_odd_beside_the_array_does_no_harm(odd):
    one = layer(**odd)
    assert one.axes.value.names == ("x", "y", "z")
    assert one.geometry.voxel_size_nm_xyz.value == (1, 1, 1)


def test_no_document_is_declined():
    assert isinstance(find({}), Declined)


def test_blocks_are_found_below_the_dataset():
    one = layer()
    layout = one.arrays[0].layout
    assert layout.keys.key((0, 4, 1)) == "0/4/1"
    assert parse_address("n5://https://h.org/a/attributes.json").location.path == "a"


@pytest.mark.parametrize(
    "changes",
    [
        {"dimensions": [7.0, 5.0, 8.0]},
        {"dimensions": ["7", "5", "8"], "blockSize": [3.0, "4", 5]},
        {"blockSize": None},
        {"compression": "raw"},
        {"compression": None},
        {"n5": "4.0.0"},
        {"n5": [9], "zarr_format": 2, "chunks": [1, 1, 1], "order": "C"},
        {"$schema": None, "": {}, "dataType2": []},
    ],
)
def test_spellings_that_java_reads_mean_the_same(changes):
    one = layer(**changes)
    assert one.shape_xyz == SHAPE
    assert one.problem is None
    blocks = SHAPE if changes.get("blockSize", 1) is None else BLOCKS
    assert one.arrays[0].layout.chunk_shape == blocks


@pytest.mark.parametrize("name", ["gzip", "zstd", "bzip2", "blosc", "lz4", "xz", "zlib"])
def test_a_compression_may_be_its_name_alone(name):
    assert layer(compression=name).problem is None
    assert layer(compression=None, compressionType=name).problem is None


def test_a_level_of_objects_leaves_the_others():
    documents = {"attributes.json": {"scales": [[1, 1, 1], [2, 2, 2], [4, 4, 4]]}}
    for number, kind in enumerate(["uint8", "string", "uint8"]):
        documents[f"s{number}/attributes.json"] = dataset(SHAPE, BLOCKS, kind)
    one = infer_one(documents)
    assert len(one.arrays) == 2
    assert any("dataType 'string'" in note for note in one.notes)


def test_attributes_that_are_a_list_are_none():
    assert isinstance(find({"attributes.json": [dataset(SHAPE, BLOCKS)]}), Declined)
