"""Access tokens are fetched once, renewed while they are used, and never stop the reading long."""

import asyncio
import json
from dataclasses import replace
from time import monotonic

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.servers.gcs import EMAIL, pem
from tests.store.conftest import QUICK

from nb_remote.errors import (
    AccessDenied,
    BadCredentials,
    NbRemoteError,
    ServerFailed,
    TimedOut,
    Unreachable,
)
from nb_remote.location.gcs_credentials import GcsCredentials

OBJECT = bytes(range(256))
PERSISTENT = replace(QUICK, tries=4)


async def gather(*coros):
    return await asyncio.gather(*coros, return_exceptions=True)


def parts(store, count=30):
    return gather(*(store.get_range("a", n, n + 5) for n in range(count)))


EXPECTED = [OBJECT[n : n + 5] for n in range(30)]


@pytest.fixture
def machine(server, monkeypatch, tmp_path):
    """``machine(json)`` puts credentials where Google's tools look for them."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "lab-project")

    def put(said):
        path = tmp_path / "application_default_credentials.json"
        path.write_text(json.dumps(said))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))

    return put


# --- renewal -----------------------------------------------------------------------------


def test_a_token_that_ends_while_tiles_are_read_costs_no_tile(server, account, bucket_at, read):
    store = bucket_at(credentials=account)
    assert read(parts(store)) == EXPECTED
    server.forget()
    server.valid.clear()
    assert read(parts(store)) == EXPECTED
    assert server.tokens_asked() == 1
    # each of the reads in flight was refused at most once
    assert len(server.objects_asked()) <= 2 * len(EXPECTED)


def test_a_token_is_renewed_before_it_ends_while_the_old_one_serves(serve_gcs, bucket_at, read):
    server = serve_gcs({"lab/v/a": OBJECT}, lifetime_s=20)
    server_account = GcsCredentials(server.service_account(), endpoint=server.url)
    store = bucket_at(credentials=server_account)
    read(store.get("a", limit=999))
    store._transport._token._held.renew_at = 0.0
    server.fail("token", "hang")
    assert read(parts(store)) == EXPECTED
    server.wait_for(lambda: server.tokens_asked() == 2)
    server.heal()
    assert read(parts(store)) == EXPECTED
    assert server.tokens_asked() == 2  # one is under way: no further one


def test_a_renewal_that_fails_early_stops_nothing(server, account, bucket_at, read):
    store = bucket_at(credentials=account)
    read(store.get("a", limit=999))
    store._transport._token._held.renew_at = 0.0
    server.fail("token", "500")
    for _ in range(3):
        assert read(parts(store)) == EXPECTED
    server.wait_for(lambda: server.tokens_asked() == 2)
    assert read(parts(store)) == EXPECTED
    assert server.tokens_asked() == 2


def test_short_lived_tokens_follow_each_other(serve_gcs, bucket_at, read):
    server = serve_gcs({"lab/v/a": OBJECT}, lifetime_s=1)
    account = GcsCredentials(server.service_account(), endpoint=server.url)
    store = bucket_at(credentials=account)
    ends_at = monotonic() + 5
    while server.tokens_given < 3 and monotonic() < ends_at:
        assert read(store.get("a", limit=999)) == OBJECT
    assert server.tokens_given >= 3
    assert {one.path for one in server.requests} == {"token", "lab/v/a"}


def test_a_server_that_accepts_no_token_is_not_asked_for_ever(server, account, bucket_at, read):
    store = bucket_at(credentials=account)
    server.valid = Forgetful()
    results = read(parts(store))
    assert all(isinstance(one, AccessDenied) for one in results)
    assert server.tokens_asked() == 1


class Forgetful(set):
    def add(self, _):
        """Accept no token."""


def test_a_token_that_was_passed_and_ended_is_said_to_be(server, bucket_at, read):
    credentials = GcsCredentials(token="ya29.old-token-0123456789", endpoint=server.url)
    with pytest.raises(AccessDenied, match=r"not valid, or has expired.*print-access-token"):
        read(bucket_at(credentials=credentials).get("a", limit=999))
    assert server.paths() == ["lab/v/a"]


# --- what gcloud has ---------------------------------------------------------------------


def test_what_the_machine_has_is_used_when_asked_for(server, machine, bucket_at, read):
    machine(server.service_account())
    credentials = GcsCredentials.default(endpoint=server.url)
    assert read(bucket_at(credentials=credentials).get("a", limit=999)) == OBJECT
    assert server.tokens_asked() == 1
    # no project pays unless the person says so
    assert "x-goog-user-project" not in server.objects_asked()[0].headers


def test_what_the_machine_has_is_not_looked_at_unasked(server, machine, bucket_at, read):
    machine(server.service_account())
    with pytest.raises(AccessDenied, match="GcsCredentials"):
        read(bucket_at().get("a", limit=999))
    assert server.tokens_asked() == 0
    assert "authorization" not in server.requests[0].headers


def test_a_machine_without_credentials_says_how_to_log_in(server, machine, bucket_at, read):
    credentials = GcsCredentials.default(endpoint=server.url)
    with pytest.raises(BadCredentials, match="gcloud auth application-default login"):
        read(bucket_at(credentials=credentials).get("a", limit=999))
    assert server.requests == []


def test_the_project_that_pays_is_found_with_the_credentials(serve_gcs, machine, bucket_at, read):
    server = serve_gcs({"lab/v/a": OBJECT}, payers=("lab",))
    machine(server.service_account())
    credentials = GcsCredentials.default(endpoint=server.url, requester_pays=True)
    assert read(bucket_at(credentials=credentials).get("a", limit=999)) == OBJECT
    assert server.objects_asked()[0].headers["x-goog-user-project"] == "lab-project"


# --- failures ----------------------------------------------------------------------------


def failure_of(bucket_at, read, account, limits=PERSISTENT):
    started = monotonic()
    with pytest.raises(NbRemoteError) as caught:
        read(bucket_at(credentials=account, limits=limits).get("a", limit=999), deadline=30)
    assert monotonic() - started < 8
    return caught.value


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Invalid JWT Signature.", "Make a new key"),
        ("Invalid grant: account not found", "was deleted"),
        ("Invalid JWT: Token must be a short-lived token. Check your iat and exp.", "clock"),
        ("", "Make a new key"),
    ],
)
def test_an_account_that_is_refused_is_told_why(server, account, bucket_at, read, text, advice):
    server.grant_error = ("invalid_grant", text)
    error = failure_of(bucket_at, read, account)
    assert isinstance(error, AccessDenied)
    assert "invalid_grant" in str(error)
    assert advice in str(error)
    assert server.paths() == ["token"]


def test_a_key_of_another_account_is_refused(server, bucket_at, read):
    other = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    account = GcsCredentials(server.service_account(private_key=other), endpoint=server.url)
    error = failure_of(bucket_at, read, account)
    assert "belongs to another account" in str(error)
    assert EMAIL not in str(error)


def test_a_refused_account_is_not_tried_for_each_tile(server, account, bucket_at, read):
    server.grant_error = ("invalid_grant", "")
    results = read(parts(bucket_at(credentials=account, limits=PERSISTENT)))
    assert all(isinstance(one, AccessDenied) for one in results)
    assert len({id(one) for one in results}) == len(results)
    assert server.tokens_asked() == 1


@pytest.mark.parametrize(
    ("fault", "kind", "asked"),
    [
        ("500", ServerFailed, 4),
        ("503", ServerFailed, 4),
        ("404", ServerFailed, 1),
        ("login200", ServerFailed, 1),
        ("redirect", ServerFailed, 1),
        ("reset", Unreachable, 4),
        ("garbage", ServerFailed, 1),
        ("raw", Unreachable, 4),
    ],
)
def test_a_token_server_in_trouble_is_named(server, account, bucket_at, read, fault, kind, asked):
    # where a redirect leads, or an answer that breaks off
    to = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{" if fault == "raw" else "http://[::1]:1/"
    server.fail("token", fault, to=to)
    error = failure_of(bucket_at, read, account)
    assert isinstance(error, kind)
    assert "token" in str(error)
    assert 1 <= server.tokens_asked() <= asked
    assert server.objects_asked() == []


def test_a_token_server_that_fails_for_a_moment_is_asked_again(server, account, bucket_at, read):
    server.fail("token", "503", times=1)
    assert read(bucket_at(credentials=account, limits=PERSISTENT).get("a", limit=999)) == OBJECT
    assert server.tokens_asked() == 2


def test_a_silent_token_server_is_given_up_in_time(server, account, bucket_at, read):
    server.fail("token", "hang")
    limits = replace(PERSISTENT, idle_timeout_s=0.3)
    error = failure_of(bucket_at, read, account, limits)
    assert isinstance(error, TimedOut)
    assert "no access token" in str(error)
    assert server.tokens_asked() == 1


def test_a_token_server_that_is_down_is_named(server, bucket_at, read):
    account = GcsCredentials(
        server.service_account(token_uri="http://127.0.0.1:9/token"), endpoint=server.url
    )
    error = failure_of(bucket_at, read, account)
    assert isinstance(error, Unreachable)
    assert "no access token: the host refuses the connection at http://127.0.0.1:9" in str(error)


def test_a_token_server_in_a_private_network_is_not_asked(server, bucket_at, read):
    # without an endpoint of the person's a key file leads to public hosts only
    account = GcsCredentials(server.service_account(token_uri="https://127.0.0.1:9/token"))
    error = failure_of(bucket_at, read, account)
    assert "not a public address" in str(error)


def test_tokens_are_waited_for_beside_the_loop(server, account, bucket_at, read):
    server.fail("token", "hang")
    server.public = ("lab",)
    limits = replace(QUICK, idle_timeout_s=2.0)

    async def race():
        waiting = asyncio.ensure_future(
            bucket_at(credentials=account, limits=limits).get("a", limit=999)
        )
        await asyncio.to_thread(server.wait_for, lambda: server.tokens_asked() == 1)
        free = await bucket_at().get("a", limit=999)
        assert not waiting.done()
        waiting.cancel()
        return free

    assert read(race()) == OBJECT
