"""OME-Zarr 0.6 (RFC 5): coordinate systems, sequences, and what is left out with a note."""

import pytest
from tests.volumes.documents import zarray
from tests.volumes.inferring import infer_one

AXES = [{"name": n, "type": "space", "unit": "micrometer"} for n in "zyx"]
SCALE = {"type": "scale", "scale": [2.0, 0.5, 0.25]}
MOVE = {"type": "translation", "translation": [4.0, 1.0, 0.5]}


def image(*steps, systems=("physical",), **more):
    entry = {
        "coordinateSystems": [{"name": name, "axes": AXES} for name in systems],
        "datasets": [{"path": "0", "coordinateTransformations": list(steps)}],
        **more,
    }
    node = {"zarr_format": 3, "node_type": "group"}
    array = zarray((4, 6, 8))
    v3 = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": array["shape"],
        "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 6, 8]}},
        "chunk_key_encoding": {"name": "default"},
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "fill_value": 0,
    }
    ome = {"version": "0.6", "multiscales": [entry]}
    return {"zarr.json": {**node, "attributes": {"ome": ome}}, "0/zarr.json": v3}


def placed(layer):
    return layer.geometry.voxel_size_nm_xyz.value, layer.geometry.translation_xyz.value


SEQUENCE = {"type": "sequence", "transformations": [SCALE, MOVE], "output": "physical"}
HOMOGENEOUS = {
    "type": "affine",
    "affine": [[2, 0, 0, 4], [0, 0.5, 0, 1], [0, 0, 0.25, 0.5], [0, 0, 0, 1]],
}
STILL = [
    {"type": "identity"},
    {"type": "rotation", "rotation": [[1, 0, 0], [0, 1.0, 0], [0, 0, 1]]},
    {"type": "mapAxis", "mapAxis": [0, 1, 2]},
    {"type": "mapAxis", "mapAxis": {"z": "z", "y": "y", "x": "x"}},
]
AFFINE = {"type": "affine", "affine": [[2, 0, 0, 4], [0, 0.5, 0, 1], [0, 0, 0.25, 0.5]]}


@pytest.mark.parametrize(
    "steps",
    [
        (SCALE, MOVE),
        (SEQUENCE,),
        (AFFINE,),
        (HOMOGENEOUS,),
        *((still, SCALE, MOVE) for still in STILL),
    ],
)
def test_scales_and_translations_in_all_their_forms_are_the_same(steps):
    layer = infer_one(image(*steps))
    assert layer.format == "OME-Zarr 0.6"
    assert layer.axes.value.names == ("z", "y", "x")
    # 0.5 / 0.25, 1.0 / 0.5, 4.0 / 2.0
    assert placed(layer) == ((250, 500, 2000), (2, 2, 2))
    assert layer.notes == ()


def test_the_axes_are_those_of_the_system_that_the_levels_lead_to():
    found = image({**SCALE, "output": "physical"}, systems=("physical", "world"))
    systems = found["zarr.json"]["attributes"]["ome"]["multiscales"][0]["coordinateSystems"]
    systems[1]["axes"] = list(reversed(AXES))
    layer = infer_one(found)
    assert layer.axes.value.names == ("z", "y", "x")
    assert any("'world' is not used" in note for note in layer.notes)


def test_a_transformation_to_another_system_does_not_change_the_voxel_size():
    onward = {"type": "scale", "scale": [3, 3, 3], "input": "physical", "output": "world"}
    step = {**SCALE, "output": "physical"}
    layer = infer_one(
        image(step, systems=("physical", "world"), coordinateTransformations=[onward])
    )
    assert placed(layer)[0] == (250, 500, 2000)


@pytest.mark.parametrize("kind", ["rotation", "displacements", "byDimension", "mapAxis", None])
def test_what_is_not_understood_is_left_out_with_a_note(kind):
    layer = infer_one(image(SCALE, {"type": kind}))
    assert placed(layer)[0] == (250, 500, 2000)
    assert any("is left out" in note for note in layer.notes)


@pytest.mark.parametrize(
    "step",
    [
        {"type": "rotation", "rotation": [[0, 1, 0], [1, 0, 0], [0, 0, 1]]},
        {"type": "rotation", "rotation": []},
        {"type": "rotation", "path": "rotation"},
        {"type": "mapAxis", "mapAxis": {"z": "y", "y": "z", "x": "x"}},
        {"type": "mapAxis", "mapAxis": {}},
        {"type": "affine", "path": "affine"},
        {"type": "affine", "affine": [[0, 0, 0, 1]]},
    ],
)
def test_what_turns_or_swaps_axes_is_said(step):
    layer = infer_one(image(SCALE, step))
    assert placed(layer)[0] == (250, 500, 2000)
    assert any(f"{step['type']!r} is left out" in note for note in layer.notes)


def test_an_affine_that_turns_is_left_out_with_a_note():
    turned = {"type": "affine", "affine": [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]}
    layer = infer_one(image(SCALE, turned))
    assert any("'affine' is left out" in note for note in layer.notes)


def test_sequences_without_end_are_left_out():
    nested = SCALE
    for _ in range(40):
        nested = {"type": "sequence", "transformations": [nested]}
    assert any("'sequence' is left out" in note for note in infer_one(image(nested)).notes)
