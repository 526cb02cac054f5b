"""Whatever is wrong with an address: a clear error of ours, in seconds."""

import time

import pytest
from tests.explore.test_requests import PROBES
from tests.volumes.documents import PATH, datasets_of, documents, files, with_labels, zarray

import nb_remote
from nb_remote.errors import (
    CredentialsRefused,
    NbRemoteError,
    NotConnected,
    UnknownHost,
    Unreachable,
)

QUICK_S = 0.4


def failing(url, kind=NbRemoteError, **options):
    """The error of opening `url`, which comes soon."""
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        nb_remote.open(url, **options)
    assert time.monotonic() - began < 5
    assert caught.type is kind
    return str(caught.value)


def test_a_wrong_address_says_that_nothing_is_there_and_what_was_looked_at(serve):
    server = serve({})
    text = failing(server.url_of("wrong.zarr"), nb_remote.NotRecognised)
    assert "nothing was found there" in text
    assert server.url_of("wrong.zarr") in text
    assert "Check the address" in text
    for name in (".zattrs", ".zarray", "zarr.json", "info", "attributes.json"):
        assert name in text


def test_the_hint_of_a_pasted_format_is_named_when_nothing_is_there(serve):
    text = failing(f"n5://{serve({}).url_of('x')}", nb_remote.NotRecognised)
    assert "pasted as n5" in text


def test_a_server_that_answers_everything_with_a_page_is_named_as_such(serve):
    server = serve(files(documents("zyx")))
    server.fail("*", "login200")
    text = failing(server.url_of(PATH), nb_remote.BadMetadata)
    assert "web page instead of JSON" in text
    assert "login" in text


def test_broken_json_says_where_and_in_which_line(serve):
    server = serve(files({".zattrs": b'{\n"multiscales": [', ".zarray": b"{"}))
    text = failing(server.url_of(PATH), nb_remote.NotRecognised)
    assert "not a JSON document (line 2)" in text


def test_broken_json_in_the_attributes_alone_is_said(serve):
    image = documents("zyx")
    image[".zattrs"] = b"not json"
    text = failing(serve(files(image)).url_of(PATH), nb_remote.NotRecognised)
    assert "OME-Zarr 0.4: this is not a JSON document" in text


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ("403", nb_remote.AccessDenied, "403 (Forbidden)"),
        ("401", nb_remote.AccessDenied, "pass credentials"),
        ("500", nb_remote.ServerFailed, "500 (Internal Server Error)"),
        ("429", nb_remote.Throttled, "429"),
        ("hang", nb_remote.TimedOut, "went silent"),
        ("hangmid", nb_remote.TimedOut, "went silent"),
        ("drip", nb_remote.TimedOut, "no complete answer within"),
        ("reset", nb_remote.Unreachable, "connection broke"),
        ("garbage", nb_remote.ServerFailed, "does not answer in HTTP"),
        ("hugelen", nb_remote.TooLarge, "bytes"),
        ("redirloop", nb_remote.ServerFailed, "redirect"),
    ],
)
def test_what_the_server_answers_to_everything_is_the_cause(serve, fault, kind, says):
    more = {**{key: {} for key in PROBES - {".zattrs"}}, ".zarray": zarray((8, 8))}
    server = serve(files({**documents("zyx"), **more}))
    server.fail("*", fault)
    text = failing(
        server.url_of(PATH), kind, timeout=QUICK_S if kind is nb_remote.TimedOut else None
    )
    assert says in text
    assert server.host in text


def test_the_timeout_bounds_a_server_that_hangs(serve):
    server = serve({})
    server.fail("*", "hang")
    began = time.monotonic()
    failing(server.url_of(PATH), nb_remote.TimedOut, timeout=0.1)
    assert time.monotonic() - began < 1


def test_a_refused_connection_and_an_unknown_host_are_told_apart(serve):
    server = serve({})
    url = server.url_of(PATH)
    server.stop()
    assert "refuses the connection" in failing(url, NotConnected)
    text = failing("http://nb-remote-test.invalid/x.zarr", UnknownHost, timeout=2)
    assert "host name is unknown" in text
    assert issubclass(NotConnected, Unreachable)
    assert issubclass(UnknownHost, Unreachable)


def test_a_login_that_is_needed_and_one_that_is_refused_are_told_apart(serve):
    url = serve(files(documents("zyx")), bearer="right").url_of(PATH)
    assert "It needs a login" in failing(url, nb_remote.AccessDenied)
    text = failing(url, CredentialsRefused, credentials=nb_remote.BearerToken("tok-4711"))
    assert "does not accept these credentials" in text
    assert "may have expired" in text


def test_what_every_document_meets_is_said_of_the_address(serve):
    server = serve({})
    server.fail("*", "400")
    url = server.url_of(PATH)
    assert f" at {url}." in failing(url, nb_remote.ServerFailed)


def test_a_document_that_the_server_fails_to_give_is_what_is_said_and_nothing_is_guessed(serve):
    server = serve(files(documents("zyx")))
    server.fail("*/.zattrs", "400")
    text = failing(server.url_of(PATH), nb_remote.NotRecognised)
    assert text.startswith(".zattrs could not be read: the server answered 400")
    assert len(server.requests) < 40


def test_a_document_that_is_refused_while_others_are_missing_is_what_is_said(serve):
    server = serve(files(documents("zyx")))
    server.fail("*/.zattrs", "403")
    text = failing(server.url_of(PATH), nb_remote.NotRecognised)
    assert text.startswith(".zattrs is there, but may not be read")
    assert "may be private" in text


def test_credentials_that_may_not_read_are_not_asked_for_again(serve):
    server = serve({})
    server.fail("*", "403")
    url = server.url_of(PATH)
    assert "may be private" in failing(url, nb_remote.AccessDenied)
    text = failing(url, nb_remote.AccessDenied, credentials=nb_remote.BearerToken("tok-4712"))
    assert "These credentials may not read it" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "http"),
        ("x.zarr", "http"),
        ("ftp://h/x", "http"),
        ("https://", "http"),
        ("/data/x.zarr", "pathlib.Path"),
    ],
)
def test_text_that_is_no_address_sends_nothing_and_says_what_is(text, says):
    assert says in failing(text, nb_remote.InvalidAddress)


def test_no_address_at_all_is_a_type_error():
    with pytest.raises(TypeError, match="at least one address"):
        nb_remote.open()


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_that_is_no_time_is_refused(timeout):
    with pytest.raises(ValueError, match="positive number of seconds"):
        nb_remote.open("http://127.0.0.1:1/x", timeout=timeout)


class TestOtherThingsThatLieThere:
    def text(self, serve, found):
        return failing(serve(files(found)).url_of(PATH), nb_remote.NotRecognised)

    @pytest.mark.parametrize("more", [{}, {".zattrs": {}}])
    def test_an_empty_group_is_called_one(self, serve, more):
        text = self.text(serve, {".zgroup": {"zarr_format": 2}, **more})
        assert "group" in text if not more else "without 'multiscales'" in text

    def test_a_dataset_file_without_layers_says_what_it_lacks(self, serve):
        text = self.text(serve, {"datasource-properties.json": {"some": "thing"}})
        assert "datasource-properties.json has no dataLayers" in text

    def test_an_ome_zarr_0_5_group_without_images_is_declined(self, serve):
        group = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.5"}}}
        text = self.text(serve, {"zarr.json": group})
        assert "OME-Zarr 0.5: attributes without 'multiscales'" in text
        assert "…/0" in text

    def test_a_version_3_group_is_called_one(self, serve):
        text = self.text(serve, {"zarr.json": {"zarr_format": 3, "node_type": "group"}})
        assert "a group; open one of its arrays" in text

    @pytest.mark.parametrize(
        ("attributes", "says"),
        [
            ({"plate": {}}, "a high-content-screening plate that lists no wells; open"),
            ({"well": {}}, "a well of a high-content-screening plate that lists no images"),
            ({"bioformats2raw.layout": 3}, "a collection of image series that lists none"),
            ({"ome": {"version": "0.5"}}, "without 'multiscales'"),
            ({"multiscales": []}, "'multiscales' lists no images"),
            ({"multiscales": {}}, "'multiscales' is no list of images"),
            ([], "not a JSON object"),
        ],
    )
    def test_attributes_of_something_else_are_named(self, serve, attributes, says):
        assert says in self.text(serve, {".zattrs": attributes, ".zgroup": {"zarr_format": 2}})


class TestMetadataThatCanNotBeUsed:
    def text(self, serve, image):
        return failing(serve(files(image)).url_of(PATH), nb_remote.BadMetadata)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"shape": [10**30, 8, 8]}, "impossible shape"),
            ({"shape": [-1, 8, 8]}, "impossible shape"),
            ({"shape": [0, 8, 8]}, "impossible shape"),
            ({"shape": "big"}, "list of integers"),
            ({"chunks": [2**20, 2**20, 2**20]}, "one chunk of"),
            ({"chunks": [0, 8, 8]}, "impossible chunks"),
            ({"shape": [2] * 33, "chunks": [2] * 33}, "33 axes"),
            ({"dtype": "|S7"}, "dtype '|S7' (text) is no"),
            ({"dtype": [["a", "<u2"]]}, "dtype [["),
            ({"zarr_format": 3}, "not 2"),
        ],
    )
    def test_an_array_that_can_not_be_is_refused_before_anything_is_allocated(
        self, serve, change, says
    ):
        image = documents("zyx", shapes=[(8, 8, 8)])
        image["0/.zarray"] |= change
        assert says in self.text(serve, image)

    def test_the_path_and_the_field_are_named(self, serve):
        image = documents("zyx")
        datasets_of(image)[1]["coordinateTransformations"][0]["scale"] = "small"
        text = self.text(serve, image)
        assert "multiscales[0].datasets[1].coordinateTransformations" in text
        assert f"{PATH}/.zattrs" in text

    def test_thousands_of_levels_are_not_asked_for(self, serve):
        image = documents("zyx")
        datasets_of(image).extend([datasets_of(image)[0]] * 5000)
        server = serve(files(image))
        failing(server.url_of(PATH), nb_remote.BadMetadata)
        assert len(server.requests) == len(PROBES)


class TestWhatIsLeftOfADamagedImage:
    def test_a_missing_level_is_left_out_and_noted(self, open_documents):
        image = documents("zyx", shapes=[(8, 16, 16), (4, 8, 8), (2, 4, 4)])
        del image["1/.zarray"]
        (layer,) = open_documents(image).layers
        assert layer.mags == ((1, 1, 1), (4, 4, 4))
        assert any("level '1' is left out" in note for note in layer.notes)
        assert layer.problem is None

    def test_when_the_finest_level_is_missing_the_next_is_the_finest(self, open_documents):
        image = documents("zyx")
        del image["0/.zarray"]
        (layer,) = open_documents(image).layers
        assert layer.shape == (4, 8, 8)
        assert layer.voxel_size_nm_xyz == (2, 2, 2)

    @pytest.mark.parametrize("fault", ["403", "500", "hang", "login200"])
    def test_a_level_that_fails_is_left_out_with_the_reason(self, serve, fault):
        server = serve(files(documents("zyx")))
        server.fail("*/1/.zarray", fault)
        (layer,) = nb_remote.open(server.url_of(PATH), timeout=QUICK_S).layers
        assert layer.mags == ((1, 1, 1),)
        assert any("level '1' is left out" in note for note in layer.notes)

    def test_an_unknown_codec_leaves_the_metadata_but_no_voxels(self, open_documents):
        image = documents("zyx")
        for path in ("0", "1"):
            image[f"{path}/.zarray"]["compressor"] = {"id": "jpeg2k"}
        dataset = open_documents(image)
        (layer,) = dataset.layers
        assert isinstance(layer.problem, nb_remote.UnsupportedCodec)
        assert layer.problem.codec == "jpeg2k"
        assert layer.mags == ((1, 1, 1), (2, 2, 2))
        assert "can't be read: chunks are compressed with 'jpeg2k'" in repr(dataset)
        assert len(dataset.datasource.data_layers[0].mags) == 2
        with pytest.raises(nb_remote.UnsupportedCodec):
            layer.levels[1][0, 0, 0]

    def test_a_level_with_an_unknown_codec_is_left_out_with_the_reason(self, open_documents):
        image = documents("zyx")
        image["1/.zarray"]["compressor"] = {"id": "jpeg2k"}
        (layer,) = open_documents(image).layers
        assert layer.problem is None
        assert layer.mags == ((1, 1, 1),)
        assert any("level '1' is left out: chunks are compr" in note for note in layer.notes)
        assert layer.levels[0][0, 0, 0] is not None

    def test_where_the_finest_level_is_unreadable_the_coarser_ones_stay_where_they_lie(
        self, open_documents
    ):
        image = documents("zyx")
        whole = open_documents(image).layers[0]
        image["0/.zarray"]["compressor"] = {"id": "jpeg2k"}
        (layer,) = open_documents(image).layers
        assert layer.problem is None
        assert layer.mags == ((2, 2, 2),)
        assert layer.voxel_size_nm_xyz == whole.voxel_size_nm_xyz
        assert layer.levels[0].shape == whole.levels[1].shape
        assert "the finest level can't be read: voxels come from level '1' on" in layer.notes

    def test_a_level_of_another_rank_is_left_out(self, open_documents):
        image = documents("zyx")
        image["1/.zarray"] = zarray((8, 8))
        (layer,) = open_documents(image).layers
        assert layer.mags == ((1, 1, 1),)
        assert any("2 axes" in note for note in layer.notes)

    def test_one_broken_image_among_several_does_not_stop_the_others(self, open_documents):
        image = documents("zyx", name="good")
        image[".zattrs"]["multiscales"].insert(0, {"version": "0.4"})
        dataset = open_documents(image)
        assert list(dataset) == ["good"]
        assert "lists no datasets" in str(dataset.broken[0].problem)


class TestLabelsThatFail:
    def opened(self, open_documents, label, name="cells"):
        return open_documents(with_labels(documents("zyx"), **{name: label}))

    def test_one_that_does_not_exist_is_listed_with_its_reason(self, open_documents):
        dataset = self.opened(open_documents, None)
        assert list(dataset) == ["image.zarr"]
        (broken,) = dataset.broken
        assert broken.name == "labels-cells"
        assert "does not exist" in str(broken.problem)

    @pytest.mark.parametrize(
        "label",
        [
            {".zattrs": b"not json"},
            {".zattrs": {}},
            {".zattrs": {"multiscales": [{}]}},
            {".zattrs": documents("zyx")[".zattrs"]},
            {**documents("zyx"), "0/.zarray": b"", "1/.zarray": b""},
        ],
    )
    def test_a_broken_one_never_stops_the_image(self, open_documents, label):
        dataset = self.opened(open_documents, label)
        assert list(dataset) == ["image.zarr"]
        assert [one.name for one in dataset.broken] == ["labels-cells"]

    @pytest.mark.parametrize("fault", ["403", "500", "hang"])
    def test_one_that_the_server_refuses_never_stops_the_image(self, serve, fault):
        server = serve(files(with_labels(documents("zyx"), cells=documents("zyx"))))
        server.fail("*/labels/cells/*", fault)
        dataset = nb_remote.open(server.url_of(PATH), timeout=QUICK_S)
        assert list(dataset) == ["image.zarr"]
        assert len(dataset.broken) == 1

    @pytest.mark.parametrize("fault", ["500", "hang", "login200"])
    def test_a_list_that_can_not_be_read_is_noted(self, serve, fault):
        server = serve(files(documents("zyx")))
        server.fail("*/labels/.zattrs", fault)
        (layer,) = nb_remote.open(server.url_of(PATH), timeout=QUICK_S).layers
        assert any("label images is not known" in note for note in layer.notes)

    def test_a_list_that_is_forbidden_is_none(self, serve):
        server = serve(files(documents("zyx")))
        server.fail("*/labels/.zattrs", "403")
        (layer,) = nb_remote.open(server.url_of(PATH)).layers
        assert not any("label" in note for note in layer.notes)

    def test_thousands_of_labels_are_not_asked_for(self, open_documents):
        image = documents("zyx")
        image["labels/.zattrs"] = {"labels": [f"l{n}" for n in range(3000)]}
        dataset = open_documents(image)
        assert len(open_documents.server.requests) == len(PROBES) + 2 + 100
        assert any("first 100 of 3000" in note for note in dataset.layers[0].notes)


HOSTILE = [
    "../../secret",
    "..",
    "a/../../secret",
    "/secret",
    "https://evil.example/x",
    "//evil.example/x",
    "s3://bucket/x",
    "file:///etc/passwd",
    "simplecache::x",
    "..\\secret",
    "a\nb",
    "x" * 5000,
]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_label_never_leaves_the_location(serve, path):
    image = documents("zyx")
    image["labels/.zattrs"] = {"labels": [path]}
    server = serve(files(image))
    dataset = nb_remote.open(server.url_of(PATH))
    assert len(dataset) == 1
    assert len(dataset.broken) == 1
    assert len(server.requests) == len(PROBES) + 2
    assert all(one.startswith(f"{PATH}/") and ".." not in one for one in server.paths())


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_level_never_leaves_the_location(serve, path):
    image = documents("zyx")
    datasets_of(image)[1]["path"] = path
    server = serve(files(image) | {"secret/.zarray": b"{}"})
    failing(server.url_of(PATH), nb_remote.BadMetadata)
    assert len(server.requests) == len(PROBES)
    assert all(one.startswith(f"{PATH}/") for one in server.paths())


@pytest.mark.parametrize("path", ["%2e%2e/secret", "a?b", "a#b", "a b", "\u00fc"])
def test_a_strange_level_path_is_a_name_and_nothing_else(serve, path):
    image = documents("zyx", shapes=[(8, 8, 8)])
    datasets_of(image)[0]["path"] = path
    image[f"{path}/.zarray"] = image.pop("0/.zarray")
    server = serve(files(image))
    assert len(nb_remote.open(server.url_of(PATH))) == 1
    assert f"{PATH}/{path}/.zarray" in server.paths()


class TestSeveralAddresses:
    def test_one_that_fails_is_listed_and_the_others_open(self, serve):
        server = serve(files(documents("zyx")))
        dataset = nb_remote.open(server.url_of("wrong"), server.url_of(PATH))
        assert list(dataset) == ["image.zarr"]
        (failure,) = dataset.failures
        assert isinstance(failure, nb_remote.NotRecognised)
        assert failure.where == server.url_of("wrong")

    @pytest.mark.parametrize("fault", ["hang", "drip"])
    def test_a_slow_one_does_not_cost_the_others_their_turn(self, serve, fault):
        good, slow = serve(files(documents("zyx"))), serve(files(documents("zyx")))
        slow.fail("*", fault)
        dataset = nb_remote.open(slow.url_of(PATH), good.url_of(PATH), timeout=QUICK_S)
        assert list(dataset) == ["image.zarr"]
        assert isinstance(dataset.failures[0], nb_remote.TimedOut)

    def test_equal_names_are_numbered(self, serve):
        server = serve(files(documents("zyx")))
        assert list(nb_remote.open(*[server.url_of(PATH)] * 3)) == [
            "image.zarr",
            "image.zarr_2",
            "image.zarr_3",
        ]

    def test_when_all_fail_the_first_reason_is_raised(self, serve):
        server = serve({})
        server.fail("b/*", "403")
        with pytest.raises(nb_remote.AccessDenied):
            nb_remote.open(server.url_of("b"), server.url_of("a"))
