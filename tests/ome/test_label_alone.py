"""A label image opened by its own address: what it leaves out is that of its image."""

import pytest
from tests.ome.written import with_zarr_python
from tests.volumes.documents import documents, files, multiscale_of, with_labels

import nb_remote

PATH = "a/b/image.zarr"


def volume(label=None, *, unit="micrometer", source="../../", path=PATH):
    cells = label or documents("zyx", scales=[(2, 1, 1), (4, 2, 2)], unit=None)
    cells[".zattrs"]["image-label"] = {} if source is None else {"source": {"image": source}}
    image = documents("czyx", shapes=[(2, 8, 16, 16)], scales=[(1, 0.5, 0.25, 0.25)], unit=unit)
    return files(with_labels(image, cells=cells), path)


def opened(serve, content, path=f"{PATH}/labels/cells"):
    server = serve(content)
    (layer,) = nb_remote.open(server.url_of(path)).layers
    return layer, server


@pytest.mark.parametrize("source", ["../../", "../..", "./../../", None])
def test_units_are_those_of_the_image_and_that_is_said(serve, source):
    layer, _ = opened(serve, volume(source=source))
    assert layer.category == "segmentation"
    assert layer.voxel_size_nm_xyz == (1000, 1000, 2000)
    size = layer.inferred.geometry.voxel_size_nm_xyz
    assert (size.origin, size.note) == ("assumed", "unit taken from the image it belongs to")


def test_it_lies_where_it_lies_when_the_image_is_opened(serve):
    label = documents(
        "zyx", shapes=[(4, 8, 8)], scales=[(1, 0.5, 0.5)], translations=[(8, 4, 2)], unit=None
    )
    server = serve(volume(label))
    below = nb_remote.open(server.url_of(PATH)).layers[1]
    (alone,) = nb_remote.open(server.url_of(f"{PATH}/labels/cells")).layers
    assert alone.inferred.geometry == below.inferred.geometry


def test_on_zarr_v3_it_is_the_same(serve):
    content = {f"data/{key}": one for key, one in with_zarr_python().items()}
    layer, _ = opened(serve, content, "data/image.zarr/labels/cells")
    assert layer.voxel_size_nm_xyz == (250, 250, 2000)


def test_an_image_at_the_root_of_the_host_is_found(serve):
    content = {key.removeprefix("x/"): one for key, one in volume(path="x").items()}
    layer, _ = opened(serve, content, "labels/cells")
    assert layer.voxel_size_nm_xyz == (1000, 1000, 2000)


def test_the_image_is_asked_for_only_when_units_are_missing(serve):
    layer, server = opened(serve, volume(documents("zyx", unit="nanometer")))
    assert layer.voxel_size_nm_xyz == (1, 1, 1)
    assert f"{PATH}/.zattrs" not in server.paths()
    _, server = opened(serve, volume())
    assert server.paths().count(f"{PATH}/.zattrs") == 1


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/image.zarr",
        "../../../../../../../image.zarr",
        "../../other.zarr",
        "..\\..",
        "file:///etc",
        7,
    ],
)
def test_an_image_elsewhere_is_not_followed_and_the_unit_is_assumed(serve, source):
    layer, server = opened(
        serve, volume(source=source, path="p/image.zarr"), "p/image.zarr/labels/cells"
    )
    if source == 7:  # no text: the usual place
        assert layer.voxel_size_nm_xyz == (1000, 1000, 2000)
        return
    assert layer.voxel_size_nm_xyz == (1, 1, 2)
    assert "nanometer is assumed" in layer.inferred.geometry.voxel_size_nm_xyz.note
    assert not any(".." in one or "etc" in one for one in server.paths())


@pytest.mark.parametrize("unit", [None, "pixel"])
def test_an_image_without_units_has_none_to_give(serve, unit):
    layer, _ = opened(serve, volume(unit=unit))
    assert layer.voxel_size_nm_xyz == (1, 1, 2)


@pytest.mark.parametrize("broken", [b"{", b'{"multiscales": [{}]}', b'{"multiscales": 1}', None])
def test_an_image_that_is_broken_or_gone_costs_the_label_nothing(serve, broken):
    content = volume()
    if broken is None:
        del content[f"{PATH}/.zattrs"]
    else:
        content[f"{PATH}/.zattrs"] = broken
    layer, _ = opened(serve, content)
    assert layer.voxel_size_nm_xyz == (1, 1, 2)
    assert layer.problem is None


def test_an_image_before_the_fourth_version_has_no_units_but_is_no_error(serve):
    cells = documents("zyx", unit=None)
    multiscale_of(cells)["axes"] = ["z", "y", "x"]
    layer, _ = opened(serve, volume(cells))
    assert layer.voxel_size_nm_xyz == (1000, 1000, 1000)
