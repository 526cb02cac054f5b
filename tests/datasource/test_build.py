"""Layers → the WEBKNOSSOS datasource JSON."""

import json

import pytest
from tests.volumes.documents import (
    datasets_of,
    documents,
    multiscale_of,
    with_labels,
)
from tests.volumes.inferring import infer

from nb_remote.datasource.build import build_datasource, left_out
from nb_remote.datasource.model import DataSource
from nb_remote.datasource.space import unify
from nb_remote.infer.layer import InferredLayer


def datasource(*images):
    layers = [one for image in images for one in infer(image) if isinstance(one, InferredLayer)]
    return build_datasource(layers, unify(layers)).to_dict()


def omero(*channels):
    return {"channels": list(channels)}


LAMIN = {
    "label": "LaminB1",
    "color": "0000FF",
    "active": True,
    "window": {"start": 0, "end": 1500, "min": 0, "max": 65535},
}


def test_an_image_with_channels_gives_the_document_of_the_reference():
    image = documents(
        "czyx",
        shapes=[(2, 236, 275, 271), (2, 236, 137, 135)],
        scales=[[1.0, 0.5, 0.36, 0.36], [1.0, 0.5, 0.72, 0.72]],
        unit="micrometer",
        omero=omero(LAMIN, {**LAMIN, "label": "Dapi", "active": False, "inverted": True}),
    )
    built = datasource(image)
    assert [one["name"] for one in built["dataLayers"]] == ["LaminB1", "Dapi"]
    order = {"x": 3, "y": 2, "z": 1, "c": 0}
    assert {**built, "dataLayers": built["dataLayers"][:1]} == {
        "id": {"name": "", "team": ""},
        "version": 1,
        "scale": {"factor": [0.36, 0.36, 0.5], "unit": "micrometer"},
        "dataLayers": [
            {
                "name": "LaminB1",
                "category": "color",
                "dataFormat": "zarr",
                "elementClass": "uint16",
                "boundingBox": {"topLeft": [0, 0, 0], "width": 271, "height": 275, "depth": 236},
                "mags": [
                    {
                        "mag": [1, 1, 1],
                        "path": "https://example.org/image.zarr/0",
                        "axisOrder": order,
                        "channelIndex": 0,
                    },
                    {
                        "mag": [2, 2, 1],
                        "path": "https://example.org/image.zarr/1",
                        "axisOrder": order,
                        "channelIndex": 0,
                    },
                ],
                "additionalAxes": [],
                "defaultViewConfiguration": {
                    "color": [0, 0, 255],
                    "intensityRange": [0, 1500],
                    "min": 0,
                    "max": 65535,
                    "isInverted": False,
                    "isDisabled": False,
                },
            }
        ],
    }
    second = built["dataLayers"][1]
    assert {mag["channelIndex"] for mag in second["mags"]} == {1}
    assert second["defaultViewConfiguration"]["isDisabled"] is True
    assert second["defaultViewConfiguration"]["isInverted"] is True


@pytest.mark.parametrize("axes", ["tczyx", "ctzyx", "czyx", "zyx", "cyx", "yx", "cxyz"])
def test_the_axis_order_is_the_stored_one(axes):
    sizes = {"t": 3, "c": 2, "z": 5, "y": 7, "x": 11}
    built = datasource(documents(axes, shapes=[tuple(sizes[axis] for axis in axes)]))
    assert len(built["dataLayers"]) == (2 if "c" in axes else 1)
    for number, layer in enumerate(built["dataLayers"]):
        (mag,) = layer["mags"]
        # 2-D data have z behind the last axis, as WEBKNOSSOS writes them.
        stored = {a: axes.index(a) for a in "xyzc" if a in axes}
        assert mag["axisOrder"] == {"z": len(axes), **stored}
        assert mag.get("channelIndex") == (number if "c" in axes else None)
        assert layer["boundingBox"] == {
            "topLeft": [0, 0, 0],
            "width": 11,
            "height": 7,
            "depth": 5 if "z" in axes else 1,
        }


@pytest.mark.parametrize("axes", ["tczyx", "ctzyx"])
def test_an_additional_axis_has_its_own_index_and_bounds(axes):
    sizes = {"t": 7, "c": 2, "z": 5, "y": 7, "x": 11}
    built = datasource(documents(axes, shapes=[tuple(sizes[axis] for axis in axes)]))
    for layer in built["dataLayers"]:
        assert layer["additionalAxes"] == [
            {"name": "t", "bounds": [0, 7], "index": axes.index("t")}
        ]


def test_upper_case_space_axes_are_no_additional_axes():
    (layer,) = datasource(documents("ZYX"))["dataLayers"]
    assert layer["additionalAxes"] == []


def test_a_translation_becomes_an_affine_in_voxels():
    image = documents(
        "tzyx",
        shapes=[(7, 4, 8, 8)],
        scales=[[1.0, 0.5, 0.108335, 0.108335]],
        translations=[[0.0, 1.5, 481 * 0.108335, 562 * 0.108335]],
        unit="micrometer",
    )
    (layer,) = datasource(image)["dataLayers"]
    assert layer["coordinateTransformations"] == [
        {
            "type": "affine",
            "matrix": [[1, 0, 0, 562], [0, 1, 0, 481], [0, 0, 1, 3], [0, 0, 0, 1]],
        }
    ]


def test_without_a_translation_there_is_no_transformation():
    (layer,) = datasource(documents("zyx"))["dataLayers"]
    assert "coordinateTransformations" not in layer


def test_the_voxel_size_of_the_whole_image_is_applied():
    image = documents("zyx", scales=[[1.0] * 3, [2.0] * 3])
    multiscale_of(image)["coordinateTransformations"] = [{"type": "scale", "scale": [2, 2, 2]}]
    assert datasource(image)["scale"]["factor"] == [2, 2, 2]


@pytest.mark.parametrize(
    ("dtype", "element_class"),
    [
        ("|u1", "uint8"),
        ("<u2", "uint16"),
        (">u2", "uint16"),
        ("<u4", "uint32"),
        ("<u8", "uint64"),
        ("|i1", "int8"),
        ("<i2", "int16"),
        ("<i4", "int32"),
        ("<i8", "int64"),
        ("<f4", "float"),
        ("<f8", "double"),
    ],
)
def test_element_classes_of_images(dtype, element_class):
    (layer,) = datasource(documents("zyx", dtype=dtype))["dataLayers"]
    assert (layer["elementClass"], layer["category"]) == (element_class, "color")


@pytest.mark.parametrize(
    ("dtype", "element_class"), [("<i4", "uint32"), ("<i8", "uint64"), ("<u2", "uint16")]
)
def test_labels_are_segmentations_with_unsigned_ids_and_no_view_configuration(dtype, element_class):
    image = with_labels(documents("zyx"), cells=documents("zyx", dtype=dtype))
    _, label = datasource(image)["dataLayers"]
    assert label["name"] == "labels-cells"
    assert (label["elementClass"], label["category"]) == (element_class, "segmentation")
    assert "defaultViewConfiguration" not in label


@pytest.mark.parametrize("dtype", ["|b1", "<f2"])
def test_a_type_without_an_element_class_is_left_out_and_said(dtype):
    layers = infer(documents("zyx", dtype=dtype))
    assert build_datasource(layers, unify(layers)).data_layers == ()
    (why,) = left_out(layers[0])
    assert "no element class" in why


class TestMags:
    def built(self, *ratios):
        layers = infer(
            documents("zyx", shapes=[(64, 64, 64)] * len(ratios), scales=[[r] * 3 for r in ratios])
        )
        return layers[0], build_datasource(layers, unify(layers)).to_dict()

    def test_odd_ratios_near_two_are_mag_two(self):
        _, built = self.built(1.0, 2.007)
        assert [one["mag"] for one in built["dataLayers"][0]["mags"]] == [[1, 1, 1], [2, 2, 2]]

    @pytest.mark.parametrize("ratio", [3.0, 2.25])
    def test_a_level_that_webknossos_refuses_is_left_out_and_said(self, ratio):
        layer, built = self.built(1.0, ratio, 4.0)
        assert [one["mag"] for one in built["dataLayers"][0]["mags"]] == [[1, 1, 1], [4, 4, 4]]
        (why,) = left_out(layer)
        assert why.startswith("level '1' is not in the WEBKNOSSOS datasource")

    def test_a_layer_without_any_mag_is_left_out_and_said(self):
        layers = infer(documents("yx", shapes=[(9, 9)] * 2, scales=[[1.0, 2.25], [2.25, 1.0]]))
        assert build_datasource(layers, unify(layers)).data_layers == ()
        assert "no level has a power of two" in left_out(layers[0])[0]

    def test_the_same_mag_is_listed_once(self):
        _, built = self.built(1.0, 2.0, 2.01)
        assert len(built["dataLayers"][0]["mags"]) == 2


class TestNames:
    def names(self, *labels):
        image = documents(
            "czyx",
            shapes=[(len(labels), 4, 4, 4)],
            name="nuclei",
            omero=omero(*({"label": label} for label in labels)),
        )
        return [one["name"] for one in datasource(image)["dataLayers"]]

    def test_channels_are_called_by_their_labels_without_spaces(self):
        assert self.names("Channel 1", "a/b c") == ["Channel1", "a_bc"]

    def test_equal_names_are_numbered_and_skip_those_in_use(self):
        assert self.names("color", "color_2", "color") == ["color", "color_2", "color_3"]

    def test_channels_without_a_label_take_the_image_s_name(self):
        assert self.names("", "") == ["nuclei", "nuclei_2"]

    @pytest.mark.parametrize("label", ["../../etc", "<script>", "\n", "\u6838", "." * 9, "-"])
    def test_any_label_gives_a_name_that_webknossos_accepts(self, label):
        assert len(self.names(label, label)) == 2


@pytest.mark.parametrize("change", ["labels", "levels"])
def test_paths_lead_to_the_arrays(change):
    image = with_labels(documents("zyx"), cells=documents("zyx"))
    if change == "levels":
        datasets_of(image)[0]["path"] = "./scale0//image/"
        image["scale0/image/.zarray"] = image.pop("0/.zarray")
    first, label = datasource(image)["dataLayers"]
    assert first["mags"][0]["path"] == "https://example.org/image.zarr/" + (
        "scale0/image" if change == "levels" else "0"
    )
    assert label["mags"][1]["path"] == "https://example.org/image.zarr/labels/cells/1"


def test_json_is_the_same_document_and_reads_back_as_the_same_model():
    image = with_labels(
        documents("tczyx", shapes=[(2, 2, 4, 4, 4)], translations=[[0, 0, 1, 1, 1]]),
        cells=documents("zyx"),
    )
    layers = infer(image)
    built = build_datasource(layers, unify(layers))
    assert json.loads(built.json()) == built.to_dict()
    assert DataSource.model_validate_json(built.json()) == built
