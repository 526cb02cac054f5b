"""xarray: named axes, and coordinates that mean the same voxel at every level."""

import builtins

import numpy as np
import pytest
from tests.precomputed.written import below, noise, scale, write
from tests.volumes.documents import PATH, documents, files

import nb_remote

OFFSET = [16, -8, 4]


@pytest.fixture
def layer(serve):
    """Two levels of a precomputed volume that begins at x 16, y -8, z 4; factors 2 2 1."""
    fine, coarse = noise((16, 12, 8, 1), "uint16"), noise((8, 6, 8, 1), "uint16", seed=1)
    objects = write(
        scale((16, 12, 8), voxel_offset=OFFSET),
        scale((8, 6, 8), voxel_offset=[8, -4, 4], resolution=[8.0, 8.0, 40.0]),
        data=[fine, coarse],
    )
    dataset = nb_remote.open(serve(below("v", objects)).url_of("v"))
    return dataset.layers[0], fine[..., 0], coarse[..., 0]


def test_a_coordinate_names_the_voxel_of_the_dataset_at_every_level(layer):
    layer, fine, coarse = layer
    at = {"x": 21, "y": -3, "z": 6}
    for mag, data in ((1, fine), (2, coarse)):
        found = layer.xarray(mag=mag)
        assert found.dims == layer.axes == ("x", "y", "z")
        index = ((21 - 16) // mag, (-3 + 8) // mag, 6 - 4)
        assert found.sel(at, method="nearest").values == data[index]
    assert found.attrs["mag"] == (2, 2, 1)
    assert found.coords["x"].values[:2].tolist() == [16.5, 18.5]  # centres of 16 17 and 18 19


def test_a_region_keeps_its_coordinates(layer):
    layer, fine, _ = layer
    part = layer.xarray(region=(slice(3, 9), slice(2, 4)))
    assert part.coords["x"].values.tolist() == list(range(19, 25))
    assert part.coords["y"].values.tolist() == [-6, -5]
    np.testing.assert_array_equal(part.values, fine[3:9, 2:4])


def test_nothing_is_read_before_it_is_computed(layer):
    layer, _, _ = layer
    before = layer.source.meter.counts().requests
    layer.xarray().mean("z").sel(x=slice(17, 20))
    assert layer.source.meter.counts().requests == before


def test_channels_have_their_names(serve):
    omero = {"channels": [{"label": "DAPI"}, {"label": "GFP"}]}
    server = serve(files(documents("czyx", shapes=[(2, 4, 8, 8)], omero=omero)))
    found = nb_remote.open(server.url_of(PATH)).layers[0].xarray()
    assert found.coords["c"].values.tolist() == ["DAPI", "GFP"]


def test_without_xarray_the_extra_is_named(layer, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "xarray":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"nb-remote\[xarray\]"):
        layer[0].xarray()
