"""403 for what does not exist: an error, unless a person says so and the server shows it."""

import itertools

import numpy as np
import pytest
from tests.servers.aws import Bucket

import nb_remote
from nb_remote.errors import AccessDenied, CredentialsRefused

numbers = itertools.count()
CHUNK = "d/v.n5/0/0/0"


@pytest.fixture
def sparse(amazon, volumes):
    """A bucket that may not be listed, with a volume whose first chunk was never written."""
    files = {key: body for key, body in volumes.files.items() if key != CHUNK}
    name = f"sparse-{next(numbers)}"
    amazon.buckets[name] = Bucket(files=files, listable=False)
    return amazon.buckets[name], f"s3://{name}/d/v.n5"


def read(url, lab, **options):
    return nb_remote.open(url, credentials=lab, **options).layers[0].levels[0][...]


def test_a_refused_chunk_is_an_error(sparse, lab):
    with pytest.raises(AccessDenied, match="may not read it"):
        read(sparse[1], lab)


@pytest.mark.parametrize("asked", [True, [True]])
def test_it_is_missing_where_a_person_says_so(sparse, lab, volumes, asked):
    voxels = read(sparse[1], lab, missing_on_403=asked)
    expected = volumes.voxels["d/v.n5"].copy()
    expected[:8, :8, :8] = 0
    assert np.array_equal(voxels, expected)


def test_it_is_no_missing_chunk_where_missing_ones_are_not_refused(sparse, lab):
    bucket, url = sparse
    bucket.listable = True
    bucket.refused = {CHUNK}
    with pytest.raises(AccessDenied, match="does exist"):
        read(url, lab, missing_on_403=True)


def test_a_login_that_expires_is_not_empty_data(amazon, sparse, lab):
    level = nb_remote.open(sparse[1], credentials=lab, missing_on_403=True).layers[0].levels[0]
    amazon.keys[lab.key].expired = True
    with pytest.raises(CredentialsRefused, match="expired"):
        level[...]


def test_access_that_is_withdrawn_is_not_empty_data(sparse, lab):
    bucket, url = sparse
    level = nb_remote.open(url, credentials=lab, missing_on_403=True).layers[0].levels[0]
    bucket.refused = set(bucket.files)
    with pytest.raises(AccessDenied):
        level[...]


def test_an_opt_in_for_each_address_or_for_all():
    with pytest.raises(TypeError, match="2 values for 1"):
        nb_remote.open("s3://b/a", missing_on_403=[True, False])
