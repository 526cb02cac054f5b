"""Voxel size, and where every scale level lies.

Expected corners are computed as Neuroglancer does: OME-Zarr gives the centre of the first voxel
of each level, so its corner is half a voxel of that level before it. nb-remote then moves the
image as a whole, so that an untranslated one begins at zero.
"""

import pytest
from tests.volumes.documents import datasets_of, documents, multiscale_of, with_labels
from tests.volumes.inferring import infer, infer_one


def corners_as_neuroglancer(image, level):
    """Corner of a level's first voxel in physical units, stored order."""
    scale, translation = (
        step[step["type"]] for step in datasets_of(image)[level]["coordinateTransformations"]
    )
    return [t - s / 2 for s, t in zip(scale, translation, strict=True)]


def corners_as_inferred(layer, level):
    """The same from what was inferred: nanometres x y z, relative to the finest level's corner."""
    voxel = layer.geometry.voxel_size_nm_xyz.value
    return [o * v for o, v in zip(layer.geometry.levels[level].offset_xyz, voxel, strict=True)]


CORRECT = {  # translations of a writer that averages, half a voxel for each halving
    "scales": [[10.0, 4.0, 4.0], [10.0, 8.0, 8.0], [20.0, 16.0, 16.0]],
    "translations": [[7.0, 2.0, 3.0], [7.0, 4.0, 5.0], [12.0, 8.0, 9.0]],
    "shapes": [(6, 20, 28), (6, 10, 14), (3, 5, 7)],
}


def test_corners_of_all_levels_coincide_when_the_writer_was_correct():
    image = documents("zyx", **CORRECT)
    layer = infer_one(image)
    finest = corners_as_neuroglancer(image, 0)
    for level in range(3):
        assert corners_as_neuroglancer(image, level) == finest
        assert layer.geometry.levels[level].offset_xyz == (0, 0, 0)


def test_levels_follow_translations_that_do_not_coincide():
    image = documents(
        "zyx",
        scales=[[10.0, 4.0, 4.0], [20.0, 8.0, 8.0]],
        translations=[[0.0, 0.0, 0.0], [1.0, 2.0, 6.0]],
    )
    layer = infer_one(image)
    finest, coarse = (corners_as_neuroglancer(image, level) for level in (0, 1))
    expected = [c - f for c, f in zip(coarse, finest, strict=True)][::-1]
    assert corners_as_inferred(layer, 1) == pytest.approx(expected)
    assert expected != [0, 0, 0]


def test_the_image_is_shifted_by_half_a_finest_voxel_as_a_whole():
    image = documents("zyx", **CORRECT)
    moved = infer_one(image).geometry.translation_xyz
    finest = corners_as_neuroglancer(image, 0)
    half = [s / 2 for s in CORRECT["scales"][0]]
    voxels = [(c + h) / (2 * h) for c, h in zip(finest, half, strict=True)]
    assert moved.value == pytest.approx(voxels[::-1])
    assert moved.value == pytest.approx((3 / 4, 2 / 4, 7 / 10))
    assert moved.origin == "metadata"


def test_translations_are_read_by_axis_name_not_from_the_end():
    image = documents(
        "cxyz",
        shapes=[(1, 28, 20, 12)],
        scales=[[1.0, 11.0, 12.0, 25.0]],
        translations=[[0.0, 1100.0, 240.0, 75.0]],
    )
    assert infer_one(image).geometry.translation_xyz.value == pytest.approx((100, 20, 3))


def test_a_translation_in_physical_units_becomes_whole_voxels_without_rounding_residue():
    scale = [1.0, 0.5, 0.108335, 0.108335]
    image = documents(
        "tzyx",
        shapes=[(7, 4, 8, 8)],
        scales=[scale],
        translations=[[0.0, 3 * 0.5, 481 * 0.108335, 562 * 0.108335]],
        unit="micrometer",
    )
    assert infer_one(image).geometry.translation_xyz.value == (562.0, 481.0, 3.0)


@pytest.mark.parametrize("translations", [None, [[0.0] * 3] * 2, [[5.0, 6.0, 7.0]] * 2])
def test_levels_that_no_translation_tells_apart_share_a_corner_and_are_flagged(translations):
    layer = infer_one(documents("zyx", translations=translations))
    assert [level.offset_xyz for level in layer.geometry.levels] == [(0, 0, 0), (0, 0, 0)]
    assert any("assumed to coincide" in note for note in layer.notes)
    x, y, z = layer.geometry.translation_xyz.value
    assert (z, y, x) == ((5, 6, 7) if translations and any(translations[0]) else (0, 0, 0))


def test_without_translation_the_place_is_assumed():
    assert infer_one(documents("zyx")).geometry.translation_xyz.origin == "assumed"


def test_correct_translations_raise_no_flag():
    layer = infer_one(documents("zyx", **CORRECT))
    assert layer.notes == ()


class TestTransformationsOfTheWholeImage:
    """``multiscales[].coordinateTransformations`` are applied after those of the level."""

    def image(self, inner, outer):
        image = documents("zyx", shapes=[(8, 16, 16)])
        datasets_of(image)[0]["coordinateTransformations"] = inner
        multiscale_of(image)["coordinateTransformations"] = outer
        return infer_one(image).geometry

    def test_a_scale_multiplies_scale_and_translation(self):
        geometry = self.image(
            [
                {"type": "scale", "scale": [5, 3, 2]},
                {"type": "translation", "translation": [5, 6, 8]},
            ],
            [{"type": "scale", "scale": [2, 2, 2]}],
        )
        assert geometry.voxel_size_nm_xyz.value == (4, 6, 10)
        assert geometry.translation_xyz.value == (4, 2, 1)

    def test_a_translation_is_added_unscaled(self):
        geometry = self.image(
            [{"type": "scale", "scale": [5, 3, 2]}],
            [{"type": "translation", "translation": [5, 6, 8]}],
        )
        assert geometry.translation_xyz.value == (4, 2, 1)

    def test_scale_then_translation_and_the_other_way_round_differ(self):
        scale = {"type": "scale", "scale": [2, 2, 2]}
        move = {"type": "translation", "translation": [4, 4, 4]}
        inner = [{"type": "scale", "scale": [1, 1, 1]}]
        assert self.image(inner, [scale, move]).translation_xyz.value == (2, 2, 2)
        assert self.image(inner, [move, scale]).translation_xyz.value == (4, 4, 4)

    def test_identity_changes_nothing(self):
        geometry = self.image([{"type": "scale", "scale": [5, 3, 2]}], [{"type": "identity"}])
        assert geometry.voxel_size_nm_xyz.value == (2, 3, 5)

    @pytest.mark.parametrize(
        "step",
        [
            {"type": "rotation", "rotation": [[0, 1], [1, 0]]},
            {"type": "scale", "path": "scales.bin"},
            {"type": "affine"},
        ],
    )
    def test_a_step_that_can_not_be_applied_is_left_out_and_named(self, step):
        image = documents("zyx", shapes=[(8, 16, 16)])
        multiscale_of(image)["coordinateTransformations"] = [step]
        layer = infer_one(image)
        assert any(step["type"] in note for note in layer.notes)
        assert layer.geometry.voxel_size_nm_xyz.value == (1, 1, 1)


@pytest.mark.parametrize(
    ("ratio", "mag"),
    [
        (2.0, 2),
        (1.9996, 2),
        (2.0004, 2),
        (2.007, 2),
        (2.25, None),
        (3.0, 3),
        (4.03, 4),
        (1.5, None),
    ],
)
def test_a_ratio_that_is_nearly_whole_is_a_mag_and_others_are_none(ratio, mag):
    layer = infer_one(documents("zyx", scales=[[4.0] * 3, [4.0 * ratio] * 3]))
    level = layer.geometry.levels[1]
    assert level.mag == (None if mag is None else (mag,) * 3)
    assert level.factor_xyz == pytest.approx((ratio,) * 3)


def test_mags_are_given_per_axis():
    layer = infer_one(documents("zyx", **CORRECT))
    assert [level.mag for level in layer.geometry.levels] == [(1, 1, 1), (2, 2, 1), (4, 4, 2)]


def test_odd_extents_do_not_spoil_what_the_scales_say():
    layer = infer_one(
        documents(
            "zyx", shapes=[(236, 275, 271), (236, 137, 135)], scales=[[1.0] * 3, [1.0, 2.0, 2.0]]
        )
    )
    assert layer.geometry.levels[1].factor_xyz == (2, 2, 1)


class TestNoSingleFinestLevel:
    """x is finest in one level, y in the other."""

    @pytest.fixture
    def layer(self):
        return infer_one(
            documents("yx", shapes=[(10, 40), (20, 20)], scales=[[2.0, 1.0], [1.0, 2.0]])
        )

    def test_the_voxel_is_the_smallest_along_each_axis_and_flagged(self, layer):
        assert layer.geometry.voxel_size_nm_xyz.value[:2] == (1, 1)
        assert any("smallest of each" in note for note in layer.notes)

    def test_the_extent_is_in_that_voxel(self, layer):
        assert layer.shape_xyz == (40, 20, 1)

    def test_each_level_has_its_own_mag(self, layer):
        assert [level.mag for level in layer.geometry.levels] == [(1, 2, 1), (2, 1, 1)]


def test_levels_listed_coarse_first_are_put_finest_first():
    right = documents("zyx", **CORRECT)
    wrong = documents("zyx", **CORRECT)
    datasets_of(wrong).reverse()
    layer, expected = infer_one(wrong), infer_one(right)
    assert layer.geometry.levels == expected.geometry.levels
    assert [array.shape for array in layer.arrays] == [array.shape for array in expected.arrays]
    assert layer.geometry.translation_xyz == expected.geometry.translation_xyz
    assert layer.shape_xyz == (28, 20, 6)


class TestMissingScales:
    def test_without_any_the_factors_come_from_the_shapes_and_the_voxel_is_assumed(self):
        image = documents("zyx", shapes=[(8, 16, 16), (8, 8, 8)], unit="micrometer")
        for one in datasets_of(image):
            del one["coordinateTransformations"]
        layer = infer_one(image)
        assert [level.mag for level in layer.geometry.levels] == [(1, 1, 1), (2, 2, 1)]
        assert layer.geometry.voxel_size_nm_xyz.value == (1000, 1000, 1000)
        assert layer.geometry.voxel_size_nm_xyz.origin == "assumed"
        assert any("from the shapes" in note for note in layer.notes)

    def test_odd_extents_in_halves_are_still_halves_and_other_fractions_stay(self):
        """n5-universe rounds, too; WEBKNOSSOS takes no mag that isn't whole."""
        image = documents("zyx", shapes=[(30, 11, 13), (20, 6, 6)])
        for one in datasets_of(image):
            del one["coordinateTransformations"]
        level = infer_one(image).geometry.levels[1]
        assert level.factor_xyz == (2, 2, 1.5)
        assert level.mag is None

    def test_a_scale_of_the_finest_level_alone_is_kept(self):
        image = documents("zyx", shapes=[(8, 16, 16), (8, 8, 8)], scales=[[5.0, 3.0, 2.0]] * 2)
        del datasets_of(image)[1]["coordinateTransformations"]
        layer = infer_one(image)
        assert layer.geometry.voxel_size_nm_xyz.value == (2, 3, 5)
        assert layer.geometry.voxel_size_nm_xyz.origin == "metadata"
        assert layer.geometry.levels[1].factor_xyz == (2, 2, 1)
        assert any("from the shapes" in note for note in layer.notes)

    def test_time_and_channel_may_have_any_scale(self):
        layer = infer_one(documents("tzyx", shapes=[(7, 4, 8, 8)], scales=[[0.0, 5.0, 3.0, 2.0]]))
        assert layer.geometry.voxel_size_nm_xyz.value == (2, 3, 5)


@pytest.mark.parametrize(
    "numbers", [[0, 1, 1], [-1, 1, 1], [1e308, 1, 1], [1e-320, 1, 1], [10**400, 1, 1]]
)
@pytest.mark.parametrize("unit", ["kilometer", "yoctometer"])
def test_an_impossible_voxel_size_is_bad_metadata(numbers, unit):
    image = documents("zyx", shapes=[(8, 16, 16)], scales=[numbers], unit=unit)
    (layer,) = infer(image)
    assert layer.problem.code == "bad-metadata"


class TestLabels:
    """A label image lies in the OME space of its image."""

    def layers(self, **label):
        return infer(with_labels(documents("zyx", **CORRECT), cells=documents("zyx", **label)))

    def test_one_that_starts_at_the_second_level_lies_where_that_level_lies(self):
        image, label = self.layers(**{key: value[1:] for key, value in CORRECT.items()})
        nm = [
            [
                t * v
                for t, v in zip(one.translation_xyz.value, one.voxel_size_nm_xyz.value, strict=True)
            ]
            for one in (image.geometry, label.geometry)
        ]
        assert nm[0] == pytest.approx(nm[1])

    def test_one_that_is_not_translated_begins_at_zero_like_an_untranslated_image(self):
        _, label = self.layers(shapes=[(8, 16, 16)], scales=[[8.0] * 3])
        assert label.geometry.translation_xyz.value == (0, 0, 0)
        assert label.geometry.translation_xyz.origin == "assumed"


@pytest.mark.parametrize(
    ("scale", "noted"), [(1.0, True), (2.0, False), (2.03, False), (4.0, True)]
)
def test_a_level_whose_scale_contradicts_its_shape_is_noted(scale, noted):
    shapes = [(8, 65, 65), (8, 32, 32)]
    layer = infer_one(documents("zyx", shapes=shapes, scales=[[1.0] * 3, [1.0, scale, scale]]))
    assert any("level '1' covers another extent" in note for note in layer.notes) is noted
