"""What every dialect promises, and the order in which they are asked."""

import asyncio
import copy

import pytest
from tests.volumes.documents import documents, files, with_labels, zarray
from tests.volumes.inferring import DocumentStore, find

import nb_remote
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.ordered import DIALECTS
from nb_remote.errors import BadMetadata, Declined, NbRemoteError, ServerFailed

FOREIGN = [None, {}, [], {"zarr_format": 3}, {"dimensions": [1, 2]}, ServerFailed("it failed")]


def explore(dialect, found):
    store = DocumentStore({})
    return asyncio.run(dialect.explore(Documents(store=store, found=found))), store


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.name)
def dialect(request):
    return request.param


class TestEveryDialect:
    def test_has_a_name_and_documents_that_decide(self, dialect):
        assert dialect.name
        assert dialect.probes

    @pytest.mark.parametrize("document", [None, ServerFailed("it failed")])
    def test_declines_with_a_reason_when_there_is_nothing(self, dialect, document):
        answer, store = explore(dialect, dict.fromkeys(dialect.probes, document))
        assert isinstance(answer, Declined)
        assert answer.format == dialect.name
        assert set(answer.looked_at) <= set(dialect.probes)
        assert ("it failed" if document else "there is no") in answer.reason
        # Its names are guesses: nothing at the address is when they are tried.
        assert store.asked == [] or dialect.name == "N5 by usual names"

    @pytest.mark.parametrize("document", FOREIGN)
    def test_answers_or_raises_ours_on_foreign_documents(self, dialect, document):
        try:
            answer, _ = explore(dialect, dict.fromkeys(dialect.probes, document))
        except NbRemoteError:
            return
        assert isinstance(answer, Declined)

    def test_does_not_change_the_documents(self, dialect):
        image = documents("zyx") | {".zarray": zarray((8, 8, 8))}
        before = copy.deepcopy(image)
        explore(dialect, image)
        assert image == before


def test_names_are_distinct():
    names = [one.name for one in DIALECTS]
    assert len(set(names)) == len(names)


def test_a_group_with_meaning_wins_over_the_array_it_also_is():
    found = find(documents("zyx") | {".zarray": zarray((9, 9))})
    assert isinstance(found, Found)
    assert found.format == "OME-Zarr 0.4"


def test_an_array_with_other_attributes_is_an_array():
    found = find({".zattrs": {"_ARRAY_DIMENSIONS": ["y", "x"]}, ".zarray": zarray((9, 9))})
    assert found.format == "Zarr v2 array"


def test_an_array_that_can_not_be_is_an_error_not_a_decline():
    with pytest.raises(BadMetadata):
        find({".zarray": {"zarr_format": 2}})


@pytest.mark.parametrize("version", ["0.1", "0.2", "0.3", "0.4", "0.5-dev"])
def test_the_version_is_named_whatever_it_is(version):
    image = documents("zyx")
    image[".zattrs"]["multiscales"][0]["version"] = version
    assert find(image).format == f"OME-Zarr {version}"


@pytest.mark.parametrize("version", [None, 4, 0.4, {}])
def test_a_version_that_is_no_text_is_noted(version):
    image = documents("zyx")
    image[".zattrs"]["multiscales"][0]["version"] = version
    found = find(image)
    assert found.format == "OME-Zarr without a version"
    assert "the metadata state no OME-Zarr version" in found.layers[0].notes


def test_labels_know_the_first_image_that_can_be_used():
    image = with_labels(documents("zyx", name="good"), cells=documents("zyx"))
    image[".zattrs"]["multiscales"].insert(0, {"name": "bad"})
    *_, label = find(image).layers
    assert label.is_label
    assert label.parent == "good"


@pytest.mark.parametrize("listed", [None, "cells", {"cells": 1}, [1, None, {}, ""], []])
def test_a_list_of_labels_that_is_none_gives_none(listed):
    image = documents("zyx") | {"labels/.zattrs": {"labels": listed}}
    assert len(find(image).layers) == 1


def test_several_images_of_one_group_are_all_found():
    image = documents("zyx", name="a")
    second = copy.deepcopy(image[".zattrs"]["multiscales"][0]) | {"name": "b"}
    image[".zattrs"]["multiscales"].append(second)
    assert [one.name for one in find(image).layers] == ["a", "b"]


@pytest.mark.parametrize("path", ["./0", "0/", "./0/.", "0//"])
def test_spellings_of_a_level_s_path_are_the_same(path):
    image = documents("zyx", shapes=[(8, 8, 8)])
    image[".zattrs"]["multiscales"][0]["datasets"][0]["path"] = path
    assert find(image).layers[0].levels[0].array.key == "0"


def test_documents_with_a_byte_order_mark_are_read(serve):
    content = {key: b"\xef\xbb\xbf" + raw for key, raw in files(documents("zyx")).items()}
    assert len(nb_remote.open(serve(content).url_of("image.zarr"))) == 1
