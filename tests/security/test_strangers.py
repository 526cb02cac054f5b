"""Whatever data name leads to no file, no private host and no credentials."""

import json

import numpy as np
import pytest
from tests.reliability.volumes import METADATA, files

import nb_remote as nbr
from nb_remote.errors import NbRemoteError
from nb_remote.store import address_guard

TOKEN = "token-of-the-person-0123456789"

ADDRESSES = {
    "a file": "file://{folder}",
    "a path": "{folder}",
    "a path of a network": "//{host}{folder}",
    "a local scheme": "local://{folder}",
    "loopback": "http://{host}/v",
    "loopback by name": "http://localhost:{port}/v",
    "loopback as a number": "http://2130706433:{port}/v",
    "loopback as IPv6": "http://[::ffff:127.0.0.1]:{port}/v",
    "this host": "http://0.0.0.0:{port}/v",
    "a private host": "http://10.0.0.1/v",
    "the metadata address": "http://169.254.169.254/latest/meta-data",
    "a chain": "simplecache::http://{host}/v",
    "a chain to a file": "simplecache::file://{folder}",
    "a server of buckets": "s3+http://{host}/lab/v",
    "a bucket of a server": "s3://{host}/lab/v",
    "a user name": "http://me:word@{host}/v",
    "a zip file": "zip::http://{host}/v.zip",
    "a folder above": "../../../../../../..{folder}",
}


def redirect(server, address):
    server.fail("home/*", "redirect", to=address)


def moved_volume(server, address):
    server.content["home/info"] = json.dumps({"redirect": address}).encode()


def moved_volume_of_a_viewer(server, address):
    server.content["home/info"] = json.dumps({"redirect": f"precomputed://{address}"}).encode()


def level_of_an_image(server, address):
    axes = [{"name": one, "type": "space"} for one in "zyx"]
    scale = [{"type": "scale", "scale": [1, 1, 1]}]
    datasets = [{"path": address, "coordinateTransformations": scale}]
    image = {"version": "0.4", "axes": axes, "datasets": datasets}
    server.content["home/.zattrs"] = json.dumps({"multiscales": [image]}).encode()
    server.content["home/.zgroup"] = b'{"zarr_format": 2}'


def mag_of_a_webknossos_layer(server, address):
    box = {"topLeft": [0, 0, 0], "width": 32, "height": 32, "depth": 32}
    layer = {
        "name": "color",
        "category": "color",
        "dataFormat": "zarr3",
        "elementClass": "uint16",
        "boundingBox": box,
        "mags": [{"mag": [1, 1, 1], "path": address}],
    }
    server.content["home/datasource-properties.json"] = json.dumps(
        {
            "id": {"name": "home", "team": "t"},
            "dataLayers": [layer],
            "scale": {"factor": [1, 1, 1], "unit": "nanometer"},
        }
    ).encode()


WAYS = (
    redirect,
    moved_volume,
    moved_volume_of_a_viewer,
    level_of_an_image,
    mag_of_a_webknossos_layer,
)


@pytest.fixture
def trap(serve):
    """A volume on another port of this machine, which nobody may be led to."""
    written = files(sharded=False).items()
    return serve({f"{at}/{key}": body for at in ("v", "lab/v") for key, body in written})


@pytest.fixture
def folder(tmp_path):
    """The same volume in a folder of this machine."""
    for key, body in files(sharded=False).items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(body)
    return tmp_path


def read_all(url):
    """Open and read whatever is led to; return the voxels of all layers."""
    dataset = nbr.open(url, credentials=nbr.BearerToken(TOKEN), timeout=3)
    return [layer.levels[0][:1, :1, :1] for layer in dataset.layers]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.__name__)
def test_no_address_in_data_leads_out(serve, trap, folder, way, name):
    server = serve({}, bearer=TOKEN)
    address = ADDRESSES[name].format(host=trap.host, port=trap.port, folder=folder)
    way(server, address)
    with pytest.raises(NbRemoteError) as caught:
        read_all(f"{server.url}/home")
    assert server.requests
    assert trap.requests == []
    assert trap.connections == 0
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("way", WAYS[:2], ids=lambda one: one.__name__)
def test_the_trap_would_have_been_noticed(serve, trap, monkeypatch, way):
    """Where the guard lets through, the volume in the trap is read, without the credentials."""
    monkeypatch.setattr(address_guard, "is_public", lambda _: True)
    server = serve({}, bearer=TOKEN)
    if way is redirect:
        server.fail(f"home/{METADATA}", "redirect", to=f"{trap.url}/v/{METADATA}")
        server.fail("home/c/*", "redirect", to=f"{trap.url}/v/c/0/0/0")
    else:
        way(server, f"{trap.url}/v")
    (voxels,) = read_all(f"{server.url}/home")
    assert np.asarray(voxels).size == 1
    assert trap.requests
    assert TOKEN not in repr(trap.requests)


def test_the_folder_would_have_been_read(folder):
    """The person may open it: only data may not."""
    assert len(nbr.open(folder).layers) == 1
