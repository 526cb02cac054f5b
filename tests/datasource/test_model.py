"""What the datasource model refuses."""

import copy
import json

import pydantic
import pytest

from nb_remote.datasource.model import DataSource

GOOD = {
    "id": {"name": "", "team": ""},
    "version": 1,
    "scale": {"factor": [4.0, 4.0, 40.0], "unit": "nanometer"},
    "dataLayers": [
        {
            "name": name,
            "category": "color",
            "dataFormat": "zarr",
            "elementClass": "uint8",
            "boundingBox": {"topLeft": [-2, 4, 6], "width": 10, "height": 20, "depth": 30},
            "mags": [{"mag": [1, 1, 1], "path": "https://h/a", "axisOrder": {"x": 1, "y": 0}}],
            "additionalAxes": [],
        }
        for name in ("one", "two")
    ],
}


def changed(path, value):
    document = copy.deepcopy(GOOD)
    node = document
    *steps, last = path
    for step in steps:
        node = node[step]
    node[last] = value
    return json.dumps(document)


LAYER = ("dataLayers", 0)


def test_the_document_that_the_others_spoil_is_valid():
    assert DataSource.model_validate(GOOD).to_dict() == GOOD


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("scale", "unit"), "furlong"),
        (("scale", "factor"), [0.0, 4.0, 40.0]),
        (("scale", "factor"), [-1.0, 4.0, 40.0]),
        (("scale", "factor"), [float("nan"), 4.0, 40.0]),
        (("scale", "factor"), [float("inf"), 4.0, 40.0]),
        (("scale", "factor"), [4.0, 40.0]),
        ((*LAYER, "name"), "two"),
        ((*LAYER, "name"), ""),
        ((*LAYER, "name"), "a/b"),
        ((*LAYER, "name"), "a b"),
        ((*LAYER, "name"), ".hidden"),
        ((*LAYER, "name"), "name\n"),
        ((*LAYER, "category"), "image"),
        ((*LAYER, "elementClass"), "float16"),
        ((*LAYER, "boundingBox", "width"), 0),
        ((*LAYER, "boundingBox", "depth"), -1),
        ((*LAYER, "boundingBox", "height"), 1.5),
        ((*LAYER, "mags"), []),
        ((*LAYER, "mags", 0, "mag"), [0, 1, 1]),
        ((*LAYER, "mags", 0, "mag"), [1, 1]),
        ((*LAYER, "mags", 0, "axisOrder"), {"y": 0}),
        ((*LAYER, "mags", 0, "axisOrder"), {"x": -1, "y": 0}),
        ((*LAYER, "mags", 0, "channelIndex"), -1),
        ((*LAYER, "largestSegmentId"), 0),
        ((*LAYER, "boundingBox", "height"), "20"),
        ((*LAYER, "boundingBox", "height"), True),
        ((*LAYER, "mags", 0, "axisOrder"), {"x": 1, "y": 1}),
        ((*LAYER, "largestSegmentId"), 256),
        ((*LAYER, "additionalAxes"), [{"name": "t", "bounds": [3, 3], "index": 0}]),
        ((*LAYER, "coordinateTransformations"), [{"type": "affine", "matrix": [[1, 0, 0, 0]]}]),
        (
            (*LAYER, "coordinateTransformations"),
            [{"type": "affine", "matrix": [[float("inf"), 0, 0, 0]] * 4}],
        ),
        (("version",), 2),
    ],
)
def test_a_value_that_can_not_be_is_refused(path, value):
    with pytest.raises(pydantic.ValidationError):
        DataSource.model_validate_json(changed(path, value))


def test_the_model_can_not_be_changed_behind_its_validation():
    model = DataSource.model_validate(GOOD)
    with pytest.raises(pydantic.ValidationError):
        model.scale.unit = "furlong"
