"""Datasets and views as states of Neuroglancer: exact, lossless for links, and without secrets."""

import json
import warnings

import pytest
from tests.neuroglancer.conftest import PAGE, nm
from tests.volumes.documents import documents, files

import nb_remote as nbr
from nb_remote.location.neuroglancer.link import link_of

TOKEN = "t0ken-of-mine"


def again(ds, host):
    """Open what a dataset exports."""
    return nbr.open(ds.neuroglancer_state().to_dict(), trusted_hosts=[host])


def test_a_dataset_becomes_the_state_that_shows_it(lab):
    ds = nbr.open(lab.url_of("em"), lab.url_of("cells"))
    ds = ds.corrected("cells", category="segmentation")
    assert ds.neuroglancer_state().to_dict() == {
        "dimensions": {"x": [4e-9, "m"], "y": [4e-9, "m"], "z": [4e-8, "m"]},
        "displayDimensions": ["x", "y", "z"],
        "layout": "4panel",
        "crossSectionBackgroundColor": "#000000",
        "layers": [
            {
                "type": "image",
                "name": "em",
                "source": {"url": f"precomputed://{lab.url_of('em')}"},
                "opacity": 1.0,
            },
            {
                "type": "segmentation",
                "name": "cells",
                "source": {"url": f"precomputed://{lab.url_of('cells')}"},
            },
        ],
    }


def test_a_link_holds_the_state_as_the_viewer_writes_it(lab):
    ds = nbr.open(lab.url_of("em"))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        link = ds.neuroglancer_link()
        local = ds.neuroglancer_link("http://localhost:8080/view.html#x")
    state = ds.neuroglancer_state()
    assert tuple(str(one.message) for one in told[:3]) == state.warnings
    assert {one.filename for one in told} == {__file__}
    assert link.startswith("https://neuroglancer-demo.appspot.com/#!%7B%22dimensions%22:%7B")
    read = link_of(link)
    assert read is not None
    assert read.state is not None
    assert read.state.document() == state.to_dict()
    assert local.startswith("http://localhost:8080/view.html#!%7B")


def test_a_view_becomes_the_state_that_shows_the_same(lab):
    ds = nbr.open(lab.url_of("em"), lab.url_of("cells"))
    ds = ds.corrected("cells", category="segmentation")
    view = ds.view(
        position=(110.5, 208.25, 35.0),
        zoom=4.0,
        plane="xz",
        contrast_limits=(10, 200),
        inverted={"em": True},
        opacity={"em": 0.5, "cells": 0.25},
        visible={"cells": False},
        selected_segments={"cells": (7, 2**64 - 1)},
    )
    state = view.neuroglancer_state().to_dict()
    view.close()
    assert state["position"] == [110.5, 208.25, 35.0]
    assert state["crossSectionScale"] == 0.25
    assert state["layout"] == "xz"
    em, cells = state["layers"]
    assert em["opacity"] == 0.5
    assert em["shaderControls"] == {"normalized": {"range": [200.0, 10.0]}}
    assert cells["visible"] is False
    assert cells["selectedAlpha"] == 0.25
    assert cells["segments"] == ["7", "18446744073709551615"]
    shown = nbr.open(state, trusted_hosts=[lab.host]).view()
    assert shown.position == (110.5, 208.25, 35.0)
    assert (shown.zoom, shown.plane) == (4.0, "xz")
    assert shown.contrast_limits == {"em": [(10.0, 200.0)]}
    assert shown.inverted == {"em": [True]}
    assert shown.opacity == {"em": 0.5, "cells": 0.25}
    assert shown.visible == {"em": True, "cells": False}
    assert shown.selected_segments == {"cells": (7, 2**64 - 1)}
    shown.close()


def link_state(lab):
    return {
        "title": "mine",
        "unknown": {"kept": [1, 2.5, "x"]},
        "dimensions": nm(z=40, y=4, x=4),
        "displayDimensions": ["x", "y", "z"],
        "position": [35.1, 208.3, 110.7],
        "crossSectionScale": 0.7,
        "projectionScale": 1000,
        "selectedLayer": {"layer": "em", "visible": True},
        "layout": {"type": "row", "children": ["xy", "3d"]},
        "layers": [
            {"type": "annotation", "name": "marks", "source": "local://annotations", "a": [1]},
            {
                "type": "image",
                "name": "em",
                "source": f"precomputed://{lab.url_of('em')}",
                "shader": "void main() { emitRGB(vec3(1, 2, 3)); } // https://x.org/?a=b",
                "tab": "rendering",
            },
            {"type": "segmentation", "name": "graph", "source": "graphene://https://h.org/t"},
            {
                "type": "segmentation",
                "name": "cells",
                "source": {
                    "url": f"precomputed://{lab.url_of('cells')}",
                    "subsources": {"mesh": False},
                },
                "segments": ["3", "!4"],
                "segmentQuery": "3, 4",
            },
        ],
    }


def test_what_came_with_a_link_leaves_with_all_that_it_said(lab, opened):
    state = link_state(lab)
    ds = opened(state)
    assert ds.neuroglancer_state().to_dict() == state
    view = ds.view()
    shown = view.neuroglancer_state().to_dict()
    view.close()
    assert shown == state


def test_only_what_was_changed_in_a_view_is_written_anew(lab, opened):
    state = link_state(lab)
    view = opened(state).view()
    view.position = (111.0, 208.0, 36.0)
    view.selected_segments = {"cells": (3, 9)}
    view.visible = {"em": False}
    view.opacity = {"em": 0.3}
    changed = view.neuroglancer_state().to_dict()
    view.close()
    assert changed["position"] == [36.0, 208.0, 111.0]
    marks, em, graph, cells = changed["layers"]
    assert (marks, graph) == (state["layers"][0], state["layers"][2])
    assert em == {**state["layers"][1], "visible": False, "opacity": 0.3}
    assert cells == {**state["layers"][3], "segments": ["3", "9", "!4"]}
    rest = {key: value for key, value in changed.items() if key not in ("position", "layers")}
    assert rest == {key: state[key] for key in rest}


def test_a_layer_that_was_taken_out_is_not_in_the_state(lab, opened):
    ds = opened(link_state(lab)).without("em")
    names = [one["name"] for one in ds.neuroglancer_state().to_dict()["layers"]]
    assert names == ["marks", "graph", "cells"]


def test_a_legacy_link_leaves_as_a_state_of_today(lab, opened):
    ds = opened(
        {
            "navigation": {
                "pose": {"position": {"voxelSize": [4, 4, 40], "voxelCoordinates": [110, 208, 35]}},
                "zoomFactor": 8,
            },
            "layers": {"em": f"precomputed://{lab.url_of('em')}"},
        }
    )
    assert ds.neuroglancer_state().to_dict() == {
        "dimensions": nm(x=4.0, y=4.0, z=40.0),
        "position": [110.0, 208.0, 35.0],
        "crossSectionScale": 2.0,
        "layers": [{"name": "em", "source": f"precomputed://{lab.url_of('em')}"}],
    }


def test_an_ome_image_is_written_with_a_layer_for_each_channel_that_is_drawn(serve):
    image = documents(
        "tczyx",
        shapes=[(5, 3, 8, 16, 16)],
        scales=[[1, 1, 2, 1, 1]],
        omero={
            "channels": [
                {"label": "DAPI", "color": "0000FF", "window": {"start": 5, "end": 90}},
                {"label": "off", "color": "00FF00", "active": False},
                {"label": "GFP", "color": "00FF00", "window": {"start": 0, "end": 70}},
            ]
        },
    )
    server = serve(files(image))
    ds = nbr.open(server.url_of("image.zarr"))
    view = ds.view(position=(7.75, 5.5, 3.5), extra_axes={"t": 2})
    state = view.neuroglancer_state().to_dict()
    view.close()
    assert list(state["dimensions"]) == ["x", "y", "z", "t"]
    assert state["position"] == [7.25, 5.0, 3.0, 2.0]
    first, second = state["layers"]
    assert first["source"] == {"url": f"zarr://{server.url_of('image.zarr')}"}
    assert [first["name"], second["name"]] == ["image.zarr DAPI", "image.zarr GFP"]
    assert second["localDimensions"] == {"c'": [1, ""]}
    assert second["localPosition"] == [2]
    assert second["blend"] == "additive"
    assert second["shaderControls"] == {"color": "#00ff00", "contrast": {"range": [0.0, 70.0]}}
    shown = nbr.open(state, trusted_hosts=[server.host]).view()
    assert shown.position == (7.75, 5.5, 3.5)
    assert shown.extra_axes == {"t": 2}
    assert [one[2] for one in shown.channels.values()] == [False, True]
    shown.close()


@pytest.mark.parametrize(
    "correction",
    [
        {"voxel_size_xyz": (8, 16, 30), "unit": "nm"},
        {"translation_xyz": (5, -3, 0.5)},
        {"voxel_size_xyz": (2, 2, 2), "unit": "um", "translation_xyz": (1, 2, 3)},
    ],
)
@pytest.mark.parametrize("path", ["em", "cells"])
def test_what_a_person_corrected_is_there_in_the_viewer_too(lab, path, correction):
    ds = nbr.open(lab.url_of(path)).corrected(path, **correction)
    back = again(ds, lab.host)
    assert back.voxel_size_nm_xyz == ds.voxel_size_nm_xyz
    for there, here in zip(back[path].bounding_box, ds[path].bounding_box, strict=True):
        assert there == pytest.approx(here, abs=1e-6)


def test_layers_of_different_formats_lie_where_they_lay(serve, volumes):
    image = documents("zyx", shapes=[(8, 16, 16), (4, 8, 8)], scales=[[40, 4, 4], [80, 8, 8]])
    server = serve(volumes | files(image))
    for paths in (("image.zarr", "em", "cells"), ("em", "image.zarr", "cells")):
        ds = nbr.open(*(server.url_of(one) for one in paths))
        back = again(ds, server.host)
        moved = [
            [a - b for a, b in zip(back[one].bounding_box[0], ds[one].bounding_box[0], strict=True)]
            for one in paths
        ]
        assert moved == [moved[0]] * 3
        assert back.voxel_size_nm_xyz == ds.voxel_size_nm_xyz


def test_a_turned_layer_is_turned_in_the_viewer_too(lab, opened):
    transform = {
        "outputDimensions": nm(x=4, y=4, z=40),
        "matrix": [[0, 1, 0, 0], [-1, 0, 0, 25], [0, 0, 1, 0]],
    }
    source = {"url": f"precomputed://{lab.url_of('cells')}", "transform": transform}
    ds = opened({"layers": [{"name": "cells", "source": source}]})
    back = again(ds, lab.host)
    assert back["cells"].inferred.transform == ds["cells"].inferred.transform


def test_no_secret_of_a_link_leaves(lab, opened, serve, volumes):
    private = serve(volumes, token="s3cret-word")
    url = f"{private.url_of('em')}?token=s3cret-word"
    state = {
        "layers": [
            {"name": "em", "source": f"precomputed://{url}"},
            {
                "name": "marks",
                "type": "annotation",
                "source": "zarr://https://a:pa55wd@h.org/x?k=v",
            },
        ],
        "extra": {"deep": ["s3://b/c?X-Amz-Signature=5ecret99", "https://a:pa55wd@h.org/"]},
    }
    ds = nbr.open(state, trusted_hosts=[private.host])
    exported = ds.neuroglancer_state()
    text = exported.text + exported.link() + repr(exported) + "".join(exported.warnings)
    for secret in ("s3cret-word", "pa55wd", "5ecret99", "k=v"):
        assert secret not in text
    assert exported.to_dict()["layers"][0]["source"] == f"precomputed://{private.url_of('em')}"
    assert "user names and queries in addresses of the link were left out" in exported.warnings
    assert any("not in the link" in one for one in exported.warnings)


def test_no_credentials_leave_and_it_is_said_that_they_are_needed(serve, volumes):
    private = serve(volumes, bearer=TOKEN)
    ds = nbr.open(private.url_of("em"), credentials=nbr.BearerToken(TOKEN))
    exported = ds.neuroglancer_state()
    assert TOKEN not in exported.text + "".join(exported.warnings)
    assert any("read with credentials" in one for one in exported.warnings)


def test_what_a_browser_does_not_reach_is_said(lab, tmp_path):
    (tmp_path / "a.zarr").mkdir()
    for key, body in files(documents("zyx"), "a.zarr").items():
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    near = nbr.open(lab.url_of("em")).neuroglancer_state()
    assert near.warnings == (
        "em: it is served by this machine: only a browser on it reaches that",
        "em: it is read over http://, which browsers refuse on a page of https://",
        f"whether {lab.host} lets pages of other hosts read (CORS) was not asked",
    )
    on_http = nbr.open(lab.url_of("em")).neuroglancer_state("http://localhost:8080")
    assert not any("http://, which" in one for one in on_http.warnings)
    local = nbr.open(tmp_path / "a.zarr").neuroglancer_state()
    assert local.warnings == (
        "a.zarr: it lies on this machine, where no page of a browser reads files",
    )


@pytest.mark.parametrize(
    ("dtype", "said"),
    [
        ("<f8", "Neuroglancer does not read float64"),
        ("|b1", "Neuroglancer does not read bool"),
        ("<i8", "Neuroglancer reads int64 as uint64: negative numbers become large ones"),
        ("<u2", None),
    ],
)
def test_number_types_that_the_viewer_lacks_are_said(serve, dtype, said):
    server = serve(files(documents("zyx", dtype=dtype)))
    exported = nbr.open(server.url_of("image.zarr")).neuroglancer_state()
    told = [one.partition(": ")[2] for one in exported.warnings if "Neuroglancer" in one]
    assert told == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("compressor", "said"),
    [
        ({"id": "bz2", "level": 1}, ["Neuroglancer does not decode bz2"]),
        ({"id": "zlib", "level": 1}, []),
        (None, []),
    ],
)
def test_codecs_that_the_viewer_lacks_are_said(serve, compressor, said):
    image = documents("zyx")
    image["0/.zarray"]["compressor"] = compressor
    server = serve(files(image))
    exported = nbr.open(server.url_of("image.zarr")).neuroglancer_state()
    told = [one.partition(": ")[2] for one in exported.warnings if "Neuroglancer" in one]
    assert told == said


@pytest.mark.parametrize(("kind", "said"), [("lz4", 1), ("bzip2", 1), ("gzip", 0), ("raw", 0)])
def test_compressions_of_n5_that_the_viewer_lacks_are_said(serve, kind, said):
    attributes = {
        "dimensions": [8, 8, 8],
        "blockSize": [8, 8, 8],
        "dataType": "uint8",
        "compression": {"type": kind},
    }
    server = serve({"a.n5/attributes.json": json.dumps(attributes).encode()})
    exported = nbr.open(server.url_of("a.n5")).neuroglancer_state()
    assert len([one for one in exported.warnings if "Neuroglancer" in one]) == said


def test_the_state_is_json_as_text(lab):
    exported = nbr.open(lab.url_of("em")).neuroglancer_state()
    assert json.loads(exported.json()) == exported.to_dict()
    assert exported.link(PAGE).startswith(f"{PAGE}#!")
