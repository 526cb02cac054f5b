"""Addresses as people find and paste them: in sentences, commands and code, or misspelled."""

import pytest

from nb_remote.errors import InvalidAddress
from nb_remote.location.parse import parse_address
from nb_remote.location.pasted import without_wrapping

MEANT = "https://h.org/d/em.zarr"


@pytest.mark.parametrize(
    "text",
    [
        '"https://h.org/d/em.zarr"',
        '"https://h.org/d/em.zarr",',
        "'https://h.org/d/em.zarr';",
        "`https://h.org/d/em.zarr`.",
        "(https://h.org/d/em.zarr)",
        "(https://h.org/d/em.zarr).",
        "<https://h.org/d/em.zarr>",
        "[em.zarr](https://h.org/d/em.zarr)",
        "![em](https://h.org/d/em.zarr).",
        "[em.zarr](<https://h.org/d/em.zarr>)",
        "\u00abhttps://h.org/d/em.zarr\u00bb",
        "\u201ehttps://h.org/d/em.zarr\u201c",
        "\u201chttps://h.org/d/em.zarr\u201d,",
        "https://h.org/d/em.zarr,",
        "https://h.org/d/em.zarr;",
        "https://h.org/d/em.zarr)",
        "https://h.org/d/em.zarr),",
        'https://h.org/d/em.zarr"',
        "\u200bhttps://h.org/d/em.zarr\u00a0",
        "\n\t https://h.org/d/em.zarr \n",
    ],
)
def test_what_stands_around_an_address_is_taken_away(text):
    assert parse_address(text).location.url() == MEANT


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://h.org/em_(1)", "https://h.org/em_%281%29"),
        ("https://h.org/em.", "https://h.org/em."),
        ("https://h.org/em%2C", "https://h.org/em%2C"),
        ("https://h.org/em?signature=a,", "https://h.org/em?signature=a,"),
    ],
)
def test_what_may_belong_to_the_address_stays(text, url):
    assert parse_address(text).location.url() == url


def test_only_some_quotations_in_one_another_are_taken_away():
    assert without_wrapping("(" * 100_000 + ")" * 100_000) == "(" * 99_992 + ")" * 99_992


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("aws s3 ls --no-sign-request s3://bucket/em/", "s3://bucket/em/"),
        ("aws s3 cp --recursive s3://bucket/em.zarr ./em.zarr", "s3://bucket/em.zarr"),
        ("$ gsutil -m cp -r gs://bucket/em .", "gs://bucket/em"),
        ("gcloud storage ls gs://bucket/em", "gs://bucket/em"),
        ("wget https://h.org/em.zarr.zip", "https://h.org/em.zarr.zip"),
        ('url = "https://h.org/em.zarr"', "https://h.org/em.zarr"),
        ("CloudVolume('precomputed://gs://bucket/em', mip=0)", "precomputed://gs://bucket/em"),
        ('napari.view_path("https://h.org/em.zarr", plugin="x")', "https://h.org/em.zarr"),
        ('<a href="https://h.org/em.zarr">em</a>', "https://h.org/em.zarr"),
        ("The image: https://h.org/em.zarr.", "https://h.org/em.zarr"),
        ("zarr:https://h.org/em.zarr", "https://h.org/em.zarr"),
        ("zarr+https://h.org/em.zarr", "zarr://https://h.org/em.zarr"),
        ("neuroglancer-precomputed://gs://b/em", "precomputed://gs://b/em"),
        ("htps://h.org/em.zarr", "https://h.org/em.zarr"),
        ("https:/h.org/em.zarr", "https://h.org/em.zarr"),
        ("https//h.org/em.zarr", "https://h.org/em.zarr"),
        ("https:h.org/em.zarr", "https://h.org/em.zarr"),
        ("https://https://h.org/em.zarr", "https://h.org/em.zarr"),
        ("s3:/bucket/em.zarr", "s3://bucket/em.zarr"),
        ("zarr://https:/h.org/em.zarr", "zarr://https://h.org/em.zarr"),
        ("n5://htps://h.org/em.n5", "n5://https://h.org/em.n5"),
        ('"https//h.org/em.zarr"', "https://h.org/em.zarr"),
        (
            "precomputed://tigerdata://bucket/em",
            "precomputed://s3+https://td.princeton.edu/bucket/em",
        ),
        ("s3://s3://bucket/em.zarr", "s3://bucket/em.zarr"),
        ("arn:aws:s3:::bucket/em.zarr", "s3://bucket/em.zarr"),
        ("arn:aws:s3:::bucket", "s3://bucket"),
        ("simplecache::s3://bucket/em.zarr", "s3://bucket/em.zarr"),
        ("zip::https://h.org/em.zip", "https://h.org/em.zip|zip:"),
        ("zip://em.zarr::https://h.org/em.zip", "https://h.org/em.zip|zip:em.zarr"),
        ("https://h.org/d/\n   em.zarr", "https://h.org/d/em.zarr"),
        ("https://h.org/em.zarr|zarr3", "|zarr3:"),
        ("https://h.org/index.html#d/em.zarr", "https://h.org/d/em.zarr"),
        ("matrix://bucket/em", "s3+https://s3-hpcrc.rc.princeton.edu/bucket/em"),
    ],
)
def test_what_was_most_likely_meant_is_named_so_that_it_can_be_pasted(text, meant):
    with pytest.raises(InvalidAddress) as caught:
        parse_address(text)
    assert f"Did you mean {meant} instead?" in str(caught.value)
    if not meant.startswith("|"):
        parse_address(meant)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("https://h.org/a.zarr https://h.org/b.zarr", "nb_remote.open(first, second)"),
        ("https://h.org/a.zarr, https://h.org/b.zarr", "nb_remote.open(first, second)"),
        ("https://h.org/a.zarr;s3://bucket/b.zarr", "nb_remote.open(first, second)"),
        ("s3://bucket/a.zarr\ns3://bucket/b.zarr", "nb_remote.open(first, second)"),
        ("https://h.org/a.za\u2026", "its end is missing"),
        ("ftp://h.org/d/em", "the same files at https://h.org/d/em"),
        ("sftp://h.org/d/em", "pathlib.Path"),
        ("smb://h/share/em", "Mount the share"),
        ("abfs://c@a.dfs.core.windows.net/em", "blob.core.windows.net"),
        ("minio://h/bucket/em", "s3+https://HOST/BUCKET"),
        ("hf://datasets/a/b/em.zarr", "/resolve/main/"),
        ("memory://em", "pathlib.Path"),
        ("graphene://https://h.org/table", "makes its segments on request"),
        ("bossdb://Lab/em/images", "s3://bossdb-open-data"),
        ("reference::s3://bucket/em.json", "kerchunk"),
        ("doi:10.1000/182", "https://doi.org/10.1000/182 in a browser"),
        ("10.1000/182", "https://doi.org/10.1000/182 in a browser"),
        ("EMPIAR-11759", "https://ftp.ebi.ac.uk/empiar/world_availability/11759/data/"),
        ("empiar://11759", "https://ftp.ebi.ac.uk/empiar/world_availability/11759/data/"),
        ("localhost:8000/em.zarr", "Put http:// in front"),
        ("127.0.0.1:8000/em.zarr", "Put http:// in front"),
        ("h.org/em.zarr", "Put https:// in front"),
        ("https://h.org/em.zarr\\", "leave it out at the end"),
        ("https://h.org/a%2Fb", "Write / instead"),
        ("file://~/em.zarr", "pathlib.Path('~/em.zarr')"),
        ("file:///C:/data/em.zarr", "pathlib.Path('C:/data/em.zarr')"),
        ("file://localhost/data/em.zarr", "pathlib.Path('/data/em.zarr')"),
        (r"zarr://C:\data\em.zarr", r"pathlib.Path('C:\\data\\em.zarr')"),
        (r"\\server\share\em.zarr", r"pathlib.Path('\\\\server\\share\\em.zarr')"),
    ],
)
def test_what_it_is_and_what_to_do_instead_is_said(text, says):
    with pytest.raises(InvalidAddress) as caught:
        parse_address(text)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "curl -u me:hunter2secret https://h.org/em.zarr",
        "AWS_SECRET_ACCESS_KEY=hunter2secret aws s3 ls s3://bucket/em",
        "https://h.org/a.zarr?token=hunter2secret https://h.org/b.zarr",
        "wget https://me:hunter2secret@h.org/em.zarr",
        "https://me:hunter2secret@h.org/d/\nem.zarr",
        "ftp://me:hunter2secret@h.org/em",
        "simplecache::https://me:hunter2secret@h.org/em.zarr",
        "https:/me:hunter2secret@h.org/em.zarr",
        "https://https://me:hunter2secret@h.org/em.zarr",
        "https://me:hunter2secret@h.org/#d/em.zarr",
    ],
)
def test_no_secret_of_such_a_text_is_shown(text):
    try:
        shown = repr(parse_address(text))
    except InvalidAddress as problem:
        shown = f"{problem} {problem!r}"
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("s3://https://h.org/bucket/em", "s3+https://h.org/bucket/em"),
        ("precomputed://s3://http://h.org:9000/bucket/em", "s3+http://h.org:9000/bucket/em"),
        (
            "https://storage.googleapis.com/storage/v1/b/bucket/o/d%2Fem.zarr?alt=media",
            "gs://bucket/d/em.zarr",
        ),
        ("https://www.googleapis.com/storage/v1/b/bucket/o", "gs://bucket/"),
        (
            "https://storage.googleapis.com/download/storage/v1/b/bucket/o/em%2Finfo",
            "gs://bucket/em",
        ),
    ],
)
def test_other_spellings_of_buckets_mean_the_bucket(text, display):
    assert parse_address(text).location.display() == display
