"""``datasource-properties.json`` as text: what is read, and what is said of mistakes."""

import copy
import json

import pytest

from nb_remote.datasource.model import DataSource
from nb_remote.datasource.problems import BadDatasource
from nb_remote.errors import BadMetadata

COMPLETE = {
    "id": {"name": "sample", "team": "lab"},
    "scale": {"factor": [4.0, 4.0, 40.0], "unit": "nanometer"},
    "version": 1,
    "defaultViewConfiguration": {
        "position": [1, 2, 3],
        "rotation": [0, 0, 90],
        "zoom": 1.5,
        "interpolation": True,
        "fourBit": False,
        "renderMissingDataBlack": True,
        "loadingStrategy": "PROGRESSIVE_QUALITY",
        "segmentationPatternOpacity": 40,
        "blendMode": "Additive",
        "colorLayerOrder": ["em"],
        "layers": {"em": {"alpha": 60, "color": [1, 2, 3]}},
        "nativelyRenderedLayerName": "em",
    },
    "dataLayers": [
        {
            "name": "em",
            "category": "color",
            "dataFormat": "zarr3",
            "elementClass": "uint24",
            "boundingBox": {"topLeft": [-2, 4, 6], "width": 10, "height": 20, "depth": 30},
            "mags": [
                {
                    "mag": [1, 1, 1],
                    "path": "https://h/em/1",
                    "axisOrder": {"x": 1, "y": 2, "z": 3, "c": 0},
                }
            ],
            "numChannels": 3,
            "additionalAxes": [{"name": "t", "bounds": [0, 7], "index": 4}],
            "coordinateTransformations": [
                {
                    "type": "affine",
                    "matrix": [[1, 0, 0, 5], [0, 1, 0, 6], [0, 0, 1, 7], [0, 0, 0, 1]],
                },
                {
                    "type": "thin_plate_spline",
                    "correspondences": {"source": [[0, 0, 0]], "target": [[1, 1, 1]]},
                },
            ],
            "defaultViewConfiguration": {
                "color": [255, 0, 0],
                "alpha": 55.5,
                "intensityRange": [0, 200],
                "min": 0,
                "max": 255,
                "isDisabled": False,
                "isInverted": True,
                "isInEditMode": True,
            },
            "adminViewConfiguration": {"color": [0, 255, 0]},
        },
        {
            "name": "cells",
            "category": "segmentation",
            "dataFormat": "neuroglancerPrecomputed",
            "elementClass": "uint64",
            "boundingBox": {"topLeft": [0, 0, 0], "width": 10, "height": 20, "depth": 30},
            "mags": [{"mag": [2, 2, 1], "path": "s3://b/cells/8_8_40", "channelIndex": 0}],
            "largestSegmentId": {"customJsonEncoding": "bigint", "value": "9223372036854775808"},
            "mappings": ["agglomerate_65"],
            "additionalAxes": [],
            "defaultViewConfiguration": {"mapping": {"name": "agglomerate_65", "type": "HDF5"}},
            "attachments": {
                "meshes": [
                    {
                        "name": "mesh",
                        "path": "s3://b/cells/mesh",
                        "dataFormat": "neuroglancerPrecomputed",
                    }
                ],
                "segmentIndex": {"name": "index", "path": "./index", "dataFormat": "hdf5"},
            },
        },
    ],
}


def written(document):
    return json.dumps(document, indent=2)


def changed(path, value):
    document = copy.deepcopy(COMPLETE)
    node = document
    *steps, last = path
    for step in steps:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return document


def read(document):
    return DataSource.from_json(written(document))


def refused(document):
    text = document if isinstance(document, str) else written(document)
    with pytest.raises(BadDatasource) as caught:
        DataSource.from_json(text)
    return text, caught.value.problems


EM = ("dataLayers", 0)
CELLS = ("dataLayers", 1)


def test_every_field_is_written_as_it_was_read():
    assert read(COMPLETE).to_dict() == COMPLETE
    assert read(COMPLETE).notes == ()


def test_fields_of_newer_versions_are_kept_and_noted():
    newer = changed((*EM, "mags", 0, "pyramid"), {"kind": [1, None, {"deep": "yes"}]})
    newer["storage"] = None
    newer["defaultViewConfiguration"]["shadows"] = True
    source = read(newer)
    assert source.to_dict() == newer
    assert [one.path for one in source.notes] == [
        "defaultViewConfiguration.shadows",
        "dataLayers[0].mags[0].pyramid",
        "storage",
    ]
    assert "is not a field that is known" in source.notes[0].text
    line = written(newer).splitlines()[source.notes[1].line - 1]
    assert line[source.notes[1].column - 1 :].startswith('"pyramid"')


def test_a_document_without_version_is_of_version_1():
    assert read(changed(("version",), None)).version == 1


@pytest.mark.parametrize("version", [2, 0, "1", True])
def test_another_version_is_refused_by_name(version):
    if version is True:  # Python's True equals 1, JSON's doesn't
        version = [True]
    _, (problem,) = refused(changed(("version",), version))
    assert problem.path == "version"
    assert "reads version 1" in problem.text


@pytest.mark.parametrize(
    ("path", "old", "current"),
    [
        (("scale",), [4.0, 4.0, 40.0], {"factor": [4, 4, 40], "unit": "nanometer"}),
        (("scale",), {"factor": [4, 4, 40]}, {"factor": [4, 4, 40], "unit": "nanometer"}),
        (("scale", "unit"), "nm", "nanometer"),
        ((*CELLS, "dataFormat"), "precomputed", "neuroglancerPrecomputed"),
        ((*CELLS, "category"), "mask", "segmentation"),
        ((*EM, "mags", 0, "mag"), 2, [2, 2, 2]),
        ((*EM, "mags", 0, "mag"), "2-2-1", [2, 2, 1]),
        ((*EM, "mags", 0, "mag"), {"x": 4, "y": 2, "z": 1}, [4, 2, 1]),
        ((*EM, "elementClass"), "float32", "float"),
        ((*EM, "elementClass"), "float64", "double"),
        ((*CELLS, "largestSegmentId"), 77, 77),
    ],
)
def test_older_spellings_are_read_as_the_current_one(path, old, current):
    assert read(changed(path, old)).to_dict() == changed(path, current)


def test_levels_of_wkw_are_read_under_their_old_name():
    document = changed((*EM, "dataFormat"), "wkw")
    layer = document["dataLayers"][0]
    del layer["mags"]
    layer["wkwResolutions"] = [{"resolution": 1, "cubeLength": 1024}, {"resolution": [2, 2, 1]}]
    read_layer = read(document).data_layers[0]
    assert [one.mag for one in read_layer.mags] == [(1, 1, 1), (2, 2, 1)]
    assert read_layer.to_dict()["mags"][0] == {"mag": [1, 1, 1], "cubeLength": 1024}


@pytest.mark.parametrize("name", ["wkw", "ome-tiff"])
def test_a_format_that_is_not_read_is_kept_and_noted(name):
    source = read(changed((*EM, "dataFormat"), name))
    assert source.data_layers[0].data_format == name
    assert [one.path for one in source.notes] == ["dataLayers[0].dataFormat"]


def test_a_segmentation_has_its_largest_id_null_when_it_is_not_known():
    absent = changed((*CELLS, "largestSegmentId"), None)
    assert read(absent).to_dict()["dataLayers"][1]["largestSegmentId"] is None
    null = copy.deepcopy(COMPLETE)
    null["dataLayers"][1]["largestSegmentId"] = None
    assert read(null) == read(absent)
    assert "largestSegmentId" not in read(absent).to_dict()["dataLayers"][0]


def test_a_segmentation_without_a_largest_id_is_noted():
    for document in (
        changed((*CELLS, "largestSegmentId"), None),
        changed((*CELLS, "category"), "color"),
    ):
        document["dataLayers"][1]["largestSegmentId"] = None
        wanted = document["dataLayers"][1]["category"] == "segmentation"
        notes = {one.path: one.text for one in read(document).notes}
        assert (
            "need ids that are typed in" in notes.get("dataLayers[1].largestSegmentId", "")
        ) is wanted


@pytest.mark.parametrize(
    ("element_class", "largest", "fits", "noted"),
    [
        ("uint8", 254, True, False),
        ("uint8", 255, True, True),
        ("uint8", 256, False, False),
        ("uint32", 2**32 - 1, True, True),
        ("uint32", 2**32, False, False),
        ("uint64", 2**64 - 1, True, True),
        ("uint64", 2**64, False, False),
        ("uint64", 0, False, False),
    ],
)
def test_the_largest_id_fits_its_element_class(element_class, largest, fits, noted):
    document = changed((*CELLS, "elementClass"), element_class)
    document["dataLayers"][1]["largestSegmentId"] = largest
    if not fits:
        _, (problem,) = refused(document)
        assert problem.path == "dataLayers[1].largestSegmentId"
        return
    notes = [one.path for one in read(document).notes]
    assert notes == (["dataLayers[1].largestSegmentId"] if noted else [])


@pytest.mark.parametrize(
    ("path", "value", "at", "says"),
    [
        ((*EM, "boundingBox", "width"), 0, "dataLayers[0].boundingBox.width", "above 0, not 0"),
        ((*EM, "boundingBox", "depth"), 1.5, "dataLayers[0].boundingBox.depth", "whole number"),
        (
            (*EM, "boundingBox", "depth"),
            "9",
            "dataLayers[0].boundingBox.depth",
            "a number, not '9'",
        ),
        ((*EM, "boundingBox"), None, "dataLayers[0].boundingBox", "is missing"),
        ((*EM, "name"), "a/b", "dataLayers[0].name", "nothing else"),
        ((*EM, "name"), "cells", "dataLayers[1].name", "is the name of dataLayers[0], too"),
        ((*EM, "category"), "colour", "dataLayers[0].category", "did you mean 'color'?"),
        ((*EM, "elementClass"), "unit8", "dataLayers[0].elementClass", "did you mean 'uint8'?"),
        ((*EM, "dataFormat"), "Zarr3", "dataLayers[0].dataFormat", "did you mean 'zarr3'?"),
        ((*EM, "mags"), [], "dataLayers[0].mags", "at least one item"),
        ((*EM, "mags", 0, "mag"), [1, 1], "dataLayers[0].mags[0].mag[2]", "is missing"),
        (("scale", "factor", 1), -4, "scale.factor[1]", "must be above 0, not -4"),
        (("scale", "unit"), "furlong", "scale.unit", "unit must be one of"),
        (("scale",), None, "scale", "is missing"),
        (
            (*EM, "coordinateTransformations", 0, "type"),
            "warp",
            "dataLayers[0].coordinateTransformations[0]",
            "'affine', 'thin_plate_spline'",
        ),
        (
            (*EM, "coordinateTransformations", 0, "matrix", 2, 3),
            "far",
            "dataLayers[0].coordinateTransformations[0].matrix[2][3]",
            "must be a number",
        ),
        ((*EM, "defaultViewConfiguration", "alpha"), 120, "dataLayers[0].default", "100 or less"),
    ],
)
def test_a_mistake_is_named_with_its_path_and_its_place(path, value, at, says):
    document = changed(path, value)
    text, problems = refused(document)
    (problem,) = problems
    assert problem.path.startswith(at)
    assert says in problem.text
    line = text.splitlines()[problem.line - 1]
    there = line[problem.column - 1 :]
    if value is not None and path[-1] != "type" and not isinstance(path[-1], int):
        name = at.rpartition(".")[2] if at[-1] != "]" else path[-1]
        assert there.startswith((f'"{name}', f'"{path[-1]}"', "1"))


@pytest.mark.parametrize(
    ("where", "right", "wrong"),
    [
        (EM, "boundingBox", "bondingBox"),
        (EM, "coordinateTransformations", "coordinateTransformation"),
        ((*EM, "defaultViewConfiguration"), "intensityRange", "IntensityRange"),
        (("scale",), "factor", "faktor"),
        ((), "dataLayers", "datalayers"),
        ((), "defaultViewConfiguration", "defaultViewConfig"),
    ],
)
def test_a_misspelt_key_is_not_passed_over(where, right, wrong):
    document = copy.deepcopy(COMPLETE)
    node = document
    for step in where:
        node = node[step]
    node[wrong] = node.pop(right)
    text, problems = refused(document)
    found = [one for one in problems if repr(right) in one.text]
    assert len(found) == 1
    assert "did you mean" in found[0].text
    line = text.splitlines()[found[0].line - 1]
    assert line[found[0].column - 1 :].startswith(f'"{wrong}"')


def test_all_mistakes_are_listed_in_the_order_of_the_text():
    document = changed((*EM, "boundingBox", "width"), 0)
    document["dataLayers"][1]["category"] = "labels"
    document["scale"]["factor"][0] = 0
    _, problems = refused(document)
    assert [one.path for one in problems] == [
        "scale.factor[0]",
        "dataLayers[0].boundingBox.width",
        "dataLayers[1].category",
    ]
    with pytest.raises(BadMetadata, match=r"line 8, column 7 \(scale\.factor\[0\]\)"):
        read(document)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n  "id": {},\n  "scale": [1, 1, 1],,\n}', (3, 22)),
        ('{"id": {}', (1, 10)),
        ("", (1, 1)),
        ('{"a": NaN}', (1, 1)),
        ("[" * 100_000, (1, 1)),
        ("[" * 100 + "]" * 100, (1, 66)),
        ('{"a": ' + "9" * 5000 + "}", (1, 1)),
    ],
    ids=["comma", "end", "empty", "nan", "very-deep", "deep", "digits"],
)
def test_what_is_no_json_is_said_with_its_place(text, place):
    _, (problem,) = refused(text)
    assert (problem.line, problem.column) == place


@pytest.mark.parametrize("text", ["[]", "3", '"text"', "null"])
def test_another_json_value_is_no_datasource(text):
    _, (problem,) = refused(text)
    assert "must be an object" in problem.text


def test_a_key_that_stands_twice_is_refused():
    text = written(COMPLETE).replace('"version": 1,', '"version": 1,\n  "version": 1,', 1)
    _, (problem,) = refused(text)
    assert (problem.path, problem.text) == ("version", "stands twice")


class TestSecrets:
    def document(self):
        document = changed((*EM, "mags", 0, "credentials"), {"user": "me", "password": "hunter2-x"})
        layer = document["dataLayers"][0]
        layer["mags"][0]["credentialId"] = "665f0000"
        layer["mags"][0]["path"] = "https://me:hunter2-x@h/em/1?X-Amz-Signature=hunter2-x"
        layer["later"] = {"accessKeyId": "hunter2-x", "url": "s3://me:hunter2-x@h/b"}
        attachments = document["dataLayers"][1]["attachments"]
        attachments["meshes"][0]["path"] += "?token=hunter2-x"
        attachments["meshes"][0]["credentialId"] = "665f0000"
        return document

    def test_they_are_dropped_and_noted(self):
        source = read(self.document())
        assert "hunter2" not in source.json()
        assert "665f" not in source.json()
        assert source.data_layers[0].mags[0].path == "https://h/em/1"
        notes = {one.path: one.text for one in source.notes}
        assert "credentials are not kept" in notes["dataLayers[0].mags[0].credentials"]
        assert "dataLayers[0].mags[0].credentialId" in notes
        assert "not kept" in notes["dataLayers[0].mags[0].path"]
        assert "dataLayers[1].attachments.meshes[0].credentialId" in notes
        assert all("hunter2" not in one for one in map(str, source.notes))

    def test_no_other_way_into_the_model_keeps_them(self):
        assert "hunter2" not in DataSource.model_validate(self.document()).json()
        assert "hunter2" not in repr(DataSource.model_validate(self.document()))

    def test_no_mistake_shows_them(self):
        document = self.document()
        document["dataLayers"][0]["mags"][0]["mag"] = []
        document["dataLayers"][0]["category"] = "https://me:hunter2-x@h/?token=hunter2-x"
        with pytest.raises(BadDatasource) as caught:
            read(document)
        assert "hunter2" not in str(caught.value) + repr(caught.value.problems)
