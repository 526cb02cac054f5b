"""Credentials show themselves to nobody but the store."""

import copy
import dataclasses
import pickle
import subprocess
import sys

import pytest

from nb_remote.location.credentials import Anonymous, BasicAuth, BearerToken, HttpHeaders
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.redact import redact

SECRETS = [
    BasicAuth("person", "pass-word-123"),
    BearerToken("pass-word-123"),
    HttpHeaders({"X-Auth-Token": "pass-word-123"}),
    S3Credentials("AKIAFIXTURE", "pass-word-123", "pass-word-123-session", endpoint="localhost:9"),
    GcsCredentials(token="pass-word-123", requester_pays="payer"),
]


@pytest.mark.parametrize("credentials", SECRETS)
def test_credentials_are_masked(credentials):
    assert "pass-word-123" not in repr(credentials)
    assert "pass-word-123" not in str(credentials)
    assert "pass-word-123" not in f"{[credentials]} {credentials!r}"
    assert "pass-word-123" not in redact("the server said pass-word-123")


@pytest.mark.parametrize("credentials", SECRETS)
def test_credentials_are_never_pickled_or_copied(credentials):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="can't be pickled"):
            pickle.dumps(credentials, protocol)
    with pytest.raises(TypeError):
        copy.deepcopy(credentials)


@pytest.mark.parametrize("credentials", SECRETS)
def test_a_person_may_choose_to_share_the_secret(credentials):
    shared = credentials.shared_with_workers()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(shared, protocol))
        assert type(again) is type(credentials)
        assert values(again) == values(credentials)
        assert again.shared
    assert shared.travels
    with pytest.raises(TypeError, match=r"can't be pickled.*shared_with_workers"):
        pickle.dumps(credentials)  # they stay as they were


@pytest.mark.parametrize("credentials", SECRETS)
def test_shared_credentials_are_masked_and_say_that_they_are_shared(credentials):
    shared = repr(credentials.shared_with_workers())
    assert "pass-word-123" not in shared
    assert shared == f"{credentials!r}.shared_with_workers()"


def test_what_was_shared_is_hidden_in_the_other_process(tmp_path):
    secret = "shared-secret-0123456789"
    shared = tmp_path / "pickled"
    shared.write_bytes(pickle.dumps(BearerToken(secret).shared_with_workers()))
    program = (
        "import pickle, sys; from nb_remote.redact import redact;"
        "pickle.load(open(sys.argv[1], 'rb')); print(redact(sys.argv[2]))"
    )
    words = [sys.executable, "-c", program, str(shared), f"it said {secret}"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "it said ***\n"


def values(credentials):
    return {
        one.name: getattr(credentials, one.name)
        for one in dataclasses.fields(credentials)
        if one.init
    }


@pytest.mark.parametrize("credentials", SECRETS)
def test_credentials_never_change(credentials):
    for field in dataclasses.fields(credentials):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(credentials, field.name, "other")


def test_headers():
    assert Anonymous().headers() == {}
    assert BasicAuth("Aladdin", "open sesame").headers() == {
        "Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="  # the example of RFC 7617
    }
    assert BearerToken("abc.def").headers() == {"Authorization": "Bearer abc.def"}
    assert HttpHeaders({"X-A": "1"}).headers() == {"X-A": "1"}


def test_headers_are_a_copy():
    given = {"X-A": "1"}
    credentials = HttpHeaders(given)
    given["X-A"] = "2"
    credentials.headers()["X-A"] = "3"
    assert credentials.headers() == {"X-A": "1"}


@pytest.mark.parametrize("value", ["", "a\r\nX-Evil: 1", "a\nb", "\x00"])
def test_nothing_that_would_add_headers_is_accepted(value):
    with pytest.raises(ValueError, match="printable"):
        BearerToken(value)
    with pytest.raises(ValueError, match="printable"):
        HttpHeaders({"X-A": value})
    with pytest.raises(ValueError, match="printable"):
        HttpHeaders({value: "x"})


def test_a_user_name_has_no_colon():
    with pytest.raises(ValueError, match="colon"):
        BasicAuth("a:b", "c")
