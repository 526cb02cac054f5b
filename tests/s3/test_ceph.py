"""Ceph's gateway, a real S3 server that checks signatures and policies, where it is installed."""

import json

import numpy as np
import pytest
from tests.servers.ceph import MISSING, CephServer

import nb_remote
from nb_remote import S3Credentials
from nb_remote.errors import AccessDenied, CredentialsRefused, NotFound, NotRecognised

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason="Ceph is not installed (Debian: radosgw ceph-mon ceph-osd ceph-common)"
)

CHUNK = "d/v.n5/0/0/0"


def allow(bucket, *actions):
    """Return the policy that lets everybody do this."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    said = {"Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


@pytest.fixture(scope="module")
def ceph(tmp_path_factory, volumes):
    with CephServer(tmp_path_factory.mktemp("ceph")) as server:
        s3 = server.s3()
        for bucket, actions in {
            "private": (),
            "public": ("s3:GetObject", "s3:ListBucket"),
            "unlisted": ("s3:GetObject",),
            "paid-by-readers": ("s3:GetObject", "s3:ListBucket"),
        }.items():
            s3.create_bucket(Bucket=bucket)
            for key, body in volumes.files.items():
                if key != CHUNK:
                    s3.put_object(Bucket=bucket, Key=key, Body=body)
            if actions:
                s3.put_bucket_policy(Bucket=bucket, Policy=allow(bucket, *actions))
        s3.put_bucket_request_payment(
            Bucket="paid-by-readers", RequestPaymentConfiguration={"Payer": "Requester"}
        )
        yield server


@pytest.fixture
def owner(ceph):
    return S3Credentials(*ceph.keys)


@pytest.fixture
def other(ceph):
    return S3Credentials(*ceph.others_keys)


def assert_exact(dataset, volumes, folder):
    level = dataset.layers[0].levels[0]
    expected = volumes.voxels[folder].copy()
    if folder == "d/v.n5":
        expected[:8, :8, :8] = 0  # the chunk that was never written
    assert np.array_equal(level[...], expected)


@pytest.mark.parametrize("folder", ["image.zarr", "d/v.n5", "d/seg"])
def test_a_public_bucket_is_read_by_everybody(ceph, volumes, folder):
    assert_exact(nb_remote.open(ceph.url_of("public", folder)), volumes, folder)


@pytest.mark.parametrize("folder", ["image.zarr", "d/v.n5", "d/seg"])
def test_a_private_bucket_is_read_with_keys(ceph, owner, volumes, folder):
    url = ceph.url_of("private", folder)
    assert_exact(nb_remote.open(url, credentials=owner), volumes, folder)


def test_a_private_bucket_is_read_by_nobody_else(ceph, other):
    url = ceph.url_of("private", "image.zarr")
    with pytest.raises(AccessDenied, match="bucket is private"):
        nb_remote.open(url)
    with pytest.raises(AccessDenied, match="these credentials may not read it"):
        nb_remote.open(url, credentials=other)


@pytest.mark.parametrize(
    ("key", "secret", "says"),
    [
        ("AKIANOBODY000000", None, "does not know the access key"),
        (None, "wrong-secret-0123456789", "secret does not belong to the access key"),
    ],
)
def test_keys_that_are_wrong(ceph, key, secret, says):
    keys = S3Credentials(key or ceph.keys[0], secret or ceph.keys[1])
    with pytest.raises(CredentialsRefused, match=says):
        nb_remote.open(ceph.url_of("private", "image.zarr"), credentials=keys)


def test_what_is_missing_is_refused_to_whoever_may_not_list(ceph, volumes):
    url = ceph.url_of("unlisted", "d/v.n5")
    with pytest.raises(AccessDenied):
        nb_remote.open(url).layers[0].levels[0][...]
    assert_exact(nb_remote.open(url, missing_on_403=True), volumes, "d/v.n5")


def test_readers_pay_where_they_agree(ceph, other, volumes):
    url = ceph.url_of("paid-by-readers", "image.zarr")
    with pytest.raises(NotRecognised, match=r"may not be read.*requester_pays=True"):
        nb_remote.open(url, credentials=other)
    pays = S3Credentials(*ceph.others_keys, requester_pays=True)
    assert_exact(nb_remote.open(url, credentials=pays), volumes, "image.zarr")


def test_a_missing_bucket_is_said_and_one_like_it_named(ceph, owner):
    url = ceph.url_of("privat", "image.zarr")
    with pytest.raises(NotFound, match="has no bucket 'privat'"):
        nb_remote.open(url, credentials=owner)
    found = nb_remote.diagnose(url, credentials=owner)
    assert found.code == "no-bucket"
    assert found.hints == (f"Did you mean {ceph.url_of('private', 'image.zarr')}?",)
