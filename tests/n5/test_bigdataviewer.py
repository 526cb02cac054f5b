"""BigDataViewer's XML file: opened itself, or read beside its container.

The files are laid out as BigStitcher and MoBIE write them; expected places are worked out by hand.
"""

import json
from contextlib import suppress

import numpy as np
import pytest
from tests.n5.written import files, ramp, with_tensorstore

import nb_remote
from nb_remote.dialects.bdv_project import parse_project
from nb_remote.errors import BadMetadata, InvalidAddress, NotRecognised

SHAPE, BLOCKS = (20, 12, 9), (8, 8, 8)
FACTORS = [[1, 1, 1], [2, 2, 1]]
IDENTITY = "1 0 0 0 0 1 0 0 0 0 1 0"


def affine(scale=(1, 1, 1), at=(0, 0, 0)):
    (a, b, c), (x, y, z) = scale, at
    return f"{a} 0.0 0.0 {x} 0.0 {b} 0.0 {y} 0.0 0.0 {c} {z}"


def spim_data(setups, *, loader=None, timepoints=None, registrations=(), base="."):
    """Setups are ``(id, name, voxel size, unit)``, registrations ``(setup, time, affines)``."""
    loader = loader or '<ImageLoader format="bdv.n5"><n5 type="relative">v.n5</n5></ImageLoader>'
    timepoints = (
        timepoints or '<Timepoints type="range"><first>0</first><last>0</last></Timepoints>'
    )
    views = "".join(
        f"<ViewSetup><id>{number}</id><name>{name}</name><size>20 12 9</size><voxelSize>"
        f"<unit>{unit}</unit><size>{size}</size></voxelSize></ViewSetup>"
        for number, name, size, unit in setups
    )
    placed = "".join(
        f'<ViewRegistration timepoint="{at}" setup="{setup}">'
        + "".join(
            f'<ViewTransform type="affine"><Name>t</Name><affine>{one}</affine></ViewTransform>'
            for one in affines
        )
        + "</ViewRegistration>"
        for setup, at, affines in registrations
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<SpimData version="0.2">'
        f'<BasePath type="relative">{base}</BasePath><SequenceDescription>{loader}'
        f"<ViewSetups>{views}</ViewSetups>{timepoints}<MissingViews /></SequenceDescription>"
        f"<ViewRegistrations>{placed}</ViewRegistrations></SpimData>"
    ).encode()


def container(setups=(0,), timepoints=(0,), path="v.n5"):
    objects = {"attributes.json": {"n5": "2.0.0"}}
    for setup in setups:
        objects[f"setup{setup}/attributes.json"] = {
            "downsamplingFactors": FACTORS,
            "dataType": "uint16",
        }
        for at in timepoints:
            for level, (x, y, z) in enumerate(FACTORS):
                data = voxels(setup, at)[::x, ::y, ::z]
                place = f"setup{setup}/timepoint{at}/s{level}"
                objects |= with_tensorstore(data, BLOCKS, path=place)
    return files(objects, path)


def voxels(setup, at):
    return ramp(SHAPE) + np.uint16(3000 * setup + 5000 * at)


ONE = [(0, "left", "0.5 0.5 2.0", "um")]


@pytest.mark.parametrize("address", ["v.xml", "v.n5", "v.n5/setup0", "V.XML"])
def test_the_file_says_name_size_and_place_wherever_one_opens(serve, address):
    xml = spim_data(ONE, registrations=[(0, 0, [affine((0.5, 0.5, 2), (5, 1, 4))])])
    server = serve({**container(), "v.xml": xml, "V.XML": xml})
    dataset = nb_remote.open(server.url_of(address))
    (layer,) = dataset.layers
    assert layer.name == "left"
    assert dataset.voxel_size_nm_xyz == (500, 500, 2000)
    assert dataset.bounding_box == ((10, 2, 2), (30, 14, 11))
    np.testing.assert_array_equal(layer[...], voxels(0, 0))
    assert layer.mags == ((1, 1, 1), (2, 2, 1))
    (stored,) = dataset.datasource.data_layers
    assert stored.mags[0].path.endswith("v.n5/setup0/timepoint0/s0")


def test_every_view_lies_at_its_own_place(serve):
    """Two tiles that BigStitcher stitched: its world counts smallest voxels (1, 1, 4)."""
    setups = [(0, "tile a", "0.5 0.5 2.0", "um"), (3, "tile b", "0.5 0.5 2.0", "um")]
    calibration = affine((1, 1, 4))
    registrations = [
        (0, 0, [IDENTITY, calibration]),
        # The last one is applied first: calibration, grid, then the stitching.
        (3, 0, [affine(at=(0.5, -2, 0)), affine(at=(17.5, 0, 8)), calibration]),
    ]
    xml = spim_data(setups, registrations=registrations)
    server = serve({**container((0, 3)), "v.xml": xml})
    dataset = nb_remote.open(server.url_of("v.xml"))
    assert [one.name for one in dataset.layers] == ["tilea", "tileb"]
    np.testing.assert_array_equal(dataset.layers[1][...], voxels(3, 0))
    boxes = [one.bounding_box for one in dataset.layers]
    assert boxes == [((0, 0, 0), (20, 12, 9)), ((18, -2, 2), (38, 10, 11))]


def test_views_of_other_sizes_keep_the_distance_of_their_centres(serve):
    """Half of each voxel lies before its centre; the smallest one begins at 0."""
    setups = [(0, "fine", "1 1 1", "um"), (1, "coarse", "2 2 2", "um")]
    registrations = [(0, 0, [IDENTITY]), (1, 0, [affine((2, 2, 2), (0.5, 0.5, 0.5))])]
    xml = spim_data(setups, registrations=registrations)
    server = serve({**container((0, 1)), "v.xml": xml})
    layers = nb_remote.open(server.url_of("v.n5")).layers
    assert [one.bounding_box[0] for one in layers] == [(0, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ("0 -1 0 5 1 0 0 5 0 0 1 5", "turns, shears or mirrors"),
        ("1 0.2 0 5 0 1 0 5 0 0 1 5", "turns, shears or mirrors"),
        ("-1 0 0 5 0 1 0 5 0 0 1 5", "turns, shears or mirrors"),
        ("1 0 0 5 0 1 0 5 0 0 1 5", "stretches"),
    ],
)
def test_a_registration_that_can_not_be_followed_is_left_out_and_noted(serve, values, says):
    xml = spim_data(ONE, registrations=[(0, 0, [values])])
    server = serve({**container(), "v.xml": xml})
    dataset = nb_remote.open(server.url_of("v.xml"))
    (layer,) = dataset.layers
    assert any(says in note for note in layer.notes)
    assert dataset.voxel_size_nm_xyz == (500, 500, 2000)
    assert dataset.bounding_box == ((0, 0, 0), SHAPE)


def test_an_uncalibrated_view_takes_its_size_from_the_registration(serve):
    xml = spim_data(
        [(0, "a", "1 1 1", "um")], registrations=[(0, 0, [affine((2, 2, 6), (4, 0, 0))])]
    )
    server = serve({**container(), "v.xml": xml})
    dataset = nb_remote.open(server.url_of("v.n5"))
    assert dataset.voxel_size_nm_xyz == (2000, 2000, 6000)
    assert dataset.bounding_box == ((2, 0, 0), (22, 12, 9))


TIMES = {
    "range": '<Timepoints type="range"><first>2</first><last>4</last></Timepoints>',
    "pattern": '<Timepoints type="pattern"><integerpattern>2-3, 4</integerpattern></Timepoints>',
    "list": "<Timepoints>"
    + "".join(f"<Timepoint><id>{n}</id></Timepoint>" for n in (2, 3, 4))
    + "</Timepoints>",
}


@pytest.mark.parametrize("times", TIMES)
def test_the_time_points_of_the_file_are_an_axis(serve, times):
    registrations = [(0, n, [affine((0.5, 0.5, 2), (n, 0, 0))]) for n in (2, 3, 4)]
    xml = spim_data(ONE, timepoints=TIMES[times], registrations=registrations)
    content = {**container((0,), (2, 3, 4)), "v.xml": xml}
    del content["v.n5/setup0/timepoint3/s0/1/0/0"]
    dataset = nb_remote.open(serve(content).url_of("v.xml"))
    (layer,) = dataset.layers
    assert layer.axes == ("x", "y", "z", "t")
    (stored,) = dataset.datasource.data_layers
    assert not stored.additional_axes
    assert stored.mags[0].path.endswith("setup0/timepoint2/s0")
    assert "the first time point only" in repr(dataset)
    expected = np.stack([voxels(0, n) for n in (2, 3, 4)], axis=-1)
    expected[8:16, :8, :8, 1] = 0
    np.testing.assert_array_equal(layer[...], expected)
    np.testing.assert_array_equal(layer[3:17, 5, :, 1:], expected[3:17, 5, :, 1:])
    np.testing.assert_array_equal(layer.levels[1][..., 2], expected[::2, ::2, :, 2])
    assert any("registration differs between time points" in note for note in layer.notes)


def test_time_points_without_a_file_are_counted(serve):
    server = serve(container((0, 1), range(5)))
    layers = nb_remote.open(server.url_of("v.n5")).layers
    for setup, layer in enumerate(layers):
        expected = np.stack([voxels(setup, n) for n in range(5)], axis=-1)
        np.testing.assert_array_equal(layer[...], expected)
    alone = nb_remote.open(server.url_of("v.n5/setup1/timepoint3")).layers[0]
    np.testing.assert_array_equal(alone[...], voxels(1, 3))


@pytest.mark.parametrize(
    ("at", "base", "relative"),
    [
        ("a/v.xml", ".", "../b/v.n5"),
        ("a/c/v.xml", "../..", "b/v.n5/"),
        ("v.xml", "b", "./v.n5"),
        ("a/deep/er/v.xml", ".", "../../../b//v.n5"),
    ],
)
def test_the_container_may_lie_anywhere_on_the_same_host(serve, at, base, relative):
    loader = f'<ImageLoader format="bdv.n5"><n5 type="relative">{relative}</n5></ImageLoader>'
    content = container(path="b/v.n5")
    server = serve({**content, at: spim_data(ONE, loader=loader, base=base)})
    layer = nb_remote.open(server.url_of(at)).layers[0]
    np.testing.assert_array_equal(layer[...], voxels(0, 0))


def test_a_container_in_a_bucket_is_found_at_its_endpoint(serve):
    """As MoBIE writes it; the endpoint here is this server, so it is the same origin."""
    server = serve({})
    loader = (
        '<ImageLoader format="bdv.n5.s3"><Key>b/v.n5</Key><SigningRegion>us-west-2</SigningRegion>'
        f"<ServiceEndpoint>{server.url}</ServiceEndpoint><BucketName>lab</BucketName></ImageLoader>"
    )
    server.content = {**container(path="lab/b/v.n5"), "p/v.xml": spim_data(ONE, loader=loader)}
    layer = nb_remote.open(server.url_of("p/v.xml")).layers[0]
    np.testing.assert_array_equal(layer[...], voxels(0, 0))


@pytest.mark.parametrize(
    ("loader", "says"),
    [
        ('<ImageLoader format="bdv.hdf5"><hdf5 type="relative">v.h5</hdf5></ImageLoader>', "hdf5"),
        ('<ImageLoader format="spimreconstruction.filelist" />', "filelist"),
        ('<ImageLoader format="bdv.n5" />', "bdv.n5"),
        ("<Other />", "without name"),
        ('<ImageLoader format="bdv.n5"><n5>/nrs/lab/v.n5</n5></ImageLoader>', "writer's machine"),
        ('<ImageLoader format="bdv.n5"><n5>../../../v.n5</n5></ImageLoader>', "leaves the host"),
        ('<ImageLoader format="bdv.n5"><n5>file:///etc/v.n5</n5></ImageLoader>', "can't be read"),
    ],
)
def test_images_that_can_not_be_reached_are_named(serve, loader, says):
    server = serve({**container(), "a/v.xml": spim_data(ONE, loader=loader)})
    with pytest.raises((NotRecognised, BadMetadata), match=says):
        nb_remote.open(server.url_of("a/v.xml"))


def test_a_file_does_not_lead_to_a_private_host(serve):
    inside = serve(container())
    loader = f'<ImageLoader format="bdv.n5"><n5>{inside.url_of("v.n5")}</n5></ImageLoader>'
    server = serve({"v.xml": spim_data(ONE, loader=loader)})
    with pytest.raises(nb_remote.NbRemoteError):
        nb_remote.open(server.url_of("v.xml"))
    assert not inside.requests


def test_other_xml_and_what_only_ends_like_it(serve):
    server = serve({"a.xml": b"<html><body/></html>", **container(path="b.xml")})
    with pytest.raises(NotRecognised, match="none of BigDataViewer's"):
        nb_remote.open(server.url_of("a.xml"))
    layer = nb_remote.open(server.url_of("b.xml")).layers[0]
    np.testing.assert_array_equal(layer[...], voxels(0, 0))


def test_a_file_beside_that_is_of_something_else_or_broken_does_no_harm(serve):
    loader = '<ImageLoader format="bdv.n5"><n5 type="relative">other.n5</n5></ImageLoader>'
    server = serve({**container(), "v.xml": spim_data(ONE, loader=loader)})
    (layer,) = nb_remote.open(server.url_of("v.n5")).layers
    assert layer.name == "setup0"
    server.content = {**container(), "v.xml": b"<SpimData><!DOCTYPE a></SpimData>"}
    (layer,) = nb_remote.open(server.url_of("v.n5")).layers
    assert any("v.xml beside it is not used" in note for note in layer.notes)
    server.fail("v.xml", "403")
    assert nb_remote.open(server.url_of("v.n5")).layers[0].name == "setup0"


def test_a_view_that_is_not_there_leaves_the_others(serve):
    setups = [(n, f"view {n}", "1 1 1", "um") for n in range(3)]
    server = serve({**container((0, 2)), "v.xml": spim_data(setups)})
    dataset = nb_remote.open(server.url_of("v.xml"))
    assert [one.name for one in dataset.layers] == ["view0", "view2"]
    assert len(dataset.broken) == 1


@pytest.mark.parametrize(
    "evil",
    [
        b'<!DOCTYPE lolz [<!ENTITY a "b">]><SpimData>&a;</SpimData>',
        b"<SpimData>" + b"<a/>" * 600_000 + b"</SpimData>",
        b"<SpimData>",
        b"<SpimData><Timepoints/></Other>",
        spim_data(
            ONE, timepoints="<Timepoints><first>0</first><last>999999999</last></Timepoints>"
        ),
        "<SpimData/>".encode("utf-16"),
        b"\xff\xfe<SpimData/>",
        b"<SpimData>" * 1000 + b"</SpimData>" * 1000,
    ],
    ids=range(8),
)
def test_a_stranger_s_xml_is_bounded(evil):
    project = None
    with suppress(BadMetadata):
        project = parse_project(evil, where="here")
    assert project is None or project.setups == ()


def test_many_views_and_time_points_are_not_multiplied():
    """Two hundred million pairs; the file names none of them."""
    setups = [(n, "a", "1 1 1", "um") for n in range(20_000)]
    many = "<Timepoints><first>0</first><last>9999</last></Timepoints>"
    project = parse_project(spim_data(setups, timepoints=many), where="here")
    assert len(project.setups) == 20_000
    assert len(project.timepoints) == 10_000


@pytest.mark.parametrize(
    "odd",
    [
        [("x", "a", "1 1 1", "um")],
        [(-1, "a", "1 1 1", "um")],
        [(0, "a", "0 1 1", "um")],
        [(0, "a", "1 1", "um")],
        [(0, "a", "nan inf 1", "um")],
        [(0, "", "", "")],
        [(0, "&#x202e;a\n/../b", "1 1 1", "furlong")],
    ],
)
def test_odd_views_still_show_what_is_there(serve, odd):
    registrations = [(0, 0, ["1 2 3", "a b c"]), (0, 0, ["1e308 " * 12] * 2), ("", 0, [IDENTITY])]
    xml = spim_data(odd, registrations=registrations)
    server = serve({**container(), "v.xml": xml})
    try:
        layers = nb_remote.open(server.url_of("v.xml")).layers
    except (nb_remote.NbRemoteError, InvalidAddress) as error:
        raise AssertionError(json.dumps(str(error))) from None
    np.testing.assert_array_equal(layers[0][...], voxels(0, 0))


@pytest.mark.parametrize("address", ["a/v.xml", "a/v.n5", "a/v.n5/setup0"])
def test_a_file_of_this_machine(tmp_path, address):
    xml = spim_data(ONE, registrations=[(0, 0, [affine((0.5, 0.5, 2), (5, 1, 4))])])
    for key, one in {**container(path="a/v.n5"), "a/v.xml": xml}.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(one)
    dataset = nb_remote.open(tmp_path / address)
    (layer,) = dataset.layers
    assert layer.name == "left"
    assert dataset.bounding_box == ((10, 2, 2), (30, 14, 11))
    np.testing.assert_array_equal(layer[...], voxels(0, 0))


def test_a_file_of_this_machine_leads_nowhere_else(tmp_path):
    for key, one in container().items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(one)
    (tmp_path / "b").mkdir()
    for said in ("../v.n5", f"{tmp_path}/v.n5", f"file://{tmp_path}/v.n5"):
        one = f'<ImageLoader format="bdv.n5"><n5 type="relative">{said}</n5></ImageLoader>'
        (tmp_path / "b" / "v.xml").write_bytes(spim_data(ONE, loader=one))
        with pytest.raises(NotRecognised):
            nb_remote.open(tmp_path / "b" / "v.xml")
