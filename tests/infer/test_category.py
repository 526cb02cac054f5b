"""Image or segmentation, and the names of layers."""

import numpy as np
import pytest
from tests.volumes.documents import documents, multiscale_of, with_labels
from tests.volumes.inferring import find, infer, infer_one

from nb_remote.infer.category import infer_category
from nb_remote.infer.names import layer_name, unique_names


@pytest.mark.parametrize("dtype", ["uint8", "uint64", "int32"])
def test_integers_that_are_listed_as_labels_are_a_segmentation(dtype):
    found = infer_category("cells", np.dtype(dtype), is_label=True)
    assert (found.value, found.origin) == ("segmentation", "metadata")


def test_floats_that_are_listed_as_labels_are_an_image_and_flagged():
    found = infer_category("cells", np.dtype("float32"), is_label=True)
    assert (found.value, found.origin) == ("color", "assumed")
    assert "holds no ids" in found.note


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("segmentation", "uint32"),  # the names that WEBKNOSSOS itself knows
        ("Labels", "int64"),
        ("my_labels", "uint8"),
        ("mito_seg", "uint16"),
        ("c3-segmentation", "uint64"),
        ("cellMask", "uint8"),
        ("CellInstances", "int16"),
        ("cells-label.zarr", "uint16"),
    ],
)
def test_a_name_that_says_ids_makes_integers_a_segmentation(name, dtype):
    found = infer_category(name, np.dtype(dtype), is_label=False)
    assert (found.value, found.origin) == ("segmentation", "name")
    assert found.note == f"because of the name {name!r}"


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("segmentation", "float32"),
        ("unlabelled", "uint8"),
        ("Segway", "uint16"),
        ("masked", "uint8"),
        ("mask_probability", "uint8"),
        ("seg-raw", "uint16"),
        ("label_pred", "uint8"),
        ("em", "uint8"),
        ("raw", "uint32"),
        ("distance", "int64"),
        ("", "uint8"),
        ("nuclei", "uint16"),
    ],
)
def test_other_names_leave_it_an_image_that_is_only_assumed(name, dtype):
    found = infer_category(name, np.dtype(dtype), is_label=False)
    assert (found.value, found.origin) == ("color", "assumed")


@pytest.mark.parametrize(
    ("dtype", "category"),
    [
        ("uint8", "color"),
        ("int16", "color"),
        ("uint16", "color"),
        ("int32", "color"),
        ("float64", "color"),
        ("uint32", "segmentation"),
        ("uint64", "segmentation"),
        ("int64", "segmentation"),
    ],
)
def test_data_types_that_images_hardly_ever_have_are_assumed_to_hold_ids(dtype, category):
    found = infer_category("a", np.dtype(dtype), is_label=False)
    assert (found.value, found.origin) == (category, "assumed")


def test_a_folder_of_labels_says_it_as_a_name_does():
    found = infer_category("mito", np.dtype("uint8"), is_label=False, folders=("s0", "labels"))
    assert (found.value, found.note) == ("segmentation", "because of the name 'labels'")
    raw = infer_category("raw", np.dtype("uint8"), is_label=False, folders=("labels",))
    assert raw.value == "color"


def test_what_usually_images_have_speaks_against_the_data_type_but_not_against_a_name():
    says = {"is_label": False, "is_image": "it has display settings, as images do"}
    found = infer_category("a", np.dtype("uint32"), **says)
    assert (found.value, found.origin, found.note) == ("color", "assumed", says["is_image"])
    assert infer_category("a_seg", np.dtype("uint32"), **says).value == "segmentation"


@pytest.mark.parametrize("hint", ["color", "segmentation"])
def test_a_link_goes_before_everything_else(hint):
    found = infer_category("labels", np.dtype("uint8"), is_label=True, stated="color", hint=hint)
    assert (found.value, found.origin, found.note) == (hint, "metadata", "the link says so")


def test_a_link_makes_no_ids_of_floats():
    found = infer_category("a", np.dtype("float32"), is_label=False, hint="segmentation")
    assert (found.value, found.origin) == ("color", "assumed")
    assert "float32 holds no ids" in found.note


def test_a_label_image_opened_by_itself_is_known_by_its_own_metadata():
    image = documents("zyx")
    image[".zattrs"]["image-label"] = {}
    assert infer_one(image).category.value == "segmentation"


def test_a_layer_is_called_as_the_metadata_say_else_by_its_address():
    assert infer_one(documents("zyx", name="nuclei")).name.value == "nuclei"
    named, unnamed = infer_one(documents("zyx", name="nuclei")), infer_one(documents("zyx"))
    assert (named.name.origin, unnamed.name.origin) == ("metadata", "name")
    assert unnamed.name.value == "image.zarr"
    assert infer_one(documents("zyx", name="/")).name.value == "image.zarr"


def test_label_layers_are_called_after_their_path():
    _, label = infer(with_labels(documents("zyx"), cells=documents("zyx", name="other")))
    assert label.name.value == "labels-cells"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Channel 1", "Channel1"),
        ("a/b", "a_b"),
        ("../../etc", "_.._etc"),
        ("..hidden", "hidden"),
        ("", "layer"),
        ("\u6838", "layer"),
        ("  ", "layer"),
        ("<script>alert(1)</script>", "script_alert_1_script"),
    ],
)
def test_any_text_becomes_a_name_that_webknossos_accepts(text, name):
    assert layer_name(text) == name


@pytest.mark.parametrize(
    ("names", "unique"),
    [
        (["color", "color_2", "color"], ["color", "color_2", "color_3"]),
        (["a", "a", "a"], ["a", "a_2", "a_3"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        ([], []),
    ],
)
def test_names_are_numbered_and_the_first_keeps_its_own(names, unique):
    assert list(unique_names(names)) == unique


def test_the_format_names_the_version():
    image = documents("zyx")
    assert find(image).format == "OME-Zarr 0.4"
    del multiscale_of(image)["version"]
    found = find(image)
    assert found.format == "OME-Zarr without a version"
    assert any("no OME-Zarr version" in note for note in found.layers[0].notes)
