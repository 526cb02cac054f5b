"""Length units: every spelling, and what is done where there is none."""

import pytest
from tests.volumes.documents import documents, multiscale_of, with_labels
from tests.volumes.inferring import infer, infer_one

from nb_remote.infer.units import unit_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("nanometer", "nanometer"),
        ("nanometers", "nanometer"),
        ("nanometre", "nanometer"),
        ("Micrometer", "micrometer"),
        ("nm", "nanometer"),
        ("um", "micrometer"),
        ("\u00b5m", "micrometer"),
        ("\u03bcm", "micrometer"),
        ("micron", "micrometer"),
        ("microns", "micrometer"),
        (" mm ", "millimeter"),
        ("\u00c5", "angstrom"),
        ("angstrom", "angstrom"),
        ("Mm", None),
        ("furlong", None),
        ("pixel", None),
        ("", None),
    ],
)
def test_every_usual_spelling_of_a_unit_is_known(written, name):
    assert unit_name(written) == name


def units(z, y, x):
    image = documents("zyx", scales=[[2.0, 3.0, 4.0], [4.0, 6.0, 8.0]], unit=None)
    for axis, unit in zip(multiscale_of(image)["axes"], (z, y, x), strict=True):
        if unit is not None:
            axis["unit"] = unit
    return image


@pytest.mark.parametrize(
    ("unit", "nm"), [("nanometer", 1), ("nm", 1), ("um", 1e3), ("micron", 1e3), ("mm", 1e6)]
)
def test_the_voxel_size_is_in_the_unit_of_the_metadata(unit, nm):
    size = infer_one(units(unit, unit, unit)).geometry.voxel_size_nm_xyz
    assert size.value == pytest.approx((4 * nm, 3 * nm, 2 * nm))
    assert size.origin == "metadata"
    assert size.note == ""


def test_axes_in_different_units_are_each_converted_and_written_in_the_smallest():
    geometry = infer_one(units("micrometer", "nm", "nm")).geometry
    assert geometry.voxel_size_nm_xyz.value == pytest.approx((4, 3, 2000))
    assert geometry.unit.value == "nanometer"


def test_an_axis_without_a_unit_takes_that_of_the_others_and_says_so():
    geometry = infer_one(units(None, "micrometer", "micrometer")).geometry
    assert geometry.voxel_size_nm_xyz.value == pytest.approx((4000, 3000, 2000))
    assert geometry.voxel_size_nm_xyz.origin == "assumed"
    assert "micrometer, like the others" in geometry.voxel_size_nm_xyz.note


@pytest.mark.parametrize("unit", [None, ""])
def test_without_any_unit_nanometres_are_assumed_and_flagged(unit):
    size = infer_one(units(unit, unit, unit)).geometry.voxel_size_nm_xyz
    assert size.value == (4, 3, 2)
    assert size.origin == "assumed"
    assert "nanometer is assumed" in size.note


@pytest.mark.parametrize("unit", ["furlong", "pixel"])
def test_an_unknown_unit_keeps_the_layer_and_is_named(unit):
    size = infer_one(units(unit, unit, unit)).geometry.voxel_size_nm_xyz
    assert size.origin == "assumed"
    assert f"'{unit}' is not a length unit" in size.note


def test_a_hostile_unit_is_shown_escaped():
    note = infer_one(units("\x1b[31m", None, None)).geometry.voxel_size_nm_xyz.note
    assert note.isprintable()


@pytest.mark.parametrize("label_unit", [None, "pixel"])
@pytest.mark.parametrize("image_units", [("um", "um", "um"), (None, "um", "um")])
def test_a_label_without_a_usable_unit_takes_its_image_s(image_units, label_unit):
    label = documents("zyx", unit=label_unit)
    image, cells = infer(with_labels(units(*image_units), cells=label))
    assert image.geometry.units_xyz == ("micrometer",) * 3
    assert cells.geometry.voxel_size_nm_xyz.value == (1000, 1000, 1000)
    assert cells.geometry.voxel_size_nm_xyz.origin == "assumed"
    assert "the image it belongs to" in cells.geometry.voxel_size_nm_xyz.note


def test_a_label_with_a_unit_of_its_own_keeps_it():
    _, cells = infer(with_labels(units("um", "um", "um"), cells=documents("zyx", unit="nm")))
    assert cells.geometry.voxel_size_nm_xyz.value == (1, 1, 1)
    assert cells.geometry.voxel_size_nm_xyz.origin == "metadata"
