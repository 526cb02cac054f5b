"""Links that are opened: what becomes of their layers, and who is asked for them."""

import json

import numpy as np
import pytest
from tests.neuroglancer.conftest import CELLS, EM, PAGE, nm
from tests.volumes.documents import documents, files

import nb_remote as nbr


def precomputed(lab, path, **layer):
    return {"name": path, "source": f"precomputed://{lab.url_of(path)}", **layer}


def test_a_link_opens_its_layers_as_it_shows_them(lab, linked):
    state = {
        "dimensions": nm(x=4, y=4, z=40),
        "position": [110.5, 208, 35.25],
        "crossSectionScale": 0.5,
        "layout": "xz",
        "layers": [
            precomputed(
                lab,
                "em",
                type="image",
                opacity=0.75,
                shaderControls={"normalized": {"range": [10, 200], "window": [0, 250]}},
            ),
            precomputed(
                lab,
                "cells",
                type="segmentation",
                visible=False,
                selectedAlpha=0.25,
                segments=["7", "!5", "18446744073709551615"],
                segmentColors={"7": "#ff0080"},
            ),
            {"name": "marks", "type": "annotation", "source": "local://annotations"},
            {"name": "cells-graph", "type": "segmentation", "source": "graphene://https://h.org/t"},
        ],
    }
    ds = nbr.open(linked(state), trusted_hosts=[lab.host])
    assert list(ds) == ["em", "cells"]
    assert [layer.category for layer in ds.layers] == ["color", "segmentation"]
    np.testing.assert_array_equal(ds["em"][...], EM[..., 0])
    np.testing.assert_array_equal(ds["cells"][...], CELLS[..., 0])
    assert [(one.name, one.problem.text) for one in ds.broken] == [
        ("marks", "annotations are not shown"),
        ("cells-graph", "a graph server (graphene) makes its segments on request"),
    ]
    assert ds["cells"].inferred.segment_colors == ((7, (255, 0, 128, 255)),)
    view = ds.view()
    assert view.position == (110.5, 208.0, 35.25)
    assert view.zoom == 2.0
    assert view.plane == "xz"
    assert view.slice == 208
    assert view.visible == {"em": True, "cells": False}
    # The lowest layer is opaque in Neuroglancer, whatever is said.
    assert view.opacity == {"em": 1.0, "cells": 0.25}
    assert view.contrast_limits == {"em": [(10.0, 200.0)]}
    assert view.selected_segments == {"cells": (7, 2**64 - 1)}
    view.close()


def test_what_a_person_gives_a_view_goes_before_the_link(lab, opened):
    ds = opened(
        {
            "dimensions": nm(x=4, y=4, z=40),
            "position": [110, 208, 35],
            "crossSectionScale": 1,
            "layers": [precomputed(lab, "em", opacity=0.5), precomputed(lab, "cells")],
        }
    )
    view = ds.view(opacity={"cells": 0.1}, slice=33, zoom=3.0)
    assert view.opacity == {"em": 1.0, "cells": 0.1}
    assert view.position == (110.0, 208.0, 33.5)
    assert view.zoom == 3.0
    view.close()


@pytest.mark.parametrize(
    ("state", "position", "zoom", "plane"),
    [
        # z y x in the link, other units, and a fourth dimension that the data don't have
        (
            {
                "dimensions": {"z": [4e-8, "m"], "y": [0.008, "um"], "x": [2, "nm"], "t": [1, "s"]},
                "displayDimensions": ["x", "y", "z"],
                "position": [35, 104, 220, 7],
                "crossSectionScale": 4,
                "layout": "xy",
            },
            (110.0, 208.0, 35.0),
            0.5,
            "xy",
        ),
        # without displayDimensions the first ones are drawn: z to the right, y down
        (
            {"dimensions": nm(z=40, y=4, x=4), "position": [35.5, 208, 110], "layout": "xy"},
            (110.0, 208.0, 35.5),
            None,
            "yz",
        ),
        # canonical voxels are as large as the smallest displayed step
        (
            {
                "dimensions": nm(x=8, y=8, z=40),
                "position": [55, 104, 35],
                "crossSectionScale": 0.25,
                "layout": "4panel",
            },
            (110.0, 208.0, 35.0),
            2.0,
            "xy",
        ),
        # no dimensions: those of the first volume
        ({"position": [110, 208, 35], "layout": "yz"}, (110.0, 208.0, 35.0), None, "yz"),
        # a position that does not fit leaves the view in the middle
        (
            {"dimensions": nm(x=4, y=4, z=40), "position": [1, 2]},
            (110.5, 208.5, 35.5),
            None,
            "xy",
        ),
    ],
)
def test_position_zoom_and_plane_are_those_of_the_link(lab, opened, state, position, zoom, plane):
    view = opened({**state, "layers": [precomputed(lab, "em")]}).view()
    assert view.position == position
    assert view.zoom == zoom
    assert view.plane == plane
    view.close()


def test_a_position_in_an_ome_image_counts_from_centres_of_voxels(serve):
    image = documents("tzyx", shapes=[(5, 8, 16, 16)], scales=[[1, 2, 1, 1]])
    server = serve(files(image))
    state = {
        "dimensions": {**nm(z=2, y=1, x=1), "t": [1, ""]},
        "position": [3, 5, 7.25, 2.4],
        "displayDimensions": ["x", "y", "z"],
        "layers": [{"name": "a", "source": f"zarr://{server.url_of('image.zarr')}"}],
    }
    view = nbr.open(state, trusted_hosts=[server.host]).view()
    assert view.position == (7.75, 5.5, 3.5)
    assert view.extra_axes == {"t": 2}
    view.close()


def test_an_ome_image_beside_a_precomputed_one_lies_half_a_voxel_lower_as_in_the_viewer(
    serve, volumes
):
    image = documents("zyx", shapes=[(8, 16, 16)], scales=[[40, 4, 4]])
    server = serve(volumes | files(image))
    layers = [
        {"name": "em", "source": f"precomputed://{server.url_of('em')}"},
        {"name": "ome", "source": f"zarr://{server.url_of('image.zarr')}"},
    ]
    ds = nbr.open({"layers": layers}, trusted_hosts=[server.host])
    assert ds["em"].bounding_box == ((100.0, 200.0, 30.0), (121.0, 217.0, 41.0))
    assert ds["ome"].bounding_box == ((-0.5, -0.5, -0.5), (15.5, 15.5, 7.5))
    ds = nbr.open({"layers": layers[::-1]}, trusted_hosts=[server.host])
    assert ds["ome"].bounding_box == ((0.0, 0.0, 0.0), (16.0, 16.0, 8.0))
    assert ds["em"].bounding_box == ((100.5, 200.5, 30.5), (121.5, 217.5, 41.5))


def test_scale_and_translation_of_a_source_are_followed_exactly(lab, opened):
    transform = {
        "inputDimensions": nm(x=8, y=8, z=30),
        "outputDimensions": {"x": [2e-6, "m"], "y": [1, "nm"], "z": [15, "nm"]},
        "matrix": [[1, 0, 0, 5], [0, 2, 0, -16], [0, 0, 1, 4]],
    }
    source = {"url": f"precomputed://{lab.url_of('cells')}", "transform": transform}
    ds = opened({"layers": [{"name": "cells", "source": source}]})
    assert ds.voxel_size_nm_xyz == (8.0, 16.0, 30.0)
    assert ds["cells"].bounding_box == ((1250.0, -1.0, 2.0), (1271.0, 16.0, 13.0))
    size = ds["cells"].inferred.geometry.voxel_size_nm_xyz
    assert (size.origin, size.note) == ("metadata", "by the link")
    np.testing.assert_array_equal(ds["cells"][...], CELLS[..., 0])


def test_a_source_whose_voxels_begin_elsewhere_is_scaled_about_the_origin(lab, opened):
    transform = {"outputDimensions": nm(x=4, y=4, z=40), "inputDimensions": nm(x=8, y=8, z=80)}
    source = {"url": f"precomputed://{lab.url_of('em')}", "transform": transform}
    ds = opened({"layers": [{"name": "em", "source": source}, precomputed(lab, "cells")]})
    assert ds.voxel_size_nm_xyz == (4.0, 4.0, 40.0)
    assert ds["em"].bounding_box == ((200.0, 400.0, 60.0), (242.0, 434.0, 82.0))
    assert ds["cells"].bounding_box == ((0.0, 0.0, 0.0), (21.0, 17.0, 11.0))


def test_a_transform_that_turns_becomes_the_affine_of_the_layer(lab, opened):
    transform = {
        "outputDimensions": nm(x=4, y=4, z=40),
        "matrix": [[0, 1, 0, 0], [-1, 0, 0, 25], [0, 0, 1, 0]],
    }
    source = {"url": f"precomputed://{lab.url_of('cells')}", "transform": transform}
    ds = opened({"layers": [{"name": "cells", "source": source}]})
    assert ds["cells"].inferred.transform == (
        (0.0, 1.0, 0.0, 0.0),
        (-1.0, 0.0, 0.0, 25.0),
        (0.0, 0.0, 1.0, 0.0),
    )


def test_swapped_names_of_output_dimensions_turn_a_layer(lab, opened):
    transform = {"outputDimensions": nm(z=4, y=4, x=40)}
    source = {"url": f"precomputed://{lab.url_of('cells')}", "transform": transform}
    ds = opened({"dimensions": nm(x=4, y=4, z=4), "layers": [{"name": "c", "source": source}]})
    # From voxels of 4 × 4 × 40 nm to the same: z takes the length of x.
    assert ds["c"].inferred.transform == (
        (0.0, 0.0, 10.0, 0.0),
        (0.0, 1.0, 0.0, 0.0),
        (0.1, 0.0, 0.0, 0.0),
    )


@pytest.mark.parametrize(
    "transform",
    [
        {"outputDimensions": nm(x=4, y=4, z=40), "matrix": [[1, 0, 0], [0, 1, 0]]},
        {"outputDimensions": nm(x=4, y=4, z=40), "matrix": [[0, 0, 0, 0]] * 3},
        {"outputDimensions": {"x": [4, "s"], "y": [4, "nm"], "z": [4, "nm"]}},
        {"outputDimensions": nm(x=4, y=4), "inputDimensions": nm(x=4, y=4)},
    ],
)
def test_a_transform_that_can_not_be_followed_is_said(lab, opened, transform):
    source = {"url": f"precomputed://{lab.url_of('cells')}", "transform": transform}
    ds = opened({"dimensions": nm(x=4, y=4, z=40), "layers": [{"name": "cells", "source": source}]})
    assert any("its transform is not applied" in note for note in ds["cells"].notes)
    assert ds["cells"].bounding_box == ((0.0, 0.0, 0.0), (21.0, 17.0, 11.0))


def test_channels_are_those_at_the_layers_own_position(serve):
    image = documents("czyx", shapes=[(3, 8, 16, 16)], scales=[[1, 1, 1, 1]])
    server = serve(files(image))
    url = f"zarr://{server.url_of('image.zarr')}"
    shader = (
        "#uicontrol invlerp contrast\n#uicontrol vec3 color color\n"
        "void main() { emitRGB(color * contrast()); }"
    )
    ds = nbr.open(
        {
            "layers": [
                {
                    "name": f"channel {n}",
                    "source": url,
                    "type": "image",
                    "shader": shader,
                    "shaderControls": {"contrast": {"range": [900, n]}, "color": color},
                    "localDimensions": {"c'": [1, ""]},
                    "localPosition": [n],
                }
                for n, color in ((2, "#ff0000"), (1, "#00ff00"))
            ]
        },
        trusted_hosts=[server.host],
    )
    assert list(ds) == ["channel2", "channel1"]
    view = ds.view()
    assert view.channels == {"channel2": [False, False, True], "channel1": [False, True, False]}
    assert view.colors["channel2"][2] == "#ff0000"
    assert view.colors["channel1"][1] == "#00ff00"
    assert view.contrast_limits["channel2"][2] == (2.0, 900.0)
    assert view.inverted["channel2"] == [False, False, True]
    view.close()
    assert server.paths().count("image.zarr/.zattrs") == 1


def test_a_legacy_link_is_opened_like_one_of_today(lab):
    text = (
        f"{PAGE}#!{{'layers':{{'em':{{'source':'precomputed://{lab.url_of('em')}'_'type':'image'}}"
        f"_'cells':'precomputed://{lab.url_of('cells')}'}}_'navigation':{{'pose':{{'position':"
        "{'voxelSize':[4_4_40]_'voxelCoordinates':[110_208_35]}}_'zoomFactor':8}_'layout':'yz'}"
    )
    ds = nbr.open(text, trusted_hosts=[lab.host])
    assert list(ds) == ["em", "cells"]
    view = ds.view()
    assert (view.position, view.zoom, view.plane) == ((110.0, 208.0, 35.0), 0.5, "yz")
    view.close()


def test_a_volume_among_several_sources_is_found(lab, opened):
    layer = {
        "name": "cells",
        "type": "segmentation",
        "source": [
            "local://annotations",
            f"precomputed://{lab.url_of('nothing')}",
            {"url": f"precomputed://{lab.url_of('cells')}", "subsources": {"mesh": False}},
        ],
    }
    ds = opened({"layers": [layer]})
    assert ds["cells"].category == "segmentation"
    assert "2 more sources of the link's layer are not shown" in ds["cells"].notes


def test_a_state_at_an_address_is_read_from_there(serve, volumes):
    content = dict(volumes)
    server = serve(content)
    state = {"layers": [precomputed(server, "em")]}
    content["states/1.json"] = json.dumps(state).encode()
    for link in (
        f"{PAGE}#!{server.url_of('states/1.json')}",
        f"{PAGE}#!middleauth+{server.url_of('states/1.json')}",
        f"{PAGE}?json_url={server.url_of('states/1.json')}",
    ):
        assert list(nbr.open(link, trusted_hosts=[server.host])) == ["em"]


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        (None, nbr.NotRecognised, "no state where the link says"),
        (b"[1]", nbr.BadMetadata, "no state of a viewer"),
        (b"<html>login</html>", nbr.BadMetadata, "web page"),
        (b'{"a": NaN}', nbr.InvalidAddress, "no JSON"),
        (b"{}", nbr.InvalidAddress, "shows no layers"),
    ],
)
def test_what_lies_at_the_address_of_a_state_but_is_none_is_named(serve, body, error, said):
    server = serve({} if body is None else {"s": body})
    with pytest.raises(error, match=said):
        nbr.open(f"{PAGE}#!{server.url_of('s')}", trusted_hosts=[server.host])


def test_places_that_are_not_public_are_not_asked_for_a_link(lab, linked):
    with pytest.raises(nbr.NbRemoteError, match="trusted_hosts"):
        nbr.open(linked({"layers": [precomputed(lab, "em")]}))
    with pytest.raises(nbr.NbRemoteError, match="trusted_hosts"):
        nbr.open(f"{PAGE}#!{lab.url_of('em/info')}")
    assert lab.requests == []


def test_a_link_names_no_file_of_this_machine(tmp_path, linked):
    state = {"layers": [{"name": "a", "source": f"zarr://file://{tmp_path}/a.zarr"}]}
    with pytest.raises(nbr.InvalidAddress, match="local path"):
        nbr.open(linked(state))


def test_one_credential_for_all_is_refused_with_the_line_to_write(lab, linked):
    state = {"layers": [{"name": "a", "source": "precomputed://gs://bucket/a"}]}
    token = nbr.BearerToken("t0ken-of-mine")
    with pytest.raises(nbr.InvalidAddress) as refused:
        nbr.open(linked(state), credentials=token)
    assert "credentials={'gs://bucket': nb_remote.GcsCredentials(…)}" in str(refused.value)
    with pytest.raises(nbr.InvalidAddress):
        nbr.open(linked(state), credentials=[token])
    with pytest.raises(nbr.InvalidAddress, match="without a path"):
        nbr.open(linked(state), credentials={"https://h.org/folder": token})


def test_credentials_go_to_the_host_that_they_were_given_for_and_to_no_other(serve, volumes):
    private = serve(volumes, bearer="t0ken-of-mine")
    public = serve(volumes)
    state = {"layers": [precomputed(private, "em"), precomputed(public, "cells")]}
    ds = nbr.open(
        state,
        credentials={private.url: nbr.BearerToken("t0ken-of-mine")},
        trusted_hosts=[private.host, public.host],
    )
    np.testing.assert_array_equal(ds["em"][...], EM[..., 0])
    np.testing.assert_array_equal(ds["cells"][...], CELLS[..., 0])
    assert public.requests
    assert not any("authorization" in map(str.lower, one.headers) for one in public.requests)


def test_a_host_that_asks_who_it_is_is_listed_with_the_line_to_write(serve, volumes):
    private = serve(volumes, bearer="t0ken-of-mine")
    public = serve(volumes)
    state = {"layers": [precomputed(private, "em"), precomputed(public, "cells")]}
    ds = nbr.open(state, trusted_hosts=[private.host, public.host])
    assert list(ds) == ["cells"]
    assert isinstance(ds.broken[0].problem, nbr.AccessDenied)
    line = f"credentials={{'{private.url}': nb_remote.BearerToken(…)}}"
    assert line in ds.broken[0].problem.hint


def test_links_and_addresses_are_opened_together(serve, volumes):
    private = serve(volumes, bearer="t0ken-of-mine")
    state = {"layers": [precomputed(private, "em")]}
    token = nbr.BearerToken("t0ken-of-mine")
    address = private.url_of("cells")
    ds = nbr.open(
        state,
        address,
        credentials={private.url: token, address: token},
        trusted_hosts=[private.host],
    )
    assert list(ds) == ["em", "cells"]


def test_a_layer_that_fails_is_listed_and_the_others_load(lab, opened):
    ds = opened(
        {
            "layers": [
                {"name": "gone", "source": f"precomputed://{lab.url_of('gone')}"},
                precomputed(lab, "em"),
            ]
        }
    )
    assert list(ds) == ["em"]
    (gone,) = ds.broken
    assert gone.name == "gone"
    assert "/gone" in gone.problem.where
    with pytest.raises(nbr.NbRemoteError):
        opened({"layers": [{"name": "gone", "source": f"precomputed://{lab.url_of('gone')}"}]})


def test_a_link_without_layers_says_so(linked):
    with pytest.raises(nbr.InvalidAddress, match="shows no layers"):
        nbr.open(linked({}))
