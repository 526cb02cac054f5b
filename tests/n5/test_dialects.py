"""N5's ways to describe a pyramid: axes, voxel size, box and levels, by documents alone.

Expected values are literals from the tools' own descriptions, cited per test.
"""

import pytest
from tests.n5.written import dataset
from tests.volumes.inferring import find, infer, infer_one

from nb_remote.errors import Declined, UnsupportedCodec
from nb_remote.infer.layer import BrokenLayer

SHAPES = ((40, 20, 12), (20, 10, 6), (10, 5, 3))
BLOCKS = (8, 8, 8)
FACTORS = [[1, 1, 1], [2, 2, 2], [4, 4, 4]]


def pyramid(group=None, levels=({}, {}, {}), shapes=SHAPES, path="", **changes):
    """Documents of a group at `path`, with more attributes per level."""
    prefix = f"{path}/" if path else ""
    found = {} if group is None else {f"{prefix}attributes.json": group}
    for number, (shape, more) in enumerate(zip(shapes, levels, strict=True)):
        blocks = BLOCKS[: len(shape)]
        found[f"{prefix}s{number}/attributes.json"] = dataset(shape, blocks, **changes, **more)
    return found


def placed(layer):
    """Factor and corner of each level."""
    return [(one.factor_xyz, one.offset_xyz) for one in layer.geometry.levels]


ALIGNED = [((1, 1, 1), (0, 0, 0)), ((2, 2, 2), (0, 0, 0)), ((4, 4, 4), (0, 0, 0))]


def assert_aligned(layer, size_nm, keys=("s0", "s1", "s2")):
    assert placed(layer) == ALIGNED
    assert [one.mag for one in layer.geometry.levels] == [(1, 1, 1), (2, 2, 2), (4, 4, 4)]
    assert layer.geometry.voxel_size_nm_xyz.value == pytest.approx(size_nm)
    assert layer.geometry.translation_xyz.value == (0, 0, 0)
    assert layer.shape_xyz == (40, 20, 12)
    assert tuple(one.key for one in layer.arrays) == keys


GROUP = {"axes": ["x", "y", "z"], "units": ["nm", "nm", "um"], "resolution": [4, 4, 0.04]}


class TestNeuroglancer:
    """https://neuroglancer-docs.web.app/datasource/n5"""

    @pytest.mark.parametrize("key", ["scales", "downsamplingFactors"])
    def test_factors_of_the_group(self, key):
        layer = infer_one(pyramid({**GROUP, key: FACTORS}))
        assert_aligned(layer, (4, 4, 40))
        assert layer.axes.origin == layer.geometry.voxel_size_nm_xyz.origin == "metadata"
        assert layer.notes == ()

    @pytest.mark.parametrize("deprecated", [True, False])
    def test_its_own_test_data(self, deprecated):
        """testdata/datasource/n5/n5_viewer_multiscale_{deprecated,modern}: 10 x 20 x 1."""
        factors = [[1, 1], [2, 2], [4, 4]]
        group = {"axes": ["x", "y"], "units": ["nm", "s"], "resolution": [10, 20]}
        levels = [{} if deprecated else {"downsamplingFactors": one} for one in factors]
        more = {"scales": factors} if deprecated else {}
        layer = infer_one(pyramid({**group, **more}, levels, [(10, 20), (5, 10), (3, 5)]))
        assert layer.axes.value.names == ("x", "y")
        assert [one.mag for one in layer.geometry.levels] == [(1, 1, 1), (2, 2, 1), (4, 4, 1)]
        assert placed(layer)[2] == ((4, 4, 1), (0, 0, 0))
        assert layer.shape_xyz == (10, 20, 1)
        assert any("'s' is not a length" in note for note in [layer.geometry.unit.note])

    def test_any_order_of_axes_with_a_channel(self):
        """Channels are marked with ``^``; factors and sizes follow the order of dimensions."""
        group = {
            "axes": ["z", "c^", "y", "x"],
            "resolution": [40, 1, 5, 4],
            "units": ["nm", "", "nm", "nm"],
            "scales": [[1, 1, 1, 1], [1, 1, 2, 2]],
        }
        shapes = [(12, 3, 20, 40), (12, 3, 10, 20)]
        documents = pyramid(group, ({}, {}), [one[:3] for one in shapes])
        for number, shape in enumerate(shapes):
            documents[f"s{number}/attributes.json"] = dataset(shape, (8, 1, 8, 8))
        layer = infer_one(documents)
        assert layer.geometry.voxel_size_nm_xyz.value == (4, 5, 40)
        assert placed(layer)[1] == ((2, 2, 1), (0, 0, 0))
        assert len(layer.channels) == 3
        assert layer.shape_xyz == (40, 20, 12)


SIZE = {"pixelResolution": {"unit": "um", "dimensions": [0.2, 0.2, 0.5]}}


class TestN5Viewer:
    """https://github.com/saalfeldlab/n5-viewer#container-structure"""

    def test_the_first_generation_lists_scales_at_the_group(self):
        layer = infer_one(pyramid({**SIZE, "scales": FACTORS}))
        assert_aligned(layer, (200, 200, 500))

    @pytest.mark.parametrize("group", [None, {}, {"n5": "2.5.1"}, {"multiScale": True}])
    def test_the_second_says_it_of_each_level(self, group):
        levels = [{"downsamplingFactors": one, **SIZE} for one in FACTORS]
        layer = infer_one(pyramid(group, levels))
        assert_aligned(layer, (200, 200, 500))
        assert layer.axes.origin == "assumed"
        assert layer.geometry.voxel_size_nm_xyz.origin == "metadata"

    def test_a_voxel_size_that_grows_with_the_levels_is_no_factor_on_top(self):
        """n5-universe's N5SingleScaleMetadataParser.writeMetadata writes it so."""
        levels = [
            {"downsamplingFactors": one, "pixelResolution": [n * one[0] for n in (2, 2, 5)]}
            for one in FACTORS
        ]
        assert_aligned(infer_one(pyramid({}, levels)), (2, 2, 5))

    def test_the_voxel_size_alone_gives_the_factors(self):
        levels = [{"pixelResolution": [n * one[0] for n in (2, 2, 5)]} for one in FACTORS]
        layer = infer_one(pyramid({}, levels))
        assert_aligned(layer, (2, 2, 5))
        assert layer.notes == ()

    def test_channels_are_layers(self):
        documents = {"attributes.json": {"n5": "2.5.1", **SIZE}}
        for channel in ("c0", "c1", "c2"):
            levels = [{"downsamplingFactors": one} for one in FACTORS]
            documents |= pyramid(None, levels, path=channel)
        layers = infer(documents)
        assert [one.name.value for one in layers] == ["c0", "c1", "c2"]
        for one in layers:
            assert_aligned(one, (200, 200, 500), tuple(f"{one.name.value}/s{n}" for n in range(3)))

    def test_an_affine_transform_is_noted(self):
        levels = [{"affineTransform": [1.0] * 12}, {}, {}]
        layer = infer_one(pyramid({"scales": FACTORS}, levels))
        assert "an 'affineTransform' is left out" in layer.notes


class TestNothingSaid:
    """A group without attributes: WEBKNOSSOS's issue 8433, Neuroglancer's 417."""

    def test_factors_are_taken_from_the_shapes_and_said_to_be(self):
        shapes = [(101, 51, 13), (51, 26, 13), (26, 13, 7)]
        layer = infer_one(pyramid(shapes=shapes))
        assert placed(layer) == [
            ((1, 1, 1), (0, 0, 0)),
            ((2, 2, 1), (0, 0, 0)),
            ((4, 4, 2), (0, 0, 0)),
        ]
        assert "no downsampling factors for s1, s2: they are taken from the shapes" in layer.notes
        size = layer.geometry.voxel_size_nm_xyz
        assert (size.value, size.origin) == ((1, 1, 1), "assumed")
        assert "the metadata give no scale" in size.note

    def test_factors_without_a_voxel_size_leave_it_assumed(self):
        size = infer_one(
            pyramid({"scales": FACTORS, "units": ["um"] * 3})
        ).geometry.voxel_size_nm_xyz
        assert size.origin == "assumed"

    def test_one_voxel_size_for_all_levels_is_that_of_the_finest(self):
        layer = infer_one(pyramid({}, [{"pixelResolution": [2, 2, 5]}] * 3))
        assert_aligned(layer, (2, 2, 5))
        assert "no downsampling factors for s1, s2: they are taken from the shapes" in layer.notes

    @pytest.mark.parametrize("count", [1, 2, 4, 5, 12, 13])
    def test_any_number_of_levels(self, count):
        shapes = [(2**14 >> n, 2**13 >> n, 8) for n in range(count)]
        assert len(infer_one(pyramid({}, ({},) * count, shapes)).arrays) == count

    def test_no_more_levels_are_asked_for_than_any_pyramid_has(self):
        shapes = [(9, 9, 9)] * 70
        assert len(infer_one(pyramid({}, ({},) * 70, shapes)).arrays) == 64


class TestCosem:
    """https://github.com/janelia-cellmap/cellmap-schemas: z first, unless ``order`` is ``F``."""

    @staticmethod
    def transform(number, order=None):
        scale = [5.24 * 2**number, 4.0 * 2**number, 4.0 * 2**number]
        centre = [5.24 * (2**number - 1) / 2, 2.0 * (2**number - 1), 2.0 * (2**number - 1)]
        step = 1 if order is None else -1
        return {
            "axes": ["z", "y", "x"][::step],
            "scale": scale[::step],
            "translate": centre[::step],
            "units": ["nm", "nm", "nm"],
            **({} if order is None else {"order": order}),
        }

    def group(self, order=None):
        datasets = [{"path": f"s{n}", "transform": self.transform(n, order)} for n in range(3)]
        return {"multiscales": [{"name": "fibsem", "datasets": datasets}]}

    @pytest.mark.parametrize("order", [None, "F"])
    @pytest.mark.parametrize("of_levels", [True, False])
    def test_levels_lie_where_their_transform_says(self, order, of_levels):
        sizes = [{"dimensions": [4 * 2**n, 4 * 2**n, 5.24 * 2**n], "unit": "nm"} for n in range(3)]
        levels = [
            {"pixelResolution": sizes[n], "transform": self.transform(n, order)} for n in range(3)
        ]
        layer = infer_one(pyramid(self.group(order), levels if of_levels else ({}, {}, {})))
        assert_aligned(layer, (4, 4, 5.24))
        assert layer.axes.value.names == ("x", "y", "z")
        assert layer.axes.origin == "metadata"
        assert (layer.name.value, layer.name.origin) == ("fibsem", "metadata")

    def test_levels_without_a_group_that_lists_them(self):
        layer = infer_one(pyramid(None, [{"transform": self.transform(n)} for n in range(3)]))
        assert_aligned(layer, (4, 4, 5.24))

    def test_a_crop_lies_where_its_centre_says(self):
        """`translate` is the centre of the first voxel; the image moves half a finest one."""
        levels = []
        for n in range(3):
            one = self.transform(n)
            one["translate"] = [
                a + b for a, b in zip(one["translate"], [52.4, 80, 400], strict=True)
            ]
            levels.append({"transform": one})
        layer = infer_one(pyramid({}, levels))
        assert placed(layer) == ALIGNED
        assert layer.geometry.translation_xyz.value == pytest.approx((100, 20, 10))

    def test_levels_whose_centres_coincide_do_not_share_corners(self):
        """What subsampling gives: coarse voxels begin half of what they are larger before."""
        levels = [
            {"transform": {**self.transform(n), "translate": [0, 0, 0.001 * n]}} for n in (0, 1, 2)
        ]
        offsets = [offset for _, offset in placed(infer_one(pyramid({}, levels)))]
        assert offsets[1] == pytest.approx((-0.49975, -0.5, -0.5))

    def test_a_level_that_leaves_the_group_is_refused(self):
        group = {"multiscales": [{"datasets": [{"path": "../../secret"}]}]}
        (layer,) = infer({"attributes.json": group})
        assert isinstance(layer, BrokenLayer)
        assert "leaves its folder" in layer.problem.text


class TestOme:
    """OME-Zarr's metadata in N5: in the order of dimensions, or in OME's own."""

    @staticmethod
    def group(step):
        datasets = [
            {
                "path": f"s{n}",
                "coordinateTransformations": [
                    {"type": "scale", "scale": [5.0 * 2**n, 4.0 * 2**n, 3.0 * 2**n][::step]},
                    {
                        "type": "translation",
                        "translation": [c * (2**n - 1) / 2 for c in (5, 4, 3)][::step],
                    },
                ],
            }
            for n in range(3)
        ]
        axes = [{"name": name, "type": "space", "unit": "nanometer"} for name in "zyx"][::step]
        return {"multiscales": [{"version": "0.4", "axes": axes, "datasets": datasets}]}

    @pytest.mark.parametrize("step", [1, -1])
    def test_the_names_tell_in_which_order_they_are(self, step):
        layer = infer_one(pyramid(self.group(step)))
        assert layer.axes.value.names == ("x", "y", "z")
        assert_aligned(layer, (3, 4, 5))


SPACE = {"resolution": [4.0, 4.0, 40.0], "offset": [400.0, 80.0, 0.0]}


class TestPaintera:
    """https://github.com/saalfeldlab/paintera#paintera-data-format: levels in ``data``."""

    def documents(self, kind="raw", **changes):
        levels = [{}, {"downsamplingFactors": [2, 2, 2]}, {"downsamplingFactors": [4, 4, 4]}]
        return {
            "attributes.json": {"painteraData": {"type": kind}, "maxId": 9},
            **pyramid({"multiScale": True, **SPACE}, levels, path="data", **changes),
        }

    def test_corners_coincide_and_the_offset_moves_them_all(self):
        layer = infer_one(self.documents())
        assert placed(layer) == ALIGNED
        assert layer.geometry.voxel_size_nm_xyz.value == (4, 4, 40)
        assert layer.geometry.translation_xyz.value == (100, 20, 0)
        assert layer.category.value == "color"
        assert layer.name.value == "image.zarr"  # the address, not "data"

    def test_labels_are_labels(self):
        layer = infer_one(self.documents("label", dtype="uint64"))
        assert (layer.category.value, layer.category.origin) == ("segmentation", "metadata")

    @pytest.mark.parametrize("at_level", [True, False])
    def test_label_multisets_are_refused_with_the_reason(self, at_level):
        documents = self.documents("label", dtype="uint8")
        keys = (
            [f"data/s{n}/attributes.json" for n in range(3)]
            if at_level
            else ["data/attributes.json"]
        )
        for key in keys:
            documents[key] = {**documents[key], "isLabelMultiset": True}
        layer = infer_one(documents)
        assert isinstance(layer.problem, UnsupportedCodec)
        assert "label multiset" in layer.problem.text

    def test_the_data_folder_by_itself_is_the_same(self):
        documents = {
            key.removeprefix("data/"): one
            for key, one in self.documents().items()
            if key.startswith("data/")
        }
        layer = infer_one(documents)
        assert placed(layer) == ALIGNED
        assert layer.geometry.translation_xyz.value == (100, 20, 0)


class TestBigDataViewer:
    """N5ImageLoader of bigdataviewer-core: factors at the setup, one level above the levels."""

    @staticmethod
    def setup(number, timepoints=1, prefix=None):
        prefix = f"setup{number}/" if prefix is None else prefix
        found = {f"{prefix}attributes.json": {"downsamplingFactors": FACTORS, "dataType": "uint16"}}
        for n in range(timepoints):
            at = f"{prefix}timepoint{n}"
            found |= pyramid({"multiScale": True, "resolution": [0.5, 0.5, 2]}, path=at)
        return found

    def test_every_setup_is_a_layer(self):
        documents = {"attributes.json": {"n5": "2.0.0"}}
        for number in range(11):
            documents |= self.setup(number)
        layers = infer(documents)
        assert [one.name.value for one in layers] == [f"setup{n}" for n in range(11)]
        keys = tuple(f"setup10/timepoint0/s{n}" for n in range(3))
        assert_aligned(layers[10], (0.5, 0.5, 2), keys)
        assert layers[10].notes == ()

    @pytest.mark.parametrize("count", [2, 3, 9, 10, 33])
    def test_time_points_are_an_axis(self, count):
        (layer,) = infer(self.setup(0, timepoints=count))
        assert layer.axes.value.names == ("x", "y", "z", "t")
        assert [one.shape for one in layer.arrays] == [(*shape, count) for shape in SHAPES]
        assert any("joined to axis t" in note for note in layer.notes)
        last = layer.arrays[1].layout.keys.key((2, 1, 0, count - 1))
        assert last == f"setup0/timepoint{count - 1}/s1/2/1/0"
        assert placed(layer) == ALIGNED

    def test_time_points_of_other_extents_are_opened_by_their_own_address(self):
        documents = self.setup(0, timepoints=3)
        documents["setup0/timepoint2/s1/attributes.json"]["dimensions"] = [20, 10, 7]
        (layer,) = infer(documents)
        assert layer.axes.value.names == ("x", "y", "z")
        (note,) = (one for one in layer.notes if "only timepoint0 is shown" in one)
        assert "setup0/timepoint2 has other blocks" in note

    def test_the_address_of_a_setup(self):
        (layer,) = infer(self.setup(0, prefix=""))
        assert_aligned(layer, (0.5, 0.5, 2), tuple(f"timepoint0/s{n}" for n in range(3)))

    def test_the_address_of_a_time_point(self):
        layer = infer_one(pyramid({"multiScale": True, "resolution": [0.5, 0.5, 2]}))
        assert_aligned(layer, (0.5, 0.5, 2))


class TestWhatIsMissingOrOdd:
    def test_a_level_that_is_missing_is_left_out_and_noted(self):
        documents = pyramid({"scales": FACTORS})
        del documents["s1/attributes.json"]
        layer = infer_one(documents)
        assert placed(layer) == [ALIGNED[0], ALIGNED[2]]
        assert any("level 's1' is left out" in note for note in layer.notes)

    def test_a_level_of_another_rank_is_left_out(self):
        documents = pyramid({"scales": FACTORS})
        documents["s2/attributes.json"] = dataset((9, 9), (8, 8))
        layer = infer_one(documents)
        assert len(layer.arrays) == 2
        assert any("2 axes, the first level 3" in note for note in layer.notes)

    @pytest.mark.parametrize(
        "group",
        [
            {"scales": [[1, 1, 1]] * 100},
            {"multiscales": [{"datasets": [{"path": "s0"}] * 100}]},
            {"multiscales": [{"datasets": [7]}]},
            {"multiscales": [{"axes": "xyz", "datasets": [{"path": "s0"}]}]},
            {"multiscales": [{"axes": [{"name": "x"}], "datasets": [{"path": "s0"}]}]},
            {"multiscales": [{"datasets": [{"path": "s9"}]}]},
            {"painteraData": 5, "scales": 7},
            {"dataType": "uint8", "downsamplingFactors": [[1] * 3] * 1000},
            {"dataType": "uint8"},
        ],
    )
    def test_what_can_not_be_used_is_a_typed_error(self, group):
        from nb_remote.errors import NbRemoteError

        try:
            (layer,) = infer(pyramid(group))
        except NbRemoteError:
            return
        assert isinstance(layer, BrokenLayer)
        assert isinstance(layer.problem, NbRemoteError)

    @pytest.mark.parametrize(
        "group",
        [
            {"multiscales": 5},
            {"multiscales": [[], {"datasets": {}}, None]},
            {"scales": [[1, "a", 1]], "downsamplingFactors": {"0": 1}},
            {"scales": [[0, 0, 0], [2, 2, 2]]},
            {"axes": 5, "units": {}, "resolution": "4nm"},
            [],
        ],
    )
    def test_what_is_odd_leaves_the_levels_to_be_found(self, group):
        assert placed(infer_one(pyramid(group))) == ALIGNED

    @pytest.mark.parametrize(
        "documents", [{"attributes.json": {"n5": "2.5.1"}}, {"s0/attributes.json": {}}]
    )
    def test_a_container_without_usual_names_is_declined(self, documents):
        assert isinstance(find(documents), Declined)


class TestSideBySide:
    """Descriptions of several tools in one place, as converters leave them."""

    def test_factors_need_not_be_powers_of_two(self):
        group = {**GROUP, "scales": [[1, 1, 1], [3, 3, 1], [10, 5, 2.5]]}
        layer = infer_one(pyramid(group, shapes=((40, 20, 12), (13, 6, 12), (4, 4, 4))))
        assert placed(layer) == [
            ((1, 1, 1), (0, 0, 0)),
            ((3, 3, 1), (0, 0, 0)),
            ((10, 5, 2.5), (0, 0, 0)),
        ]
        assert [one.mag for one in layer.geometry.levels] == [(1, 1, 1), (3, 3, 1), None]

    def test_a_level_s_transform_goes_before_what_the_group_lists(self):
        """The order of trust: COSEM's transform, then the group's factors, then the level's."""
        levels = [
            {"transform": {"scale": [6.0 * 2**n, 3.0 * 2**n, 3.0 * 2**n], "units": ["nm"] * 3}}
            for n in range(3)
        ]
        layer = infer_one(pyramid({**GROUP, "scales": [[1, 1, 1], [9, 9, 9], [99] * 3]}, levels))
        assert layer.geometry.voxel_size_nm_xyz.value == (3, 3, 6)
        assert [one.factor_xyz for one in layer.geometry.levels] == [(1,) * 3, (2,) * 3, (4,) * 3]

    def test_the_group_s_factors_go_before_the_levels_own(self):
        levels = [{"downsamplingFactors": [9, 9, 9]}] * 3
        assert_aligned(infer_one(pyramid({**GROUP, "scales": FACTORS}, levels)), (4, 4, 40))

    def test_ome_s_multiscales_go_before_factors_of_the_group(self):
        group = {**TestOme.group(1), **GROUP, "scales": [[1, 1, 1], [9, 9, 9], [99] * 3]}
        assert_aligned(infer_one(pyramid(group)), (3, 4, 5))

    def test_zarr_s_documents_beside_those_of_n5(self):
        """Zarr is asked first, as in Neuroglancer; both name the same array here."""
        zarr = {"zarr_format": 2, "shape": [12, 20, 40], "chunks": [8, 8, 8], "dtype": "|u1"}
        zarr |= {"order": "C", "fill_value": 0, "filters": None, "compressor": None}
        documents = {"attributes.json": dataset((40, 20, 12), (8, 8, 8), "uint8"), ".zarray": zarr}
        layer = infer_one(documents)
        assert layer.data_format == "zarr"
        assert layer.shape_xyz == (40, 20, 12)

    def test_a_zarr_group_marker_does_not_hide_n5(self):
        documents = {".zgroup": {"zarr_format": 2}, **pyramid({**GROUP, "scales": FACTORS})}
        assert infer_one(documents).data_format == "n5"

    @pytest.mark.parametrize("units", [["nm", "nm", "um"], ["nanometer", "nm", "micrometer"]])
    def test_units_are_one_per_axis(self, units):
        layer = infer_one(pyramid({**GROUP, "units": units, "scales": FACTORS}))
        assert layer.geometry.voxel_size_nm_xyz.value == (4, 4, 40)

    @pytest.mark.parametrize(
        ("said", "nm"),
        [
            ({"pixelResolution": [2, 3, 4]}, (2, 3, 4)),
            ({"pixelResolution": {"dimensions": [2, 3, 4], "unit": "um"}}, (2000, 3000, 4000)),
            ({"pixelResolution": {"dimensions": [2, 3, 4]}, "units": ["um"] * 3}, (2e3, 3e3, 4e3)),
            ({"pixelResolution": {"dimensions": [2, 3, 4], "unit": "microns"}}, (2e3, 3e3, 4e3)),
            ({"resolution": [2, 3, 4], "units": ["mm"] * 3}, (2e6, 3e6, 4e6)),
            ({"pixelResolution": {"dimensions": [2, 3, 4], "unit": "pixel"}}, (2, 3, 4)),
        ],
    )
    @pytest.mark.parametrize("of_group", [True, False])
    def test_a_voxel_size_in_any_spelling_at_group_or_level(self, said, nm, of_group):
        levels = ({}, {}, {}) if of_group else (said, {}, {})
        layer = infer_one(pyramid({"scales": FACTORS, **(said if of_group else {})}, levels))
        assert layer.geometry.voxel_size_nm_xyz.value == pytest.approx(nm)

    def test_channels_of_n5_viewer_have_their_own_levels(self):
        documents = {"attributes.json": {"n5": "2.0.0"}}
        for channel, count in enumerate((3, 1, 2)):
            levels = [{"downsamplingFactors": one, **SIZE} for one in FACTORS[:count]]
            documents |= pyramid(None, levels, SHAPES[:count], path=f"c{channel}")
        layers = infer(documents)
        assert [len(one.arrays) for one in layers] == [3, 1, 2]
        assert all(one.geometry.voxel_size_nm_xyz.value == (200, 200, 500) for one in layers)

    def test_channels_of_ome_metadata_have_names_and_windows(self):
        group = TestOme.group(-1)
        group["multiscales"][0]["name"] = "cells"
        group["omero"] = {"channels": [{"label": "DAPI", "color": "0000FF"}]}
        layer = infer_one(pyramid(group))
        assert layer.name.value == "cells"
        assert layer.axes.value.names == ("x", "y", "z")
