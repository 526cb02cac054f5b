"""The samples hold the real voxels, the right way up."""

import importlib.resources

import nibabel
import numpy as np
import pytest
from PIL import Image

from nb_remote.samples.brain import TISSUES
from nb_remote.samples.reduce import block_majority, block_mean
from tests.samples.reading import attributes, read_level, steps


def template_file(tissue):
    """Return one of nilearn's files, turned by nibabel to right, posterior, inferior."""
    name = f"mni_icbm152_{tissue}_tal_nlin_sym_09a_converted.nii.gz"
    image = nibabel.load(importlib.resources.files("nilearn.datasets") / "data" / name)
    here = nibabel.io_orientation(image.affine)
    there = nibabel.orientations.axcodes2ornt(("R", "P", "I"))
    turned = image.as_reoriented(nibabel.orientations.ornt_transform(here, there))
    return np.asarray(turned.dataobj).transpose(2, 1, 0)


@pytest.fixture(scope="module")
def tissue_folder(brain_folder):
    return brain_folder / "labels" / "tissue"


def test_the_brain_is_the_template(brain_folder):
    expected = template_file("t1")
    assert expected.shape == (189, 233, 197)
    np.testing.assert_array_equal(read_level(brain_folder, 0), expected)


def test_coarse_levels_of_the_brain(brain_folder):
    finest = read_level(brain_folder, 0)
    for level, factor in enumerate((1, 2, 4)):
        np.testing.assert_array_equal(
            read_level(brain_folder, level), block_mean(finest, [factor] * 3)
        )
    assert not (brain_folder / "3").exists()


def test_the_brain_has_voxels_of_a_millimetre(brain_folder, tissue_folder):
    for folder in (brain_folder, tissue_folder):
        axes = attributes(folder)["multiscales"][0]["axes"]
        assert [(axis["name"], axis["unit"]) for axis in axes] == [
            ("z", "millimeter"), ("y", "millimeter"), ("x", "millimeter"),
        ]  # fmt: skip
        assert steps(folder) == [
            ([1.0] * 3, [0.0] * 3), ([2.0] * 3, [0.5] * 3), ([4.0] * 3, [1.5] * 3),
        ]  # fmt: skip


def test_the_head_stands_upright(brain_folder):
    """The cerebellum's narrow end, low and at the back, has the larger indices."""
    brain = read_level(brain_folder, 0) > 0
    per_slice = brain.sum(axis=(1, 2))
    assert not per_slice[:30].any()
    assert per_slice[-1] > 0
    rows = np.flatnonzero(brain[-20].any(axis=1))
    assert rows.min() > 100


def test_contrast_is_spent_on_the_brain(brain_folder):
    voxels = template_file("t1")
    window = attributes(brain_folder)["omero"]["channels"][0]["window"]
    assert (window["min"], window["max"]) == (0, 255)
    inside = voxels[voxels > 0]
    assert (inside < window["start"]).mean() < 0.002
    assert (inside > window["end"]).mean() < 0.002


def test_tissue_is_the_likeliest_of_the_maps(tissue_folder):
    labels = read_level(tissue_folder, 0)
    grey, white = template_file("gm").astype(int), template_file("wm").astype(int)
    other = 255 - grey - white
    np.testing.assert_array_equal(labels > 0, template_file("t1") > 0)
    assert (grey[labels == 1] >= np.maximum(white, other)[labels == 1]).all()
    assert (white[labels == 2] >= np.maximum(grey, other)[labels == 2]).all()
    assert (other[labels == 3] >= np.maximum(grey, white)[labels == 3]).all()
    litres = np.bincount(labels.ravel(), minlength=4)[1:] / 1e6
    assert litres == pytest.approx([1.09, 0.64, 0.16], abs=0.01)


def test_coarse_levels_of_the_tissue(tissue_folder):
    finest = read_level(tissue_folder, 0)
    for level, factor in enumerate((1, 2, 4)):
        expected = block_majority(finest, [factor] * 3)
        np.testing.assert_array_equal(read_level(tissue_folder, level), expected)


def test_tissue_has_names_and_colours(tissue_folder):
    label = attributes(tissue_folder)["image-label"]
    assert [one["label-value"] for one in label["colors"]] == [1, 2, 3]
    names = {one["label-value"]: one["name"] for one in label["properties"]}
    assert names == {one.value: one.name for one in TISSUES}


def test_the_section_is_the_picture(histology_folder):
    png = Image.open(importlib.resources.files("skimage.data") / "ihc.png").convert("RGB")
    expected = np.moveaxis(np.asarray(png), -1, 0)
    assert expected.shape == (3, 512, 512)
    for level, factor in enumerate((1, 2, 4, 8)):
        stored = read_level(histology_folder, level)
        np.testing.assert_array_equal(stored, block_mean(expected, (1, factor, factor)))
    assert not (histology_folder / "4").exists()


def test_the_section_has_colours_and_no_made_up_unit(histology_folder):
    document = attributes(histology_folder)
    channels = document["omero"]["channels"]
    assert [(one["label"], one["color"]) for one in channels] == [
        ("red", "FF0000"), ("green", "00FF00"), ("blue", "0000FF"),
    ]  # fmt: skip
    assert all("unit" not in axis for axis in document["multiscales"][0]["axes"])
