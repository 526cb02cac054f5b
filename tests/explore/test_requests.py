"""What opening costs: which documents, how many, and how many round trips after each other."""

import pytest
from tests.explore.waves import Waves, explore_in_waves
from tests.servers.listings import index_pages
from tests.volumes.documents import PATH, documents, files, with_labels
from tests.volumes.ome_zarr import VOLUMES, write

import nb_remote
from nb_remote.arrays.source import Source
from nb_remote.explore import explore
from nb_remote.location.parse import parse_address
from nb_remote.threads import run

ZARR = {".zattrs", "labels/.zattrs", ".zarray", ".zmetadata", "zarr.json", "labels/zarr.json"}
PROBES = {*ZARR, "info", "attributes.json", "datasource-properties.json"}
UNREAD = {".zgroup", "refs/branch.main/ref.json"}
"""Asked for only where nothing was recognised, so that the answer can say what it is instead."""
BEGINNINGS = {"", "manifest.ocdbt", "repo"}
"""Whose first bytes are asked for beside them; the first is what lies at the address itself."""
USUAL = {f"{one}/attributes.json" for one in ("s0", "s1", "s2", "s3", "setup0", "c0/s0", "data/s0")}
"""Names in an N5 group that says nothing of itself."""


def asked(server, path=PATH):
    """Documents asked for, in order; that nothing is asked twice shows in their number."""
    assert {request.method for request in server.requests} <= {"GET"}
    return [one.removeprefix(f"{path}/") for one in server.paths()]


def test_an_image_costs_the_probes_and_its_levels(open_documents):
    open_documents(documents("zyx"))
    assert sorted(asked(open_documents.server)) == sorted([*PROBES, "0/.zarray", "1/.zarray"])


def test_labels_cost_their_attributes_and_levels(open_documents):
    open_documents(with_labels(documents("zyx"), a=documents("zyx"), b=documents("zyx")))
    labels = [
        f"labels/{name}/{key}" for name in "ab" for key in (".zattrs", "0/.zarray", "1/.zarray")
    ]
    expected = sorted([*PROBES, "0/.zarray", "1/.zarray", *labels])
    assert sorted(asked(open_documents.server)) == expected


@pytest.mark.parametrize("name", VOLUMES)
def test_no_volume_of_the_table_costs_more_than_probes_levels_and_labels(serve, name):
    written = write(name)
    server = serve(written.files)
    nb_remote.open(server.url_of(written.path))
    labels = sum(1 + len(levels) for levels in written.labels.values())
    assert len(server.requests) == len(PROBES) + len(written.levels) + labels


def test_the_preview_and_the_datasource_cost_nothing_more(open_documents):
    dataset = open_documents(documents("zyx"))
    before = len(open_documents.server.requests)
    assert repr(dataset)
    assert dataset._repr_html_()
    assert dataset.datasource.json()
    assert dataset.layers[0].dask() is not None
    assert len(open_documents.server.requests) == before


def test_an_array_costs_the_probes_alone(serve):
    server = serve(files(documents("zyx")))
    nb_remote.open(server.url_of(f"{PATH}/0"))
    assert sorted(asked(server, f"{PATH}/0")) == sorted(PROBES)


DECIDING = {".zattrs", ".zarray", "zarr.json"}
ANYTHING = {*DECIDING, "attributes.json", "info"}
FOLDERS = {
    **dict.fromkeys(("color", "segmentation", "em", "raw", "image", "labels"), ANYTHING),
    **dict.fromkeys(("em/fibsem-uint8", "em/fibsem-uint16"), ANYTHING),
    **{f"recon-1/em/fibsem-{dtype}": DECIDING for dtype in ("uint8", "uint16", "int16")},
    **dict.fromkeys(("0", "s0", "scale0", "image.zarr", "data.zarr"), DECIDING),
    "image.n5": {"attributes.json"},
    "image.precomputed": {"info"},
}
"""Names that datasets usually have in a folder that can't be listed."""


def test_finding_nothing_costs_the_probes_a_listing_usual_names_and_the_folders_above(serve):
    server = serve({})
    with pytest.raises(nb_remote.NotRecognised):
        nb_remote.open(server.url_of(f"a/{PATH}"))
    usual = {f"{folder}/{key}" for folder, keys in FOLDERS.items() for key in keys}
    asked = PROBES | USUAL | UNREAD | BEGINNINGS | usual
    here = {f"a/{PATH}", *(f"a/{PATH}/{one}" for one in asked)}
    above = {f"{folder}{key}" for folder in ("", "a/") for key in ANYTHING}
    assert {request.method for request in server.requests} == {"GET"}
    assert sorted(server.paths()) == sorted(here | above)


def test_finding_nothing_takes_four_round_trips(serve):
    server = serve({})
    source = Source(parse_address(server.url_of(PATH)).location)
    usual = {f"{folder}/{key}" for folder, keys in FOLDERS.items() for key in keys}
    source._store = Waves(source.store, PROBES, USUAL, UNREAD, usual - PROBES)
    with pytest.raises(nb_remote.NotRecognised):
        run(explore(source), deadline=5)


IMAGE_WITH_LABELS = with_labels(documents("zyx"), a=documents("zyx"), b=documents("zyx"))
SECOND = {"0/.zarray", "1/.zarray", "labels/a/.zattrs", "labels/b/.zattrs"}
THIRD = {f"labels/{label}/{level}/.zarray" for label in "ab" for level in "01"}


def test_an_image_with_labels_takes_three_round_trips(serve):
    server = serve(files(IMAGE_WITH_LABELS))
    _, found = explore_in_waves(server.url_of(PATH), PROBES, SECOND, THIRD)
    assert len(found.layers) == 3


def test_an_image_without_labels_takes_two(serve):
    server = serve(files(documents("zyx")))
    _, found = explore_in_waves(server.url_of(PATH), PROBES, {"0/.zarray", "1/.zarray"})
    assert len(found.layers) == 1


def test_the_measure_itself_notices_a_round_trip_too_many(serve):
    server = serve(files(IMAGE_WITH_LABELS))
    source = Source(parse_address(server.url_of(PATH)).location)

    async def one_after_the_other():
        store = Waves(source.store, PROBES)
        for key in sorted(PROBES):
            await store.get(key, limit=1000)

    with pytest.raises(nb_remote.TimedOut):
        run(one_after_the_other(), deadline=0.2)


def test_several_addresses_are_asked_at_the_same_time(serve):
    server = serve(files(documents("zyx")) | files(documents("zyx"), "other.zarr"))
    server.latency_s = 0.2
    nb_remote.open(server.url_of(PATH), server.url_of("other.zarr"))
    assert server.peak_in_flight == 2 * len(PROBES)


FEW = {".zgroup", "refs/branch.main/ref.json", "", "manifest.ocdbt", "repo", "/"}
"""Asked for beside the probes where everything is refused, the folder's listing among them: what
would show that something may be read after all."""


class TestRefused:
    """A server that refuses everything is asked for the probes, and a handful more."""

    @pytest.mark.parametrize("path", ["v.zarr", "lab/em/v.zarr", "lab/2024/dataset"])
    def test_a_refusal_of_everything_costs_the_probes_and_six_more(self, serve, path):
        server = serve({})
        server.fail("*", "403")
        with pytest.raises(nb_remote.AccessDenied):
            nb_remote.open(server.url_of(path))
        expected = [f"{path}/{one}".removesuffix("/") for one in PROBES | FEW - {"/"}]
        assert sorted(server.paths()) == sorted([*expected, f"{path}/"])

    @pytest.mark.parametrize(
        ("path", "above"),
        [
            ("a/v.zarr/0/1/2", {f"a/v.zarr/{key}" for key in DECIDING}),
            ("a/v.zarr/OME", {f"a/v.zarr/{key}" for key in DECIDING}),
            ("a/v.n5/s0", {f"a/v.n5/{key}" for key in ("attributes.json",)}),
            ("a/em/8_8_8/0-64_0-64_0-1", {f"a/em/{key}" for key in ANYTHING}),
            ("a/b/s0/1/2", {f"a/b/{n}{key}" for key in ANYTHING for n in ("", "s0/")}),
        ],
    )
    def test_above_it_is_looked_only_where_the_address_seems_to_lead_into_something(
        self, serve, path, above
    ):
        server = serve({})
        server.fail("*", "403")
        with pytest.raises(nb_remote.AccessDenied):
            nb_remote.open(server.url_of(path))
        assert {one for one in server.paths() if not one.startswith(path)} == above
        assert len(server.requests) == len(PROBES) + len(FEW) + len(above)

    @pytest.mark.parametrize(
        ("options", "credentials"),
        [
            ({"bearer": "right"}, None),
            ({"bearer": "right"}, nb_remote.BearerToken("wrong-token")),
            ({"basic_auth": ("me", "right")}, nb_remote.BasicAuth("me", "wrong-word")),
        ],
    )
    def test_a_login_that_is_needed_or_refused_costs_the_probes_alone(
        self, serve, options, credentials
    ):
        server = serve({}, **options)
        with pytest.raises(nb_remote.AccessDenied):
            nb_remote.open(server.url_of(f"a/{PATH}"), credentials=credentials)
        assert sorted(asked(server, f"a/{PATH}")) == sorted(PROBES)

    @pytest.mark.parametrize("status", ["400", "410", "505"])
    def test_another_failure_of_everything_costs_the_probes_alone(self, serve, status):
        server = serve({})
        server.fail("*", status)
        with pytest.raises(nb_remote.NbRemoteError):
            nb_remote.open(server.url_of(PATH), timeout=0.1)
        assert set(asked(server)) == PROBES

    def test_a_host_that_is_not_there_is_asked_once_for_each_probe(self, serve):
        server = serve({})
        url = server.url_of(f"a/{PATH}")
        server.stop()
        source = Source(parse_address(url).location)
        tried = []
        explored = explore(source, lambda key, answer: tried.append((key, answer)))
        with pytest.raises(nb_remote.Unreachable):
            run(explored, deadline=5)
        assert sorted(key for key, answer in tried if answer == "asked") == sorted(PROBES)
        assert source.meter.counts().failed == len(PROBES)
        assert source.meter.counts().requests == 0

    def test_a_listing_whose_folders_are_refused_as_well_costs_one_of_them(self, serve):
        content = {f"em/{n}/.zarray": b"{}" for n in range(50)}
        server = serve(content)
        server.fail("em/?*", "403")
        server.listing = index_pages("nginx", content)
        with pytest.raises(nb_remote.AccessDenied):
            nb_remote.open(server.url_of("em"))
        inside = {one.split("/")[1] for one in server.paths() if one.count("/") > 1}
        assert inside - {"labels", "refs"} == {"0"}
        assert len(server.requests) <= 2 * len(PROBES) + len(FEW)
