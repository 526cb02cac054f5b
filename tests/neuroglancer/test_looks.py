"""What of a link looks otherwise here, and what of a view there: followed, or told of."""

import json
from urllib.parse import quote

import pytest
from tests.neuroglancer.conftest import PAGE, nm
from tests.volumes.documents import documents, files

import nb_remote as nbr


def layer(server, path, **more):
    return {"name": path, "source": f"precomputed://{server.url_of(path)}", **more}


def of_cells(opened, lab, **said):
    """Open an image and cells of which a link says something."""
    cells = layer(lab, "cells", type="segmentation", **said)
    return opened({"layers": [layer(lab, "em", type="image"), cells]})


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ({"segments": ["3"]}, "the link shows segments that are not selected not at all"),
        ({"segments": ["3"], "notSelectedAlpha": 0.4}, "at an opacity of 0.4 (notSelectedAlpha)"),
        ({"ignoreNullVisibleSet": False}, "the link shows no segment while none is selected"),
        ({"hideSegmentZero": False}, "the link draws segment 0, which is background here"),
        ({"saturation": 0.5}, "(saturation), which is not followed"),
        ({"equivalences": [["3", "4"]]}, "(equivalences), here each is one"),
    ],
)
def test_segments_that_look_otherwise_are_told_of(lab, opened, said, note):
    notes = of_cells(opened, lab, **said)["cells"].notes
    assert any(note in one for one in notes), notes


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"hideSegmentZero": True, "saturation": 1, "equivalences": [], "notSelectedAlpha": 0.3},
        {"segments": ["3"], "selectedAlpha": 0.5, "notSelectedAlpha": 0.125},
        {"segments": ["!3"]},
    ],
)
def test_segments_that_look_the_same_are_not_told_of(lab, opened, said):
    assert of_cells(opened, lab, **said)["cells"].notes == ()


@pytest.mark.parametrize(
    ("layers", "opacity"),
    [
        # Nothing below it: opaque, whatever is said.
        ([("em", {"opacity": 0.2}), ("cells", {})], {"em": 1.0, "cells": 0.5}),
        ([("em", {"opacity": 0.2, "visible": False}), ("cells", {})], {"em": 0.2, "cells": 1.0}),
        ([("em", {"archived": True}), ("cells", {})], {"em": 0.5, "cells": 1.0}),
        # Added to nothing, or over something.
        ([("em", {"blend": "additive"}), ("cells", {})], {"em": 0.5, "cells": 0.5}),
        ([("cells", {}), ("em", {"blend": "additive"})], {"em": 0.5, "cells": 1.0}),
    ],
)
def test_opacities_are_those_that_the_viewer_draws(lab, opened, layers, opacity):
    kinds = {"em": "image", "cells": "segmentation"}
    state = [layer(lab, path, type=kinds[path], **said) for path, said in layers]
    view = opened({"layers": state}).view()
    assert view.opacity == opacity
    view.close()


@pytest.mark.parametrize(
    ("shown", "note"),
    [
        ({"layout": "xy"}, None),
        ({"layout": "xz"}, None),
        ({"layout": "yz"}, "the link shows the yz plane turned or mirrored"),
        ({"layout": "xy", "displayDimensions": ["y", "x", "z"]}, "the xy plane turned or mirrored"),
        ({"layout": "xy", "displayDimensions": ["z", "y", "x"]}, None),
    ],
)
def test_a_plane_that_lies_otherwise_is_told_of(lab, opened, shown, note):
    ds = opened({"dimensions": nm(x=4, y=4, z=40), **shown, "layers": [layer(lab, "em")]})
    told = [one for one in ds["em"].notes if "plane" in one]
    assert [note in one for one in told] == ([] if note is None else [True])


def test_an_image_over_another_is_told_of_and_an_added_one_is_not(lab, opened):
    first = layer(lab, "em", type="image")
    for blend, told in (("default", 1), ("additive", 0)):
        second = layer(lab, "cells", type="image", blend=blend)
        notes = opened({"layers": [first, second]})["cells"].notes
        assert sum("lays this layer over those below" in one for one in notes) == told


def test_without_a_range_eight_bits_are_drawn_from_end_to_end(lab, opened):
    view = opened({"layers": [layer(lab, "em", type="image")]}).view()
    assert view.contrast_limits == {"em": [(0.0, 255.0)]}
    view.close()


SHADER = (
    "#uicontrol invlerp one(channel=0)\n#uicontrol vec3 tint_one color\n"
    "#uicontrol invlerp two(channel=1)\n#uicontrol vec3 tint_two color\n"
    "void main() { emitRGB(tint_one * one() + tint_two * two()); }"
)


def mixed(server, **said):
    """Return a state whose shader sees all channels."""
    url = f"zarr://{server.url_of('image.zarr')}"
    source = {"url": url, "transform": {"outputDimensions": {"c^": [1, ""], **nm(z=1, y=1, x=1)}}}
    return {"layers": [{"name": "a", "type": "image", "source": source} | said]}


def test_contrast_and_colors_of_every_channel_are_written_into_its_controls(serve):
    image = documents("czyx", shapes=[(2, 8, 16, 16)], scales=[[1, 1, 1, 1]])
    server = serve(files(image))
    given = {"one": {"range": [1, 90], "window": [0, 99]}, "tint_two": "#00ff00"}
    state = mixed(server, shader=SHADER, shaderControls=given)
    view = nbr.open(state, trusted_hosts=[server.host]).view()
    assert view.neuroglancer_state().to_dict()["layers"] == state["layers"]
    view.contrast_limits = {"a": [(5, 50), (6, 60)]}
    view.colors = {"a": ["#ff0000", "#00ff00"]}
    exported = view.neuroglancer_state()
    view.close()
    assert exported.to_dict()["layers"][0]["shaderControls"] == {
        "one": {"range": [5.0, 50.0], "window": [0, 99]},
        "two": {"range": [6.0, 60.0]},
        "tint_one": "#ff0000",
        "tint_two": "#00ff00",
    }
    assert not any("have no control" in one for one in exported.warnings)


def test_what_a_shader_has_no_control_for_is_told_of(serve):
    image = documents("czyx", shapes=[(2, 8, 16, 16)], scales=[[1, 1, 1, 1]])
    server = serve(files(image))
    shader = "void main() { emitRGB(vec3(getDataValue(0), getDataValue(1), 0)); }"
    state = mixed(server, shader=shader)
    view = nbr.open(state, trusted_hosts=[server.host]).view()
    view.colors = {"a": ["#ffffff", "#0000ff"]}
    view.channels = {"a": [True, False]}
    exported = view.neuroglancer_state()
    view.close()
    assert exported.to_dict()["layers"] == state["layers"]
    said = "a: the {} chosen here have no control in the link's shader"
    assert said.format("colors and channels") in exported.warnings


def test_the_lowest_image_is_as_dark_there_as_here(lab):
    view = nbr.open(lab.url_of("em"), lab.url_of("cells")).view(opacity={"em": 0.5})
    em, cells = view.neuroglancer_state().to_dict()["layers"]
    view.close()
    assert (em["opacity"], em["blend"]) == (0.5, "additive")
    assert cells["type"] == "segmentation" or cells["blend"] == "additive"


def test_segments_alone_are_said_to_be_opaque_there(lab):
    ds = nbr.open(lab.url_of("cells")).corrected("cells", category="segmentation")
    view = ds.view()
    told = [one for one in view.neuroglancer_state().warnings if "opaque" in one]
    view.opacity = {"cells": 1.0}
    then = [one for one in view.neuroglancer_state().warnings if "opaque" in one]
    view.close()
    assert told == ["cells: Neuroglancer draws segments opaque where no other layer lies below"]
    assert then == []


def test_segments_that_are_not_selected_are_dimmed_there_as_here(lab):
    ds = nbr.open(lab.url_of("cells")).corrected("cells", category="segmentation")
    view = ds.view(selected_segments={"cells": [7]}, opacity={"cells": 0.5})
    (cells,) = view.neuroglancer_state().to_dict()["layers"]
    view.close()
    assert cells["segments"] == ["7"]
    assert cells["notSelectedAlpha"] == pytest.approx(0.5 * 64 / 255)


def test_the_kind_that_a_link_states_saves_reading_voxels(serve):
    image = files(documents("zyx", dtype="<u2"))
    server = serve(image)
    url = f"zarr://{server.url_of('image.zarr')}"

    def chunks():
        return [one for one in server.paths() if one.rpartition("/")[2][0].isdigit()]

    for kind in ("image", "segmentation"):
        state = {"layers": [{"name": "a", "type": kind, "source": url}]}
        assert nbr.open(state, trusted_hosts=[server.host])["a"].category == (
            "color" if kind == "image" else kind
        )
    assert not chunks()


def test_credentials_for_a_host_that_the_link_does_not_name_are_told_of(lab, opened):
    token = nbr.BearerToken("t0ken-of-mine")
    given = {"https://else.org": token, lab.url: token}
    ds = opened({"layers": [layer(lab, "em")]}, credentials=given)
    told = [one for one in ds["em"].notes if "credentials" in one]
    assert told == [
        "the credentials for 'https://else.org' are not used: the link names nothing there"
    ]
    assert "t0ken" not in "".join(ds["em"].notes)


def short(state):
    return f"{PAGE}#!{quote(json.dumps(state), safe='')}"


def test_a_short_link_opens_what_it_leads_to(serve, volumes):
    server = serve(dict(volumes))
    state = {"layers": [layer(server, "em")]}
    server.fail("s/1", "redirect", to="/s/2")
    server.fail("s/2", "redirect", to=short(state))
    ds = nbr.open(server.url_of("s/1"), trusted_hosts=[server.host])
    assert list(ds) == ["em"]
    assert ds["em"].shape == (21, 17, 11)


def test_a_short_link_leads_to_trusted_places_only(serve, volumes):
    server = serve(dict(volumes))
    server.fail("s/1", "redirect", to=short({"layers": [layer(server, "em")]}))
    with pytest.raises(nbr.NbRemoteError, match="trusted_hosts"):
        nbr.open(server.url_of("s/1"))
    assert not any(one.path.startswith("em") for one in server.requests)


def test_credentials_for_a_short_link_do_not_go_where_it_leads(serve, volumes):
    server, other = serve({}), serve(volumes)
    server.fail("s/1", "redirect", to=short({"layers": [layer(other, "em")]}))
    token = nbr.BearerToken("t0ken-of-mine")
    nbr.open(server.url_of("s/1"), credentials=token, trusted_hosts=[other.host])
    assert any("authorization" in one.headers for one in server.requests)
    assert other.requests
    assert not any("authorization" in one.headers for one in other.requests)


def test_an_address_that_redirects_to_no_link_says_what_it_said_before(serve):
    server = serve({})
    server.fail("s/1", "redirect", to="/s/2#part")
    with pytest.raises(nbr.NotRecognised, match="nothing was found there"):
        nbr.open(server.url_of("s/1"))
    server.fail("s/3", "redirloop")
    with pytest.raises(nbr.NotRecognised):
        nbr.open(server.url_of("s/3"))


def test_layers_of_two_links_are_each_written_with_their_own_address(lab, opened):
    first = opened({"layers": [layer(lab, "em", type="image", tab="source")]})
    second = opened({"layers": [layer(lab, "cells", type="segmentation", segments=["3"])]})
    state = first.joined(second).neuroglancer_state().to_dict()
    em, cells = state["layers"]
    assert em == layer(lab, "em", type="image", tab="source")
    assert (cells["name"], cells["type"]) == ("cells", "segmentation")
    assert cells["source"]["url"] == f"precomputed://{lab.url_of('cells')}"
