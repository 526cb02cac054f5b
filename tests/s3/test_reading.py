"""Volumes in buckets of real S3 servers, in every spelling of their address."""

import pickle

import dask
import pytest
from tests.s3.conftest import HARD

import nb_remote
from nb_remote import S3Credentials
from nb_remote.errors import CredentialsRefused, NotFound, NotRecognised

FOLDERS = ["image.zarr", "d/v.n5", "d/seg", HARD]


def quoted(folder):
    return folder.replace("%", "%25").replace("?", "%3F").replace("#", "%23")


def assert_exact(dataset, voxels):
    level = dataset.layers[0].levels[0]
    assert level.shape == voxels.shape
    assert (level[...] == voxels).all()


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_public_bucket_is_read_without_credentials(lenient, volumes, folder):
    url = lenient.url_of("public", quoted(folder))
    assert_exact(nb_remote.open(url), volumes.voxels[folder])


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_private_bucket_is_read_with_key_and_secret(strict, volumes, keys, folder):
    url = strict.url_of("private", quoted(folder))
    assert_exact(nb_remote.open(url, credentials=keys), volumes.voxels[folder])


@pytest.mark.parametrize(
    "spelling",
    [
        "s3+http://{host}/{bucket}/image.zarr",
        "s3://{host}/{bucket}/image.zarr",
        "s3://{host}/{bucket}/image.zarr/.zattrs",
        "zarr://s3://{host}/{bucket}/image.zarr/",
    ],
)
@pytest.mark.parametrize("bucket", ["private", "dotted.bucket.name"])
def test_spellings_of_an_address_at_another_server(strict, volumes, keys, spelling, bucket):
    url = spelling.format(host=strict.host, bucket=bucket)
    assert_exact(nb_remote.open(url, credentials=keys), volumes.voxels["image.zarr"])


@pytest.mark.parametrize("endpoint", ["{url}", "{host}", "{url}/"])
def test_the_credentials_may_name_the_server(strict, volumes, endpoint):
    endpoint = endpoint.format(url=strict.url, host=strict.host)
    keys = S3Credentials(strict.key, strict.secret, endpoint=endpoint)
    dataset = nb_remote.open("s3://dotted.bucket.name/image.zarr", credentials=keys)
    assert_exact(dataset, volumes.voxels["image.zarr"])


def test_any_region_is_signed_for_where_the_server_takes_any(strict, volumes):
    keys = S3Credentials(strict.key, strict.secret, region="eu-central-1")
    dataset = nb_remote.open(strict.url_of("private", "image.zarr"), credentials=keys)
    assert_exact(dataset, volumes.voxels["image.zarr"])


def test_a_profile_of_the_configuration_files(strict, volumes, monkeypatch, tmp_path):
    (tmp_path / "config").write_text(
        f"[profile lab]\nendpoint_url = {strict.url}\nregion = eu-west-1\n"
    )
    (tmp_path / "credentials").write_text(
        f"[lab]\naws_access_key_id={strict.key}\naws_secret_access_key={strict.secret}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    dataset = nb_remote.open("s3://private/image.zarr", credentials=S3Credentials(profile="lab"))
    assert_exact(dataset, volumes.voxels["image.zarr"])
    with pytest.raises(CredentialsRefused, match="no AWS profile 'lap'"):
        nb_remote.open("s3://private/image.zarr", credentials=S3Credentials(profile="lap"))


@pytest.fixture
def environment(strict, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", strict.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", strict.secret)
    return monkeypatch


def test_the_environment_when_it_is_asked_for(strict, volumes, environment):
    url = strict.url_of("private", "image.zarr")
    dataset = nb_remote.open(url, credentials=S3Credentials.default())
    assert_exact(dataset, volumes.voxels["image.zarr"])


def test_an_environment_without_keys_is_told_apart(strict, environment):
    environment.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(CredentialsRefused, match="no AWS credentials were found"):
        nb_remote.open(strict.url_of("private"), credentials=S3Credentials.default())


def test_workers_find_a_profile_or_the_environment_themselves(strict, volumes, environment):
    url = strict.url_of("private", "image.zarr")
    dataset = nb_remote.open(url, credentials=S3Credentials.default())
    array = dataset.layers[0].dask()
    again = pickle.loads(pickle.dumps(array))
    assert (again.compute(scheduler="sync") == volumes.voxels["image.zarr"]).all()
    assert strict.secret.encode() not in pickle.dumps(array)


def test_keys_are_never_pickled(strict, keys):
    dataset = nb_remote.open(strict.url_of("private", "image.zarr"), credentials=keys)
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(dataset.layers[0].dask())
    with dask.config.set(scheduler="threads"):
        dataset.layers[0].dask().compute()


def test_a_wrong_key(strict):
    keys = S3Credentials("AKIAWRONGWRONG00", strict.secret)
    with pytest.raises(CredentialsRefused, match=r"does not know the access key.*typing mistakes"):
        nb_remote.open(strict.url_of("private", "image.zarr"), credentials=keys)


def test_a_wrong_secret(strict):
    keys = S3Credentials(strict.key, "wrong-secret-0123456789")
    with pytest.raises(CredentialsRefused, match="secret does not belong to the access key"):
        nb_remote.open(strict.url_of("private", "image.zarr"), credentials=keys)


def test_a_bogus_session_token(strict):
    keys = S3Credentials(strict.key, strict.secret, "bogus-token-0123456789")
    with pytest.raises(CredentialsRefused, match=r"session token is not valid.*all three"):
        nb_remote.open(strict.url_of("private", "image.zarr"), credentials=keys)


def test_a_bucket_whose_name_is_nearly_right_is_named_in_a_diagnosis(strict, keys):
    url = strict.url_of("privat", "image.zarr")
    found = nb_remote.diagnose(url, credentials=keys)
    assert found.code == "no-bucket"
    assert found.hints == (f"Did you mean {strict.url_of('private', 'image.zarr')}?",)


def test_a_missing_bucket_is_no_missing_object(strict, lenient, keys):
    with pytest.raises(NotFound, match=r"has no bucket 'nobody'.*Check its name"):
        nb_remote.open(strict.url_of("nobody", "image.zarr"), credentials=keys)
    with pytest.raises(NotFound, match="has no bucket 'nobody'"):
        nb_remote.open(lenient.url_of("nobody", "image.zarr"))


def test_a_wrong_path_in_a_readable_bucket(lenient):
    with pytest.raises(NotRecognised):
        nb_remote.open(lenient.url_of("public", "nothing/here"))


def test_a_folder_of_datasets_is_listed(strict, volumes, keys):
    dataset = nb_remote.open(strict.url_of("private", "d"), credentials=keys)
    found = {layer.levels[0].shape for layer in dataset.layers}
    assert found == {volumes.voxels[one].shape for one in ("d/seg", "d/v.n5")}


def test_every_address_with_credentials_of_its_own(strict, lenient, keys):
    private = strict.url_of("private", "image.zarr")
    public = lenient.url_of("public", "d/v.n5")
    for given in ([keys, None], {private: keys}):
        assert len(nb_remote.open(private, public, credentials=given).layers) == 2
    wrong = S3Credentials("AKIAWRONGWRONG00", strict.secret)
    dataset = nb_remote.open(private, public, credentials=[wrong, None])
    assert len(dataset.layers) == 1
    assert isinstance(dataset.failures[0], CredentialsRefused)


def test_the_datasource_names_the_bucket_and_no_secret(strict, keys):
    url = strict.url_of("private", "image.zarr")
    text = nb_remote.open(url, credentials=keys).datasource.json()
    assert f"{url}/0" in text
    assert strict.secret not in text
    assert strict.key not in text
