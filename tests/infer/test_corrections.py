"""What a person says of a layer: taken over with its origin, or refused with what is allowed."""

import numpy as np
import pytest
from tests.volumes.documents import documents, multiscale_of, with_labels
from tests.volumes.inferring import infer, infer_one

from nb_remote.errors import InvalidCorrection
from nb_remote.infer.correction import Correction, correction_of
from nb_remote.infer.corrections import corrected
from nb_remote.infer.inferred import Inferred


@pytest.fixture
def em():
    return infer_one(
        documents(
            "zyx",
            shapes=[(8, 64, 32), (8, 32, 16), (4, 16, 8)],
            scales=[[40.0, 4.0, 4.0], [40.0, 8.0, 8.0], [80.0, 16.0, 16.0]],
            name="em",
        )
    )


@pytest.fixture
def colours():
    return infer_one(documents("czyx", shapes=[(3, 8, 64, 32)], dtype="|u1", name="colours"))


@pytest.fixture
def cells():
    return infer(with_labels(documents("zyx"), cells=documents("zyx", dtype="<u2")))[1]


def said(layer, **fields):
    return corrected(layer, correction_of(fields))


def refusal(layer, **fields):
    with pytest.raises(InvalidCorrection) as caught:
        said(layer, **fields)
    return caught.value


class TestWhatIsTakenOver:
    def test_a_name(self, em):
        assert said(em, name="EM_1").name == Inferred("EM_1", "user")

    def test_a_voxel_size_in_a_unit_that_is_written_short(self, em):
        geometry = said(em, voxel_size_xyz=[0.5, 0.5, 2], unit="µm").geometry
        assert geometry.voxel_size_nm_xyz == Inferred((500.0, 500.0, 2000.0), "user")
        assert geometry.unit == Inferred("micrometer", "user")
        assert geometry.units_xyz == ("micrometer",) * 3

    def test_a_voxel_size_alone_is_in_the_unit_that_the_layer_has(self, em):
        assert em.geometry.unit.value == "nanometer"
        assert said(em, voxel_size_xyz=(6, 6, 30)).geometry.voxel_size_nm_xyz.value == (6, 6, 30)

    def test_a_unit_alone_keeps_the_numbers(self, em):
        geometry = said(em, unit="um").geometry
        assert geometry.voxel_size_nm_xyz.value == pytest.approx((4000, 4000, 40000))

    def test_levels_and_their_offsets_count_voxels_and_so_stay(self, em):
        assert said(em, unit="mm").geometry.levels == em.geometry.levels

    def test_axes_and_what_follows_from_them(self, em):
        again = said(em, axes=("x", "y", "z"))
        assert again.axes.origin == "user"
        assert again.axes.value.names == ("x", "y", "z")
        assert again.shape_xyz == (8, 64, 32)
        assert again.geometry.voxel_size_nm_xyz.value == (40.0, 4.0, 4.0)
        assert [level.mag for level in again.geometry.levels] == [(1, 1, 1), (1, 2, 2), (2, 4, 4)]

    def test_an_axis_that_becomes_the_channels_gives_channels(self):
        layer = infer_one(documents("zyx", shapes=[(3, 64, 32)], dtype="|u1"))
        again = said(layer, axes=("c", "y", "x"))
        assert len(again.channels) == 3
        assert again.shape_xyz == (32, 64, 1)
        assert said(again, is_rgb=True).is_rgb == Inferred(True, "user")

    def test_an_axis_of_its_own_name_is_an_additional_one(self, em):
        again = said(em, axes=("angle", "y", "x"))
        assert [(one.name, one.size) for one in again.axes.value.extra] == [("angle", 8)]

    def test_a_category_with_its_element_class(self, em):
        assert said(em, category="segmentation").category == Inferred("segmentation", "user")

    def test_colours_of_segments_come_and_go_with_the_category(self):
        image = documents("zyx")
        image[".zattrs"]["image-label"] = {"colors": [{"label-value": 7, "rgba": [1, 2, 3, 255]}]}
        layer = infer_one(image)
        assert layer.segment_colors == ((7, (1, 2, 3, 255)),)
        as_image = said(layer, category="color")
        assert as_image.segment_colors == ()
        assert said(as_image, category="segmentation").segment_colors == layer.segment_colors

    def test_a_box_within_the_arrays_is_what_is_used_of_them(self, em):
        layer = said(em, bounding_box=((4, 8, 2), (16, 32, 4)))
        assert layer.bounding_box == Inferred(((4, 8, 2), (16, 32, 4)), "user")
        assert layer.used_xyz(0) == ((4, 20), (8, 40), (2, 6))
        assert layer.used_xyz(2) == ((1, 5), (2, 10), (1, 3))
        assert layer.notes == em.notes

    def test_a_box_that_reaches_beyond_the_arrays_with_a_note(self, em):
        layer = said(em, bounding_box=((0, 0, 0), (32, 64, 9)))
        [note] = set(layer.notes) - set(em.notes)
        assert note == (
            "the bounding box reaches beyond the arrays, which lie between (0, 0, 0) and "
            "(32, 64, 8)"
        )

    def test_a_translation(self, em):
        moved = said(em, translation_xyz=(10, 0, -2.5)).geometry.translation_xyz
        assert moved == Inferred((10.0, 0.0, -2.5), "user")

    def test_mags_and_none_for_a_level_that_is_left_out(self, em):
        layer = said(em, mags=((1, 1, 1), None, (4, 4, 4)))
        assert [array.key for array in layer.arrays] == [em.arrays[0].key, em.arrays[2].key]
        assert [level.mag for level in layer.geometry.levels] == [(1, 1, 1), (4, 4, 4)]
        assert [level.factor_xyz for level in layer.geometry.levels] == [(1,) * 3, (4,) * 3]
        assert {level.origin for level in layer.geometry.levels} == {"user"}

    def test_mags_that_start_above_one_enlarge_the_box(self, em):
        layer = said(em, mags=((2, 2, 1), (4, 4, 1), (8, 8, 2)))
        assert layer.bounding_box.value == ((0, 0, 0), (64, 128, 8))

    def test_how_channels_look(self, colours):
        layer = said(
            colours,
            contrast_limits={1: [5, 90]},
            colors={0: (255, 0, 128)},
            visible={2: False},
            inverted={0: True},
        )
        first, second, third = layer.channels
        assert (first.color, first.inverted, first.inverted_origin) == (
            Inferred((255, 0, 128), "user"),
            True,
            "user",
        )
        assert second.contrast_limits == Inferred((5.0, 90.0), "user")
        assert (third.visible, third.visible_origin) == (False, "user")
        assert first.visible_origin == second.visible_origin == "assumed"

    def test_limits_widen_the_ends_that_the_metadata_give(self):
        image = documents("zyx")
        image[".zattrs"]["omero"] = {
            "channels": [
                {"color": "FFFFFF", "window": {"start": 10, "end": 20, "min": 0, "max": 50}}
            ]
        }
        layer = said(infer_one(image), contrast_limits={0: (-5, 40)})
        assert layer.channels[0].contrast_range == (-5.0, 50.0)

    def test_the_largest_segment_id(self, cells):
        assert said(cells, largest_segment_id=65534).largest_segment_id == Inferred(65534, "user")

    def test_the_highest_id_of_the_data_type_with_a_note(self, cells):
        layer = said(cells, largest_segment_id=65535)
        assert "the highest that uint16 can hold" in layer.notes[-1]

    def test_numbers_of_numpy(self, em):
        layer = said(
            em, voxel_size_xyz=np.array([1.5, 1.5, 3.0]), bounding_box=np.ones((2, 3), int)
        )
        assert layer.bounding_box.value == ((1, 1, 1), (1, 1, 1))


class TestOneAfterTheOther:
    def test_a_later_correction_adds_to_the_earlier_ones(self, em):
        layer = said(said(em, name="a", unit="µm"), category="segmentation", name="b")
        assert (layer.name.value, layer.category.value) == ("b", "segmentation")
        assert layer.geometry.unit.value == "micrometer"
        assert layer.correction == Correction(name="b", unit="micrometer", category="segmentation")
        assert layer.uncorrected is em

    def test_the_order_makes_no_difference(self, em):
        one = said(said(em, axes=("x", "y", "z")), voxel_size_xyz=(1, 2, 3))
        other = said(said(em, voxel_size_xyz=(1, 2, 3)), axes=("x", "y", "z"))
        assert one == other

    def test_channels_are_corrected_one_by_one(self, colours):
        layer = said(said(colours, colors={0: (1, 2, 3)}), colors={2: (4, 5, 6)})
        assert [one.color.value for one in layer.channels[::2]] == [(1, 2, 3), (4, 5, 6)]

    def test_nothing_said_changes_nothing(self, em):
        assert corrected(em, Correction()) is em

    def test_a_refused_correction_changes_nothing(self, em):
        layer = said(em, name="a")
        assert refusal(layer, name="b", category="other")
        assert layer.name.value == "a"


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("", "a layer needs a name"),
            ("a b", "letters (a to z), digits, and _ - . $"),
            ("a/b", "letters (a to z)"),
            ("a\n", "letters (a to z)"),
            (".a", "may not start with a full stop"),
            ("a" * 256, "at most 255 characters, not 256"),
            (7, "must be a text, not 7"),
        ],
    )
    def test_names_that_webknossos_refuses(self, em, name, says):
        assert says in str(refusal(em, name=name))

    def test_categories_there_are_not(self, em):
        assert "'color' or 'segmentation', not 'labels'" in str(refusal(em, category="labels"))

    def test_a_segmentation_of_floats(self):
        layer = infer_one(documents("zyx", dtype="<f4"))
        error = refusal(layer, category="segmentation")
        assert error.field == "category"
        assert "holds integer ids, and this layer float32" in str(error)

    @pytest.mark.parametrize(
        ("size", "says"),
        [
            ((4, 4, 0), "larger than 0, not (4, 4, 0)"),
            ((4, -4, 40), "larger than 0"),
            ((4, 4, float("nan")), "three finite numbers"),
            ((4, 4, float("inf")), "three finite numbers"),
            ((4, 4, 10**400), "three finite numbers"),
            ((4, 4), "three finite numbers"),
            ("4,4,40", "three finite numbers"),
            ((True, 4, 4), "three finite numbers"),
            ((1e200, 1, 1), "is no length of anything"),
        ],
    )
    def test_voxel_sizes_of_nothing(self, em, size, says):
        assert says in str(refusal(em, voxel_size_xyz=size))

    def test_units_there_are_not(self, em):
        error = refusal(em, unit="furlong")
        assert "'furlong' is not a unit of length" in str(error)
        assert "Write for example nm, µm, mm" in str(error)

    @pytest.mark.parametrize(
        ("axes", "says"),
        [
            (("y", "x"), "2 names for 3 stored axes (shape [8, 64, 32])"),
            (("z", "z", "x"), "a name of its own, not z, z, x"),
            (("z", "", "x"), "a name of its own"),
            (("t", "z", "y"), "x and y must be among the axes"),
            ("zyx", "names in the stored order"),
            ((1, 2, 3), "names in the stored order"),
        ],
    )
    def test_axes_that_are_none(self, em, axes, says):
        assert says in str(refusal(em, axes=axes))

    def test_more_channels_than_are_described(self):
        layer = infer_one(documents("zyx", shapes=[(300, 4, 4)]))
        assert "300 channels" in str(refusal(layer, axes=("c", "y", "x")))

    @pytest.mark.parametrize(
        ("box", "says"),
        [
            (((0, 0, 0), (0, 4, 4)), "larger than 0, not (0, 4, 4)"),
            (((0, 0, 0), (4, 4, -4)), "larger than 0"),
            (((0, 0, 0), (4.5, 4, 4)), "in whole voxels"),
            ((0, 0, 0, 4, 4, 4), "((left, top, front), (width, height, depth))"),
            (((32, 0, 0), (4, 4, 4)), "holds no voxel of the arrays, which lie between (0, 0, 0)"),
        ],
    )
    def test_boxes_of_nothing(self, em, box, says):
        assert says in str(refusal(em, bounding_box=box))

    @pytest.mark.parametrize(
        ("mags", "says"),
        [
            (((1, 1, 1),), "1 mags for 3 levels"),
            ((None, None, None), "at least one level has to stay"),
            (((1, 1, 1), (2, 2, 0), None), "larger than 0 (x, y, z), not (2, 2, 0)"),
            (((1, 1, 1), (1.5, 2, 2), None), "three whole numbers"),
            (((2, 2, 2), (1, 1, 1), None), "must rise from the finest level"),
            (((1, 1, 1), (1, 1, 1), None), "must rise"),
        ],
    )
    def test_mags_that_are_none(self, em, mags, says):
        assert says in str(refusal(em, mags=mags))

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"contrast_limits": {0: (5, 5)}}, "must be below the upper one, not 5 to 5"),
            ({"contrast_limits": {0: (9, 5)}}, "inverted turns bright and dark around"),
            ({"contrast_limits": {0: 5}}, "two numbers (low, high), not 5"),
            ({"contrast_limits": {3: (0, 5)}}, "no channel 3; the layer has channels 0 to 2"),
            ({"contrast_limits": (0, 5)}, "by channel number"),
            ({"colors": {0: (0, 0, 256)}}, "from 0 to 255, not (0, 0, 256)"),
            ({"colors": {0: "red"}}, "red, green, blue"),
            ({"colors": {"0": (0, 0, 0)}}, "by channel number"),
            ({"visible": {0: 1}}, "True or False, not 1"),
            ({"inverted": {-1: True}}, "no channel -1"),
        ],
    )
    def test_looks_that_are_none(self, colours, fields, says):
        error = refusal(colours, **fields)
        assert says in str(error)
        assert error.field == next(iter(fields))

    @pytest.mark.parametrize("largest", [0, -1, 65536, 1.5, True])
    def test_ids_that_the_data_type_cant_hold(self, cells, largest):
        assert refusal(cells, largest_segment_id=largest).field == "largest_segment_id"

    def test_a_largest_id_of_an_image(self, em):
        assert "only a segmentation" in str(refusal(em, largest_segment_id=5))

    def test_one_picture_of_what_are_not_three_bytes(self, em):
        assert "three uint8 channels; this is a color layer with 1 of" in str(
            refusal(em, is_rgb=True)
        )

    def test_a_translation_beyond_all_bounds(self, em):
        assert "is impossible" in str(refusal(em, translation_xyz=(1e20, 0, 0)))


def test_a_field_there_is_not_lists_those_there_are():
    with pytest.raises(TypeError, match=r"'voxelsize' can't be corrected; .*voxel_size_xyz, unit"):
        correction_of({"voxelsize": 4})


def test_a_correction_can_be_a_key():
    one = Correction(colors={0: [1, 2, 3]}, mags=[[1, 1, 1], None])
    assert {one: 1}[Correction(colors=((0, (1, 2, 3)),), mags=((1, 1, 1), None))] == 1


def test_a_box_of_a_volume_that_counts_from_an_offset_counts_from_it(em):
    image = documents("zyx", shapes=[(8, 64, 32)], scales=[[1.0, 1.0, 1.0]])
    multiscale_of(image)["datasets"][0]["coordinateTransformations"].append(
        {"type": "translation", "translation": [5.0, 5.0, 5.0]}
    )
    # OME-Zarr: the box starts at the array's own first voxel, and the translation stays beside it.
    assert infer_one(image).bounding_box.value == ((0, 0, 0), (32, 64, 8))
