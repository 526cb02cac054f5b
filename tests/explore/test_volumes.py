"""Every volume of the table is found as it was written, by whoever wrote it."""

import numpy as np
import pytest
from tests.volumes.ome_zarr import VOLUMES, write

import nb_remote

NM = {"micrometer": 1e3, "nanometer": 1.0}


@pytest.fixture(params=VOLUMES)
def volume(request, serve):
    written = write(request.param)
    dataset = nb_remote.open(serve(written.files).url_of(written.path))
    return VOLUMES[request.param], written, dataset


def test_all_that_was_written_is_found(volume):
    asked, written, dataset = volume
    layer = dataset.layers[0]
    assert len(dataset) == 1 + len(asked.labels)
    assert layer.axes == tuple(asked.axes)
    assert layer.shape == asked.shape
    assert layer.dtype == np.dtype(asked.dtype)
    assert layer.category == "color"
    assert layer.problem is None
    assert layer.notes == ()
    assert [level.shape for level in layer.levels] == [one.shape for one in written.levels]
    nm = [asked.voxel.get(axis) for axis in "xyz"]
    expected = [(n if n is not None else 1.0) * NM[asked.unit] for n in nm]
    assert layer.voxel_size_nm_xyz == pytest.approx(tuple(expected))
    assert layer.inferred.geometry.voxel_size_nm_xyz.origin == "metadata"


def test_mags_are_the_factors_that_were_written(volume):
    asked, written, dataset = volume
    expected = []
    for number in range(len(written.levels)):
        so_far = "".join(asked.factors[: number + 1])
        expected.append(tuple(2 ** so_far.count(axis) for axis in "xyz"))
    assert list(dataset.layers[0].mags) == expected


def test_levels_of_a_correct_writer_coincide_in_their_corners(volume):
    geometry = volume[2].layers[0].inferred.geometry
    assert [level.offset_xyz for level in geometry.levels] == [(0, 0, 0)] * len(geometry.levels)


def test_the_bounding_box_starts_where_the_metadata_place_it(volume):
    asked, _, dataset = volume
    lower, upper = dataset.layers[0].bounding_box
    expected = [asked.origin.get(axis, 0.0) / asked.voxel.get(axis, 1.0) for axis in "xyz"]
    assert lower == pytest.approx(expected)
    sizes = dict(zip(asked.axes, asked.shape, strict=True))
    extent = [b - a for a, b in zip(lower, upper, strict=True)]
    assert extent == pytest.approx([sizes.get(axis, 1) for axis in "xyz"])


def test_every_voxel_of_every_level_is_the_one_that_was_written(volume):
    _, written, dataset = volume
    for level, expected in zip(dataset.layers[0].levels, written.levels, strict=True):
        np.testing.assert_array_equal(level[...], expected)


def test_labels_are_segmentations_on_the_levels_of_their_image(volume):
    asked, written, dataset = volume
    for name in asked.labels:
        label = dataset[f"labels-{name}"]
        assert label.category == "segmentation"
        assert label.mags == dataset.layers[0].mags
        assert label.bounding_box == dataset.layers[0].bounding_box
        for level, expected in zip(label.levels, written.labels[name], strict=True):
            np.testing.assert_array_equal(level[...], expected)


def test_a_level_opened_by_itself_is_an_array_whose_axes_are_assumed(serve):
    written = write("czyx")
    (layer,) = nb_remote.open(serve(written.files).url_of(f"{written.path}/0/.zarray")).layers
    assert layer.inferred.format == "Zarr v2 array"
    assert layer.axes == ("c", "z", "y", "x")
    assert layer.inferred.axes.origin == "assumed"
    assert layer.inferred.geometry.voxel_size_nm_xyz.origin == "assumed"
    np.testing.assert_array_equal(layer[...], written.levels[0])
