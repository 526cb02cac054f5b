"""Cases 1 to 7 and 66: what a person pastes, and what the layers are called."""

import pytest
from tests.cases.unlike import unlike_webknossos
from tests.n5.written import ramp
from tests.n5.written import with_tensorstore as n5
from tests.ome.written import with_zarr_python
from tests.precomputed.written import below, noise, scale
from tests.precomputed.written import write as precomputed
from tests.servers.aws import Bucket, Key
from tests.volumes.documents import documents, files

import nb_remote as nbr

N5 = ramp((13, 11, 7))
KINDS = {
    "/.zattrs": lambda: files(documents("zyx"), "d/v"),
    "/zarr.json": lambda: {
        key.replace("image.zarr", "d/v", 1): body for key, body in with_zarr_python().items()
    },
    "/info": lambda: below("d/v", precomputed(scale(), data=[noise((21, 17, 11, 1), "uint8")])),
    "/attributes.json": lambda: below("d/v", n5(N5, (5, 4, 3))),
}


@pytest.mark.parametrize("header", KINDS)
def test_case_01_with_the_header_file_a_slash_or_neither_it_is_the_same_dataset(serve, header):
    url = serve(KINDS[header]()).url_of("d/v")
    plain, slash, file = (nbr.open(url + end).datasource for end in ("", "/", header))
    assert plain.data_layers[0].mags[0].path.startswith(url)
    assert plain.to_dict() == slash.to_dict() == file.to_dict()


@unlike_webknossos
def test_case_02_a_folder_called_my_info_keeps_its_name(serve):
    url = serve(files(documents("zyx"), "d/my_info")).url_of("d/my_info")
    assert list(nbr.open(url)) == ["my_info"]


@pytest.mark.parametrize("prefix", ["zarr3://", "precomputed://", "n5://", "zarr://"])
def test_case_03_a_format_in_front_is_only_a_hint(serve, amazon, prefix):
    stored = below("b/k", n5(N5, (5, 4, 3)))
    amazon.buckets["b"] = Bucket(files=below("k", n5(N5, (5, 4, 3))), public=True)
    for url in (serve(stored).url_of("b/k"), "s3://b/k"):
        layer = nbr.open(prefix + url)["k"]
        assert layer.inferred.data_format == "n5"
        assert (layer[...] == N5).all()


def test_case_04_a_format_in_the_middle_is_part_of_the_path(amazon):
    key = "zarr://dataset"
    amazon.buckets["bucket"] = Bucket(files=below(key, n5(N5, (5, 4, 3))), public=True)
    layer = nbr.open(f"s3://bucket/{key}")["dataset"]
    assert layer.source.location.display() == "s3://bucket/zarr%3A//dataset"
    assert (layer[...] == N5).all()


@unlike_webknossos
@pytest.mark.parametrize("text", ["{}|zarr3:", "{}|zarr2:", "zarr2://{}", "{}/|zarr2:"])
def test_case_05_pipes_and_zarr2_in_front_are_understood(serve, text):
    url = serve(files(documents("zyx"), "x.zarr")).url_of("x.zarr")
    assert list(nbr.open(text.format(url))) == ["x.zarr"]


def test_case_06_a_protocol_that_is_not_supported_is_answered_with_those_that_are():
    with pytest.raises(nbr.InvalidAddress, match="ftp://") as refused:
        nbr.open("ftp://example.org/x.zarr")
    for protocol in ("https://", "http://", "s3://", "gs://"):
        assert protocol in str(refused.value)


def test_case_07_names_that_occur_twice_are_counted(serve):
    folders = ("a/color", "b/color_2", "c/color")
    server = serve({k: v for one in folders for k, v in files(documents("zyx"), one).items()})
    dataset = nbr.open(*map(server.url_of, folders))
    assert list(dataset) == ["color", "color_2", "color_3"]


FORMS = [
    "s3://bucket/v",
    "s3://s3.eu-west-1.amazonaws.com/bucket/v",
    "s3://bucket.s3.eu-west-1.amazonaws.com/v",
    "s3://bucket.s3-eu-west-1.amazonaws.com/v",
    "s3://{host}/bucket/v",
    "s3+http://{host}/bucket/v",
]


@pytest.mark.parametrize("form", FORMS)
def test_case_66_every_form_of_an_address_of_s3_means_the_same_bucket(amazon, form):
    region = "us-east-1" if "{host}" in form else "eu-west-1"
    volume = below("v", n5(N5, (5, 4, 3)))
    amazon.buckets["bucket"] = Bucket(files=volume, public=True, region=region)
    assert (nbr.open(form.format(host=amazon.host))["v"][...] == N5).all()


@unlike_webknossos
@pytest.mark.parametrize("public", [True, False])
def test_case_66_dots_in_the_name_of_a_bucket_do_not_make_it_a_host(amazon, public):
    name = f"my.bucket.{'open' if public else 'closed'}"
    amazon.keys["AKIACASES0000000"] = Key("sec-77ab19c0de31")
    amazon.buckets[name] = Bucket(files=below("v", n5(N5, (5, 4, 3))), public=public)
    keys = None if public else nbr.S3Credentials("AKIACASES0000000", "sec-77ab19c0de31")
    assert (nbr.open(f"s3://{name}/v", credentials=keys)["v"][...] == N5).all()
