"""Cases 58 to 65: links of Neuroglancer."""

import json
from urllib.parse import quote

import pytest
from tests.cases.unlike import unlike_webknossos
from tests.precomputed.written import below, labels, noise, scale
from tests.precomputed.written import write as precomputed
from tests.volumes.documents import documents, files

import nb_remote as nbr

PAGE = "https://neuroglancer-demo.appspot.com/"
IMAGE = noise((21, 17, 11, 1), "uint8")
IDS = labels((21, 17, 11, 1), "uint32")
OMERO = {"channels": [{"label": "DAPI", "color": "00FF00", "window": {"start": 1, "end": 9}}]}
STORED = {
    **below("em", precomputed(scale(key="s"), data=[IMAGE])),
    **below("ids", precomputed(scale(key="s"), data=[IDS], kind="image")),
    **files(documents("zyx", dtype="<u4"), "cells.zarr"),
    **files(documents("czyx", shapes=[(1, 8, 16, 16)], omero=OMERO), "stain.zarr"),
}


@pytest.fixture
def shown(serve):
    """``shown(link)`` opens the link that ``link(server)`` writes, to volumes on that server."""

    def open_(link):
        server = serve(STORED)
        return nbr.open(link(server), trusted_hosts=[server.host])

    return open_


def link_to(*layers, **state):
    """A link of these layers, as the viewer writes it; ``{}`` in them is the server."""

    def write(server):
        text = json.dumps({"layers": list(layers), **state}).replace("{}", server.url)
        return f"{PAGE}#!{quote(text, safe='')}"

    return write


def em(**more):
    return {"type": "image", "source": "precomputed://{}/em", "name": "em", **more}


@pytest.mark.parametrize(
    "encode",
    [lambda text: text, quote, lambda text: quote(quote(text))],
    ids=["raw", "once", "twice"],
)
@pytest.mark.parametrize("name", ["em", "a+b", "a#b"])
def test_case_58_however_a_link_is_encoded_it_shows_the_same(shown, encode, name):
    state = json.dumps({"layers": [em(name=name)]}, separators=(",", ":"))
    dataset = shown(lambda server: f"{PAGE}#!{encode(state.replace('{}', server.url))}")
    (layer,) = dataset.layers
    assert layer.inferred.link.layer.name == name
    assert (layer[...] == IMAGE[..., 0]).all()


@unlike_webknossos
def test_case_59_a_source_is_text_an_object_or_a_list_and_none_is_skipped_with_a_reason(shown):
    address = "precomputed://{}/em"
    layers = [
        em(name="text"),
        em(name="object", source={"url": address}),
        em(name="list", source=[address, {"url": address}]),
        em(name="empty", source=[]),
    ]
    dataset = shown(link_to(*layers))
    assert list(dataset) == ["text", "object", "list"]
    assert {one.name: one.problem.text for one in dataset.broken} == {
        "empty": "the layer names no address of data"
    }


@unlike_webknossos
def test_case_60_what_is_no_volume_is_skipped_with_a_reason(shown):
    layers = [
        {"type": "annotation", "name": "notes", "source": "precomputed://{}/notes"},
        em(name="mine", source="local://annotations"),
        em(),
    ]
    dataset = shown(link_to(*layers))
    assert list(dataset) == ["em"]
    assert {one.name: one.problem.text for one in dataset.broken} == {
        "notes": "annotations are not shown",
        "mine": "this is part of the viewer itself, not an address of data",
    }


@unlike_webknossos
def test_case_61_name_and_type_are_those_of_the_link(shown):
    layer = {"type": "segmentation", "name": "neurons", "source": "zarr://{}/cells.zarr"}
    dataset = shown(link_to(layer))
    assert list(dataset) == ["neurons"]
    assert dataset["neurons"].category == "segmentation"
    assert dataset["neurons"].inferred.category.origin == "metadata"


def test_case_62_opacity_and_contrast_are_those_of_the_link_and_the_colour_is_kept(shown):
    layer = {
        "type": "image",
        "name": "stain",
        "source": "zarr://{}/stain.zarr",
        "opacity": 0.46,
        "shaderControls": {"normalized": {"range": [10, 200]}},
    }
    dataset = shown(link_to(layer))
    (written,) = dataset.datasource.to_dict()["dataLayers"]
    assert written["defaultViewConfiguration"]["alpha"] == 46
    assert written["defaultViewConfiguration"]["intensityRange"] == [10, 200]
    assert written["defaultViewConfiguration"]["color"] == [0, 255, 0]


@unlike_webknossos
def test_case_63_credentials_are_given_to_the_host_that_they_are_for(serve):
    private = serve(STORED, basic_auth=("ann", "pw-5d1c07"))
    public = serve(STORED)
    link = link_to(em(), em(name="other", source=f"precomputed://{public.url}/em"))(private)
    dataset = nbr.open(
        link,
        trusted_hosts=[private.host, public.host],
        credentials={private.url: nbr.BasicAuth("ann", "pw-5d1c07")},
    )
    assert set(dataset) == {"em", "other"}
    assert any("authorization" in one.headers for one in private.requests)
    assert not any("authorization" in one.headers for one in public.requests)


@unlike_webknossos
def test_case_64_a_transform_of_the_source_places_the_layer(shown):
    dimensions = {"x": [4e-9, "m"], "y": [4e-9, "m"], "z": [4e-8, "m"]}
    moved = {
        "url": "precomputed://{}/em",
        "transform": {
            "matrix": [[2, 0, 0, 100], [0, 2, 0, 50], [0, 0, 1, 10]],
            "outputDimensions": dimensions,
        },
    }
    dataset = shown(link_to(em(), em(name="moved", source=moved), dimensions=dimensions))
    assert dataset.voxel_size_nm_xyz == (4, 4, 40)
    assert dataset["em"].bounding_box == ((0, 0, 0), (21, 17, 11))
    assert dataset["moved"].bounding_box == ((100, 50, 10), (142, 84, 21))


OLD = "{'layers':{'em':{'source':'precomputed://%s/em'_'type':'image'}}}"


@unlike_webknossos
def test_case_65_the_old_spelling_is_understood(shown):
    dataset = shown(lambda server: f"{PAGE}#!{OLD % server.url}")
    assert (dataset["em"][...] == IMAGE[..., 0]).all()


@unlike_webknossos
def test_case_65_so_is_a_state_that_lies_elsewhere(serve):
    server = serve(dict(STORED))
    state = json.dumps({"layers": [em()]}).replace("{}", server.url)
    server.content["state.json"] = state.encode()
    dataset = nbr.open(f"{PAGE}#!{server.url_of('state.json')}", trusted_hosts=[server.host])
    assert list(dataset) == ["em"]
