"""Listings of folders and project files: HTML and XML of strangers."""

from random import Random

from nb_remote.dialects.bdv_project import parse_project
from nb_remote.errors import NbRemoteError
from nb_remote.store.bucket_listing import bucket_request, is_bucket_answer, names_in_bucket
from nb_remote.store.index_page import names_in_page
from tests.fuzz.mutations import spoiled_bytes
from tests.fuzz.target import Target, require

_URL = "https://example.org/a%20b/c/"
_PAGES = (
    b'<html><body><a href="../">..</a><a href="0/">0/</a> <a href=".zattrs">.zattrs</a></body>',
    b"<!DOCTYPE html><pre><A HREF='/a%20b/c/x.zarr/'>x</A><a href=\"?C=N;O=D\">Name</a></pre>",
    b'<table><tr><td><a href="https://example.org/a%20b/c/%C3%A9">e</a></td><!-- x --></table>',
)
_PIECES = (
    *(b"<", b">", b"</", b"<!", b"<![", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?", b"?>", b"&"),
    *(
        b"<a href=",
        b'"',
        b"'",
        b"&#x110000;",
        b"&#0;",
        b"&amp",
        b"<![if x",
        b"<!DOCTYPE x [",
        b"]>",
    ),
    *(b"<!ENTITY a 'b'>", b"&a;", b"<script>", b"</script", b"<svg><style>", b"//[", b"%ff", b"\0"),
    *(b"http://[::1", b"..", b"%2e%2e/", b"\\", b"<a ", b"<a\n", b"='", b"<title>", b"<x:y"),
)
_BUCKET = (
    b'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/'
    b'2006-03-01/"><Name>b</Name><Prefix>v/</Prefix><Contents><Key>v/info</Key><Size>3</Size>'
    b"</Contents><CommonPrefixes><Prefix>v/s0/</Prefix></CommonPrefixes></ListBucketResult>",
    b"<Error><Code>NoSuchKey</Code><BucketName>b</BucketName></Error>",
)
_PROJECT = (
    b'<?xml version="1.0"?><SpimData version="0.2"><BasePath type="relative">.</BasePath>'
    b'<SequenceDescription><ImageLoader format="bdv.n5" version="1.0"><n5 type="relative">d.n5</n5>'
    b"</ImageLoader><ViewSetups><ViewSetup><id>0</id><name>a</name><size>9 8 7</size><voxelSize>"
    b"<unit>um</unit><size>0.5 1 2</size></voxelSize><attributes><channel>0</channel></attributes>"
    b'</ViewSetup></ViewSetups><Timepoints type="range"><first>0</first><last>3</last></Timepoints>'
    b'</SequenceDescription><ViewRegistrations><ViewRegistration timepoint="0" setup="0">'
    b'<ViewTransform type="affine"><affine>1 0 0 5 0 1 0 0 0 0 4 0</affine></ViewTransform>'
    b"</ViewRegistration></ViewRegistrations></SpimData>",
)


def _make(random: Random, prepared: tuple[bytes, ...]) -> bytes:
    lot = random.random()
    if lot < 0.04:  # what a parser might read again and again
        return random.choice(_PIECES) * random.choice([1000, 20_000])
    data = bytearray(random.choice(prepared))
    if lot < 0.4:
        data = bytearray(spoiled_bytes(random, bytes(data), prepared))
    for _ in range(random.choice([0, 1, 1, 2, 4])):
        at = random.randrange(len(data) + 1)
        data[at : at + random.choice([0, 0, 1, 5])] = random.choice(_PIECES)
    return bytes(data)


def _check_names(names: tuple[str, ...] | None) -> None:
    for name in names or ():
        part = name.removesuffix("/")
        require(part not in ("", ".", "..") and "/" not in part, f"{name!r} is no name")


def _check_page(page: bytes) -> None:
    _check_names(names_in_page(page, _URL))


def _check_bucket(answer: bytes) -> None:
    is_bucket_answer(answer)
    bucket_request("example.org", "v", answer)
    _check_names(names_in_bucket(answer, "v/"))


def _check_project(raw: bytes) -> None:
    parse_project(raw, where="https://example.org/a.xml")


LISTINGS: tuple[Target, ...] = (
    Target(name="index-page", prepare=lambda: _PAGES, make=_make, check=_check_page, share=2),
    Target(name="bucket-listing", prepare=lambda: _BUCKET, make=_make, check=_check_bucket),
    Target(
        name="bdv-project",
        prepare=lambda: _PROJECT,
        make=_make,
        check=_check_project,
        refusals=(NbRemoteError,),
        share=2,
    ),
)
