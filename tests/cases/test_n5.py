"""Cases 39 to 43: N5."""

import numpy as np
import pytest
from tests.cases.conftest import written
from tests.cases.unlike import unlike_webknossos
from tests.n5.written import PATH, dataset, files, ramp
from tests.n5.written import with_tensorstore as n5
from tests.precomputed.written import below

import nb_remote as nbr

FACTORS = [(1, 1, 1), (2, 2, 1), (4, 4, 1), (8, 8, 2), (16, 16, 4)]
SIZE = (64, 48, 16)


def levels(count, **of_each):
    """Attributes of `count` levels; each has its own of `of_each`, one per level."""
    return {
        f"s{n}/attributes.json": dataset(
            [size // f for size, f in zip(SIZE, FACTORS[n], strict=True)],
            (16, 16, 16),
            **{name: values[n] for name, values in of_each.items()},
        )
        for n in range(count)
    }


def explicit(units):
    """Two levels as COSEM describes them."""
    said = {} if units is None else {"units": [units] * 3}
    transforms = [
        {"axes": ["x", "y", "z"], "scale": scale, "translate": [0, 0, 0], **said}
        for scale in ([4.0, 4.0, 3.24], [8.0, 8.0, 3.24])
    ]
    datasets = [{"path": f"s{n}", "transform": one} for n, one in enumerate(transforms)]
    return {"attributes.json": {"multiscales": [{"datasets": datasets}]}, **levels(2)}


@pytest.fixture
def layer_of(serve):
    """``layer_of(documents)`` serves and opens a container of one layer."""

    def open_(found):
        (layer,) = nbr.open(serve(files(found)).url_of(PATH)).layers
        return layer

    return open_


def size_of(layer):
    known = layer.inferred.geometry.voxel_size_nm_xyz
    return known.value, known.origin


@unlike_webknossos
@pytest.mark.parametrize("units", [None, ""])
def test_case_39_and_case_40_units_that_are_missing_are_flagged(layer_of, units):
    layer = layer_of(explicit(units))
    assert size_of(layer) == ((4, 4, 3.24), "assumed")
    assert "nanometer is assumed" in layer.inferred.geometry.voxel_size_nm_xyz.note


@pytest.mark.parametrize(("units", "nm"), [("um", 1000), ("µm", 1000), ("nm", 1)])
def test_case_40_units_are_known_by_their_short_names(layer_of, units, nm):
    value, origin = size_of(layer_of(explicit(units)))
    assert value == pytest.approx((4 * nm, 4 * nm, 3.24 * nm))
    assert origin == "metadata"


def test_case_41_five_levels_by_their_factors_and_a_resolution(serve):
    root = {
        "multiScale": True,
        "downsamplingFactors": FACTORS,
        "resolution": [4, 4, 40],
        "units": ["nm", "nm", "nm"],
    }
    found = {"attributes.json": root, **levels(5)}
    opened = nbr.open(serve(files(found)).url_of(PATH))
    layer = written(opened)
    assert [tuple(one["mag"]) for one in layer["mags"]] == FACTORS
    assert [one["path"].rsplit("/", 1)[1] for one in layer["mags"]] == [
        "s0",
        "s1",
        "s2",
        "s3",
        "s4",
    ]
    assert layer["mags"][0]["axisOrder"] == {"x": 0, "y": 1, "z": 2}
    assert opened.datasource.scale.factor == (4, 4, 40)


@unlike_webknossos
def test_case_42_the_size_of_a_pixel_and_factors_of_each_level_are_read(layer_of):
    resolution = {"dimensions": [8, 8, 40], "unit": "nm"}
    found = levels(
        3, downsamplingFactors=[list(one) for one in FACTORS], pixelResolution=[resolution] * 5
    )
    layer = layer_of({"attributes.json": {}, **found})
    assert size_of(layer) == ((8, 8, 40), "metadata")
    assert layer.mags == ((1, 1, 1), (2, 2, 1), (4, 4, 1))


@unlike_webknossos
def test_case_43_blocks_without_compression_are_read(serve):
    voxels = ramp((13, 11, 7))
    stored = n5(voxels, (5, 4, 3), {"type": "raw"})
    np.testing.assert_array_equal(nbr.open(serve(below("v", stored)).url_of("v"))["v"], voxels)
