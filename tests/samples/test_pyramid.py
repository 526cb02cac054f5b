"""What is written is OME-Zarr 0.4, and its levels lie exactly over each other."""

import numpy as np
import ome_zarr.io
import ome_zarr.reader
import pytest
import zarr

from nb_remote.samples.pyramid import Axis, Channel, Label, write_image, write_labels
from nb_remote.samples.reduce import block_majority, block_mean
from tests.samples.reading import attributes, read_level, steps

AXES = (
    Axis(name="c"),
    Axis(name="z", step=40.0, unit="nanometer"),
    Axis(name="y", step=4.5, unit="nanometer"),
    Axis(name="x", step=4.0, unit="nanometer"),
)
CHANNELS = (
    Channel(label="dna", color="00FF00", window=(10, 200)),
    Channel(label="membrane", color="FF00FF", window=(0, 99)),
)
LABELS = (Label(value=1, name="cell", rgba=(1, 2, 3, 255)),)
SHAPE = (2, 5, 70, 130)
FACTORS = [(1, 1, 1, 1), (1, 2, 2, 2), (1, 4, 4, 4)]


@pytest.fixture(scope="module")
def voxels():
    return np.random.default_rng(3).integers(0, 65535, SHAPE).astype("uint16")


@pytest.fixture(scope="module")
def image(voxels, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pyramid") / "cells.zarr"
    write_image(folder, voxels, name="cells", axes=AXES, channels=CHANNELS)
    write_labels(folder, voxels[0] % 3, name="nuclei", axes=AXES[1:], labels=LABELS)
    return folder


@pytest.mark.parametrize("level", range(3))
def test_levels_hold_block_means(image, voxels, level):
    expected = block_mean(voxels, FACTORS[level])
    np.testing.assert_array_equal(read_level(image, level), expected)
    np.testing.assert_array_equal(zarr.open_array(image / str(level), mode="r")[...], expected)


@pytest.mark.parametrize("level", range(3))
def test_label_levels_hold_majorities(image, voxels, level):
    expected = block_majority(voxels[0] % 3, FACTORS[level][1:])
    np.testing.assert_array_equal(read_level(image / "labels" / "nuclei", level), expected)


def test_there_is_no_level_more(image):
    assert len(attributes(image)["multiscales"][0]["datasets"]) == 3
    assert sorted(path.name for path in image.iterdir() if path.name.isdigit()) == ["0", "1", "2"]


def test_scales_are_multiples_of_the_voxel_size(image):
    assert [scale for scale, _ in steps(image)] == [
        [1, 40, 4.5, 4],
        [1, 80, 9, 8],
        [1, 160, 18, 16],
    ]


@pytest.mark.parametrize("folder", [".", "labels/nuclei"])
def test_outer_corners_of_all_levels_coincide(image, folder):
    """OME origins are voxel centres: the corner lies half a voxel of the level before them."""
    corners = [np.subtract(t, np.divide(s, 2)) for s, t in steps(image / folder)]
    spatial = slice(-3, None)
    for corner in corners:
        np.testing.assert_array_equal(corner[spatial], [-20, -2.25, -2])


def test_channels_are_not_moved(image):
    assert [(scale[0], translation[0]) for scale, translation in steps(image)] == [(1, 0)] * 3


def test_an_independent_reader_understands_it(image):
    nodes = {node.zarr.path.rstrip("/").rpartition("/")[2]: node for node in read_nodes(image)}
    cells, nuclei = nodes["cells.zarr"], nodes["nuclei"]
    assert [level.shape for level in cells.data] == [
        (2, 5, 70, 130),
        (2, 3, 35, 65),
        (2, 2, 18, 33),
    ]
    assert [axis["name"] for axis in cells.metadata["axes"]] == ["c", "z", "y", "x"]
    assert cells.metadata["channel_names"] == ["dna", "membrane"]
    assert cells.metadata["contrast_limits"] == [[10, 200], [0, 99]]
    assert nuclei.metadata["color"][1] == pytest.approx([1 / 255, 2 / 255, 3 / 255, 1])


def read_nodes(image):
    return list(ome_zarr.reader.Reader(ome_zarr.io.parse_url(str(image)))())


def test_metadata_follow_the_specification(image):
    document = attributes(image)
    (multiscale,) = document["multiscales"]
    assert multiscale["version"] == "0.4"
    assert multiscale["axes"][0] == {"name": "c", "type": "channel"}
    assert multiscale["axes"][1] == {"name": "z", "type": "space", "unit": "nanometer"}
    assert document["omero"]["channels"][0]["window"] == {
        "min": 0, "max": 65535, "start": 10, "end": 200,
    }  # fmt: skip
    label = attributes(image / "labels" / "nuclei")["image-label"]
    assert label["source"] == {"image": "../../"}
    assert label["properties"] == [{"label-value": 1, "name": "cell"}]
    assert attributes(image / "labels") == {"labels": ["nuclei"]}


def test_chunks_are_those_that_viewers_like(image, tmp_path):
    assert zarr.open_array(image / "0", mode="r").chunks == (1, 5, 64, 64)
    flat = tmp_path / "flat.zarr"
    axes = [Axis(name="y"), Axis(name="x")]
    write_image(flat, np.ones((300, 500), "uint8"), name="flat", axes=axes, channels=CHANNELS[:1])
    assert zarr.open_array(flat / "0", mode="r").chunks == (256, 256)
    assert "unit" not in attributes(flat)["multiscales"][0]["axes"][0]
