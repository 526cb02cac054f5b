"""Several layers in one space: the finest voxel wins, and no two layers ever fail to agree."""

from dataclasses import replace
from itertools import permutations

import pytest
from tests.volumes.documents import documents
from tests.volumes.inferring import infer_one

from nb_remote.datasource.build import build_datasource
from nb_remote.datasource.space import unify
from nb_remote.infer.inferred import Inferred


def layer(size_xyz, *, mags=((1, 1, 1), (2, 2, 2)), unit="nanometer", move_xyz=None, extent=64):
    x, y, z = size_xyz
    scales = [[z * c, y * b, x * a] for a, b, c in mags]
    moves = None if move_xyz is None else [list(move_xyz[::-1])] * len(mags)
    return infer_one(
        documents(
            "zyx", shapes=[(extent,) * 3] * len(mags), scales=scales, unit=unit, translations=moves
        )
    )


def built(*layers):
    return build_datasource(layers, unify(layers)).to_dict()


def mags(entry):
    return [tuple(one["mag"]) for one in entry["mags"]]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_powers_of_two_become_mags_of_the_finest_in_any_order(order):
    both = [
        layer((4, 4, 40), mags=[(1, 1, 1), (2, 2, 1)]),
        layer((8, 8, 40), mags=[(1, 1, 1), (2, 2, 1)]),
    ]
    document = built(*(both[n] for n in order))
    assert document["scale"] == {"factor": [4, 4, 40], "unit": "nanometer"}
    fine, coarse = (document["dataLayers"][order.index(n)] for n in (0, 1))
    assert mags(fine) == [(1, 1, 1), (2, 2, 1)]
    assert mags(coarse) == [(2, 2, 1), (4, 4, 1)]
    assert coarse["boundingBox"] == {"topLeft": [0, 0, 0], "width": 128, "height": 128, "depth": 64}
    assert all("coordinateTransformations" not in one for one in document["dataLayers"])


@pytest.mark.parametrize(
    ("fine", "coarse"),
    [
        ((4, 4, 4), (9, 9, 9)),
        ((4, 4, 4), (6, 6, 6)),
        ((4, 4, 4), (5, 5, 5)),
        ((8, 8, 8), (4, 4, 40)),
        ((4, 4, 40), (16.5, 16.5, 25)),
    ],
)
def test_other_ratios_keep_their_own_mags_and_are_placed_by_an_affine(fine, coarse):
    both = [layer(fine), layer(coarse)]
    for document in (built(*both), built(*both[::-1])):
        assert document["scale"]["factor"] == pytest.approx(fine)
        placed = [one for one in document["dataLayers"] if "coordinateTransformations" in one]
        (entry,) = placed
        assert mags(entry) == [(1, 1, 1), (2, 2, 2)]
        (affine,) = entry["coordinateTransformations"]
        assert [affine["matrix"][n][n] for n in range(3)] == pytest.approx(
            [c / f for c, f in zip(coarse, fine, strict=True)]
        )


def test_levels_halved_along_different_axes_go_together():
    document = built(
        layer((4, 4, 40), mags=[(1, 1, 1), (2, 2, 1)]),
        layer((4, 4, 40), mags=[(1, 1, 1), (2, 2, 2)]),
    )
    assert [mags(one) for one in document["dataLayers"]] == [
        [(1, 1, 1), (2, 2, 1)],
        [(1, 1, 1), (2, 2, 2)],
    ]


def test_the_same_size_in_other_units_is_the_same():
    document = built(layer((4000, 4000, 4000)), layer((4, 4, 4), unit="micrometer"))
    assert [mags(one)[0] for one in document["dataLayers"]] == [(1, 1, 1)] * 2
    assert document["scale"] == {"factor": [4000, 4000, 4000], "unit": "nanometer"}


def test_a_translation_is_in_dataset_voxels_after_rebasing():
    document = built(layer((4, 4, 4)), layer((8, 8, 8), move_xyz=(80, 160, 240)))
    coarse = document["dataLayers"][1]
    assert mags(coarse)[0] == (2, 2, 2)
    matrix = coarse["coordinateTransformations"][0]["matrix"]
    assert [row[3] for row in matrix] == [20, 40, 60, 1]
    assert [matrix[n][n] for n in range(3)] == [1, 1, 1]


def test_a_translation_is_composed_with_the_affine_of_an_odd_ratio():
    document = built(layer((4, 4, 4)), layer((6, 6, 6), move_xyz=(60, 120, 180)))
    matrix = document["dataLayers"][1]["coordinateTransformations"][0]["matrix"]
    assert [row[3] for row in matrix] == [15, 30, 45, 1]
    assert [matrix[n][n] for n in range(3)] == [1.5, 1.5, 1.5]


def test_rounding_in_a_ratio_is_forgiven_while_it_adds_up_to_less_than_half_a_voxel():
    nearly = (8.0004, 8.0004, 8.0004)
    small, large = (built(layer((4, 4, 4)), layer(nearly, extent=n)) for n in (64, 100_000))
    assert mags(small["dataLayers"][1])[0] == (2, 2, 2)
    assert mags(large["dataLayers"][1])[0] == (1, 1, 1)
    assert "coordinateTransformations" in large["dataLayers"][1]


# What WEBKNOSSOS makes of each of these is an error or silently misaligned, except for the first.
# Sizes and mags of two layers; the voxel that the dataset gets; mags of both, and their factors.
TABLE = {
    "anisotropic halves": (
        ((4, 4, 40), [(1, 1, 1), (2, 2, 1)]),
        ((8, 8, 40), [(1, 1, 1), (2, 2, 1)]),
        (4, 4, 40),
        ([(1, 1, 1), (2, 2, 1)], None),
        ([(2, 2, 1), (4, 4, 1)], None),
    ),
    "a ratio of 2.25": (
        ((4, 4, 4), [(1, 1, 1)]),
        ((9, 9, 9), [(1, 1, 1)]),
        (4, 4, 4),
        ([(1, 1, 1)], None),
        ([(1, 1, 1)], (2.25, 2.25, 2.25)),
    ),
    "a ratio of 1.5": (
        ((4, 4, 4), [(1, 1, 1)]),
        ((6, 6, 6), [(1, 1, 1)]),
        (4, 4, 4),
        ([(1, 1, 1)], None),
        ([(1, 1, 1)], (1.5, 1.5, 1.5)),
    ),
    "a ratio of 1.25": (
        ((4, 4, 4), [(1, 1, 1)]),
        ((5, 5, 5), [(1, 1, 1)]),
        (4, 4, 4),
        ([(1, 1, 1)], None),
        ([(1, 1, 1)], (1.25, 1.25, 1.25)),
    ),
    "finer along one axis and coarser along others": (
        ((4, 4, 40), [(1, 1, 1)]),
        ((8, 8, 8), [(1, 1, 1)]),
        (8, 8, 8),
        ([(1, 1, 1)], (0.5, 0.5, 5)),
        ([(1, 1, 1)], None),
    ),
    "halved along different axes": (
        ((4, 4, 40), [(1, 1, 1), (2, 2, 1)]),
        ((4, 4, 40), [(1, 1, 1), (2, 2, 2)]),
        (4, 4, 40),
        ([(1, 1, 1), (2, 2, 1)], None),
        ([(1, 1, 1), (2, 2, 2)], None),
    ),
    "equal up to rounding": (
        ((8, 8, 8), [(1, 1, 1)]),
        ((8.0001, 8.0001, 8.0001), [(1, 1, 1)]),
        (8, 8, 8),
        ([(1, 1, 1)], None),
        ([(1, 1, 1)], None),
    ),
    "the coarse one first": (
        ((8, 8, 40), [(1, 1, 1)]),
        ((4, 4, 40), [(1, 1, 1)]),
        (4, 4, 40),
        ([(2, 2, 1)], None),
        ([(1, 1, 1)], None),
    ),
    "nearly two": (
        ((4, 4, 4), [(1, 1, 1)]),
        ((7.999996, 7.999996, 7.999996), [(1, 1, 1)]),
        (4, 4, 4),
        ([(1, 1, 1)], None),
        ([(2, 2, 2)], None),
    ),
}


@pytest.mark.parametrize(("first", "second", "voxel", *"ab"), TABLE.values(), ids=TABLE)
def test_layers_of_any_two_voxel_sizes_go_together(first, second, voxel, a, b):
    layers = [layer(size, mags=levels) for size, levels in (first, second)]
    document = built(*layers)
    assert document["scale"]["factor"] == list(voxel)
    for entry, (own_mags, factors) in zip(document["dataLayers"], (a, b), strict=True):
        assert mags(entry) == own_mags
        affines = entry.get("coordinateTransformations")
        if factors is None:
            assert affines is None
        else:
            (affine,) = affines
            x, y, z = factors
            assert affine["matrix"] == [[x, 0, 0, 0], [0, y, 0, 0], [0, 0, z, 0], [0, 0, 0, 1]]


def test_a_translation_of_a_layer_with_a_factor_is_multiplied():
    finer, coarser = layer((4, 4, 4)), layer((8, 8, 8), move_xyz=(80, 160, 240))
    placement = unify([finer, coarser]).layers[1]
    assert placement.mag_xyz == (2, 2, 2)
    assert placement.translation_xyz == (20, 40, 60)
    assert placement.matrix == ((2, 0, 0, 20), (0, 2, 0, 40), (0, 0, 2, 60))


def test_rounding_that_adds_up_on_the_way_to_a_far_layer_is_no_rounding():
    near, far = (layer((8.0004,) * 3, move_xyz=(n,) * 3) for n in (80, 800_000))
    assert unify([layer((4, 4, 4)), near]).layers[1].mag_xyz == (2, 2, 2)
    placement = unify([layer((4, 4, 4)), far]).layers[1]
    assert placement.mag_xyz is None
    assert placement.translation_xyz == pytest.approx((200_000,) * 3)


def test_a_ratio_that_is_no_power_of_two_is_said():
    notes = unify([layer((4, 4, 4)), layer((6, 6, 9))]).layers[1].notes
    (note,) = notes
    assert "1.5 x 1.5 x 2.25" in note
    assert "WEBKNOSSOS datasource" in note


def test_a_person_may_choose_the_voxel_size():
    layers = [layer((8, 8, 8)), layer((4, 4, 4))]
    space = unify(layers, voxel_size_nm_xyz=(2, 2, 2))
    assert space.voxel_size_nm_xyz.value == (2, 2, 2)
    assert space.voxel_size_nm_xyz.origin == "user"
    assert [one.mag_xyz for one in space.layers] == [(4, 4, 4), (2, 2, 2)]
    coarser = unify(layers, voxel_size_nm_xyz=(8, 8, 8))
    assert [one.mag_xyz for one in coarser.layers] == [(1, 1, 1), None]
    assert coarser.layers[1].ratio_xyz == (0.5, 0.5, 0.5)


def lying(one, matrix):
    return replace(one, transform=tuple(tuple(map(float, row)) for row in matrix))


QUARTER = [[0, -1, 0, 5], [1, 0, 0, 0], [0, 0, 1, 0]]
SHEARED = [[1, 0, 0.5, 0], [0, 1, 0, 0], [0, 0, 0.25, 8]]


def test_a_turned_layer_is_placed_with_its_own_translation_and_factor():
    # 8 nm voxels at (10, 20, 30) of them: x = 2 · (5 - (y + 20)), y = 2 · (x + 10)
    turned = lying(layer((8, 8, 8), move_xyz=(80, 160, 240)), QUARTER)
    placement = unify([layer((4, 4, 4)), turned]).layers[1]
    assert placement.mag_xyz == (2, 2, 2)
    assert placement.matrix == ((0, -2, 0, -30), (2, 0, 0, 20), (0, 0, 2, 60))
    assert placement.translation_xyz == (-30, 20, 60)
    assert not placement.is_upright
    assert placement.is_square
    assert placement.box((0, 0, 0), (64, 32, 16)) == ((-94, 20, 60), (-30, 148, 92))
    assert any("voxel by voxel" in note for note in placement.notes)


def test_the_affine_of_a_layer_with_a_mag_is_written_in_dataset_voxels():
    coarse = lying(layer((8, 8, 8)), SHEARED)
    entry = built(layer((4, 4, 4)), coarse)["dataLayers"][1]
    assert mags(entry)[0] == (2, 2, 2)
    (affine,) = entry["coordinateTransformations"]
    assert affine["matrix"] == [[1, 0, 0.5, 0], [0, 1, 0, 0], [0, 0, 0.25, 16], [0, 0, 0, 1]]


def test_the_affine_of_a_layer_of_an_odd_ratio_holds_that_too():
    odd = lying(layer((6, 6, 6), move_xyz=(60, 60, 60)), SHEARED)
    entry = built(layer((4, 4, 4)), odd)["dataLayers"][1]
    (affine,) = entry["coordinateTransformations"]
    # 1.5 · (x + 10 + (z + 10) / 2), 1.5 · (y + 10), 1.5 · ((z + 10) / 4 + 8)
    assert affine["matrix"] == [
        [1.5, 0, 0.75, 22.5],
        [0, 1.5, 0, 15],
        [0, 0, 0.375, 15.75],
        [0, 0, 0, 1],
    ]


@pytest.mark.parametrize("category", ["color", "segmentation"])
def test_an_oblique_layer_says_how_it_is_shown(category):
    one = lying(layer((4, 4, 4)), SHEARED)
    one = replace(one, category=Inferred(category, "metadata"))
    placement = unify([one]).layers[0]
    assert not placement.is_square
    how = {"color": "linear between voxels", "segmentation": "from the nearest voxel"}[category]
    assert any(how in note for note in placement.notes)


def test_three_layers_give_the_same_space_in_every_order():
    three = [layer((8, 8, 8)), layer((4, 4, 4)), layer((6, 6, 6))]
    expected = None
    for order in permutations(range(3)):
        space = unify([three[n] for n in order])
        found = (space.voxel_size_nm_xyz.value, [space.layers[order.index(n)] for n in range(3)])
        expected = expected or found
        assert found == expected


@pytest.mark.parametrize("sizes", [((4, 4, 8), (8, 4, 4)), ((4, 4, 8), (4, 8, 4))])
def test_of_equal_volumes_the_first_one_gives_the_voxel(sizes):
    first, second = (layer(size) for size in sizes)
    assert unify([first, second]).voxel_size_nm_xyz.value == sizes[0]
    assert unify([second, first]).voxel_size_nm_xyz.value == sizes[1]
