"""What is peculiar to Amazon's S3: regions, hosts for buckets, 403 for what is missing."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.s3.conftest import HARD
from tests.servers.aws import Bucket, Key
from yarl import URL

import nb_remote
from nb_remote import S3Credentials
from nb_remote.errors import AccessDenied, CredentialsRefused, NotFound, Throttled
from nb_remote.location.parse import parse_address
from nb_remote.store import s3_place
from nb_remote.store.s3 import S3Store
from nb_remote.threads import run

numbers = itertools.count()


@pytest.fixture
def bucket(amazon, volumes):
    """``bucket(**of Bucket)`` makes one with a name of its own: regions are remembered."""

    def make(name="", **changes):
        name = name or f"lab-{next(numbers)}"
        amazon.buckets[name] = Bucket(files=volumes.files, **changes)
        return name

    return make


def assert_exact(dataset, voxels):
    assert (dataset.layers[0].levels[0][...] == voxels).all()


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "us-gov-west-1"])
@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("name", ["", "dotted.lab.name"])
def test_the_region_is_found_out(amazon, bucket, volumes, lab, region, public, name):
    made = bucket(name and f"{name}{next(numbers)}", region=region, public=public)
    dataset = nb_remote.open(f"s3://{made}/image.zarr", credentials=None if public else lab)
    assert_exact(dataset, volumes.voxels["image.zarr"])
    before = len(amazon.requests)
    nb_remote.open(f"s3://{made}/image.zarr", credentials=None if public else lab)
    assert all(region in one.host or region == "us-east-1" for one in amazon.requests[before:])


def test_the_region_in_an_address_spares_asking(amazon, bucket, volumes):
    made = bucket(region="eu-west-3", public=True)
    address = f"s3://{made}.s3.eu-west-3.amazonaws.com/image.zarr"
    assert_exact(nb_remote.open(address), volumes.voxels["image.zarr"])
    assert {one.host.partition(":")[0] for one in amazon.requests} == {
        f"{made}.s3.eu-west-3.localhost"
    }


@pytest.mark.parametrize("region", ["", "us-east-1", "ap-south-1"])
def test_a_wrong_region_of_the_credentials_is_corrected(amazon, bucket, volumes, lab, region):
    made = bucket(region="eu-north-1")
    dataset = nb_remote.open(f"s3://{made}/image.zarr", credentials=replace(lab, region=region))
    assert_exact(dataset, volumes.voxels["image.zarr"])


def test_a_redirect_to_another_region_is_signed_anew(amazon, bucket, volumes, lab):
    made = bucket(region="eu-south-2", moved=True)
    dataset = nb_remote.open(f"s3://{made}/image.zarr", credentials=lab)
    assert_exact(dataset, volumes.voxels["image.zarr"])
    assert all("Authorization" in one.headers for one in amazon.requests)


def test_a_server_of_ones_own_may_tell_the_region_to_sign_for(amazon, bucket, volumes, lab):
    made = bucket(region="eu-north-1")
    dataset = nb_remote.open(f"s3://{amazon.host}/{made}/image.zarr", credentials=lab)
    assert_exact(dataset, volumes.voxels["image.zarr"])


def test_hard_names_are_signed_as_they_are_sent(bucket, volumes, lab):
    dataset = nb_remote.open(f"s3://{bucket()}/{HARD}", credentials=lab)
    assert_exact(dataset, volumes.voxels[HARD])


def test_who_pays_says_so_in_every_request(amazon, bucket, volumes, lab):
    made = bucket(requester_pays=True)
    payer = replace(lab, requester_pays=True)
    dataset = nb_remote.open(f"s3://{made}/image.zarr", credentials=payer)
    assert_exact(dataset, volumes.voxels["image.zarr"])
    assert {one.headers.get("x-amz-request-payer") for one in amazon.requests} == {"requester"}
    with pytest.raises(AccessDenied, match="requester_pays=True"):
        nb_remote.open(f"s3://{made}/image.zarr", credentials=lab)


def test_temporary_keys(amazon, bucket, volumes):
    amazon.keys["ASIATEMPORARY000"] = Key("sec-0f9e8d7c6b5a", "ses-1a2b3c4d5e6f/+=")
    keys = S3Credentials("ASIATEMPORARY000", "sec-0f9e8d7c6b5a", "ses-1a2b3c4d5e6f/+=")
    made = bucket()
    dataset = nb_remote.open(f"s3://{made}/image.zarr", credentials=keys)
    assert_exact(dataset, volumes.voxels["image.zarr"])
    amazon.keys["ASIATEMPORARY000"].expired = True
    with pytest.raises(CredentialsRefused, match=r"session token has expired.*Get new keys"):
        nb_remote.open(f"s3://{made}/image.zarr", credentials=keys)


def test_keys_that_were_renewed_on_this_machine_are_looked_up_again(
    amazon, bucket, volumes, monkeypatch, tmp_path
):
    def login(name):
        amazon.keys[name] = Key("sec-0f9e8d7c6b5a")
        (tmp_path / "credentials").write_text(
            f"[lab]\naws_access_key_id={name}\naws_secret_access_key=sec-0f9e8d7c6b5a\n"
        )

    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    login("ASIAFIRST0000000")
    url = f"s3://{bucket()}/image.zarr"
    dataset = nb_remote.open(url, credentials=S3Credentials(profile="lab"))
    amazon.keys["ASIAFIRST0000000"].expired = True
    login("ASIASECOND000000")
    assert_exact(dataset, volumes.voxels["image.zarr"])


def test_a_wrong_clock_is_named(amazon, bucket, lab):
    amazon.clock_ahead = timedelta(minutes=40)
    with pytest.raises(CredentialsRefused, match=r"clock of this machine is 40 minutes wrong"):
        nb_remote.open(f"s3://{bucket()}/image.zarr", credentials=lab)


@pytest.mark.parametrize("listable", [True, False])
def test_a_private_bucket_without_credentials(bucket, listable):
    with pytest.raises(AccessDenied, match=r"bucket is private.*S3Credentials\(key, secret\)"):
        nb_remote.open(f"s3://{bucket(listable=listable)}/image.zarr")


def test_what_these_keys_may_not_list_reads_where_it_exists(bucket, volumes, lab):
    url = f"s3://{bucket(listable=False)}"
    dataset = nb_remote.open(f"{url}/image.zarr", credentials=lab)
    assert_exact(dataset, volumes.voxels["image.zarr"])
    with pytest.raises(AccessDenied, match=r"may not read it, or it does not exist"):
        nb_remote.open(f"{url}/nothing", credentials=lab)


def test_a_missing_bucket(amazon, lab):
    for credentials in (None, lab):
        with pytest.raises(NotFound, match="Amazon S3 has no bucket 'nobody-here'"):
            nb_remote.open("s3://nobody-here/image.zarr", credentials=credentials)


def test_a_bucket_that_vanishes_is_never_read_as_zeros(amazon, bucket, lab):
    made = bucket()
    dataset = nb_remote.open(f"s3://{made}/image.zarr", credentials=lab)
    del amazon.buckets[made]
    with pytest.raises(NotFound, match="has no bucket"):
        dataset.layers[0].levels[0][...]


def test_a_busy_server_is_asked_again(amazon, bucket, volumes, lab):
    dataset = nb_remote.open(f"s3://{bucket()}/d/v.n5", credentials=lab)
    amazon.refuse_next = [(503, "SlowDown"), (500, "InternalError"), (503, "SlowDown")]
    assert_exact(dataset, volumes.voxels["d/v.n5"])


def test_a_server_that_stays_busy_is_named_so(amazon, bucket, lab):
    made = bucket()
    amazon.refuse_next = [(503, "SlowDown")] * 1000
    with pytest.raises(Throttled, match="slow down"):
        nb_remote.open(f"s3://{made}/image.zarr", credentials=lab, timeout=0.3)


def test_a_host_with_dots_is_the_bucket_where_no_server_answers(bucket, volumes, lab):
    made = bucket(f"data{next(numbers)}.lab.invalid")
    dataset = nb_remote.open(f"s3://{made}/image.zarr", credentials=lab)
    assert_exact(dataset, volumes.voxels["image.zarr"])
    assert dataset.layers[0].source.location.origin == ("s3", "", made)


@pytest.mark.parametrize("public", [True, False])
def test_a_host_with_dots_is_the_server_where_one_answers(amazon, bucket, public, monkeypatch):
    """Whoever made a bucket of that name at Amazon gets no say, and no signature."""
    made, host = bucket(public=public), f"data.lab-{next(numbers)}.org"
    amazon.buckets[host] = Bucket(files={}, public=True)
    asked = []

    def ask(location, endpoint, peek):
        assert endpoint == f"https://{host}"
        asked.append(endpoint)
        address = replace(location, endpoint=f"http://{amazon.host}", path="").url()
        return peek(URL(f"{address}?list-type=2&max-keys=1", encoded=True))

    monkeypatch.setattr(s3_place, "_ask", ask)
    location = parse_address(f"s3://{host}/{made}/image.zarr").location
    store = S3Store(location)
    meant, endpoint = run(s3_place.settled(location, store._peek))
    run(store.close())
    assert (meant.host, meant.path, endpoint) == (made, "image.zarr", f"https://{host}")
    assert asked
    assert not any("Authorization" in one.headers for one in amazon.requests)


@pytest.mark.parametrize("region", ["", "eu-west-1"])
def test_buckets_are_listed_in_whatever_region_is_signed_for(amazon, region):
    amazon.may_list_buckets = True
    amazon.buckets["of-the-lab"] = Bucket(files={}, region="ap-southeast-2")
    lab = S3Credentials("AKIAEXAMPLE00000", "secret-0f9e8d7c6b5a/+=", region=region)
    found = nb_remote.diagnose("s3://of-teh-lab/v.zarr", credentials=lab)
    assert found.code == "no-bucket"
    assert found.step("bucket").found == "Amazon S3 has no bucket 'of-teh-lab'"
    assert found.hints == ("Did you mean s3://of-the-lab/v.zarr?",)
