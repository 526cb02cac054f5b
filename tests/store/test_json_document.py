"""Metadata documents: exact, bounded, and a clear word about what is none."""

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb_remote.errors import AccessDenied, BadMetadata, TooLarge
from nb_remote.store.json_document import MOST_LEVELS, parse_json, read_json


def parsed(raw):
    return parse_json(raw, where="http://h/v/.zattrs")


def test_a_document_is_read(serve, store_at, read):
    server = serve({"v/.zattrs": b'\xef\xbb\xbf {"fill": 18446744073709551615}'})
    store = store_at(f"{server.url}/v")
    assert read(read_json(store, ".zattrs")) == {"fill": 2**64 - 1}
    assert read(read_json(store, ".zgroup")) is None


def test_a_large_document_is_read(serve, store_at, read):
    document = {str(number): number for number in range(100_000)}
    server = serve({"a": json.dumps(document).encode()})
    assert read(read_json(store_at(server.url), "a")) == document


def test_size_is_bounded(serve, store_at, read):
    server = serve({"a": b"[" + b"1," * 5_000_000 + b"1]"})
    with pytest.raises(TooLarge):
        read(read_json(store_at(server.url), "a"))


def test_a_refusal_is_not_taken_for_metadata(serve, store_at, read):
    server = serve({"a": b"{}"})
    server.fail("a", "403")
    with pytest.raises(AccessDenied):
        read(read_json(store_at(server.url), "a"))


def test_a_web_page_is_named(serve, store_at, read):
    server = serve({"a": b"{}"})
    server.fail("a", "login200")
    with pytest.raises(BadMetadata, match="web page") as caught:
        read(read_json(store_at(server.url), "a"))
    assert "login" in caught.value.hint
    assert caught.value.where == server.url_of("a")


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"\n <!DOCTYPE html><html>", "web page"),
        (b"<HTML><head>", "web page"),
        (b'<?xml version="1.0"?><Error/>', "XML"),
        (b"", "not a JSON"),
        (b"{", "not a JSON"),
        (b'{"a": 1,\n "b"}', "line 2"),
        (b"\xff\xfe{\x00", "not a JSON"),
        (b"\x1f\x8b\x08\x00", "not a JSON"),
        (b'"text"', "neither"),
        (b"3", "neither"),
        (b"null", "neither"),
        (b"[" * 200_000, "deeper"),
        (b"[" * 900 + b"]" * 900, "deeper"),
        (b'{"a":' * (MOST_LEVELS + 1) + b"1" + b"}" * (MOST_LEVELS + 1), "deeper"),
        (b"[" + b"9" * 5000 + b"]", "not a JSON"),
    ],
)
def test_what_is_no_document_is_named(raw, word):
    with pytest.raises(BadMetadata, match=word):
        parsed(raw)


def test_real_depths_are_accepted():
    raw = b"[" * MOST_LEVELS + b"]" * MOST_LEVELS
    assert parsed(raw)


def test_nan_of_xarray_attributes_is_accepted():
    assert math.isnan(parsed(b'{"_FillValue": NaN}')["_FillValue"])


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_a_clear_refusal(raw):
    with suppress(BadMetadata):
        assert isinstance(parsed(raw), dict | list)


@given(st.integers(-(2**80), 2**80))
def test_integers_are_exact(number):
    assert parsed(json.dumps([number]).encode()) == [number]
