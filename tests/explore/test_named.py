"""What lies at an address and can't be read is named, with what to try instead."""

import json
import zipfile
from io import BytesIO

import pytest

import nb_remote
from nb_remote.location.viewers import viewer_hint

REST = bytes(600)


def refusal(url, kind=nb_remote.NotRecognised):
    with pytest.raises(kind) as caught:
        nb_remote.open(url)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "begin", "what"),
    [
        ("a.h5", b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        ("a.nwb", b"\x89HDF\r\n\x1a\n", "an NWB file"),
        ("a.ims", b"\x89HDF\r\n\x1a\n", "an Imaris file"),
        ("a.tif", b"II*\0", "a TIFF file"),
        ("download/17", b"MM\0*", "a TIFF file"),
        ("a.btf", b"II+\0", "a BigTIFF file"),
        ("a.nii", b"\x5c\x01\0\0", "a NIfTI"),
        ("a.nii.gz", b"\x1f\x8b\x08", "a NIfTI"),
        ("a.mrc", b"\x40\0\0\0", "an MRC file"),
        ("a.czi", b"ZISRAWFILE", "a CZI file"),
        ("a.nd2", b"\xda\xce\xbe\x0a", "an ND2 file"),
        ("a.png", b"\x89PNG\r\n", "a PNG picture"),
    ],
)
def test_a_file_is_named_by_its_first_bytes_and_its_ending(serve, name, begin, what):
    text = refusal(serve({name: begin + REST}).url_of(name))
    assert f"this is {what}" in text
    assert "convert it, for example to OME-Zarr" in text


def test_the_first_bytes_are_all_that_is_fetched_of_a_file(serve):
    server = serve({"a.h5": b"\x89HDF\r\n\x1a\n" + bytes(2**22)})
    refusal(server.url_of("a.h5"))
    assert [one.range for one in server.requests if one.path == "a.h5"] == ["bytes=0-15"]


def test_a_file_is_named_where_pages_stand_for_all_that_is_missing(serve):
    server = serve({"a.h5": b"\x89HDF\r\n\x1a\n" + REST})
    server.fail("a.h5/*", "login200")
    assert "this is an HDF5 file" in refusal(server.url_of("a.h5"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ({"v/manifest.ocdbt": b"\x0c\xdb\x3a\x2a" + REST}, "an OCDBT database"),
        ({"v/repo": b"ICE\xf0\x9f\xa7\x8aCHUNK" + REST}, "an Icechunk repository"),
        ({"v/refs/branch.main/ref.json": b'{"snapshot": "A"}'}, "an Icechunk repository"),
    ],
    ids=["ocdbt", "icechunk 2", "icechunk 1"],
)
def test_stores_that_keep_zarr_in_pieces_of_their_own_are_named(serve, content, what):
    assert f"this is {what}" in refusal(serve(content).url_of("v"))


LAYERS = [
    {"name": "em", "source": "precomputed://https://host/em"},
    {"name": "seg", "source": {"url": "zarr://https://host/seg"}},
    {"name": "odd", "source": 7},
]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"version": 1, "refs": {".zgroup": "{}"}}, "references of kerchunk"),
        ({"layers": LAYERS}, "precomputed://https://host/em, zarr://https://host/seg"),
        ({"scales": [], "type": "image"}, "as info"),
    ],
)
def test_documents_of_other_kinds_are_named(serve, document, says):
    server = serve({"state.json": json.dumps(document).encode()})
    assert says in refusal(server.url_of("state.json"))


def test_references_in_parquet_are_never_read_as_fill_values(serve):
    array = {
        "zarr_format": 2,
        "shape": [4, 4],
        "chunks": [4, 4],
        "dtype": "<u2",
        "order": "C",
        "compressor": None,
        "filters": None,
        "fill_value": 0,
    }
    records = {"metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": array}, "record_size": 10}
    server = serve({"v.parq/.zmetadata": json.dumps(records).encode()})
    assert "references of kerchunk" in refusal(server.url_of("v.parq"))


def test_a_zip_file_without_its_ending_says_how_it_is_opened(serve):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(".zgroup", "{}")
    text = refusal(serve({"download/3": packed.getvalue()}).url_of("download/3"))
    assert "write |zip: behind the address" in text


@pytest.mark.parametrize(("path", "what"), [("api/node/ab12/grayscale", "DVID")])
def test_addresses_of_services_are_named(serve, path, what):
    assert f"an address of {what}" in refusal(serve({}).url_of(path))


@pytest.mark.parametrize("fault", [None, "login200"])
def test_links_of_viewers_name_the_data_that_they_show(serve, fault):
    server = serve({})
    if fault:
        server.fail("*", fault)
    url = server.url_of("vizarr/") + "?source=https://host/image.zarr"
    kind = nb_remote.BadMetadata if fault else nb_remote.NotRecognised
    assert "Did you mean https://host/image.zarr instead?" in refusal(url, kind)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "https://h/v/?image_url=https%3A%2F%2Fhost%2Fa.zarr&x=1",
            "Did you mean https://host/a.zarr instead?",
        ),
        ("https://openorganelle.janelia.org/datasets/jrc_hela-2", "OpenOrganelle"),
        ("https://www.bossdb.org/project/x", "BossDB"),
        ("https://h/v/?source=abc", ""),
        ("https://h/v/a.zarr", ""),
        ("https://h/v/?source=https://host/a.zarr?X-Amz-Signature=0123456789abcdef", "host/a.zarr"),
    ],
)
def test_a_hint_is_given_for_links_of_viewers_alone(url, says):
    hint = viewer_hint(url)
    assert says in hint if says else hint == ""
    assert "0123456789abcdef" not in hint
