"""What a status means: 404 alone is missing, everything else that fails has its own error."""

import pytest

from nb_remote.errors import AccessDenied, ServerFailed, Throttled

STATUSES = {
    "204": ServerFailed,
    "206": ServerFailed,
    "304": ServerFailed,
    "400": ServerFailed,
    "401": AccessDenied,
    "403": AccessDenied,
    "405": ServerFailed,
    "410": ServerFailed,
    "429": Throttled,
    "451": AccessDenied,
    "500": ServerFailed,
    "502": ServerFailed,
    "503": ServerFailed,
    "504": ServerFailed,
    "599": ServerFailed,
}


@pytest.fixture
def server(serve):
    return serve({"a": b"0123456789"})


@pytest.mark.parametrize(("status", "expected"), STATUSES.items())
def test_only_404_means_missing(server, store_at, read, status, expected):
    server.fail("a", status)
    store = store_at(server.url)
    with pytest.raises(expected) as caught:
        read(store.get("a", limit=99))
    assert status in caught.value.text
    with pytest.raises(expected):
        read(store.get_range("a", 2, 4))


def test_404_is_none_and_counted(server, store_at, read):
    server.fail("a", "404")
    store = store_at(server.url)
    assert read(store.get("a", limit=99)) is None
    assert read(store.get_range("a", 2, 4)) is None
    assert store.meter.counts().missing == 2
    assert store.meter.counts().failed == 0


@pytest.mark.parametrize("fault", ["404", "slow404"])
def test_missing_objects_keep_the_connection(server, store_at, read, fault):
    server.fail("missing/*", fault)
    store = store_at(server.url)
    for number in range(3):
        assert read(store.get(f"missing/{number}", limit=99)) is None
    assert server.connections == 1


def test_nothing_but_get_is_sent(server, store_at, read):
    store = store_at(server.url)
    server.fail("b", "gzip")
    server.content["b"] = b"encoded"
    read(store.get("a", limit=99))
    read(store.get_range("a", 2, 4))
    read(store.get_range("b", 2, 4))
    read(store.get("missing", limit=99))
    assert {request.method for request in server.requests} == {"GET"}


def test_no_encoding_is_asked_for(server, store_at, read):
    read(store_at(server.url).get("a", limit=99))
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_an_answer_that_is_not_http_is_the_servers_failure(server, store_at, read):
    server.fail("a", "garbage")
    with pytest.raises(ServerFailed, match="HTTP"):
        read(store_at(server.url).get("a", limit=99))
