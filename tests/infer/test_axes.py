"""Which stored axis is x, y, z, channel, or something else."""

import pytest
from tests.volumes.documents import documents, multiscale_of
from tests.volumes.inferring import infer, infer_one

SIZES = {"t": 3, "c": 2, "z": 5, "y": 7, "x": 11}


def image(axes):
    shape = tuple(SIZES[axis] for axis in axes.lower())
    return documents(axes, shapes=[shape])


@pytest.mark.parametrize("axes", ["tczyx", "ctzyx", "czyx", "zyx", "cyx", "yx", "cxyz", "xyz"])
def test_axes_are_found_by_name_in_any_order(axes):
    layer = infer_one(image(axes))
    found = layer.axes.value
    assert found.names == tuple(axes)
    assert (found.x, found.y) == (axes.index("x"), axes.index("y"))
    assert found.z == (axes.index("z") if "z" in axes else None)
    assert found.c == (axes.index("c") if "c" in axes else None)
    assert layer.shape_xyz == (11, 7, 5 if "z" in axes else 1)
    assert len(layer.channels) == (2 if "c" in axes else 1)
    assert layer.axes.origin == "metadata"


@pytest.mark.parametrize("axes", ["tczyx", "ctzyx"])
def test_an_extra_axis_keeps_its_own_position_and_size(axes):
    (extra,) = infer_one(image(axes)).axes.value.extra
    assert (extra.name, extra.index, extra.size) == ("t", axes.index("t"), 3)


def test_upper_case_names_are_the_same_axes_and_no_extra_ones():
    layer = infer_one(image("CZYX"))
    assert layer.axes.value.names == ("c", "z", "y", "x")
    assert layer.axes.value.extra == ()


def test_axes_of_ome_zarr_0_3_are_plain_names():
    documents_03 = image("tczyx")
    multiscale_of(documents_03).update(version="0.3", axes=["t", "c", "z", "y", "x"])
    layer = infer_one(documents_03)
    assert layer.axes.value.names == ("t", "c", "z", "y", "x")
    assert layer.format == "OME-Zarr 0.3"


@pytest.mark.parametrize("axes", ["tczyx", "czyx", "zyx", "yx"])
def test_without_axes_they_are_taken_by_position_and_flagged(axes):
    documents_01 = image(axes)
    multiscale_of(documents_01).pop("axes")
    layer = infer_one(documents_01)
    assert layer.axes.value.names == tuple(axes)
    assert layer.axes.origin == "assumed"
    assert "by position" in layer.axes.note


def test_the_type_channel_makes_a_channel_axis_whatever_its_name():
    documents_ = image("czyx")
    multiscale_of(documents_)["axes"][0]["name"] = "wavelength"
    assert infer_one(documents_).axes.value.c == 0


def test_the_case_of_a_type_does_not_matter():
    axes = [{"name": "q", "type": "Channel"}, {"name": "a", "type": "SPACE"}]
    image = documents("cyx", shapes=[(2, 8, 9)])
    multiscale_of(image)["axes"] = [*axes, {"name": "b", "type": " Space"}]
    assert infer_one(image).axes.value.names == ("c", "y", "x")


def test_space_axes_with_other_names_are_taken_last_as_x_and_flagged():
    documents_ = image("zyx")
    for axis, name in zip(multiscale_of(documents_)["axes"], ("depth", "row", "col"), strict=True):
        axis["name"] = name
    layer = infer_one(documents_)
    assert layer.shape_xyz == (11, 7, 5)
    assert layer.axes.origin == "assumed"


@pytest.mark.parametrize(
    ("axes", "shape", "says"),
    [
        ([{"name": "x", "type": "space"}], (9,), "x and y are needed"),
        ([{"name": "t"}, {"name": "x"}], (3, 9), "no x and y"),
        ([{"name": "x"}, {"name": "X"}], (9, 9), "same name"),
    ],
)
def test_axes_that_make_no_picture_are_refused_by_name(axes, shape, says):
    documents_ = documents("yx", shapes=[shape], scales=[[1.0] * len(shape)])
    multiscale_of(documents_)["axes"] = axes
    (layer,) = infer(documents_)
    assert says in str(layer.problem)
