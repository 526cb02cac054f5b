"""Voxel size and place that other software writes to the attributes of a single Zarr array."""

import json

import numpy as np
import pytest

import nb_remote


def array2(shape):
    return {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": list(shape),
        "dtype": "|u1",
        "order": "C",
        "compressor": None,
        "filters": None,
        "fill_value": 0,
    }


def array3(shape, attributes):
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": "uint8",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(shape)}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": 0,
        "codecs": [{"name": "bytes"}],
        "attributes": attributes,
    }


@pytest.fixture
def opened(serve):
    def open_(documents):
        content = {f"v/{key}": json.dumps(one).encode() for key, one in documents.items()}
        return nb_remote.open(serve(content).url_of("v"))

    return open_


FUNLIB = {"resolution": [40, 4, 8], "offset": [400, 40, 16]}
PERSISTENCE = {
    "voxel_size": [40, 4, 8],
    "offset": [400, 40, 16],
    "axis_names": ["sample^", "z", "y", "x"],
    "units": ["nm", "nm", "nm"],
}
TRANSFORM = {
    "transform": {
        "axes": ["z", "y", "x"],
        "ordering": "C",
        "scale": [40.0, 4.0, 8.0],
        "translate": [400.0, 40.0, 16.0],
        "units": ["nm", "nm", "nm"],
    },
    "pixelResolution": {"dimensions": [8.0, 4.0, 40.0], "unit": "nm"},
}


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(
    ("shape", "attributes"),
    [
        ((5, 6, 7), FUNLIB),
        ((2, 5, 6, 7), FUNLIB),
        ((2, 5, 6, 7), PERSISTENCE),
        ((5, 6, 7), FUNLIB | {"axes": ["z", "y", "x"], "units": ["um", "um", "um"]}),
        ((5, 6, 7), TRANSFORM),
        (
            (2, 5, 6, 7),
            {
                "resolution": [1, 40, 4, 8],
                "offset": [0, 400, 40, 16],
                "axes": ["c^", "z", "y", "x"],
            },
        ),
    ],
    ids=["funlib", "with channels", "funlib.persistence", "micrometres", "transform", "all axes"],
)
def test_size_and_place_are_read_in_the_order_of_the_axes(opened, version, shape, attributes):
    documents = {".zarray": array2(shape), ".zattrs": attributes}
    if version == 3:
        documents = {"zarr.json": array3(shape, attributes)}
    (layer,) = opened(documents).layers
    factor = 1000.0 if attributes.get("units") == ["um"] * 3 else 1.0
    assert layer.voxel_size_nm_xyz == (8.0 * factor, 4.0 * factor, 40.0 * factor)
    assert layer.bounding_box[0] == (2.0, 10.0, 10.0)
    assert layer.axes[-3:] == ("z", "y", "x")
    is_certain = "transform" in attributes
    assert any("in the order of its axes" in note for note in layer.notes) != is_certain


@pytest.mark.parametrize(
    "attributes",
    [
        {"resolution": [0, 4, 8]},
        {"resolution": "8nm"},
        {"resolution": [8.0]},
        {"resolution": [1, 2, 3, 4]},
        {"voxel_size": {"x": 1}},
        {"transform": {"axes": ["q", "r", "s"], "scale": [1, 2, 3]}},
        {"transform": [1, 2, 3]},
    ],
)
def test_what_can_not_be_meant_so_leaves_the_array_as_it_is(opened, attributes):
    (layer,) = opened({".zarray": array2((5, 6, 7)), ".zattrs": attributes}).layers
    assert layer.voxel_size_nm_xyz == (1.0, 1.0, 1.0)
    assert layer.inferred.geometry.voxel_size_nm_xyz.origin == "assumed"


def test_named_axes_hold_where_sizes_are_given_for_all_of_them(opened):
    attributes = {"resolution": [4, 4, 8], "axes": ["c", "y", "x"]}
    (layer,) = opened({".zarray": array2((2, 6, 7)), ".zattrs": attributes}).layers
    assert layer.axes == ("c", "y", "x")
    assert layer.voxel_size_nm_xyz[:2] == (8.0, 4.0)


def consolidated(documents):
    metadata = {"zarr_consolidated_format": 1, "metadata": documents}
    return {**documents, ".zmetadata": metadata}


IMAGE = {
    "multiscales": [
        {
            "version": "0.4",
            "axes": [{"name": n, "type": "space", "unit": "micrometer"} for n in "yx"],
            "datasets": [
                {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [2, 2]}]}
            ],
        }
    ]
}


def test_the_tables_of_spatialdata_are_described_and_do_not_set_the_space_of_the_images(opened):
    documents = {
        ".zgroup": {"zarr_format": 2},
        "images/cells/.zgroup": {"zarr_format": 2},
        "images/cells/.zattrs": IMAGE,
        "images/cells/0/.zarray": array2((8, 9)),
        "tables/table/.zgroup": {"zarr_format": 2},
        "tables/table/.zattrs": {"encoding-type": "anndata", "encoding-version": "0.1.0"},
        "tables/table/X/.zarray": array2((20, 30)),
        "tables/table/obsm/spatial/.zarray": array2((20, 2)),
    }
    dataset = opened(consolidated(documents))
    (layer,) = dataset.layers
    assert layer.voxel_size_nm_xyz[:2] == (2000.0, 2000.0)
    assert "not drawn: tables/table (a table of 2 arrays)" in layer.notes
    np.testing.assert_array_equal(layer[...], np.zeros((8, 9)))


def test_a_table_alone_says_what_it_is(opened):
    documents = {
        ".zgroup": {"zarr_format": 2},
        ".zattrs": {"encoding-type": "anndata"},
        "X/.zarray": array2((20, 30)),
        "X/.zattrs": {"encoding-type": "array"},
    }
    with pytest.raises(nb_remote.NotRecognised, match="a table of 1 array"):
        opened(consolidated(documents))
