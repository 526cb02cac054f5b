"""dask arrays on worker processes: they open what they need themselves, and get no secret."""

import itertools
import json
import logging
import os
import pickle

import distributed
import numcodecs
import numpy as np
import pytest
from tests.containers.written import below, level_at, ramp, written
from tests.precomputed.written import noise, scale, write
from tests.security.scanner import leaked
from tests.servers.aws import AwsServer, Bucket, Key

import nb_remote as nbr
from nb_remote.arrays.source import Source
from nb_remote.chunks.caches import DECODED_CAPACITY, RAW_CAPACITY, process_caches
from nb_remote.errors import AccessDenied, BadCredentials, Unreachable
from nb_remote.location.parse import parse_address

DATA = ramp((20, 33, 41))
CHUNKS = (8, 8, 16)
SECRET = "hush-hush-0123456789"
FILES = below("v", written(DATA, CHUNKS, compressors=numcodecs.Zstd()))
names = (f"lab-{number}" for number in itertools.count())

# dask's own processes close sockets while they end
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def server(serve):
    return serve(dict(FILES))


@pytest.fixture
def level(server):
    return level_at(f"{server.url}/v", server.content["v/.zarray"])


def test_workers_compute_what_numpy_does(client, server, level):
    array = level.dask(CHUNKS)
    assert server.requests == []
    np.testing.assert_array_equal(client.compute(array).result(), DATA)
    total = client.compute(array.sum(dtype="u8")).result()
    assert total == int(DATA.sum(dtype="u8"))
    assert level._source.meter.counts().requests == 0  # this process has read nothing
    part = level.dask(CHUNKS, region=(slice(3, 17), slice(5, 30)))
    np.testing.assert_array_equal(
        client.compute(part.max(axis=0)).result(), DATA[3:17, 5:30].max(axis=0)
    )


def sizes_of_caches():
    caches = process_caches()
    return [(cache.held, cache._capacity) for cache in (caches.raw, caches.decoded)]


def test_caches_of_workers_are_bounded(client, level):
    client.compute(level.dask(CHUNKS)).result()
    for sizes in client.run(sizes_of_caches).values():
        assert [limit for _, limit in sizes] == [RAW_CAPACITY, DECODED_CAPACITY]
        assert all(held <= limit for held, limit in sizes)


def test_an_error_on_a_worker_arrives_as_itself(client, server, level):
    server.fail("v/1.2.1", "403")
    with pytest.raises(AccessDenied) as caught:
        client.compute(level.dask(CHUNKS)).result()
    assert caught.value.where.endswith("v/1.2.1")


@pytest.mark.parametrize("place", ["{host}/v?token=" + SECRET, "user:" + SECRET + "@{host}/v"])
def test_what_was_opened_with_a_secret_is_not_sent(client, server, caplog, place):
    url = "http://" + place.format(host=server.host)
    level = level_at(url, server.content["v/.zarray"])
    with caplog.at_level(logging.CRITICAL), pytest.raises(TypeError) as caught:
        client.compute(level.dask(CHUNKS)).result()
    chain, error = [], caught.value
    while error is not None:
        chain.append(str(error))
        error = error.__cause__ or error.__context__
    assert "never pickled" in "\n".join(chain)
    assert SECRET not in "\n".join([*chain, caplog.text])
    assert server.requests == []
    # on threads of this process it works
    np.testing.assert_array_equal(level.dask(CHUNKS).compute(scheduler="threads"), DATA)


def dask_of(url, **options):
    return nbr.open(url, **options).layers[0].dask()


def graph_of(array):
    return pickle.dumps(array.__dask_graph__())


def causes_of(error):
    while error is not None:
        yield str(error)
        error = error.__cause__ or error.__context__


def test_the_refusal_names_every_way_to_let_workers_read(client, serve, caplog):
    server = serve(dict(FILES), bearer=SECRET)
    array = dask_of(server.url_of("v"), credentials=nbr.BearerToken(SECRET))
    with caplog.at_level(logging.CRITICAL), pytest.raises(TypeError) as caught:
        client.compute(array).result()
    said = "\n".join(causes_of(caught.value))
    assert "was opened with BearerToken, and secrets are never pickled unless you say so" in said
    for way in (
        "S3Credentials(profile=...)",
        "GcsCredentials.default()",
        "ProvidedCredentials(name), with register_credentials(name, provider)",
        "credentials.shared_with_workers()",
        "threaded scheduler",
    ):
        assert way in said
    assert SECRET not in said + caplog.text


def test_a_secret_that_a_person_shares_is_read_with_by_workers(client, serve):
    server = serve(dict(FILES), bearer=SECRET)
    shared = nbr.BearerToken(SECRET).shared_with_workers()
    array = dask_of(server.url_of("v"), credentials=shared)
    np.testing.assert_array_equal(client.compute(array).result(), DATA)
    assert leaked(graph_of(array), [SECRET]) == [SECRET]


class Provide(distributed.WorkerPlugin):
    """Registers a provider on each worker, as a person would: it reads a file there."""

    def __init__(self, name, path):
        self.name, self.path = name, path

    def setup(self, worker):
        path = self.path

        def token():
            return nbr.BearerToken(path.read_text())

        nbr.register_credentials(self.name, token)


@pytest.fixture
def provided(client, serve, tmp_path):
    """A private volume, the array of it, and the file on the workers that holds their token."""
    token, name = tmp_path / "token", next(names)
    token.write_text(SECRET)
    server = serve(dict(FILES), bearer="kernel-token-0123456789")
    nbr.register_credentials(name, lambda: nbr.BearerToken("kernel-token-0123456789"))
    array = dask_of(server.url_of("v"), credentials=nbr.ProvidedCredentials(name))
    server._authorization = f"Bearer {SECRET}"  # what the workers have, and not the kernel
    return name, array, server, token


def test_workers_read_with_what_their_own_provider_gives(client, provided):
    name, array, server, token = provided
    client.register_plugin(Provide(name, token), name=name)
    server.forget()
    np.testing.assert_array_equal(client.compute(array).result(), DATA)
    assert {one.headers["authorization"] for one in server.requests} == {f"Bearer {SECRET}"}
    assert leaked(graph_of(array), [SECRET, "kernel-token-0123456789"]) == []
    # a token that ends while the cluster runs
    server._authorization = "Bearer renewed-token-0123456789"
    token.write_text("renewed-token-0123456789")
    total = client.compute(array.sum(dtype="u8")).result()
    assert total == int(DATA.sum(dtype="u8"))


def test_a_worker_without_the_provider_says_its_name_and_the_line_to_run(client, provided):
    name, array, server, _ = provided
    server.forget()
    with pytest.raises(BadCredentials) as caught:
        client.compute(array).result()
    assert f"nb_remote.register_credentials('{name}', provider)" in str(caught.value)
    assert server.requests == []


@pytest.fixture
def aws():
    with AwsServer() as server:
        server.buckets["lab"] = Bucket(files=dict(FILES), region="eu-west-1")
        server.keys["AKIAWORKER"] = Key(SECRET)
        yield server


def keep_keys(folder, secret):
    """What lies in the files of the AWS tools, here or on a worker."""
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(folder / "credentials")
    os.environ["AWS_CONFIG_FILE"] = str(folder / "none")
    keys = f"[lab]\naws_access_key_id=AKIAWORKER\naws_secret_access_key={secret}\n"
    (folder / "credentials").write_text(keys)


def test_workers_find_a_profile_of_their_own(client, aws, tmp_path, monkeypatch):
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "")  # so that it is as before in the end
    keep_keys(tmp_path, SECRET)
    client.run(keep_keys, tmp_path, SECRET)
    profile = nbr.S3Credentials(profile="lab")
    array = dask_of(f"s3+http://{aws.host}/lab/v", credentials=profile)
    aws.requests.clear()
    np.testing.assert_array_equal(client.compute(array).result(), DATA)
    assert all("Credential=AKIAWORKER/" in one.headers["Authorization"] for one in aws.requests)
    assert leaked(graph_of(array), [SECRET, "AKIAWORKER"]) == []


def test_agreement_that_403_means_missing_travels(client, aws):
    bucket = aws.buckets["lab"]
    bucket.listable, bucket.public = False, True
    del bucket.files["v/0.0.0"]
    url = f"s3+http://{aws.host}/lab/v"
    with pytest.raises(AccessDenied):
        client.compute(dask_of(url)[:8, :8, :16]).result()
    expected = DATA.copy()
    expected[:8, :8, :16] = 0
    array = dask_of(url, missing_on_403=True)
    first = client.compute(array[:8, :8, :16]).result()
    np.testing.assert_array_equal(first, expected[:8, :8, :16])
    np.testing.assert_array_equal(client.compute(array).result(), expected)


def moved(serve):
    """A volume whose document leads to a server in a private network."""
    voxels = noise((6, 5, 4, 1), "uint8")
    lab = serve(below("v", write(scale((6, 5, 4)), data=[voxels])))
    home = serve({"home/info": json.dumps({"redirect": lab.url_of("v")}).encode()})
    return home.url_of("home"), lab, voxels


def test_agreement_to_a_private_host_travels(client, serve):
    url, lab, voxels = moved(serve)
    array = dask_of(url, trusted_hosts=[lab.host])
    computed = client.compute(array).result()
    np.testing.assert_array_equal(np.squeeze(computed), voxels[..., 0])


def test_what_data_name_is_no_more_trusted_on_a_worker(client, server):
    level = level_at(server.url_of("v"), FILES["v/.zarray"])
    location = parse_address(server.url_of("v")).location
    level._source = Source(location, trusted=False)
    with pytest.raises(Unreachable, match="not a public address"):
        client.compute(level.dask(CHUNKS)).result()
    assert server.requests == []


def test_a_graph_holds_the_address_and_no_connection(server, level):
    level[0]
    data = pickle.dumps(level.dask(CHUNKS, region=(slice(0, 9),)).__dask_graph__())
    assert server.host.encode() in data
    for word in (b"RemoteStore", b"HttpStore", b"Session", b"Lock", b"Reader", b"Cache"):
        assert word not in data
