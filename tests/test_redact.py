"""No secret survives redaction, and what is no secret does."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nb_remote.redact import redact, remember_secret

S = "s3cr3t-V4lue"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"at https://h/x?token={S}", "at https://h/x"),
        (f"at https://h/x?a=b&c={S}#f, then", "at https://h/x then"),
        (f"https://me:{S}@h:80/x", "https://h:80/x"),
        (f"s3://key:{S}@bucket/x", "s3://bucket/x"),
        (f"//me:{S}@h/x", "//h/x"),
        (f"https://me@{S}:x@h/x", "https://h/x"),
        (f"me:{S}@h/x", "***@h/x"),
        (f"zarr://https://h/x?sig={S}|zarr2:", "zarr://https://h/x"),
        (f'{{"url": "https://h/x?t={S}", "b": 1}}', '{"url": "https://h/x", "b": 1}'),
        (f"Authorization: Bearer {S}", "Authorization: ***"),
        (f"{{'Authorization': 'Basic {S}'}}", "{'Authorization': ***"),
        (f"X-Api-Key={S}", "X-Api-Key=***"),
        (f"Cookie: a={S}; b={S}", "Cookie: ***"),
        (f"sent Bearer {S} there", "sent Bearer *** there"),
        (f"/v/0?token={S}&x=1", "/v/0?token=***&x=1"),
        (f"access_token={S}", "access_token=***"),
        (f"X-Amz-Signature={S}", "X-Amz-Signature=***"),
        (f"aws_secret_access_key={S}", "aws_secret_access_key=***"),
        (f"AWSAccessKeyId={S}", "AWSAccessKeyId=***"),
        (f"password={S}", "password=***"),
    ],
)
def test_secrets_in_known_places_are_hidden(text, shown):
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the server answered 403 (Forbidden)",
        "https://h.org/data/x.zarr/0/.zarray",
        "https://h.org/a@b/c",
        "http://127.0.0.1:8080/x",
        "http://[::1]:8080/x",
        "basic authentication needs a password",
        "a bearer token, not a basic one",
        "who@example.org wrote it",
        "chunk 0.1.2 // level 3",
        "shape=(1, 2, 3), dtype=uint8",
        "voxel size 4:4:40",
        "tokens are never saved",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert redact(text) == text


def test_remembered_secrets_are_hidden_wherever_they_turn_up():
    remember_secret("xyzzy-plugh")
    assert redact("the folder xyzzy-plugh") == "the folder ***"


def test_longer_secrets_go_first():
    remember_secret("plover-1")
    remember_secret("plover-1-and-more")
    assert redact("plover-1-and-more") == "***"


def test_short_secrets_would_turn_words_into_stars():
    remember_secret("data")
    assert redact("data") == "data"


def test_memory_is_bounded_and_keeps_the_latest():
    for number in range(1000):
        remember_secret(f"generated-{number:04}")
    assert redact("generated-0999") == "***"
    assert redact("generated-0000") == "generated-0000"


pieces = st.sampled_from(
    ["https://", "//", "user:", "pw", "@", "host", "/", "?", "=", "&", "#", "token", "Bearer ", " ",
     "Authorization", ":", "'", '"', "x-api-key", "12345678", "basic ", "\n", "*", "<", "sig"]
)  # fmt: skip


@given(st.lists(pieces, max_size=14).map("".join) | st.text(max_size=80))
@example("//a@//b?c")
@example("basic //Authorizationhttps://@")
def test_redacting_twice_changes_nothing(text):
    assert redact(redact(text)) == redact(text)


@given(
    st.sampled_from(["https://h/x?t={}", "https://u:{}@h/x", "Authorization: Bearer {}"]),
    st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=12, max_size=30).map(
        lambda text: f"Zq9{text}"
    ),
    st.text(max_size=20),
)
def test_no_surrounding_text_saves_a_secret(form, secret, around):
    text = f"{around} {form.format(secret)} {around}"
    assert redact(text).count(secret) <= f"{around}{around}".count(secret)


@pytest.mark.parametrize(
    "text",
    ["//" * 50_000, "a:" * 50_000, "@" * 100_000, "a" * 100_000, "Bearer " * 20_000,
     "x-amz-" * 20_000, "https://a?" * 10_000, "token" * 20_000, "[a:b@" * 20_000],
)  # fmt: skip
def test_redaction_is_fast_for_any_text(text):
    started = time.perf_counter()
    redact(text)
    assert time.perf_counter() - started < 1
