"""What a bucket that refuses everything is asked: the probes of one round trip, and a handful."""

import itertools

import pytest
from tests.explore.test_requests import PROBES
from tests.servers.aws import Bucket

import nb_remote
from nb_remote import S3Credentials
from nb_remote.errors import AccessDenied, CredentialsRefused, NotFound

numbers = itertools.count()
FEW = {".zgroup", "refs/branch.main/ref.json", "manifest.ocdbt", "repo"}
"""Beside the object at the address itself and the bucket's listing."""


@pytest.fixture
def bucket(amazon, volumes):
    """``bucket(**of Bucket)`` makes a private one with a name of its own."""

    def make(**changes):
        name = f"closed-{next(numbers)}"
        amazon.buckets[name] = Bucket(files=volumes.files, **changes)
        return name

    return make


def keys_asked(amazon):
    return [f"?{one.query}" if one.query else one.path for one in amazon.requests]


@pytest.mark.parametrize("listable", [True, False])
def test_a_private_bucket_without_credentials(amazon, bucket, listable):
    with pytest.raises(AccessDenied):
        nb_remote.open(f"s3://{bucket(listable=listable)}/image.zarr")
    asked = keys_asked(amazon)
    assert sorted(one for one in asked if not one.startswith("?")) == sorted(
        ["/image.zarr", *(f"/image.zarr/{key}" for key in PROBES | FEW)]
    )
    assert sum(one.startswith("?") for one in asked) == 1


def test_a_folder_that_these_keys_may_neither_read_nor_list(amazon, bucket, volumes, lab):
    made = bucket(listable=False, refused=frozenset(volumes.files))
    with pytest.raises(AccessDenied):
        nb_remote.open(f"s3://{made}/image.zarr", credentials=lab)
    assert len(amazon.requests) == len(PROBES) + len(FEW) + 2


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        (S3Credentials("AKIAEXAMPLE00000", "a-secret-of-somebody-else"), CredentialsRefused),
        (S3Credentials("AKIANOBODY000000", "secret-0f9e8d7c6b5a/+="), CredentialsRefused),
    ],
)
def test_keys_that_are_refused_cost_the_probes_alone(amazon, bucket, keys, kind):
    with pytest.raises(kind):
        nb_remote.open(f"s3://{bucket()}/image.zarr", credentials=keys)
    assert len(amazon.requests) == len(PROBES)


def test_a_bucket_that_does_not_exist_costs_the_probes_alone(amazon):
    with pytest.raises(NotFound, match="has no bucket"):
        nb_remote.open("s3://nobody-here-either/image.zarr")
    assert len(amazon.requests) == len(PROBES)


def test_another_region_costs_each_probe_a_second_request(amazon, bucket):
    with pytest.raises(AccessDenied):
        nb_remote.open(f"s3://{bucket(region='eu-west-2')}/image.zarr")
    assert len(amazon.requests) == 2 * len(PROBES) + len(FEW) + 2
