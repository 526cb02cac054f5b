"""Which credentials go to which address, and where they are refused."""

import pickle
from pathlib import Path

import pytest

import nb_remote
from nb_remote import BasicAuth, BearerToken, HttpHeaders, S3Credentials
from nb_remote.errors import InvalidAddress
from nb_remote.location.credentials import Anonymous
from nb_remote.location.given import addresses_of, refuse_unprotected
from nb_remote.location.parse import parse_address

BASIC, BEARER = BasicAuth("me", "pass-1a2b3c4d5e"), BearerToken("tok-4f9a8b7c6d5e")
KEYS = S3Credentials("AKIAEXAMPLE123", "sec-0f9e8d7c6b5a", "ses-1a2b3c4d5e6f")
HTTP, OTHER, S3 = "https://h/a", "https://h/b", "s3://bucket/c"


def given(places, credentials):
    return [one.credentials for one in addresses_of(places, credentials)]


def test_without_credentials_everything_is_anonymous():
    assert given([HTTP, S3], None) == [Anonymous(), Anonymous()]


def test_one_for_all_goes_to_the_addresses_it_fits():
    assert given([HTTP, OTHER], BASIC) == [BASIC, BASIC]
    assert given([HTTP, S3], KEYS) == [Anonymous(), KEYS]


def test_one_for_each():
    assert given([HTTP, S3, OTHER], [BASIC, KEYS, None]) == [BASIC, KEYS, Anonymous()]


def test_by_address_in_any_spelling_of_it():
    assert given([HTTP, S3, OTHER], {S3: KEYS, "https://H/b/.zattrs": BEARER}) == [
        Anonymous(),
        KEYS,
        BEARER,
    ]


def test_the_address_may_hold_a_user_name_but_not_besides_credentials():
    with pytest.raises(InvalidAddress, match="user name"):
        given(["https://me:pass-1a2b3c4d5e@h/a"], BEARER)


@pytest.mark.parametrize(
    ("place", "credentials", "wanted"),
    [
        (S3, BASIC, "S3Credentials"),
        (HTTP, KEYS, "BasicAuth"),
        ("gs://b/a", KEYS, "GcsCredentials"),
        (Path("/data"), BASIC, "this machine"),
    ],
)
def test_credentials_of_the_wrong_kind_are_refused_and_the_right_kind_is_named(
    place, credentials, wanted
):
    for many in (credentials, [credentials], {place: credentials}):
        with pytest.raises(InvalidAddress, match=wanted):
            given([place], many)


def test_credentials_for_an_address_that_is_not_opened_are_a_mistake():
    with pytest.raises(InvalidAddress, match="not opened at https://h/x"):
        given([HTTP], {"https://h/x": BASIC})


@pytest.mark.parametrize(
    "wrong",
    [
        "tok-4f9a8b7c6d5e",
        ("me", "pass-1a2b3c4d5e"),
        ["tok-4f9a8b7c6d5e"],
        {HTTP: "tok-4f9a8b7c6d5e"},
    ],
)
def test_what_are_no_credentials_is_refused_without_showing_it(wrong):
    with pytest.raises(TypeError) as caught:
        nb_remote.open(HTTP, credentials=wrong)
    assert "4f9a8b" not in str(caught.value)
    assert "1a2b3c" not in str(caught.value)


def test_credentials_may_name_endpoint_and_region():
    keys = S3Credentials("AKIAEXAMPLE123", "sec-0f9e8d7c6b5a", endpoint="h:9000", region="eu")
    [address] = addresses_of(["s3://my.bucket.org/a/b"], keys)
    assert address.location.display() == "s3://h:9000/my.bucket.org/a/b"
    assert address.location.region == "eu"


def test_credentials_for_one_server_are_not_sent_to_another():
    keys = S3Credentials("AKIAEXAMPLE123", "sec-0f9e8d7c6b5a", endpoint="https://h.org")
    with pytest.raises(InvalidAddress, match="another server"):
        given(["s3+https://evil.org/bucket/a"], keys)
    [address] = addresses_of(["s3://h.org:443/bucket/a"], keys)
    assert address.location.endpoint == "https://h.org"


@pytest.mark.parametrize("credentials", [BASIC, BEARER, HttpHeaders({"X-Auth": "tok-4f9a8b"})])
def test_credentials_go_unprotected_to_this_machine_only(credentials):
    for url in ("https://h/a", "http://localhost:1/a", "http://127.0.0.1/a", "http://[::1]/a"):
        refuse_unprotected(parse_address(url).location, credentials)
    with pytest.raises(InvalidAddress, match=r"unprotected.*allow_plain_http"):
        refuse_unprotected(parse_address("http://192.168.1.1/a").location, credentials)


def test_unprotected_credentials_need_consent():
    consent = BasicAuth("me", "pass-1a2b3c4d5e", allow_plain_http=True)
    refuse_unprotected(parse_address("http://nas/a").location, consent)
    refuse_unprotected(parse_address("http://nas/a").location, Anonymous())
    nobody = S3Credentials(endpoint="http://nas")
    [address] = addresses_of(["s3://bucket/a"], nobody)
    refuse_unprotected(address.location, nobody)
    with pytest.raises(InvalidAddress, match="unprotected"):
        refuse_unprotected(address.location, S3Credentials(profile="lab"))
    with pytest.raises(InvalidAddress, match="unprotected") as caught:
        nb_remote.open("http://me:pass-1a2b3c4d5e@nas.invalid/a")
    assert "pass-1a2b" not in str(caught.value)


def test_s3_keys_are_masked_and_stay_in_the_process():
    assert repr(KEYS) == "S3Credentials(key=***, secret=***, token=***)"
    with pytest.raises(TypeError, match="can't be pickled"):
        pickle.dumps(KEYS)


@pytest.mark.parametrize(
    "credentials",
    [
        S3Credentials(profile="lab", region="eu", requester_pays=True),
        S3Credentials.default(endpoint="https://h.org"),
        S3Credentials(endpoint="localhost:9000"),
    ],
)
def test_what_each_process_can_find_itself_is_pickled(credentials):
    assert pickle.loads(pickle.dumps(credentials)) == credentials


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "AKIAEXAMPLE123"},
        {"secret": "sec-0f9e8d7c6b5a"},
        {"token": "ses-1a2b3c4d5e6f"},
        {"key": "a", "secret": "b", "profile": "lab"},
        {"key": "AKIA\nX: y", "secret": "b"},
        {"endpoint": "ftp://h"},
        {"endpoint": "https://me:pw@h"},
        {"endpoint": "https://h/path"},
    ],
)
def test_half_or_contradictory_s3_credentials_are_refused(wrong):
    with pytest.raises(ValueError, match=r"S3Credentials|endpoint"):
        S3Credentials(**wrong)
