"""BigDataViewer's XML file over OME-Zarr images: each view is a layer where the file says it is."""

import json

import numpy as np
import pytest
import zarr
from tests.n5.test_bigdataviewer import affine, spim_data
from tests.n5.written import ramp

import nb_remote

SHAPE = (9, 12, 20)


def image(tmp_path, name, add, version, scale=(1.0, 1.0, 1.0), rank=5):
    """An OME-Zarr image of two levels, written by zarr-python: files by key, and its voxels."""
    data = (ramp(SHAPE) + np.uint16(add)).reshape((1,) * (rank - 3) + SHAPE)
    root = zarr.create_group(store=tmp_path / name, zarr_format=2 if version == "0.4" else 3)
    datasets = []
    for level in range(2):
        step = 2**level
        root.create_array(str(level), data=data[..., ::step, ::step, ::step], chunks=data.shape)
        whole = [*(1.0,) * (rank - 3), *(one * step for one in scale)]
        datasets.append(
            {
                "path": str(level),
                "coordinateTransformations": [{"type": "scale", "scale": whole}],
            }
        )
    kinds = {"t": "time", "c": "channel"}
    axes = [{"name": one, "type": kinds.get(one, "space")} for one in "tczyx"[-rank:]]
    said = [{"version": version, "axes": axes, "datasets": datasets, "name": "/"}]
    root.attrs.update(
        {"multiscales": said}
        if version == "0.4"
        else {"ome": {"version": version, "multiscales": said}}
    )
    files = (tmp_path / name).rglob("*")
    found = {f"{name}/{one.relative_to(tmp_path / name)}": one for one in files if one.is_file()}
    return {key: one.read_bytes() for key, one in found.items()}, data


def loader(groups, path="d.ome.zarr", kind="bdv.multimg.zarr"):
    listed = "".join(
        f'<zgroup setup="{setup}" tp="{at}" path="{one}" indicies="[0 0]"/>'
        for setup, at, one in groups
    )
    return (
        f'<ImageLoader format="{kind}" version="3.0"><zarr type="relative">{path}</zarr>'
        f"<zgroups>{listed}</zgroups></ImageLoader>"
    )


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_every_view_is_a_layer_at_its_place(serve, tmp_path, version):
    content, expected = {}, []
    for number in range(2):
        files, data = image(tmp_path, f"s{number}-t0.zarr", 3000 * number, version)
        content |= {f"a/d.ome.zarr/{key}": one for key, one in files.items()}
        expected.append(data)
    if version == "0.5":
        root = {"zarr_format": 3, "node_type": "group", "attributes": {}}
        content["a/d.ome.zarr/zarr.json"] = json.dumps(root).encode()
    setups = [(0, "left", "0.5 0.5 2", "um"), (1, "right", "0.5 0.5 2", "um")]
    calibration = affine((0.5, 0.5, 2))
    registrations = [
        (0, 0, [calibration]),
        (1, 0, [affine(at=(9.5, 0, -4)), calibration]),
    ]
    groups = [(0, 0, "s0-t0.zarr"), (1, 0, "s1-t0.zarr"), (1, 1, "s1-t1.zarr")]
    content["a/d.xml"] = spim_data(setups, loader=loader(groups), registrations=registrations)
    dataset = nb_remote.open(serve(content).url_of("a/d.xml"))
    assert [one.name for one in dataset.layers] == ["left", "right"]
    assert dataset.voxel_size_nm_xyz == (500, 500, 2000)
    boxes = [one.bounding_box for one in dataset.layers]
    assert boxes == [((0, 0, 0), (20, 12, 9)), ((19, 0, -2), (39, 12, 7))]
    for layer, data in zip(dataset.layers, expected, strict=True):
        assert layer.mags == ((1, 1, 1), (2, 2, 2))
        np.testing.assert_array_equal(layer[...], data)
    notes = dataset.layers[1].notes
    assert any("further time points of this view" in one and "s1-t1.zarr" in one for one in notes)


def test_channels_of_one_image_are_one_layer(serve, tmp_path):
    files, data = image(tmp_path, "i.zarr", 0, "0.4")
    groups = [(0, 0, "i.zarr"), (1, 0, "./i.zarr/")]
    setups = [(n, f"c{n}", "1 1 1", "um") for n in range(2)]
    content = {f"d.ome.zarr/{key}": one for key, one in files.items()}
    content["d.xml"] = spim_data(setups, loader=loader(groups))
    (layer,) = nb_remote.open(serve(content).url_of("d.xml")).layers
    np.testing.assert_array_equal(layer[...], data)


def test_a_single_ome_zarr_image_is_opened_as_such(serve, tmp_path):
    files, data = image(tmp_path, "i.ome.zarr", 0, "0.4", (2.0, 0.5, 0.5))
    one = '<ImageLoader format="bdv.ome.zarr"><zarr type="relative">i.ome.zarr</zarr></ImageLoader>'
    content = {**files, "d.xml": spim_data([(0, "a", "1 1 1", "um")], loader=one)}
    (layer,) = nb_remote.open(serve(content).url_of("d.xml")).layers
    np.testing.assert_array_equal(layer[...], data)


def test_a_view_that_leaves_the_container_or_is_not_there_leaves_the_others(serve, tmp_path):
    files, data = image(tmp_path, "i.zarr", 0, "0.4")
    groups = [(0, 0, "../../secret"), (1, 0, "i.zarr"), (2, 0, "none.zarr")]
    setups = [(n, f"v{n}", "1 1 1", "um") for n in range(3)]
    content = {f"d.ome.zarr/{key}": one for key, one in files.items()}
    server = serve({**content, "d.xml": spim_data(setups, loader=loader(groups))})
    dataset = nb_remote.open(server.url_of("d.xml"))
    (layer,) = dataset.layers
    np.testing.assert_array_equal(layer[...], data)
    assert len(dataset.broken) == 2
    assert not [one for one in server.paths() if "secret" in one]
