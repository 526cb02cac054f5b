"""A datasource edited as JSON changes the dataset so that it writes what was edited."""

import json

import pytest
from tests.volumes.documents import documents, with_labels
from tests.volumes.inferring import infer

from nb_remote.arrays.source import Source
from nb_remote.dataset import Dataset
from nb_remote.datasource.edits import edits_of
from nb_remote.datasource.problems import BadDatasource
from nb_remote.infer.corrections import corrected
from nb_remote.location.parse import parse_address


def dataset(*images, base="https://example.org/image.zarr"):
    source = Source(parse_address(base).location)
    return Dataset(tuple((one, source) for image in images for one in infer(image)), name="before")


def em(**more):
    return documents(
        "zyx",
        shapes=[(16, 64, 64), (16, 32, 32)],
        scales=[[40.0, 4.0, 4.0], [40.0, 8.0, 8.0]],
        unit="nanometer",
        name="em",
        **more,
    )


def rgb():
    channels = [
        {"label": name, "color": color, "window": {"start": 0, "end": 90, "min": 0, "max": 255}}
        for name, color in (("r", "FF0000"), ("g", "00FF00"), ("b", "0000FF"))
    ]
    return documents(
        "czyx", shapes=[(3, 4, 8, 8)], dtype="|u1", name="stain", omero={"channels": channels}
    )


def applied(before, edits):
    """The dataset that edits make of another."""
    layers = list(before._found)
    for number, correction in edits.corrections:
        layers[number] = (corrected(layers[number][0], correction), layers[number][1])
    after = Dataset(tuple(layers[n] for n in edits.order), name=before.name)
    return after if edits.name is None else after.named(edits.name)


def edited(before, change):
    """Return the document after `change(document)`, and what the dataset then writes."""
    document = before.datasource.to_dict()
    change(document)
    edits = edits_of(before, json.dumps(document, indent=2))
    return document, applied(before, edits).datasource.to_dict(), edits


def layer(document, number=0):
    return document["dataLayers"][number]


def change(**paths):
    """A function that sets values; ``__`` stands between the keys."""

    def apply(document):
        for path, value in paths.items():
            node, steps = document, [int(p) if p.isdigit() else p for p in path.split("__")]
            for step in steps[:-1]:
                node = node[step]
            node[steps[-1]] = value

    return apply


@pytest.mark.parametrize(
    "apply",
    [
        change(),
        change(id__name="after"),
        change(dataLayers__0__name="raw"),
        change(scale={"factor": [5.0, 5.0, 50.0], "unit": "nanometer"}),
        change(scale={"factor": [0.4, 0.4, 0.3], "unit": "micrometer"}),
        change(
            dataLayers__0__boundingBox={
                "topLeft": [8, 4, 2],
                "width": 20,
                "height": 30,
                "depth": 10,
            }
        ),
        change(dataLayers__0__mags__1__mag=[4, 4, 1]),
        change(dataLayers__0__mags__1__mag=[2, 2, 2]),
        lambda document: layer(document)["mags"].pop(1),
        lambda document: layer(document)["mags"].pop(0),
        change(dataLayers__0__defaultViewConfiguration__color=[9, 8, 7]),
        change(dataLayers__0__defaultViewConfiguration__intensityRange=[10, 20.5]),
        change(dataLayers__0__defaultViewConfiguration__isDisabled=True),
        change(dataLayers__0__defaultViewConfiguration__isInverted=True),
        change(
            dataLayers__0__coordinateTransformations=[
                {
                    "type": "affine",
                    "matrix": [
                        [1.0, 0.0, 0.0, 5.5],
                        [0.0, 1.0, 0.0, -3.0],
                        [0.0, 0.0, 1.0, 0.25],
                        [0.0, 0.0, 0.0, 1.0],
                    ],
                }
            ]
        ),
        change(
            id__name="all",
            dataLayers__0__name="em2",
            dataLayers__0__mags__1__mag=[4, 4, 2],
            dataLayers__0__defaultViewConfiguration__isInverted=True,
            scale={"factor": [1.5, 2.5, 3.5], "unit": "angstrom"},
        ),
        lambda document: document["dataLayers"].pop(0),
        lambda document: document["dataLayers"].pop(1),
        lambda document: document["dataLayers"].reverse(),
    ],
    ids=range(19),
)
def test_what_was_edited_is_what_is_written_then(apply):
    before = dataset(with_labels(em(), cells=em(dtype="<u4")))
    document, written, _ = edited(before, apply)
    assert written == document


def test_nothing_edited_is_no_correction():
    before = dataset(em())
    edits = edits_of(before, before.datasource.json())
    assert (edits.name, edits.order, edits.corrections) == (None, (0,), ())


def test_a_coarser_layer_is_edited_in_voxels_of_the_dataset():
    before = dataset(em(), documents("zyx", shapes=[(16, 16, 16)], scales=[[40.0, 8.0, 8.0]]))

    def apply(document):
        layer(document, 1)["boundingBox"] = {
            "topLeft": [4, 2, 1],
            "width": 8,
            "height": 8,
            "depth": 8,
        }
        layer(document, 1)["mags"][0]["mag"] = [4, 4, 2]

    document, written, edits = edited(before, apply)
    assert written == document
    assert dict(edits.corrections)[1].bounding_box == ((2, 1, 1), (4, 4, 8))
    assert dict(edits.corrections)[1].mags == ((2, 2, 2),)


def test_axes_and_the_largest_id_are_edited():
    before = dataset(with_labels(em(), cells=em(dtype="<u4")))

    def apply(document):
        layer(document, 1)["largestSegmentId"] = 2**31
        layer(document, 1)["mags"][0]["axisOrder"] = {"x": 1, "y": 2, "z": 0}
        layer(document, 1)["mags"][1]["axisOrder"] = {"x": 1, "y": 2, "z": 0}

    document, written, edits = edited(before, apply)
    assert written == document
    assert dict(edits.corrections)[1].axes == ("z", "x", "y")


def test_a_category_is_edited_and_what_follows_from_it_is_not_asked_for():
    before = dataset(em(dtype="<u4"))
    other = "color" if before.layers[0].category == "segmentation" else "segmentation"
    _, written, edits = edited(before, change(dataLayers__0__category=other))
    assert layer(written)["category"] == other
    assert dict(edits.corrections)[0].given == {"category": other}


def test_three_channels_become_one_picture_and_come_apart_again():
    before = dataset(rgb())
    assert len(before.datasource.data_layers) == 3

    def join(document):
        del document["dataLayers"][1:]
        entry = layer(document)
        entry |= {"elementClass": "uint24", "numChannels": 3, "name": "stain"}
        del entry["mags"][0]["channelIndex"]
        del entry["defaultViewConfiguration"]["color"]

    document, written, edits = edited(before, join)
    assert written == document
    joined = applied(before, edits)
    three = before.datasource.json().replace('"name": "before"', '"name": ""')
    assert joined.layers[0].inferred.is_rgb.value
    apart = applied(joined, edits_of(joined, three.replace('"name": ""', '"name": "before"')))
    assert not apart.layers[0].inferred.is_rgb.value
    assert len(apart.datasource.data_layers) == 3


def test_channels_are_edited_each():
    before = dataset(rgb())
    apply = change(
        dataLayers__1__defaultViewConfiguration__color=[1, 2, 3],
        dataLayers__2__defaultViewConfiguration__isDisabled=True,
    )
    document, written, edits = edited(before, apply)
    assert written == document
    ((_, correction),) = edits.corrections
    assert correction.given == {"colors": ((1, (1, 2, 3)),), "visible": ((2, False),)}


@pytest.mark.parametrize(
    ("apply", "path", "says"),
    [
        (
            change(dataLayers__0__mags__0__path="https://other.org/x"),
            "dataLayers[0].mags[0].path",
            "add the address instead",
        ),
        (change(dataLayers__0__dataFormat="n5"), "dataLayers[0].dataFormat", "add the address"),
        (
            change(dataLayers__0__elementClass="float"),
            "dataLayers[0].elementClass",
            "that of the stored data",
        ),
        (
            lambda document: document["dataLayers"].append(
                {**layer(document), "name": "more", "mags": [{"mag": 1, "path": "https://h/x"}]}
            ),
            "dataLayers[2]",
            "add the address instead",
        ),
        (
            lambda document: document["dataLayers"].append({**layer(document), "name": "again"}),
            "dataLayers[2]",
            "stands twice",
        ),
        (
            change(dataLayers__0__defaultViewConfiguration__alpha=5),
            "dataLayers[0].defaultViewConfiguration.alpha",
            "it is changed in the view",
        ),
        (
            change(dataLayers__0__defaultViewConfiguration__min=5),
            "dataLayers[0].defaultViewConfiguration.min",
            "edit intensityRange",
        ),
        (
            change(dataLayers__0__defaultViewConfiguration__max=5),
            "dataLayers[0].defaultViewConfiguration.max",
            "edit intensityRange",
        ),
        (
            change(dataLayers__0__defaultViewConfiguration__intensityRange=[9, 3]),
            "dataLayers[0].defaultViewConfiguration",
            "must be below the upper one",
        ),
        (change(dataLayers__0__mags__1__mag=[1, 1, 1]), "dataLayers[0].mags", "must rise"),
        (
            change(
                dataLayers__0__boundingBox={
                    "topLeft": [900, 0, 0],
                    "width": 1,
                    "height": 1,
                    "depth": 1,
                }
            ),
            "dataLayers[0].boundingBox",
            "holds no voxel",
        ),
        (change(dataLayers__1__largestSegmentId=2**32), "dataLayers[1].largestSegmentId", "2^32"),
        (change(futureField=1), "futureField", "can't be changed here"),
        (change(id__name="no/name"), "id.name", "nothing else"),
        (
            change(
                dataLayers__0__coordinateTransformations=[
                    {"type": "affine", "matrix": [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]}
                ]
            ),
            "dataLayers[0].coordinateTransformations",
            "can't be changed here",
        ),
    ],
)
def test_what_can_not_be_edited_is_refused_with_its_place(apply, path, says):
    before = dataset(with_labels(em(), cells=em(dtype="<u4")))
    document = before.datasource.to_dict()
    apply(document)
    text = json.dumps(document, indent=2)
    with pytest.raises(BadDatasource) as caught:
        edits_of(before, text)
    problem = caught.value.problems[0]
    assert problem.path == path
    assert says in problem.text
    assert problem.line > 1


def test_one_channel_of_an_array_is_not_removed_alone():
    before = dataset(rgb())
    document = before.datasource.to_dict()
    del document["dataLayers"][1]
    with pytest.raises(BadDatasource, match="isDisabled"):
        edits_of(before, json.dumps(document))


def test_a_largest_id_is_corrected_and_not_removed():
    before = dataset(with_labels(em(), cells=em(dtype="<u4")))
    known = applied(before, edited(before, change(dataLayers__1__largestSegmentId=250))[2])
    assert layer(known.datasource.to_dict(), 1)["largestSegmentId"] == 250
    document = known.datasource.to_dict()
    layer(document, 1)["largestSegmentId"] = None
    with pytest.raises(BadDatasource, match="to another one, but not removed") as caught:
        edits_of(known, json.dumps(document, indent=2))
    assert caught.value.problems[0].path == "dataLayers[1].largestSegmentId"


@pytest.mark.parametrize("also_removed", [True, False])
def test_a_segmentation_becomes_an_image_and_loses_its_corrected_id(also_removed):
    before = dataset(with_labels(em(), cells=em(dtype="<u4")))
    known = applied(before, edited(before, change(dataLayers__1__largestSegmentId=250))[2])

    def to_image(document):
        layer(document, 1)["category"] = "color"
        if also_removed:
            del layer(document, 1)["largestSegmentId"]

    _, written, edits = edited(known, to_image)
    assert layer(written, 1)["category"] == "color"
    assert "largestSegmentId" not in layer(written, 1)
    assert dict(edits.corrections)[1].given == {"category": "color"}
