"""Credentials show themselves to nobody but the store."""

import copy
import dataclasses
import pickle

import pytest

from nb_remote.location.credentials import Anonymous, BasicAuth, BearerToken, HttpHeaders
from nb_remote.redact import redact

SECRETS = [
    BasicAuth("person", "pass-word-123"),
    BearerToken("pass-word-123"),
    HttpHeaders({"X-Auth-Token": "pass-word-123"}),
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
def test_credentials_never_change(credentials):
    field = dataclasses.fields(credentials)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(credentials, field, "other")


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
