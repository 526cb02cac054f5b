"""Cases 54 to 57: layers of different voxel sizes in one dataset."""

from itertools import permutations

import pytest
from tests.cases.unlike import unlike_webknossos
from tests.volumes.documents import documents, files

import nb_remote as nbr

SHAPE = (40, 400, 400)


def image(voxel_xyz, factor_xyz=(2, 2, 1), *, unit="nanometer", **more):
    """Two levels; voxels and factors are x, y, z."""
    voxel, factor = voxel_xyz[::-1], factor_xyz[::-1]
    return documents(
        "zyx",
        shapes=[SHAPE, [n // f for n, f in zip(SHAPE, factor, strict=True)]],
        scales=[voxel, [a * b for a, b in zip(voxel, factor, strict=True)]],
        unit=unit,
        **more,
    )


@pytest.fixture
def together(serve):
    """``together(a=…, b=…)`` opens the images of these names as one dataset, in this order."""

    def open_(**images):
        server = serve({k: v for name, one in images.items() for k, v in files(one, name).items()})
        return nbr.open(*map(server.url_of, images))

    return open_


def mags(dataset, name):
    (layer,) = [one for one in dataset.datasource.data_layers if one.name == name]
    return [one.mag for one in layer.mags]


def matrix(dataset, name):
    (layer,) = [one for one in dataset.datasource.data_layers if one.name == name]
    transformations = layer.coordinate_transformations
    return transformations and transformations[0].matrix


def diagonal(x, y, z, at=(0, 0, 0)):
    return ((x, 0, 0, at[0]), (0, y, 0, at[1]), (0, 0, z, at[2]), (0, 0, 0, 1))


IMAGES = {"fine": image((4, 4, 40)), "coarse": image((8, 8, 40))}


@unlike_webknossos
@pytest.mark.parametrize("order", list(permutations(IMAGES)), ids="-".join)
def test_case_54_half_the_resolution_is_another_mag_in_either_order(together, order):
    dataset = together(**{name: IMAGES[name] for name in order})
    assert dataset.voxel_size_nm_xyz == (4, 4, 40)
    assert mags(dataset, "fine") == [(1, 1, 1), (2, 2, 1)]
    assert mags(dataset, "coarse") == [(2, 2, 1), (4, 4, 1)]
    assert matrix(dataset, "coarse") is None
    assert dataset["coarse"].bounding_box == ((0, 0, 0), (800, 800, 40))


@unlike_webknossos
@pytest.mark.parametrize(
    ("other", "placed"),
    [((9, 9, 9), diagonal(2.25, 2.25, 2.25)), ((6, 6, 6), diagonal(1.5, 1.5, 1.5))],
)
def test_case_55_what_is_no_power_of_two_is_placed_by_a_transformation(together, other, placed):
    dataset = together(fine=image((4, 4, 4)), other=image(other))
    assert dataset.voxel_size_nm_xyz == (4, 4, 4)
    assert matrix(dataset, "other") == placed
    assert mags(dataset, "other") == [(1, 1, 1), (2, 2, 1)]
    (upper,) = {dataset["other"].bounding_box[1]}
    assert upper == (400 * other[0] / 4, 400 * other[1] / 4, 40 * other[2] / 4)
    assert any("no power of two" in note for note in dataset["other"].notes)


@unlike_webknossos
def test_case_55_a_voxel_that_is_finer_along_one_axis_and_coarser_along_another(together):
    dataset = together(flat=image((4, 4, 40)), cube=image((8, 8, 8)))
    assert dataset.voxel_size_nm_xyz == (8, 8, 8)  # of the smaller volume
    assert matrix(dataset, "flat") == diagonal(0.5, 0.5, 5)
    assert matrix(dataset, "cube") is None


@unlike_webknossos
def test_case_55_layers_may_be_reduced_in_different_ways(together):
    dataset = together(a=image((4, 4, 40)), b=image((4, 4, 40), (2, 2, 2)))
    assert mags(dataset, "a") == [(1, 1, 1), (2, 2, 1)]
    assert mags(dataset, "b") == [(1, 1, 1), (2, 2, 2)]
    assert not dataset["b"].placement.notes


def test_case_56_four_thousand_nanometres_are_four_micrometres(together):
    dataset = together(nm=image((4000, 4000, 4000)), um=image((4, 4, 4), unit="micrometer"))
    assert mags(dataset, "nm") == mags(dataset, "um") == [(1, 1, 1), (2, 2, 1)]
    assert matrix(dataset, "um") is None
    assert dataset["nm"].bounding_box == dataset["um"].bounding_box


@unlike_webknossos
def test_case_57_an_odd_ratio_is_composed_with_the_translation_of_the_layer(together):
    shifted = image((9, 9, 9), translations=[(90, 180, 360), (90, 184.5, 364.5)])
    dataset = together(fine=image((4, 4, 4)), shifted=shifted)
    # 40, 20 and 10 voxels of 9 nm are 90, 45 and 22.5 of 4 nm.
    assert matrix(dataset, "shifted") == diagonal(2.25, 2.25, 2.25, at=(90, 45, 22.5))
    assert dataset["shifted"].bounding_box[0] == (90, 45, 22.5)
