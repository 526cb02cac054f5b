"""A volume on a server with every step of the way to it open."""

from contextlib import ExitStack

import pytest
from tests.servers.aws import AwsServer, Bucket, Key
from tests.servers.gcs import GcsServer
from tests.volumes import ome_zarr

from nb_remote import S3Credentials

SECRET = "planted-secret-4711"


@pytest.fixture(scope="session")
def image():
    written = ome_zarr.write("yx")
    folder = f"{written.path}/"
    return {
        key.removeprefix(folder): body
        for key, body in written.files.items()
        if key.startswith(folder)
    }


@pytest.fixture
def files(image):
    return {f"lab/image.zarr/{key}": body for key, body in image.items()}


@pytest.fixture
def server(serve, files):
    return serve(dict(files))


@pytest.fixture
def url(server):
    return server.url_of("lab/image.zarr")


@pytest.fixture
def aws(image):
    """Buckets ``lab-private`` in Ireland and ``lab-public``, which may not be listed."""
    files = {f"image.zarr/{key}": body for key, body in image.items()}
    with AwsServer() as server:
        server.buckets["lab-private"] = Bucket(files=files, region="eu-west-1")
        server.buckets["lab-public"] = Bucket(files=files, public=True, listable=False)
        server.keys["AKIAFIXTURE"] = Key(SECRET)
        yield server


@pytest.fixture
def keys():
    return S3Credentials("AKIAFIXTURE", SECRET)


@pytest.fixture
def gcs(image):
    with ExitStack() as stack:
        files = {f"lab/image.zarr/{key}": body for key, body in image.items()}
        yield stack.enter_context(GcsServer(files))
