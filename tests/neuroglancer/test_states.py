"""What a state says: today's keys, those of old links, and values that make no sense."""

import pytest

from nb_remote.errors import InvalidAddress
from nb_remote.location.neuroglancer.read_state import read_state
from nb_remote.location.neuroglancer.sources import address_of_source, why_not
from nb_remote.location.neuroglancer.state import (
    Contrast,
    Dimension,
    LinkSource,
    SourceTransform,
)

MODERN = {
    "dimensions": {"z": [4e-8, "m"], "y": [4, "nm"], "x": [0.004, "um"], "t": [1, "s"]},
    "position": [10.5, 20, 30, 2],
    "displayDimensions": ["x", "y", "z"],
    "crossSectionScale": 2.5,
    "crossSectionOrientation": [0, 0, 0, 2],
    "layout": {"type": "row", "children": [{"type": "viewer", "layout": "xz"}, "3d"]},
    "selectedLayer": {"layer": "cells", "visible": True},
    "title": "mine",
    "layers": [
        {
            "type": "image",
            "name": "em",
            "source": "precomputed://gs://b/em",
            "opacity": 0.75,
            "blend": "additive",
            "shaderControls": {"normalized": {"range": [200, 100], "window": [0, 255]}},
            "localDimensions": {"c'": [1, ""]},
            "localPosition": [1],
        },
        {
            "type": "segmentation",
            "name": "cells",
            "visible": False,
            "archived": True,
            "source": [
                "local://annotations",
                {
                    "url": "precomputed://gs://b/seg",
                    "subsources": {"default": True, "mesh": {"enabled": False}, "bounds": {}},
                    "enableDefaultSubsources": False,
                },
            ],
            "segments": ["1", "!5", 7, "18446744073709551615", "18446744073709551616", "x", 1],
            "segmentColors": {"7": "#ff0080", "8": "#abc", "9": "red", "10": "?"},
            "segmentDefaultColor": "#010203",
            "colorSeed": 5,
            "selectedAlpha": 0.3,
            "notSelectedAlpha": 0.1,
        },
    ],
}


def test_a_state_of_today_is_read_completely():
    state = read_state(MODERN)
    assert state.dimensions is not None
    assert [(one.name, one.nanometers) for one in state.dimensions] == [
        ("z", 40.0),
        ("y", 4.0),
        ("x", 4.0),
        ("t", None),
    ]
    assert state.position == (10.5, 20.0, 30.0, 2.0)
    assert state.display_dimensions == ("x", "y", "z")
    assert state.cross_section_scale == 2.5
    assert state.orientation == (0.0, 0.0, 0.0, 1.0)
    assert state.layout == "xz"
    assert state.selected_layer == "cells"
    assert state.title == "mine"
    assert state.notes == ()
    assert state.document() == MODERN
    em, cells = state.layers
    assert (em.number, em.name, em.kind, em.visible, em.archived) == (0, "em", "image", True, False)
    assert em.sources == (LinkSource(url="precomputed://gs://b/em"),)
    assert (em.opacity, em.blend, em.shader) == (0.75, "additive", None)
    assert em.contrast == (
        Contrast(control="normalized", range=(200.0, 100.0), window=(0.0, 255.0), channel=None),
    )
    assert em.local_dimensions == (Dimension(name="c'", scale=1.0, unit=""),)
    assert em.local_position == (1.0,)
    assert (cells.visible, cells.archived) == (False, True)
    assert cells.sources[0].url == "local://annotations"
    assert cells.sources[1].subsources == (("default", True), ("mesh", False), ("bounds", True))
    assert cells.sources[1].shows_volume
    assert cells.segments == (1, 7, 2**64 - 1)
    assert cells.hidden_segments == (5,)
    assert cells.segment_colors == ((7, (255, 0, 128)), (8, (170, 187, 204)), (9, (255, 0, 0)))
    assert cells.segment_default_color == (1, 2, 3)
    assert (cells.color_seed, cells.selected_alpha, cells.not_selected_alpha) == (5, 0.3, 0.1)


def test_a_transform_keeps_units_and_rows():
    matrix = [[1, 0, 0, 5], [0, -1, 0, 0], [0, 0, 1, 0.5]]
    (layer,) = read_state(
        {
            "layers": [
                {
                    "name": "a",
                    "source": {
                        "url": "n5://s3://b/a",
                        "transform": {
                            "outputDimensions": {"x": [2e-6, "m"], "y": [1, "nm"], "z": [1, "nm"]},
                            "inputDimensions": {"x": [4, "nm"], "y": [4, "nm"], "z": [40, "nm"]},
                            "matrix": matrix,
                        },
                    },
                }
            ]
        }
    ).layers
    transform = layer.sources[0].transform
    assert transform is not None
    assert transform.output is not None
    assert transform.input is not None
    assert [one.nanometers for one in transform.output] == [2000.0, 1.0, 1.0]
    assert [one.nanometers for one in transform.input] == [4.0, 4.0, 40.0]
    assert transform.matrix == ((1.0, 0, 0, 5.0), (0, -1.0, 0, 0), (0, 0, 1.0, 0.5))


def test_a_legacy_state_is_read_as_what_it_means_today():
    state = read_state(
        {
            "navigation": {
                "pose": {
                    "position": {"voxelSize": [4, 4, 40], "voxelCoordinates": [100, 200, 30.5]},
                    "orientation": [0, 0, 0, 1],
                },
                "zoomFactor": 8,
            },
            "perspectiveZoom": 2,
            "layers": {
                "em": "precomputed://gs://b/em",
                "seg": {
                    "type": "segmentation",
                    "source": "precomputed://gs://b/seg",
                    "mesh": "precomputed://gs://b/seg/mesh",
                    "segments": [9007199254740993],
                },
                "points": {"type": "pointAnnotation", "points": []},
            },
        }
    )
    assert state.dimensions is not None
    assert [(one.name, one.nanometers) for one in state.dimensions] == [
        ("x", 4.0),
        ("y", 4.0),
        ("z", 40.0),
    ]
    assert state.position == (100.0, 200.0, 30.5)
    assert state.cross_section_scale == 2.0
    assert state.orientation == (0.0, 0.0, 0.0, 1.0)
    em, seg, points = state.layers
    assert (em.name, em.kind, em.sources[0].url) == ("em", "auto", "precomputed://gs://b/em")
    assert [one.url for one in seg.sources] == [
        "precomputed://gs://b/seg",
        "precomputed://gs://b/seg/mesh",
    ]
    assert seg.sources[0].shows_volume
    assert seg.segments == (9007199254740993,)
    assert (points.kind, points.sources[0].url) == ("annotation", "local://annotations")


def test_a_legacy_position_in_nanometers_becomes_one_in_voxels():
    place = {"voxelSize": [4, 4, 40], "spatialCoordinates": [400, 800, 1220]}
    state = read_state({"navigation": {"pose": {"position": place}}, "layers": {}})
    assert state.position == (100.0, 200.0, 30.5)


ROWS = ((1.0, 0.0, 0.0, 10.0), (0.0, 2.0, 0.0, 20.0), (0.0, 0.0, 3.0, 30.0))


@pytest.mark.parametrize(
    "transform",
    [
        [1, 0, 0, 10, 0, 2, 0, 20, 0, 0, 3, 30, 0, 0, 0, 1],
        [[1, 0, 0, 10], [0, 2, 0, 20], [0, 0, 3, 30], [0, 0, 0, 1]],
        {"scale": [1, 2, 3], "translation": [10, 20, 30]},
        {"scale": [1, 2, 3], "translation": [10, 20, 30], "rotation": [0, 0, 0, 1]},
    ],
)
def test_a_legacy_transform_of_a_layer_is_one_of_its_source_in_nanometers(transform):
    (layer,) = read_state(
        {"layers": [{"name": "a", "source": "n5://s3://b/a", "transform": transform}]}
    ).layers
    nm = tuple(Dimension(name=name, scale=1.0, unit="nm") for name in "xyz")
    assert layer.sources[0].transform == SourceTransform(output=nm, input=None, matrix=ROWS)


def test_a_legacy_rotation_turns_x_to_y():
    half = 0.5**0.5
    turn = {"rotation": [0, 0, half, half], "translation": [0, 0, 0], "scale": [1, 1, 1]}
    (layer,) = read_state(
        {"layers": [{"name": "a", "source": "n5://s3://b/a", "transform": turn}]}
    ).layers
    transform = layer.sources[0].transform
    assert transform is not None
    assert transform.matrix is not None
    assert [one for row in transform.matrix for one in row] == pytest.approx(
        [0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0], abs=1e-12
    )


@pytest.mark.parametrize(
    ("state", "note"),
    [
        (
            {"dimensions": {"x": [1, "nm"], "y": [1, "nm"]}, "position": [1]},
            "the position of the link has 1 numbers for 2 dimensions, and is not used",
        ),
        ({"dimensions": {"x": [1, "parsec"]}}, "the dimensions of the link can't be read"),
        ({"dimensions": {"x": [0, "m"]}}, "the dimensions of the link can't be read"),
        (
            {"dimensions": {"x": [1, "m"]}, "displayDimensions": ["q"]},
            "the link displays dimensions that it does not have",
        ),
    ],
)
def test_what_makes_no_sense_is_left_out_with_a_note(state, note):
    read = read_state(state)
    assert read.notes == (note,)
    assert read.position is None
    assert read.display_dimensions is None


@pytest.mark.parametrize(
    ("layout", "first"),
    [
        ("4panel", "4panel"),
        ("xy-3d", "xy-3d"),
        ({"type": "yz", "orthographicProjection": True}, "yz"),
        ({"type": "column", "children": ["3d", {"type": "viewer", "layout": "xz"}]}, "xz"),
        ("3d", "3d"),
        (None, None),
        (7, None),
    ],
)
def test_the_first_layout_of_slices_is_found(layout, first):
    assert read_state({"layout": layout}).layout == first


SHADER = """#uicontrol invlerp contrast(range=[10, 2e3], window=[0, 65535], channel=[2])
#uicontrol vec3 color color(default="magenta")
#uicontrol float gain slider(min=0, max=1)
void main() { emitRGB(color * contrast()); }
"""


def test_the_controls_of_a_shader_are_read_from_it_and_from_their_values():
    def layer(**given):
        return read_state({"layers": [{"name": "a", **given}]}).layers[0]

    declared = layer(shader=SHADER)
    assert declared.contrast == (
        Contrast(control="contrast", range=(10.0, 2000.0), window=(0.0, 65535.0), channel=2),
    )
    assert declared.colors == ((255, 0, 255),)
    given = layer(
        shader=SHADER,
        shaderControls={
            "contrast": {"range": ["5", "18446744073709551615"], "channel": [1]},
            "color": "#00ff00",
        },
    )
    assert given.contrast == (
        Contrast(control="contrast", range=(5.0, 2.0**64), window=(0.0, 65535.0), channel=1),
    )
    assert given.colors == ((0, 255, 0),)
    assert layer().contrast == ()


@pytest.mark.parametrize(
    "state",
    [
        {"layers": 5, "position": "x", "dimensions": [], "layout": [], "crossSectionScale": -1},
        {"layers": [None, 5, [], {"source": {}}, {"source": [5, None]}, {"segments": "12"}]},
        {"layers": [{"source": {"url": "n5://x", "transform": {"matrix": [[1, "a"]]}}}]},
        {"navigation": {"pose": {"position": {"voxelSize": [0, 1, 2]}}, "zoomFactor": True}},
        {"navigation": [], "layers": [{"shaderControls": [], "shader": 5, "visible": "no"}]},
        {"crossSectionOrientation": [0, 0, 0, 0], "layers": [{"transform": {"scale": []}}]},
    ],
)
def test_values_of_the_wrong_type_count_as_left_out(state):
    read = read_state(state)
    assert read.document() == state
    assert read.cross_section_scale is None
    assert all(layer.visible for layer in read.layers)


@pytest.mark.parametrize(
    ("url", "location", "hint"),
    [
        ("precomputed://gs://b/p/", "gs://b/p", "precomputed"),
        ("gs://b/p|neuroglancer-precomputed:", "gs://b/p", "precomputed"),
        ("zarr://https://h.org/a.zarr?dimension_separator=/", "https://h.org/a.zarr", "zarr"),
        ("zarr://https://h.org/a.zarr#dimension_separator=/", "https://h.org/a.zarr", "zarr"),
        ("s3+https://host.org/bucket/p/|zarr2:", "s3+https://host.org/bucket/p", "zarr2"),
        ("https://h.org/a.zip|zip:inner/|zarr3:", "https://h.org/a.zip|zip:inner", "zarr3"),
        (" https://h.org/a.zarr/ | ", "https://h.org/a.zarr", None),
        ("https://h.org/a%23b.zarr", "https://h.org/a%23b.zarr", None),
        ("precomputed://middleauth+https://h.org/p", "https://h.org/p", "precomputed"),
        ("gs+xml://b/p|n5:", "gs://b/p", "n5"),
    ],
)
def test_addresses_of_sources_mean_what_they_mean_in_the_viewer(url, location, hint):
    found = address_of_source(LinkSource(url=url)).location
    assert found.display() == location
    assert found.format_hint == hint


def test_the_query_of_a_source_is_sent_with_every_request_to_it():
    source = LinkSource(url="https://h.org/d.zarr/?token=T0ken123|zarr3:")
    found = address_of_source(source).location
    assert found.url("0/zarr.json") == "https://h.org/d.zarr/0/zarr.json?token=T0ken123"
    assert "T0ken123" not in repr(source)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("graphene://middleauth+https://h.org/segmentation/table/x", "graphene"),
        ("boss://https://api.bossdb.org/a/b/c", "bossDB"),
        ("dvid://https://h.org/n/i", "DVID"),
        ("brainmaps://a:b:c", "BrainMaps"),
        ("local://annotations", "part of the viewer"),
        ("python://volume/12", "Python process"),
        ("https://h.org/x.nii.gz|gzip:|nifti:", "compressed as a whole"),
        ("nifti://https://h.org/x.nii", "NIfTI"),
        ("s3://b/x|ocdbt:|zarr3:", "OCDBT"),
        ("precomputed://gs://b/p/mesh#type=mesh", "meshes"),
        ("file:///data/x.zarr", "local path"),
        ("", "empty"),
    ],
)
def test_sources_that_are_not_read_say_why(url, said):
    with pytest.raises(InvalidAddress, match=said):
        address_of_source(LinkSource(url=url))


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ({"type": "annotation", "source": "local://annotations"}, "annotations are not shown"),
        ({"type": "pointAnnotation"}, "annotations are not shown"),
        ({"type": "mesh", "source": "vtk://https://h.org/x"}, "meshes are not shown"),
        ({"type": "image"}, "the layer names no address of data"),
        ({"type": "image", "source": "gs://b/p"}, ""),
        ({"source": "gs://b/p"}, ""),
    ],
)
def test_layers_without_voxels_say_why(layer, said):
    assert why_not(read_state({"layers": [{"name": "a", **layer}]}).layers[0]) == said
