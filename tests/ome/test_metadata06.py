"""OME-Zarr 0.6 (RFC 5): coordinate systems, sequences, and what is left out with a note."""

import pytest
from tests.volumes.documents import zarray
from tests.volumes.inferring import infer_one

from nb_remote.datasource.space import unify

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
        {"type": "rotation", "rotation": []},
        {"type": "rotation", "rotation": [[0, 1, 0], [1, 0, 0]]},
        {"type": "rotation", "path": "rotation"},
        {"type": "mapAxis", "mapAxis": {"z": "y", "y": "z", "x": "x"}},
        {"type": "mapAxis", "mapAxis": {}},
        {"type": "affine", "path": "affine"},
        {"type": "affine", "affine": [[0, 0, 0, 1]]},
    ],
)
def test_what_can_not_be_followed_is_said(step):
    layer = infer_one(image(SCALE, step))
    assert placed(layer)[0] == (250, 500, 2000)
    assert any(f"{step['type']!r} is left out" in note for note in layer.notes)


SWAPPED = {"type": "rotation", "rotation": [[0, 1, 0], [1, 0, 0], [0, 0, 1]]}
# z, y, x: a right angle about z, and then a shift in micrometers
ABOUT_Z = {"type": "affine", "affine": [[1, 0, 0, 0], [0, 0, 1, 3], [0, -1, 0, 0]]}


def placement(*steps, **more):
    layer = infer_one(image(*steps, **more))
    assert not any("left out" in note or "not followed" in note for note in layer.notes)
    return layer, unify([layer]).layers[0]


def test_a_rotation_turns_the_voxels():
    # Voxels of 0.25 x 0.5 x 2 um; y and z change places. Voxel 0 has its middle at 0 µm before and
    # after, and corners at half of a voxel as it lies: in both spaces at 0.
    layer, place = placement(SCALE, SWAPPED)
    assert placed(layer) == ((250, 500, 2000), (0, 0, 0))
    assert place.matrix == ((1, 0, 0, 0), (0, 0, 4, 0), (0, 0.25, 0, 0))
    assert place.box((0, 0, 0), (8, 6, 4)) == ((0, 0, 0), (8, 16, 1.5))


def test_an_affine_turns_and_moves_the_voxels():
    # x = -y and y = x + 3 um, which is 6 voxels of 0.5 um. The middle of voxel 0 stays at x = 0;
    # as it is turned, it reaches over 2 voxels of 0.25 um there.
    _, place = placement(SCALE, ABOUT_Z)
    assert place.matrix == ((0, -2, 0, 2), (0.5, 0, 0, 6), (0, 0, 1, 0))


def test_a_translation_before_a_rotation_is_turned_with_the_voxels():
    # z: 4 um are 2 voxels; y: 1 um are 2; x: 0.5 um are 2
    _, place = placement(SCALE, MOVE, SWAPPED)
    assert place.matrix == ((1, 0, 0, 2), (0, 0, 4, 8), (0, 0.25, 0, 0.5))


def test_an_affine_alone_gives_the_voxel_size_too():
    sheared = {"type": "affine", "affine": [[0, 3, 0, 0], [4, 0, 0, 0], [0, 0, 5, 10]]}
    layer, place = placement(sheared)
    assert placed(layer)[0] == (5000, 3000, 4000)
    # x moves by 10 um, which are 2 voxels; y is z and z is y
    assert place.matrix == ((1, 0, 0, 2), (0, 0, 4 / 3, 0), (0, 0.75, 0, 0))


def test_levels_that_are_turned_together_stay_a_pyramid():
    def level(number):
        size = 2.0**number
        steps = [
            {"type": "scale", "scale": [size] * 3},
            SWAPPED,
            # Where the middle of the first voxel comes to lie, in the image as it is turned.
            {"type": "translation", "translation": [(size - 1) / 2] * 3},
        ]
        return {"path": str(number), "coordinateTransformations": steps}

    found = image(SCALE, datasets=[level(0), level(1)])
    found["1/zarr.json"] = {**found["0/zarr.json"], "shape": [2, 3, 4]}
    layer = infer_one(found)
    assert [one.factor_xyz for one in layer.geometry.levels] == [(1, 1, 1), (2, 2, 2)]
    assert [one.offset_xyz for one in layer.geometry.levels] == [(0, 0, 0), (0, 0, 0)]
    assert layer.notes == ()


def test_a_level_that_is_turned_otherwise_is_named():
    turned = [{"path": "0", "coordinateTransformations": [SCALE, SWAPPED]}]
    other = {"path": "1", "coordinateTransformations": [SCALE, ABOUT_Z]}
    found = image(SCALE, datasets=[*turned, other])
    found["1/zarr.json"] = {**found["0/zarr.json"], "shape": [2, 3, 4]}
    notes = infer_one(found).notes
    assert any("level '1' is turned otherwise" in note for note in notes)


@pytest.mark.parametrize(
    "rows",
    [[[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], [[0, 1e9, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]],
)
def test_an_affine_that_leads_nowhere_is_not_followed(rows):
    layer = infer_one(image(SCALE, {"type": "affine", "affine": rows}))
    assert placed(layer)[0] == (250, 500, 2000)
    assert layer.transform is None
    assert any("not followed" in note for note in layer.notes)


def test_sequences_without_end_are_left_out():
    nested = SCALE
    for _ in range(40):
        nested = {"type": "sequence", "transformations": [nested]}
    assert any("'sequence' is left out" in note for note in infer_one(image(nested)).notes)
