"""Volumes in buckets that lie in zip files, or whose documents name places in buckets."""

import itertools

import numpy as np
import pytest
from tests.servers.aws import Bucket
from tests.store.zips import large
from tests.webknossos import written as w

import nb_remote

numbers = itertools.count()


def bucket(amazon, files, **options):
    name = f"place-{next(numbers)}"
    amazon.buckets[name] = Bucket(files=files, **options)
    return name


def with_paths(*paths):
    factors = ([1, 1, 1], [2, 2, 1])
    mags = [w.mag(one, path) for one, path in zip(factors, paths, strict=False)]
    return w.dataset(w.layer(data_format="zarr", mags=mags))


@pytest.mark.parametrize("host", ["", "own"])
@pytest.mark.parametrize("name", ["image.zarr.zip", "download"])
def test_a_zip_file_in_a_private_bucket(amazon, lab, volumes, host, name):
    image = {key: body for key, body in volumes.files.items() if key.startswith("image")}
    made = bucket(amazon, {f"z/{name}": large(image)})
    server = f"{amazon.host}/" if host else ""
    url = f"s3://{server}{made}/z/{name}|zip:image.zarr/"
    dataset = nb_remote.open(url, credentials=lab)
    assert (dataset.layers[0].levels[0][...] == volumes.voxels["image.zarr"]).all()
    assert dataset.layers[0].source.location.display() == url.rstrip("/")


@pytest.mark.parametrize(
    "at", ["s3://{bucket}", "s3://{host}/{bucket}", "s3+http://{host}/{bucket}"]
)
def test_webknossos_levels_named_in_the_same_bucket_are_read_as_the_dataset_is(
    amazon, lab, tmp_path, at
):
    values = w.voxels()
    w.write_array(tmp_path / "store/far/1", "zarr", values)
    made = bucket(amazon, {}, region="eu-west-1")
    at = at.format(bucket=made, host=amazon.host)
    amazon.buckets[made].files = w.written(with_paths(f"{at}/store/far/1"), tmp_path)
    dataset = nb_remote.open(f"{at}/ds", credentials=lab)
    np.testing.assert_array_equal(dataset["color"][...], values)
    assert dataset.datasource.data_layers[0].mags[0].path == f"{at}/store/far/1"


@pytest.mark.parametrize("home", ["s3://{bucket}", "s3+http://{host}/{bucket}"])
@pytest.mark.parametrize(
    "target", ["s3://others-of-lab/far/1", "s3+http://{host}/others-of-lab/far/1"]
)
def test_levels_in_another_bucket_are_never_read_with_these_credentials(
    amazon, lab, tmp_path, home, target
):
    values = w.voxels()
    w.write_array(tmp_path / "far/1", "zarr", values)
    amazon.buckets["others-of-lab"] = Bucket(files=w.written(w.dataset(), tmp_path))
    made = bucket(amazon, {})
    home, target = (one.format(bucket=made, host=amazon.host) for one in (home, target))
    amazon.buckets[made].files = w.written(with_paths(target), tmp_path)
    with pytest.raises(nb_remote.NbRemoteError):
        nb_remote.open(f"{home}/ds", credentials=lab)
    asked = [one for one in amazon.requests if "others-of-lab" in one.host + one.path]
    assert not any("Authorization" in one.headers for one in asked)


def test_a_public_bucket_on_the_server_that_a_person_named_is_followed(amazon, lab, tmp_path):
    values = w.voxels()
    w.write_array(tmp_path / "far/1", "zarr", values)
    public = bucket(amazon, w.written(w.dataset(), tmp_path), public=True)
    made = bucket(amazon, {})
    server = f"s3+http://{amazon.host}"
    amazon.buckets[made].files = w.written(with_paths(f"{server}/{public}/far/1"), tmp_path)
    dataset = nb_remote.open(f"{server}/{made}/ds", credentials=lab)
    np.testing.assert_array_equal(dataset["color"][...], values)
