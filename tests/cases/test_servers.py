"""Cases 67 to 71: what servers answer, what they lack, and folders of several datasets."""

import numpy as np
import pytest
import zarr
from tests.cases.unlike import unlike_webknossos
from tests.n5.written import ramp
from tests.precomputed.written import below, labels, noise, scale
from tests.precomputed.written import write as precomputed
from tests.servers.aws import Bucket
from tests.servers.listings import index_pages
from tests.volumes.documents import PATH, documents, files, zarray
from zarr.storage import MemoryStore

import nb_remote as nbr
from nb_remote.errors import CredentialsRefused

VOXELS = ramp((8, 12, 18))


def array(**options):
    """Files of an array that zarr-python wrote, below ``v``."""
    objects = {}
    one = zarr.create_array(MemoryStore(objects), name="v", data=VOXELS, **options)
    assert one.shape == VOXELS.shape
    return {key: value.to_bytes() for key, value in objects.items()}


@unlike_webknossos
@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ("404", nbr.NotRecognised, "nothing was found there"),
        ("403", nbr.AccessDenied, "403 (Forbidden)"),
        ("401", nbr.AccessDenied, "pass credentials"),
        ("login200", nbr.BadMetadata, "web page instead of JSON"),
    ],
)
def test_case_67_each_refusal_has_its_own_message(serve, fault, kind, says):
    server = serve(files(documents("zyx")))
    server.fail("*", fault)
    with pytest.raises(kind, match=r".") as refused:
        nbr.open(server.url_of(PATH))
    assert says in str(refused.value)
    assert not isinstance(refused.value, CredentialsRefused)


def test_case_67_json_that_is_sent_compressed_is_read(serve):
    server = serve(files(documents("zyx")))
    server.fail("*", "gzip")
    assert list(nbr.open(server.url_of(PATH))) == ["image.zarr"]


@unlike_webknossos
def test_case_68_without_ranges_whole_files_are_read_and_that_is_said(serve):
    server = serve(array(shards=(8, 12, 18), chunks=(4, 6, 6)))
    server.fail("*", "norange")
    layer = nbr.open(server.url_of("v"))["v"]
    np.testing.assert_array_equal(layer[...], VOXELS)
    warning = "the server does not support ranges, and sends whole objects instead"
    assert warning in str(nbr.diagnose(server.url_of("v")))


def test_case_69_a_missing_chunk_is_fill_value(serve):
    stored = array(chunks=(4, 6, 6), fill_value=7)
    del stored["v/c/1/0/0"]
    layer = nbr.open(serve(stored).url_of("v"))["v"]
    expected = VOXELS.copy()
    expected[4:, :6, :6] = 7
    np.testing.assert_array_equal(layer[...], expected)


PAIR = {
    **below("em/color", precomputed(scale(), data=[noise((21, 17, 11, 1), "uint8")])),
    **below(
        "em/segmentation",
        precomputed(scale(), data=[labels((21, 17, 11, 1), "uint32")], kind="segmentation"),
    ),
}


@unlike_webknossos
def test_case_70_both_members_of_a_folder_of_a_bucket_are_layers(amazon):
    amazon.buckets["lab"] = Bucket(files=PAIR, public=True)
    dataset = nbr.open("s3://lab/em")
    assert {one.name: one.category for one in dataset.layers} == {
        "color": "color",
        "segmentation": "segmentation",
    }


@unlike_webknossos
@pytest.mark.parametrize("pages", [True, False], ids=["index pages", "usual names"])
def test_case_70_over_http_index_pages_or_usual_names_lead_there(serve, pages):
    server = serve(PAIR)
    if pages:
        server.listing = index_pages("nginx", PAIR)
    assert set(nbr.open(server.url_of("em"))) == {"color", "segmentation"}


@unlike_webknossos
def test_case_70_where_nothing_leads_on_the_answer_says_what_was_tried(serve):
    stored = {key.replace("em/", "em/layer-of-"): one for key, one in PAIR.items()}
    with pytest.raises(nbr.NotRecognised) as refused:
        nbr.open(serve(stored).url_of("em"))
    assert "not a page about it, a folder above it" in str(refused.value)
    for document in ("zarr.json", ".zattrs", "info", "attributes.json"):
        assert f"there is no {document}" in str(refused.value)


def plain(path):
    return files({".zarray": zarray((8, 8, 8))}, path)


@unlike_webknossos
def test_case_71_of_many_members_the_first_are_opened_and_the_rest_is_counted(serve):
    stored = {k: v for n in range(20) for k, v in plain(f"many/a{n:02}").items()}
    server = serve(stored)
    server.listing = index_pages("nginx", stored)
    dataset = nbr.open(server.url_of("many"))
    assert list(dataset) == [f"a{n:02}" for n in range(16)]
    notes = " ".join(note for layer in dataset.layers for note in layer.notes)
    assert "the first 16 datasets found here are shown; 4 more can be opened" in notes


@unlike_webknossos
def test_case_71_how_deep_was_looked_is_said(serve):
    stored = {**plain("deep/1/2/x"), **plain("deep/1/2/3/4/5/too-deep")}
    server = serve(stored)
    server.listing = index_pages("nginx", stored)
    dataset = nbr.open(server.url_of("deep"))
    assert list(dataset) == ["1-2-x"]
    notes = " ".join(note for layer in dataset.layers for note in layer.notes)
    assert "only 3 levels of folders are looked at" in notes
    assert "…/1/2/3/4" in notes
