"""dask arrays on worker processes: they open what they need themselves, and get no secret."""

import logging
import pickle

import distributed
import numcodecs
import numpy as np
import pytest
from tests.containers.written import below, level_at, ramp, written

from nb_remote.chunks.caches import DECODED_CAPACITY, RAW_CAPACITY, process_caches
from nb_remote.errors import AccessDenied

DATA = ramp((20, 33, 41))
CHUNKS = (8, 8, 16)
SECRET = "hush-hush-0123456789"

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
    return serve(below("v", written(DATA, CHUNKS, compressors=numcodecs.Zstd())))


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


def test_a_graph_holds_the_address_and_no_connection(server, level):
    level[0]
    data = pickle.dumps(level.dask(CHUNKS, region=(slice(0, 9),)).__dask_graph__())
    assert server.host.encode() in data
    for word in (b"RemoteStore", b"HttpStore", b"Session", b"Lock", b"Reader", b"Cache"):
        assert word not in data
