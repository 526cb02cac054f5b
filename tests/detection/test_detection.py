"""Every row of `docs/detection.md` is opened, and the result compared with what the row says."""

from collections.abc import Iterator
from typing import get_args

import pytest
from tests.detection.examples import ADDRESSES, EXAMPLES, LABELLED, Documents, ome, one_level, v2
from tests.detection.page import tables
from tests.detection.said import SAID
from tests.servers.http import RangeServer
from tests.volumes.documents import files, multiscale_of, with_labels

import nb_remote as nbr
from nb_remote.dialects import ome_collections
from nb_remote.explore import below, sampling
from nb_remote.infer import geometry, layer, segment_colors
from nb_remote.infer.inferred import Origin

ROWS = [
    pytest.param(heading, row, id=f"{heading}-{row}")
    for heading, rows in EXAMPLES.items()
    for row in rows
]


@pytest.fixture(scope="module")
def server() -> Iterator[RangeServer]:
    with RangeServer({}) as server:
        yield server


def opened(server: RangeServer, documents: Documents, name: str = "volume") -> nbr.Layer:
    """The last layer: labels follow their image."""
    folder = f"{len(server.content)}/{name}"
    server.content.update(files(documents, folder))  # type: ignore[attr-defined]  # a dict
    file = "/dataset.xml" if "dataset.xml" in documents else ""
    return nbr.open(server.url_of(folder) + file).layers[-1]


@pytest.mark.parametrize(("heading", "row"), ROWS)
def test_every_row_says_what_comes_of_its_example(
    server: RangeServer, heading: str, row: str
) -> None:
    said = SAID[heading](opened(server, EXAMPLES[heading][row], ADDRESSES.get(row, "volume")))
    cells = tables()[heading][row]
    for cell, found in zip(cells, said, strict=False):
        if cell.startswith("… "):
            assert found.endswith(cell.removeprefix("…"))
        elif cell.endswith(" …"):
            assert found.startswith(cell.removesuffix(" …"))
        else:
            assert (cell if cell != "–" else "") == found


def test_the_page_has_the_rows_of_the_examples_in_their_order() -> None:
    for heading, rows in EXAMPLES.items():
        assert list(tables()[heading]) == list(rows)
    assert set(tables()) - set(EXAMPLES) == {"What is inferred from where", "Limits"}


def test_the_origins_are_those_that_there_are() -> None:
    listed = [one.strip("`") for one in tables()["What is inferred from where"]]
    assert listed == list(get_args(Origin))


def test_the_limits_are_those_of_the_code() -> None:
    numbers = [int(one.replace(" ", "")) for (one,) in tables()["Limits"].values()]
    assert numbers == [
        layer.MAX_CHANNELS,
        below.MAX_DATASETS,
        below.MAX_DEPTH,
        sampling.MAX_SAMPLED_LAYERS,
        sampling.SAMPLE_S,
        sampling.MAX_CHUNK_BYTES / 2**20,
        segment_colors.MAX_SEGMENT_COLORS,
    ]
    assert below.MAX_DATASETS == ome_collections.MAX_IMAGES
    assert geometry._MAG_TOLERANCE == 0.02


def origin_of_category(one: nbr.Layer) -> tuple[str, str]:
    return one.inferred.category.value, one.inferred.category.origin


def test_of_several_signs_the_one_further_up_in_the_page_decides(server: RangeServer) -> None:
    omero = {"channels": [{"label": "a", "color": "0000FF"}]}
    named = one_level(omero=omero, dtype="<u8")
    assert origin_of_category(opened(server, named)) == ("color", "assumed")
    multiscale_of(named)["name"] = "cell_segmentation"
    assert origin_of_category(opened(server, named)) == ("segmentation", "name")
    raw = with_labels(ome(), raw=ome(dtype="<u2"))
    assert origin_of_category(opened(server, raw)) == ("segmentation", "metadata")
    assert origin_of_category(opened(server, v2(dtype="<u8"))) == ("segmentation", "assumed")


def test_a_person_goes_before_all_of_it(server: RangeServer) -> None:
    label = opened(server, LABELLED)
    dataset = nbr.Dataset(((label.inferred, label.source),))
    said = dataset.corrected("labels-cells", category="color", voxel_size_xyz=(1, 2, 3), unit="µm")
    (one,) = said.layers
    assert origin_of_category(one) == ("color", "user")
    size = one.inferred.geometry.voxel_size_nm_xyz
    assert (size.value, size.origin) == ((1000, 2000, 3000), "user")
