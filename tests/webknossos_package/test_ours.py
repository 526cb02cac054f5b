"""WEBKNOSSOS's own package loads what is written here: every value and every voxel."""

import copy
import json

import numpy as np
import pytest
from tests.webknossos_package import ours
from tests.webknossos_package.ours import AFFINE, DATASETS, LONG, PRECOMPUTED, SPLINE

from nb_remote.datasource.model import DataSource

pytestmark = pytest.mark.timeout(400)
FILE = "datasource-properties.json"
BOX = {"x": [0, 40], "y": [0, 32], "z": [0, 24]}
MAGS = ([1, 1, 1], [2, 2, 1], [4, 4, 2])
XYZ = {"x": 0, "y": 1, "z": 2}
WHITE = {"color": [255, 255, 255], "is_disabled": False, "is_inverted": False}
NO_VIEW = dict.fromkeys(
    [
        "color",
        "alpha",
        "intensity_range",
        "min",
        "max",
        "is_disabled",
        "is_inverted",
        "is_in_edit_mode",
        "mapping",
    ]
)
NO_FILES = dict.fromkeys(
    ["meshes", "agglomerates", "segment_index", "segment_statistics", "cumsum", "connectomes"]
)
DTYPES = {
    "zarr": [
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int8",
        "int16",
        "int32",
        "int64",
        "float32",
        "float64",
    ],
    PRECOMPUTED: ["uint8", "uint16", "int8", "int16", "int32", "float32"],
}
DTYPES |= {"zarr3": DTYPES["zarr"], "n5": DTYPES["zarr"]}


@pytest.fixture(scope="module")
def told(package, tmp_path_factory):
    """What the package tells of each of `DATASETS`, all asked for in one run."""
    made = {}
    for (name, variant), make in DATASETS.items():
        folder = tmp_path_factory.mktemp(name)
        dataset, levels = make(folder, variant)
        assert not dataset.broken
        document = folder / "ds"
        document.mkdir()
        (document / FILE).write_text(dataset.datasource.json(), encoding="utf-8")
        made[name, variant] = (document, dataset, levels)
    answers = package("told.py", *(document for document, _, _ in made.values()))
    return {key: (*one, answers[str(one[0])]) for key, one in made.items()}


def layers(told, name, variant):
    """The layers as the package has them, without the paths of their levels."""
    document, dataset, _, answer = told[name, variant]
    found = copy.deepcopy(answer["values"]["data_layers"])
    written = json.loads((document / FILE).read_text(encoding="utf-8"))["dataLayers"]
    for layer, entry in zip(found, written, strict=True):
        for mag, one in zip(layer["mags"], entry["mags"], strict=True):
            assert mag.pop("path") == one["path"]
            assert one["path"].startswith(str(document.parent))
            assert mag.pop("cube_length") is None
    assert list(dataset.datasource.data_layers) == list(
        DataSource.from_json(json.dumps({**answer["again"], "dataLayers": written})).data_layers
    )
    return found


def image(name, dtype, data_format, order=XYZ, mags=MAGS, **changes):
    """A layer as the package has it."""
    view = changes.pop("view", WHITE)
    return {
        "name": name,
        "category": "color",
        "bounding_box": BOX,
        "dtype": dtype,
        "data_format": data_format,
        "mags": [{"mag": mag, "axis_order": order} for mag in mags],
        "default_view_configuration": view and {**NO_VIEW, **view},
        "coordinate_transformations": None,
        **changes,
    }


def segmentation(name, dtype, data_format, largest, **changes):
    more = {"largest_segment_id": largest, "mappings": [], "attachments": NO_FILES, **changes}
    return image(name, dtype, data_format, category="segmentation", view=None, **more)


def moved(*rows):
    return [{"matrix": [*(list(map(float, row)) for row in rows), [0.0, 0.0, 0.0, 1.0]]}]


@pytest.mark.parametrize("data_format", ours.FORMATS)
def test_images_of_every_type(told, data_format):
    wanted = [image(dtype, dtype, data_format) for dtype in DTYPES[data_format]]
    assert layers(told, "types", data_format) == wanted


@pytest.mark.parametrize("data_format", ours.FORMATS)
def test_segmentations_of_every_type(told, data_format):
    dtypes = ["uint32", "uint64"] if data_format == PRECOMPUTED else DTYPES["zarr"][:8]
    unsigned = {dtype: dtype if dtype[0] == "u" else f"u{dtype}" for dtype in dtypes}
    wanted = [segmentation(name, dtype, data_format, 100) for name, dtype in unsigned.items()]
    assert layers(told, "id_types", data_format) == wanted


@pytest.mark.parametrize("data_format", ours.FORMATS)
def test_largest_ids(told, data_format):
    assert layers(told, "ids", data_format) == [
        segmentation("small", "uint64", data_format, 199),
        segmentation("unknown", "uint64", data_format, None),
        segmentation("beyond", "uint64", data_format, 9007199254740992),
        segmentation("most", "uint64", data_format, 18446744073709551614),
    ]


@pytest.mark.parametrize("data_format", ours.FORMATS)
def test_layers_of_other_voxel_sizes_and_places(told, data_format):
    coarse = {"x": [0, 80], "y": [0, 64], "z": [0, 24]}
    mags = ([2, 2, 1], [4, 4, 1], [8, 8, 2])
    shift = moved([1, 0, 0, 5.5], [0, 1, 0, -3], [0, 0, 1, 0.25])
    larger = moved([1.5, 0, 0, 0], [0, 1.5, 0, 0], [0, 0, 1.5, 0])
    assert layers(told, "space", data_format) == [
        image("fine", "uint8", data_format, coordinate_transformations=shift),
        image("coarse", "uint16", data_format, mags=mags, bounding_box=coarse),
        image("odd", "int8", data_format, coordinate_transformations=larger),
    ]
    values = told["space", data_format][3]["values"]
    assert values["id"] == {"name": "space", "team": ""}
    assert values["scale"] == {"factor": [4.0, 4.0, 40.0], "unit": "nanometer"}
    assert (values["version"], values["default_view_configuration"]) == (1, None)


def test_origins_that_the_metadata_state(told):
    shift = moved([1, 0, 0, 10.5], [0, 1, 0, 1.5], [0, 0, 1, 0.5])
    corner = {"x": [64, 40], "y": [32, 32], "z": [16, 24]}
    assert layers(told, "moved_by_metadata", "") == [
        image("ome", "uint8", "zarr", coordinate_transformations=shift),
        image("box", "uint8", PRECOMPUTED, bounding_box=corner),
    ]


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
def test_axes_in_every_order(told, data_format):
    wanted = {
        "xyz": {"x": 0, "y": 1, "z": 2},
        "zyx": {"x": 2, "y": 1, "z": 0},
        "yxz": {"x": 1, "y": 0, "z": 2},
        "cxyz": {"x": 1, "y": 2, "z": 3, "c": 0},
        "zyxc": {"x": 2, "y": 1, "z": 0, "c": 3},
        "zcyx": {"x": 3, "y": 2, "z": 0, "c": 1},
    }
    found = layers(told, "orders", data_format)
    for (name, order), layer in zip(wanted.items(), found, strict=True):
        box = {axis: BOX.get(axis, [0, 1]) for axis in name}
        assert layer == image(name, "uint16", data_format, order, MAGS[:2], bounding_box=box)


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
def test_a_flat_image_has_a_z_axis_behind_the_last_one(told, data_format):
    box = {"y": [0, 32], "x": [0, 40], "z": [0, 1]}
    rest = ({"x": 1, "y": 0, "z": 2}, MAGS[:2])
    wanted = image("flat", "uint16", data_format, *rest, bounding_box=box)
    assert layers(told, "flat", data_format) == [wanted]


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
def test_channels_pictures_and_times(told, data_format):
    order = {"x": 3, "y": 2, "z": 1, "c": 0}
    later = {"x": 4, "y": 3, "z": 2, "c": 1}
    ends = {"min": 0.0, "max": 1000.0}
    gfp = {"color": [0, 255, 127], "intensity_range": [3.0, 900.0], **ends}
    dapi = {"color": [0, 0, 255], "intensity_range": [10.0, 500.0], **ends}

    def channel(number, *, size=1, **more):
        return {**more, "c": [number, size], **BOX}

    red, green = {**WHITE, "color": [255, 0, 0]}, {**WHITE, "color": [0, 255, 0]}
    hidden = {"is_disabled": True, "is_inverted": True}
    rest = (data_format, order)
    assert layers(told, "channels", data_format) == [
        image("gfp", "uint16", *rest, bounding_box=channel(0), view={**WHITE, **gfp}),
        image("dapi", "uint16", *rest, bounding_box=channel(1), view={**dapi, **hidden}),
        image(
            *("three", "uint8", *rest),
            bounding_box=channel(0, size=3),
            view={**WHITE, "color": None},
        ),
        image(
            *("times", "uint8", data_format, later),
            bounding_box=channel(0, t=[0, 5]),
            view=red,
        ),
        image(
            *("times_2", "uint8", data_format, later),
            bounding_box=channel(1, t=[0, 5]),
            view=green,
        ),
    ]


@pytest.mark.parametrize("unit", ["angstrom", "micrometer", "millimeter", "inch", "parsec"])
def test_units(told, unit):
    values = told["units", unit][3]["values"]
    assert values["scale"] == {"factor": [0.36, 0.36, 0.5], "unit": unit}


def test_meshes_that_the_metadata_name(told):
    document, _, _, _ = told["meshes", ""]
    path = f"{document.parent}/cells/mesh_lod"
    mesh = {"name": "mesh_lod", "path": path, "data_format": PRECOMPUTED}
    files = {**NO_FILES, "meshes": [mesh]}
    wanted = segmentation("cells", "uint64", PRECOMPUTED, None, attachments=files)
    assert layers(told, "meshes", "") == [wanted]


def test_a_file_with_all_that_it_may_say(told):
    order = {"x": 1, "y": 2, "z": 3, "c": 0}
    box = {"c": [0, 1], "x": [4, 32], "y": [2, 28], "z": [2, 20]}
    view = {
        "color": [1, 2, 3],
        "alpha": 30.5,
        "intensity_range": [3.0, 90.0],
        "min": 0.0,
        "max": 99.5,
        "is_disabled": True,
        "is_inverted": True,
        "is_in_edit_mode": True,
    }
    files = {
        "meshes": [("fine", "hdf5"), ("coarse", PRECOMPUTED)],
        "agglomerates": [("agglomerate_65", "zarr3")],
        "segment_index": ("index", "zarr3"),
        "cumsum": ("sums", "json"),
        "connectomes": [("connectome", "hdf5")],
    }

    def file(one):
        name, data_format = one
        return {"name": name, "path": f"https://h/{name}", "data_format": data_format}

    files = {k: list(map(file, v)) if isinstance(v, list) else file(v) for k, v in files.items()}
    same = {"order": order, "mags": MAGS[:2], "bounding_box": box}
    steps = [{"matrix": AFFINE}, SPLINE["correspondences"]]
    assert layers(told, "kept", "") == [
        image(LONG, "uint8", "zarr", view=view, coordinate_transformations=steps, **same),
        segmentation(
            *("cells", "uint32", PRECOMPUTED, 4294967294),
            mappings=["a", "b"],
            attachments={**NO_FILES, **files},
            **same,
        ),
    ]
    assert told["kept", ""][3]["values"]["default_view_configuration"] == {
        "position": [1, 2, 3],
        "rotation": [0, 0, 90],
        "zoom": 1.5,
        "interpolation": True,
        "four_bit": False,
        "render_missing_data_black": True,
        "loading_strategy": "PROGRESSIVE_QUALITY",
        "segmentation_pattern_opacity": 40,
        "blend_mode": "Additive",
        "color_layer_order": [LONG],
        "layers": {LONG: {**NO_VIEW, "alpha": 60.0, "color": [1, 2, 3]}},
        "natively_rendered_layer_name": LONG,
    }


@pytest.mark.parametrize(("name", "variant"), DATASETS)
def test_every_voxel_is_the_one_that_is_stored(told, name, variant):
    document, _, levels, answer = told[name, variant]
    entries = json.loads((document / FILE).read_text(encoding="utf-8"))["dataLayers"]
    refused = set()
    for number, (entry, (layer, values)) in enumerate(zip(entries, levels.items(), strict=True)):
        assert (entry["name"], len(entry["mags"])) == (layer, len(values))
        for mag, stored in values.items():
            file = f"{number}.{'-'.join(map(str, mag))}.npy"
            # Its reader of precomputed wants axes c, x, y, z, as only its own files have them, and
            # arrays have to have the z axis that the datasource gives 2-D data.
            if (entry["dataFormat"] == PRECOMPUTED and name != "kept") or layer == "flat":
                refused.add(file)
                continue
            found = np.load(document / file)
            np.testing.assert_array_equal(found, stored, strict=entry["category"] == "color")
    assert set(answer["refused"]) == refused


@pytest.mark.parametrize(("name", "variant"), DATASETS)
def test_what_the_package_writes_of_it_is_the_same_document(told, name, variant):
    _, dataset, _, answer = told[name, variant]
    # It counts channels everywhere, and leaves the first of several out.
    source = dataset.datasource.to_dict()
    for layer in source["dataLayers"]:
        layer.setdefault("numChannels", 1)
        for mag in layer["mags"]:
            if mag.get("channelIndex") == 0:
                del mag["channelIndex"]
    assert DataSource.from_json(json.dumps(answer["again"])).to_dict() == source
    names = {key for layer in answer["again"]["dataLayers"] for key in layer}
    assert all("_" not in key for key in names)
