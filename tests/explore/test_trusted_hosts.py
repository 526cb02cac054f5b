"""Private hosts that data lead to: asked only when a person agreed to them, and without secrets."""

import json
import pickle

import numpy as np
import pytest
from tests.precomputed.written import below, noise, scale, write

import nb_remote as nbr

VOXELS = noise((6, 5, 4, 1), "uint8")


@pytest.fixture
def lab(serve):
    """A server in a private network with a volume."""
    return serve(below("v", write(scale((6, 5, 4)), data=[VOXELS])))


def moved(lab):
    return {"home/info": json.dumps({"redirect": lab.url_of("v")}).encode()}


def mag_elsewhere(lab):
    layer = {
        "name": "color",
        "category": "color",
        "dataFormat": "neuroglancerPrecomputed",
        "elementClass": "uint8",
        "boundingBox": {"topLeft": [0, 0, 0], "width": 6, "height": 5, "depth": 4},
        "mags": [{"mag": [1, 1, 1], "path": lab.url_of("v/4_4_40")}],
    }
    document = {"id": {"name": "home", "team": ""}, "dataLayers": [layer], "scale": [4, 4, 40]}
    return {"home/datasource-properties.json": json.dumps(document).encode()}


def redirected(lab):
    return {}


WAYS = [moved, mag_elsewhere, redirected]


@pytest.fixture
def opened(serve, lab):
    def open_(way, **options):
        server = serve(way(lab), basic_auth=("me", "hush-word"))
        if way is redirected:
            for key in lab.content:
                inside = key.removeprefix("v/")
                server.fail(f"home/{inside}", "redirect", to=f"{lab.url_of('v')}/{inside}")
        credentials = nbr.BasicAuth("me", "hush-word")
        return nbr.open(server.url_of("home"), credentials=credentials, **options)

    return open_


def host_of(lab):
    return f"127.0.0.1:{lab.port}"


@pytest.mark.parametrize("way", WAYS)
def test_without_agreement_the_host_is_not_asked_and_the_line_to_run_is_said(opened, lab, way):
    with pytest.raises(nbr.NbRemoteError) as caught:
        opened(way)
    assert f"trusted_hosts=['{host_of(lab)}']" in str(caught.value)
    assert not lab.requests


@pytest.mark.parametrize("way", WAYS)
def test_an_agreed_host_is_read_and_gets_no_credentials(opened, lab, way):
    (layer,) = opened(way, trusted_hosts=[host_of(lab).upper()]).layers
    np.testing.assert_array_equal(np.squeeze(layer[...]), VOXELS[..., 0])
    assert lab.requests
    assert not [one for one in lab.requests if "authorization" in one.headers]


def test_agreement_to_one_host_is_none_to_another(opened, lab):
    with pytest.raises(nbr.NbRemoteError, match="trusted_hosts"):
        opened(moved, trusted_hosts=["127.0.0.1:1", "localhost"])
    assert not lab.requests


def test_agreement_travels_with_the_description(serve, lab):
    server = serve(moved(lab))
    dataset = nbr.open(server.url_of("home"), trusted_hosts=[host_of(lab)])
    array = pickle.loads(pickle.dumps(dataset.layers[0].levels[0]))
    np.testing.assert_array_equal(np.squeeze(array[...]), VOXELS[..., 0])


@pytest.mark.parametrize(
    ("hosts", "error"),
    [
        ("lab:9000", TypeError),
        (["http://lab:9000/x"], nbr.InvalidAddress),
        ([""], nbr.InvalidAddress),
    ],
)
def test_what_is_no_host_is_refused_at_once(hosts, error):
    with pytest.raises(error):
        nbr.open("https://example.org/v", trusted_hosts=hosts)
