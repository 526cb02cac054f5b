"""What people pass as credentials of Google's storage: checked at once, kept to themselves."""

import json
import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.servers.gcs import EMAIL, KEY_ID, key_pair, pem

import nb_remote
from nb_remote.errors import BadCredentials, InvalidAddress
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.given import addresses_of
from nb_remote.location.parse import parse_address
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.redact import redact
from nb_remote.store.open import open_store

TOKEN = "ya29.a0Af-token-0123456789"


@pytest.fixture(scope="module")
def said():
    """A service account of Google's own server."""
    return {
        "type": "service_account",
        "project_id": "lab-project",
        "private_key_id": KEY_ID,
        "private_key": pem(key_pair()),
        "client_email": EMAIL,
        "token_uri": "https://oauth2.googleapis.com/token",
    }


def test_a_service_account_is_taken_as_file_contents_or_dict(said, tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps(said))
    text = path.read_bytes()
    forms = [path, str(path), said, text, memoryview(text), bytearray(text), text.decode()]
    assert len({GcsCredentials(one) for one in forms}) == 1


def test_the_file_is_read_once(said, tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps(said))
    credentials = GcsCredentials(path)
    path.unlink()
    assert credentials == GcsCredentials(said)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"", "not the JSON of a service account"),
        (b"[1]", "not the JSON of a service account"),
        (b"[" * 30_000, "not the JSON of a service account"),
        ({}, "not the key of a service account"),
        ({"type": "authorized_user", "refresh_token": "r"}, "GcsCredentials.default()"),
        ({"type": "external_account"}, "GcsCredentials.default()"),
        ({"installed": {"client_id": "1"}}, "client of an app"),
        ({"type": "service_account"}, "no client_email"),
        ({"type": "service_account", "client_email": EMAIL}, "no private_key"),
        ("no/such/key.json", "no such file at no/such/key.json"),
        (TOKEN, "Pass it as token="),
    ],
)
def test_what_is_no_service_account_is_told_apart(given, words):
    with pytest.raises(BadCredentials) as caught:
        GcsCredentials(given)
    assert words in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_what_is_not_even_text_is_a_mistake_in_the_call():
    with pytest.raises(TypeError, match="path of a JSON file"):
        GcsCredentials(17)


def test_a_file_of_another_size_is_not_read(tmp_path):
    path = tmp_path / "volume.json"
    path.write_bytes(b" " * 100_000)
    with pytest.raises(BadCredentials, match="more than 65536 bytes"):
        GcsCredentials(path)


@pytest.mark.parametrize("change", ["text", "cut", "other kind", "empty"])
def test_a_broken_key_is_found_before_anything_is_asked(said, change):
    key = {
        "text": "nonsense-private-material",
        "cut": said["private_key"][:700],
        "other kind": pem(ec.generate_private_key(ec.SECP256R1())),
        "empty": "",
    }[change]
    with pytest.raises(BadCredentials, match="key") as caught:
        GcsCredentials(said | {"private_key": key})
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://oauth2.googleapis.com/token",
        "http://127.0.0.1:1/token",
        "file:///etc/passwd",
        "https://user:pw@evil.example/token",
        "ftp://evil.example/",
        "//evil.example/",
        17,
    ],
)
def test_a_key_never_leads_to_an_unprotected_token_server(said, address):
    with pytest.raises(BadCredentials, match="token server"):
        GcsCredentials(said | {"token_uri": address})


def test_a_token_server_on_this_machine_needs_a_named_endpoint(said):
    here = said | {"token_uri": "http://127.0.0.1:1/token"}
    assert GcsCredentials(here, endpoint="http://127.0.0.1:2").proves
    with pytest.raises(BadCredentials, match="token server"):
        GcsCredentials(said | {"token_uri": "http://10.0.0.1/token"}, endpoint="http://127.0.0.1:2")


def test_who_pays_is_named_or_known(said):
    assert GcsCredentials(said, requester_pays="other-project").project == "other-project"
    assert GcsCredentials(said, requester_pays=True).project == "lab-project"
    assert GcsCredentials(said).project == ""
    for broken in (
        lambda: GcsCredentials(requester_pays="p"),
        lambda: GcsCredentials(token=TOKEN, requester_pays=True),
        lambda: GcsCredentials(token=TOKEN, requester_pays="a b\r\nX: 1"),
    ):
        with pytest.raises(BadCredentials):
            broken()


def test_only_one_way_to_prove_who_asks_is_taken(said):
    for more in ({"token": TOKEN}, {"from_environment": True}):
        with pytest.raises(BadCredentials, match="not several"):
            GcsCredentials(said, **more)
    with pytest.raises(BadCredentials, match="one word"):
        GcsCredentials(token="two words\r\nX-Evil: 1")


def test_neither_text_nor_pickle_holds_what_is_secret(said):
    for credentials in (GcsCredentials(said), GcsCredentials(token=TOKEN)):
        assert "***" in repr(credentials)
        with pytest.raises(TypeError, match="can't be pickled"):
            pickle.dumps(credentials)
    shown = redact(f"oops {TOKEN} {said} {json.dumps(said)}")
    assert "PRIVATE KEY" not in shown
    assert TOKEN not in shown
    assert KEY_ID not in shown


def test_what_gcloud_has_travels_as_a_description():
    credentials = GcsCredentials.default(requester_pays=True)
    assert pickle.loads(pickle.dumps(credentials)) == credentials
    assert repr(credentials) == "GcsCredentials(requester_pays=True, from_environment=True)"


def test_credentials_of_google_go_to_no_other_address(said):
    for address in ("https://127.0.0.1:1/v", "s3://bucket/v"):
        with pytest.raises(InvalidAddress, match="GcsCredentials is not for such an address"):
            nb_remote.open(address, credentials=GcsCredentials(said))


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("https://storage.googleapis.com/lab/a%20b/v", "gs://lab/a%20b/v"),
        ("https://lab.storage.googleapis.com/a/v", "gs://lab/a/v"),
        ("https://storage.cloud.google.com/lab/a/v", "gs://lab/a/v"),
        ("https://console.cloud.google.com/storage/browser/lab/a/v", "gs://lab/a/v"),
        ("gs+xml://lab/a/v", "gs://lab/a/v"),
        ("https://storage.googleapis.com/lab/a.zip|zip:b|zarr2:", "gs://lab/a.zip|zip:b"),
    ],
)
def test_the_web_address_of_a_bucket_takes_its_credentials(said, address, bucket):
    credentials = GcsCredentials(said)
    (found,) = addresses_of([address], credentials)
    assert found.location.display() == bucket
    assert found.credentials is credentials


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("https://lab.s3.eu-central-1.amazonaws.com/a/v", "s3://lab/a/v"),
        ("https://s3.amazonaws.com/lab/a/v", "s3://lab/a/v"),
    ],
)
def test_the_web_address_of_a_bucket_of_amazon_does_so_too(address, bucket):
    (found,) = addresses_of([address], S3Credentials("key-id", "secret-of-s3"))
    assert found.location.display() == bucket


@pytest.mark.parametrize(
    "address",
    [
        "https://storage.googleapis.com/lab/v?X-Goog-Signature=0123456789",
        "https://storage.googleapis.com.evil.example/lab/v",
        "http://storage.googleapis.com/lab/v",
        "https://storage.googleapis.com",
    ],
)
def test_no_other_web_address_is_taken_for_a_bucket(said, address):
    with pytest.raises(InvalidAddress, match="GcsCredentials is not for such an address"):
        addresses_of([address], GcsCredentials(said))


def test_a_token_over_plain_http_needs_consent():
    place = parse_address("gs+http://storage.example/bucket/v").location
    with pytest.raises(InvalidAddress, match="allow_plain_http=True"):
        open_store(place, GcsCredentials(token=TOKEN))
    open_store(place, GcsCredentials(token=TOKEN, allow_plain_http=True))
    open_store(place, None)
