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
    ("name", "dtype", "category"),
    [
        ("segmentation", "uint32", "segmentation"),
        ("Labels", "int64", "segmentation"),
        ("segmentation", "float32", "color"),
        ("my_labels", "uint32", "color"),
    ],
)
def test_a_name_decides_only_when_it_is_exactly_one_of_webknossos_s(name, dtype, category):
    found = infer_category(name, np.dtype(dtype), is_label=False)
    assert found.value == category
    assert found.origin == ("name" if category == "segmentation" else "assumed")


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
