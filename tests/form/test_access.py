"""Credentials typed into the form: the right ones for the address, and nothing comes back."""

import logging

import pytest
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.form.test_secrets import everything

import nb_remote as nbr

EM = shuffled((2, 3, 4), "uint8")
SECRET = "hush-word"


@pytest.fixture
def private(serve):
    objects = write_ome_zarr([EM], "zyx")
    content = {f"em/{key}": one for key, one in objects.items()}

    def serve_for(**protection):
        return serve(content, **protection).url_of("em")

    return serve_for


def test_a_password_opens_what_is_private_and_never_comes_back(open_form, private, caplog):
    caplog.set_level(logging.DEBUG)
    url = private(basic_auth=("me", SECRET))
    page = open_form()
    page.add(url)
    assert page.settled()["problem"]["code"] == "access-denied"
    page.add(url, kind="basic", name="me", secret="wrong-word")
    assert page.settled()["status"] == "failed"
    assert page.add(url, kind="basic", name="me", secret=SECRET) is None
    assert page.settled()["status"] == "found"
    page.ask("import", name="em")
    page.until(lambda: page.state["imported"])
    assert page.form.dataset["image"][0].tolist() == EM[0].tolist()
    text = everything(page) + caplog.text + page.form._json
    assert SECRET not in text
    assert "wrong-word" not in text


def test_a_token_is_sent_as_bearer(open_form, private):
    page = open_form()
    page.add(private(bearer=SECRET), kind="bearer", secret=SECRET)
    assert page.settled()["status"] == "found"


@pytest.mark.parametrize(
    ("address", "access", "text"),
    [
        ("https://host/em", {"kind": "basic", "secret": "x"}, "the user name is missing"),
        ("https://host/em", {"kind": "basic", "name": "me"}, "the password is missing"),
        ("https://host/em", {"kind": "basic", "name": "a:b", "secret": "x"}, "colon"),
        ("https://host/em", {"kind": "bearer"}, "the token is missing"),
        ("https://host/em", {"kind": "bearer", "secret": "a\nb"}, "one line"),
        ("https://host/em", {"kind": "key", "name": "a", "secret": "x"}, "key is no way"),
        ("s3://bucket/em", {"kind": "basic", "name": "me", "secret": "x"}, "basic is no way"),
        ("s3://bucket/em", {"kind": "key", "secret": "x"}, "the access key id is missing"),
        ("s3://bucket/em", {"kind": "key", "name": "a"}, "the secret access key is missing"),
        ("s3://bucket/em", {"kind": "profile"}, "the name of the profile is missing"),
        (
            "gs://bucket/em",
            {"kind": "service_account"},
            "service account is missing",
        ),
        ("gs://bucket/em", {"kind": "service_account", "secret": "/etc/hosts"}, "service account"),
        ("gs://bucket/em", {"kind": "service_account", "secret": "{}"}, "service account"),
        ("gs://bucket/em", {"kind": "bearer"}, "the token is missing"),
        ("gs://bucket/em", {"kind": "bearer", "secret": "x", "payer": "not one"}, "requester_pays"),
        ("https://a:b@host/em", {"kind": "bearer", "secret": "x"}, "holds a user name"),
    ],
)
def test_what_is_no_access_is_refused_beside_its_fields(open_form, address, access, text):
    page = open_form()
    refusal = page.add(address, **access)
    assert refusal["field"] == "access"
    assert text in refusal["problem"]["text"]
    assert not page.entries


@pytest.mark.parametrize(
    "access",
    ["me", {"kind": "magic"}, {"kind": "basic", "name": 3}, {"kind": "basic", "requester_pays": 1}],
)
def test_a_message_that_is_none_is_dropped_without_its_content(open_form, access, caplog):
    page = open_form()
    page.send("add", address="https://host/em", access=access)
    assert page.add("")["field"] == "address"  # the next one is followed
    assert not page.entries
    assert "refused" in caplog.text
    assert "magic" not in caplog.text


def test_credentials_that_come_with_the_form_are_used(open_form, private):
    page = open_form(private(basic_auth=("me", SECRET)), credentials=nbr.BasicAuth("me", SECRET))
    page.until(lambda: page.entries)
    assert page.settled()["status"] == "found"
