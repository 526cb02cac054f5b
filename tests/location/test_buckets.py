"""Addresses of buckets: the spellings of people, consoles and other tools meet in one place."""

import pickle

import pytest

from nb_remote.errors import InvalidAddress
from nb_remote.location.origins import is_this_machine
from nb_remote.location.parse import parse_address


@pytest.mark.parametrize(
    ("text", "display", "url"),
    [
        ("s3://bucket/a/b", "s3://bucket/a/b", "https://bucket.s3.amazonaws.com/a/b"),
        ("S3://bucket/a/b/", "s3://bucket/a/b", "https://bucket.s3.amazonaws.com/a/b"),
        ("s3a://bucket/a", "s3://bucket/a", "https://bucket.s3.amazonaws.com/a"),
        ("s3://bucket", "s3://bucket/", "https://bucket.s3.amazonaws.com/"),
        ("s3://bucket/.zattrs", "s3://bucket/", "https://bucket.s3.amazonaws.com/"),
        ("s3://My_Bucket/a", "s3://My_Bucket/a", "https://s3.amazonaws.com/My_Bucket/a"),
        ("zarr3://s3://buck/k", "s3://buck/k", "https://buck.s3.amazonaws.com/k"),
        ("s3://buck/a%20b+c é", "s3://buck/a%20b%2Bc%20%C3%A9", None),
        ("s3://buck/a%3Fb%23", "s3://buck/a%3Fb%23", None),
        ("s3://s3.amazonaws.com/buck/a", "s3://buck/a", "https://buck.s3.amazonaws.com/a"),
        ("s3://buck.s3.amazonaws.com/a", "s3://buck/a", "https://buck.s3.amazonaws.com/a"),
        *(
            (text, "s3://buck/a", "https://buck.s3.eu-west-1.amazonaws.com/a")
            for text in (
                "s3://s3.eu-west-1.amazonaws.com/buck/a",
                "s3://s3-eu-west-1.amazonaws.com/buck/a",
                "s3://buck.s3.eu-west-1.amazonaws.com/a",
                "s3://buck.s3-eu-west-1.amazonaws.com/a",
                "s3://buck.s3.dualstack.eu-west-1.amazonaws.com/a",
            )
        ),
        (
            "s3://my.buck.s3.us-gov-west-1.amazonaws.com/a",
            "s3://my.buck/a",
            "https://s3.us-gov-west-1.amazonaws.com/my.buck/a",
        ),
        (
            "s3://buck.s3.cn-north-1.amazonaws.com.cn/a",
            "s3+https://s3.cn-north-1.amazonaws.com.cn/buck/a",
            "https://s3.cn-north-1.amazonaws.com.cn/buck/a",
        ),
        ("s3://localhost:9000/b/a", "s3://localhost:9000/b/a", "https://localhost:9000/b/a"),
        ("s3://minio:9000/b/a", "s3://minio:9000/b/a", "https://minio:9000/b/a"),
        ("s3://minio:443/b/a", "s3+https://minio/b/a", "https://minio/b/a"),
        ("s3://127.0.0.1/b/a", "s3://127.0.0.1/b/a", "https://127.0.0.1/b/a"),
        ("s3://[::1]:9000/b/a", "s3://[::1]:9000/b/a", "https://[::1]:9000/b/a"),
        ("s3+http://H:80/b/a", "s3+http://h/b/a", "http://h/b/a"),
        ("s3+https://h.org/b/a", "s3+https://h.org/b/a", "https://h.org/b/a"),
        ("s3+https://h.org/my.b/a", "s3+https://h.org/my.b/a", "https://h.org/my.b/a"),
        ("gs://buck_et/a", "gs://buck_et/a", "https://storage.googleapis.com/buck_et/a"),
        ("gs://my.buck/a", "gs://my.buck/a", "https://storage.googleapis.com/my.buck/a"),
        ("gcs://b/a", "gs://b/a", "https://storage.googleapis.com/b/a"),
        ("gs+xml://b/a", "gs://b/a", "https://storage.googleapis.com/b/a"),
        ("gs+ngauth+https://h/b/a", "gs://b/a", "https://storage.googleapis.com/b/a"),
        ("precomputed://gs+xml+ngauth+https://h/b/a/info", "gs://b/a", None),
        ("https://storage.cloud.google.com/b/a/c", "gs://b/a/c", None),
        (
            "https://console.cloud.google.com/storage/browser/b/a%20c;tab=objects?project=p",
            "gs://b/a%20c",
            None,
        ),
        ("https://console.cloud.google.com/storage/browser/_details/b/a/info", "gs://b/a", None),
        (
            "https://s3.console.aws.amazon.com/s3/buckets/buck?region=x&prefix=a/b+c/&tab=objects",
            "s3://buck/a/b%20c",
            None,
        ),
        ("https://us-east-1.console.aws.amazon.com/s3/buckets/buck", "s3://buck/", None),
        ("https://S3.console.aws.amazon.com:443//s3/buckets/buck/", "s3://buck/", None),
        ("https://console.aws.amazon.com/s3/object/b?prefix=a%2541", "s3://b/a%2541", None),
    ],
)  # fmt: skip
def test_what_is_meant_shown_and_asked(text, display, url):
    location = parse_address(text).location
    assert location.display() == display
    assert url is None or location.url() == url
    assert parse_address(location.text()).location == parse_address(display).location
    assert pickle.loads(pickle.dumps(location)) == location


@pytest.mark.parametrize(
    "text",
    [
        "https://buck.s3.eu-west-1.amazonaws.com/a?X-Amz-Signature=0123456789abcdef",
        "https://storage.googleapis.com/b/a?X-Goog-Signature=0123456789abcdef",
    ],
)
def test_web_addresses_of_buckets_are_asked_as_they_are_written(text):
    location = parse_address(text).location
    assert location.scheme == "https"
    assert location.url() == text
    assert "0123456789abcdef" not in location.display()


def test_a_host_with_dots_may_be_a_bucket_or_a_server():
    location = parse_address("s3://data.lab.org/bucket/a.zarr").location
    assert location.may_be_endpoint
    assert location.url() == "https://s3.amazonaws.com/data.lab.org/bucket/a.zarr"
    assert location.as_endpoint.url() == "https://data.lab.org/bucket/a.zarr"
    assert location.display() == location.as_endpoint.display()


@pytest.mark.parametrize("text", ["s3://data.lab.org", "s3://data.v1.2/a", "gs://data.lab.org/a"])
def test_a_host_with_dots_that_can_be_no_server_is_a_bucket(text):
    assert not parse_address(text).location.may_be_endpoint


def test_a_zip_file_in_a_bucket():
    location = parse_address("s3+http://localhost:9000/b/d/x y.zip|zip:in/zarr.json").location
    assert (location.path, location.zip_path) == ("d/x y.zip", "in")
    assert location.display() == "s3+http://localhost:9000/b/d/x%20y.zip|zip:in"
    assert parse_address(location.text()).location == location


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("s3://", "no bucket"),
        ("s3:///a", "no bucket"),
        ("s3://localhost:9000/", "no bucket"),
        ("s3+https://h", "no bucket"),
        ("gs://", "no bucket"),
        ("s3://b..c/a", "bucket is not one"),
        ("s3://b c/a", "bucket is not one"),
        ("s3://-b/a", "bucket is not one"),
        ("s3://h:99999/b/a", "port"),
        ("s3://h:/b/a", "port"),
        ("s3://buck/a?versionId=1", "query"),
        ("s3://buck/../a", r"'\.\.'"),
        ("s3://buck/a%2Fb", "%2F"),
        ("s3+ftp://h/b/a", "not supported"),
        ("s3://key:hunter2secret@bucket/a", "S3Credentials"),
    ],
)
def test_what_is_refused_and_why(text, word):
    with pytest.raises(InvalidAddress, match=word) as caught:
        parse_address(text)
    assert caught.value.hint
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("localhost:9000", True),
        ("minio.localhost", True),
        ("127.0.0.1:80", True),
        ("[::1]:9000", True),
        ("localhost.example.org", False),
        ("127.example.org", False),
        ("192.168.0.1", False),
        ("minio", False),
    ],
)
def test_which_hosts_are_this_machine(host, is_here):
    assert is_this_machine(host) is is_here
