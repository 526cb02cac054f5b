"""Signatures, beside those of botocore's own signer, which shares no code with ours."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.aws import Asked, Key, signature_by_botocore
from yarl import URL

from nb_remote.location.location import Location
from nb_remote.store.s3_signing import S3Keys, Signer

NOW = 1369353600.0  # 2013-05-24, the day of Amazon's examples
_PARTS = re.compile(r".*Credential=(?P<key>[^/]+)/[0-9]{8}/(?P<region>[^/]+)/.*"
                    r"SignedHeaders=(?P<headers>[^,]+), Signature=(?P<signature>.*)")  # fmt: skip


def both(url, keys, region="eu-west-1", extra=None):
    """Our signature of a request, and botocore's of the same one."""
    headers = Signer(keys, region).headers(url, extra, now=NOW)
    said = _PARTS.fullmatch(headers["Authorization"])
    host = url.host if url.is_default_port() else f"{url.host}:{url.port}"
    sent = {**headers, "host": host}
    asked = Asked(host=host, path=url.raw_path, query=url.raw_query_string, headers=sent)
    return said["signature"], signature_by_botocore(asked, said, Key(keys.secret))


KEYS = S3Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


@pytest.mark.parametrize("endpoint", ["", "https://h.org", "http://localhost:9000"])
@pytest.mark.parametrize("token", [None, "session/token+of=48"])
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
)
def test_any_key_is_signed_as_it_is_sent(endpoint, token, key):
    location = Location(scheme="s3", host="bucket", path="a//b c", endpoint=endpoint)
    keys = S3Keys(KEYS.key, KEYS.secret, token)
    ours, theirs = both(URL(location.url(key), encoded=True), keys)
    assert ours == theirs


@pytest.mark.parametrize(
    "query",
    [
        "delimiter=%2F&list-type=2&max-keys=1000&prefix=a%20b%2Fc%2B%26%3D",
        "list-type=2&max-keys=1",
        "versionId=&b=~-_.",
    ],
)
def test_a_query_is_signed(query):
    url = URL(f"https://bucket.s3.eu-west-1.amazonaws.com/?{query}", encoded=True)
    ours, theirs = both(url, KEYS, extra={"x-amz-request-payer": "requester"})
    assert ours == theirs


def test_amazons_own_example_of_a_listing():
    """From the documentation of Signature Version 4."""
    url = URL("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", encoded=True)
    headers = Signer(KEYS, "us-east-1").headers(url, now=NOW)
    assert headers["Authorization"].endswith(
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    )


def test_the_key_of_a_day_is_used_for_that_day_only():
    signer = Signer(KEYS, "us-east-1")
    url = URL("https://b.s3.amazonaws.com/a")
    for now in (NOW, NOW + 86400, NOW):
        assert signer.headers(url, now=now) == Signer(KEYS, "us-east-1").headers(url, now=now)
