"""Several layers in one space: the finest voxel wins, and no two layers ever fail to agree."""

from itertools import permutations

import pytest
from tests.volumes.documents import documents
from tests.volumes.inferring import infer_one

from nb_remote.datasource.build import build_datasource
from nb_remote.datasource.space import unify


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
