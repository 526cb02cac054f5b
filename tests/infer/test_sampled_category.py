"""What voxels look like: photographs, micrographs and a brain against labels made of them."""

import importlib.resources

import nibabel
import numpy as np
import pytest
import skimage
from scipy import ndimage
from skimage import filters, io, measure, segmentation

from nb_remote.infer.sampled_category import looks_like, texture_of

PHOTOGRAPHS = ("astronaut.png", "camera.png", "coins.png", "chelsea.png", "coffee.png", "brick.png")
MICROGRAPHS = ("ihc.png", "microaneurysms.png")


def picture(name):
    """One plane of an image that scikit-image carries."""
    image = io.imread(importlib.resources.files(skimage) / "data" / name)
    return image if image.ndim == 2 else image[..., 1]


def brain(tissue="t1"):
    name = f"mni_icbm152_{tissue}_tal_nlin_sym_09a_converted.nii.gz"
    return np.asarray(
        nibabel.load(importlib.resources.files("nilearn.datasets") / "data" / name).dataobj
    )


def coarser(image, factor):
    """The mean of blocks, as coarse levels of images are."""
    shape = [n // factor for n in image.shape]
    cut = image[tuple(slice(n * factor) for n in shape)].astype(float)
    blocks = cut.reshape([n for side in shape for n in (side, factor)])
    return blocks.mean(axis=tuple(range(1, 2 * image.ndim, 2)))


def category(block):
    found = looks_like(block)
    return None if found is None else found[0]


def voronoi(count, size=64, seed=0):
    """Cells of random numbers that fill the space."""
    rng = np.random.default_rng(seed)
    seeds = np.zeros((size,) * 3, np.uint32)
    seeds[tuple(rng.integers(0, size, (3, count)))] = rng.permutation(count) + 1
    nearest = ndimage.distance_transform_edt(
        seeds == 0, return_distances=False, return_indices=True
    )
    return seeds[tuple(nearest)]


class TestImages:
    @pytest.mark.parametrize("name", [*PHOTOGRAPHS, *MICROGRAPHS])
    @pytest.mark.parametrize("dtype", ["uint16", "int32", "uint64"])
    def test_real_pictures_are_images(self, name, dtype):
        assert category(picture(name).astype(dtype)) == "color"

    @pytest.mark.parametrize("name", PHOTOGRAPHS)
    def test_so_are_their_coarse_levels_in_sixteen_bits(self, name):
        assert category((coarser(picture(name), 2) * 257).astype("uint16")) == "color"

    @pytest.mark.parametrize("tissue", ["t1", "gm", "wm"])
    def test_a_brain_is_an_image_and_so_are_maps_of_its_tissues(self, tissue):
        middle = brain(tissue)[60:124, 60:124, 60:124]
        assert category(middle.astype("uint16")) == "color"
        assert category((coarser(brain(tissue), 4) * 60).astype("int32")) == "color"

    @pytest.mark.parametrize(
        "name",
        [
            "cell.png",
            "clock_motion.png",
            "color.png",
            "grass.png",
            "gravel.png",
            "hubble_deep_field.jpg",
            "moon.png",
            "page.png",
            "retina.jpg",
            "rocket.jpg",
            "text.png",
        ],
    )
    @pytest.mark.parametrize("factor", [1, 4])
    def test_no_picture_is_taken_for_a_segmentation(self, name, factor):
        assert category(coarser(picture(name), factor).astype("uint16")) != "segmentation"

    def test_neither_is_noise_nor_a_dark_frame_nor_a_staircase(self):
        rng = np.random.default_rng(0)
        assert category(rng.poisson(100, (128, 128)).astype("uint16")) is None
        assert category((100 + rng.normal(0, 1.2, (128, 128))).astype("uint16")) is None
        steps = np.add.outer(np.arange(256) // 8, np.arange(256) // 8)
        assert category(steps.astype("uint16")) is None


class TestLabels:
    def test_components_of_a_picture(self):
        coins = picture("coins.png")
        labels = measure.label(coins > filters.threshold_otsu(coins))
        assert category(labels) == "segmentation"
        assert category(labels[::2, ::2]) == "segmentation"

    def test_a_mask(self):
        cells = picture("cell.png")
        assert category((cells > filters.threshold_otsu(cells)).astype("uint16")) == "segmentation"

    def test_tissues_of_a_brain(self):
        maps = [brain(one).astype(int) for one in ("gm", "wm")]
        tissue = np.where(maps[0] > maps[1], 1, 2) * (maps[0] + maps[1] > 127)
        assert category(tissue[60:124, 60:124, 60:124].astype("uint16")) == "segmentation"
        assert category(tissue[::2, ::2, ::2].astype("int32")) == "segmentation"

    @pytest.mark.parametrize("name", ["coins.png", "camera.png", "moon.png"])
    def test_regions_that_touch_numbered_in_order_or_not(self, name):
        regions = segmentation.watershed(filters.sobel(picture(name)), markers=500)
        assert category(regions) == "segmentation"
        shuffled = np.random.default_rng(0).permutation(regions.max() + 1)
        assert category(shuffled[regions]) == "segmentation"

    def test_cells_in_space_whatever_their_numbers(self):
        cells = voronoi(200)
        assert category(cells) == "segmentation"
        assert category(cells.astype("uint64") * 7 + 2**63) == "segmentation"
        assert category(cells.astype("int64") - 100) == "segmentation"

    def test_cells_of_a_coarse_level_that_are_only_a_few_voxels_across_are_no_image(self):
        assert category(voronoi(200)[::4, ::4, ::4]) is None
        assert category(np.random.default_rng(0).integers(0, 10**6, (64, 64, 64))) is None


@pytest.mark.parametrize(
    "block",
    [
        np.zeros((64, 64), "uint16"),
        np.full((1, 64, 64), 7, "uint64"),
        np.zeros((0, 4), "uint16"),
        np.array(5, "uint16"),
        np.arange(20, dtype="uint16").reshape(4, 5),
        np.eye(64, dtype="uint16")[:8],
    ],
)
def test_background_alone_or_too_few_voxels_say_nothing(block):
    assert looks_like(block) is None


def test_the_reason_is_said_in_words():
    assert looks_like(voronoi(50)) == (
        "segmentation",
        "93% of neighbouring voxels are equal, as within objects",
    )


def test_what_is_measured():
    block = np.array([[0, 0, 1, 1, 2], [0, 0, 1, 1, 2]])
    found = texture_of(block)
    # the most frequent value is background: of 13 pairs four have nothing else
    assert (found.values, found.pairs) == (3, 9)
    assert found.alike == pytest.approx(5 / 9)
    assert found.stairs == 1.0
