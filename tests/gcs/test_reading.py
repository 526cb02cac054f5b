"""Objects of a bucket: read with a token, told apart when missing, and listed."""

import asyncio
import ssl
from dataclasses import replace

import pytest
import trustme
from tests.servers.gcs import READ_ONLY

from nb_remote.errors import AccessDenied, NotFound, ServerFailed, Throttled
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.store import address_guard

OBJECT = bytes(range(256))


async def gather(*coros):
    return await asyncio.gather(*coros)


def test_an_object_its_parts_and_its_end_are_read(server, account, bucket_at, read):
    store = bucket_at(credentials=account)
    assert read(store.get("a", limit=999)) == OBJECT
    assert read(store.get_range("a", 10, 20)) == OBJECT[10:20]
    assert read(store.get_suffix("a", 7)) == OBJECT[-7:]
    assert [one.range for one in server.objects_asked()] == [None, "bytes=10-19", "bytes=-7"]
    assert {one.path for one in server.objects_asked()} == {"lab/v/a"}


def test_one_token_that_may_only_read_serves_all_reads(server, account, bucket_at, read):
    store = bucket_at(credentials=account)
    read(gather(*(store.get_range("a", n, n + 5) for n in range(40))))
    assert server.tokens_asked() == 1
    assert server.claims["scope"] == READ_ONLY
    assert {one.headers["authorization"] for one in server.objects_asked()} == {
        f"Bearer {next(iter(server.valid))}"
    }


def test_stores_of_one_account_share_their_token(server, bucket_at, read):
    for place in ("gs://lab/v", "gs://lab/w"):
        again = GcsCredentials(server.service_account(), endpoint=server.url)
        read(bucket_at(place, again).names(""))
    assert server.tokens_asked() == 1


def test_a_token_that_was_passed_is_sent_and_asked_about_nowhere(server, bucket_at, read):
    server.valid.add("ya29.passed-by-hand")
    credentials = GcsCredentials(token="ya29.passed-by-hand", endpoint=server.url)
    assert read(bucket_at(credentials=credentials).get("a", limit=999)) == OBJECT
    assert server.paths() == ["lab/v/a"]
    assert server.requests[0].query == ""


def test_without_credentials_a_public_bucket_is_read_as_nobody(serve_gcs, bucket_at, read):
    server = serve_gcs({"open/v/a": OBJECT}, public=("open",))
    store = bucket_at("gs://open/v", GcsCredentials(endpoint=server.url))
    assert read(store.get("a", limit=999)) == OBJECT
    assert "authorization" not in server.requests[0].headers
    assert server.tokens_asked() == 0


@pytest.mark.parametrize(
    "key", ["a b", "ä/ö", "a%2Fb", "q?x=1", "h#1", "p+q", "a&b=c;d,e", "~[!]'"]
)
def test_names_of_objects_are_escaped(serve_gcs, bucket_at, read, key):
    server = serve_gcs({f"open/v/{key}": OBJECT}, public=("open",))
    store = bucket_at("gs://open/v", GcsCredentials(endpoint=server.url))
    assert read(store.get(key, limit=999)) == OBJECT
    assert server.paths() == [f"open/v/{key}"]
    assert server.requests[0].query == ""


def test_a_missing_object_is_missing(account, bucket_at, read):
    store = bucket_at(credentials=account)
    assert read(store.get("no", limit=9)) is None
    assert read(store.get_range("no", 1, 2)) is None
    assert read(store.get_suffix("no", 1)) is None
    assert store.meter.counts().missing == 3
    assert store.meter.counts().failed == 0


@pytest.mark.parametrize("body", ["xml", "json"])
def test_a_missing_bucket_is_an_error_that_names_it(server, account, bucket_at, read, body):
    if body == "json":
        said = b'{"error": {"code": 404, "message": "The specified bucket does not exist."}}'
        server.listing = lambda one: None if one.path == "token" else (404, said)
        server.listing = _first(server._said, server.listing)
    store = bucket_at("gs://gone/v", account)
    for reading in (store.get("a", limit=9), store.get_range("a", 1, 2), store.get_suffix("a", 1)):
        with pytest.raises(NotFound, match="no bucket 'gone'"):
            read(reading)
    assert store.meter.counts().missing == 0


def _first(token, other):
    return lambda one: token(one) if one.path == "token" else other(one)


def test_a_bucket_that_vanishes_while_it_is_read_is_no_fill_value(server, account, bucket_at, read):
    store = bucket_at(credentials=account)
    assert read(store.get("a", limit=999)) == OBJECT
    server.buckets.remove("lab")
    with pytest.raises(NotFound, match="no bucket 'lab'"):
        read(store.get("a", limit=999))


@pytest.mark.parametrize(("status", "error"), [("429", Throttled), ("503", ServerFailed)])
def test_a_busy_server_may_be_asked_again(server, account, bucket_at, read, status, error):
    server.fail("lab/*", status)
    with pytest.raises(error) as caught:
        read(bucket_at(credentials=account).get("a", limit=999))
    assert caught.value.transient


@pytest.mark.parametrize("whole", [True, False])
def test_objects_stored_in_gzip_come_packed_and_are_unpacked(serve_gcs, bucket_at, read, whole):
    content = bytes(1000) + OBJECT
    server = serve_gcs({"open/v/a": content}, public=("open",), gzipped="open/v/.*")
    store = bucket_at("gs://open/v", GcsCredentials(endpoint=server.url))
    if whole:
        assert read(store.get("a", limit=9999)) == content
        assert store.meter.counts().received_bytes < 500
    else:
        assert read(store.get_range("a", 990, 1010)) == content[990:1010]
        assert read(store.get_suffix("a", 3)) == content[-3:]


def test_folders_are_listed_with_the_token(server, account, bucket_at, read):
    store = bucket_at(credentials=account)
    assert read(store.names("")) == ("a", "info")
    assert read(bucket_at("gs://lab", account).names("")) == ("v/", "w/")
    assert read(bucket_at("gs://lab", account).names("w")) == ("x",)


def test_a_bucket_that_may_not_be_listed_is_not_an_error(server, account, bucket_at, read):
    server.may_list = False
    assert read(bucket_at(credentials=account).names("")) is None
    assert read(bucket_at().names("")) is None


def test_a_redirect_to_elsewhere_carries_no_token(
    server, serve, account, bucket_at, read, monkeypatch
):
    monkeypatch.setattr(address_guard, "is_public", lambda _address: True)
    other = serve({"a": b"elsewhere"})
    server.fail("lab/v/a", "redirect", to=other.url_of("a"))
    agreed = replace(account, requester_pays=True)
    assert read(bucket_at(credentials=agreed).get("a", limit=999)) == b"elsewhere"
    assert "authorization" in server.objects_asked()[0].headers
    assert "authorization" not in other.requests[0].headers
    assert "x-goog-user-project" not in other.requests[0].headers


def test_bucket_and_token_server_are_asked_over_tls(serve_gcs, bucket_at, read):
    authority = trustme.CA()
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    authority.configure_trust(ours)
    server = serve_gcs({"lab/v/a": OBJECT}, tls=theirs)
    account = GcsCredentials(server.service_account(), endpoint=server.url)
    assert read(bucket_at(credentials=account, tls=ours).get("a", limit=999)) == OBJECT
    assert server.paths() == ["token", "lab/v/a"]


def test_whoever_may_not_read_learns_which_right_is_missing(server, account, bucket_at, read):
    server.may_read = False
    with pytest.raises(AccessDenied, match="Storage Object Viewer"):
        read(bucket_at(credentials=account).get("a", limit=999))
