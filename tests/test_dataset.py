"""The dataset in Python and as a table in a notebook."""

from html.parser import HTMLParser
from typing import get_args

import pytest

import nb_remote
from nb_remote.infer.inferred import Origin
from nb_remote.summary import layer_facts
from tests.volumes.documents import (
    PATH,
    documents,
    files,
    multiscale_of,
    with_labels,
    zarray,
)


@pytest.fixture
def open_documents(serve):
    def open_(image, path=PATH):
        return nb_remote.open(serve(files(image, path)).url_of(path))

    return open_


class TestLayersByName:
    def test_it_is_a_mapping_in_the_order_in_which_layers_were_found(self, open_documents):
        dataset = open_documents(with_labels(documents("zyx", name="em"), cells=documents("zyx")))
        assert list(dataset) == ["em", "labels-cells"]
        assert len(dataset) == 2
        assert dataset["em"] is dataset.layers[0]
        assert "em" in dataset
        assert "other" not in dataset

    def test_an_unknown_name_lists_those_there_are(self, open_documents):
        dataset = open_documents(with_labels(documents("zyx", name="em"), cells=documents("zyx")))
        with pytest.raises(KeyError, match="no layer 'EM'; there are 'em', 'labels-cells'"):
            dataset["EM"]

    def test_a_broken_layer_raises_why_it_is_broken(self, open_documents):
        dataset = open_documents(with_labels(documents("zyx"), gone=None))
        with pytest.raises(nb_remote.NotFound, match="does not exist"):
            dataset["labels-gone"]


class TestLevels:
    @pytest.fixture
    def layer(self, open_documents):
        image = documents(
            "zyx",
            shapes=[(8, 64, 64), (8, 32, 32), (4, 16, 16), (2, 7, 7)],
            scales=[[1.0] * 3, [1.0, 2.0, 2.0], [2.0, 4.0, 4.0], [4.0, 9.3, 9.3]],
            name="em",
        )
        return open_documents(image)["em"]

    @pytest.mark.parametrize(
        ("mag", "level"), [(1, 0), (2, 1), (4, 2), ((1, 1, 1), 0), ((2, 2, 1), 1), ((4, 4, 2), 2)]
    )
    def test_a_mag_is_found_by_its_largest_component_or_exactly(self, layer, mag, level):
        assert layer.level_of(mag) == level

    @pytest.mark.parametrize("mag", [3, 8, 0, (2, 2, 2), (4, 4, 1)])
    def test_a_mag_that_no_level_has_lists_those_there_are(self, layer, mag):
        with pytest.raises(ValueError, match="there are 1-1-1, 2-2-1, 4-4-2") as caught:
            layer.level_of(mag)
        assert "level 0 to 3" in str(caught.value)

    def test_levels_without_a_mag_are_reached_by_their_number(self, layer):
        assert layer.mags == ((1, 1, 1), (2, 2, 1), (4, 4, 2), None)
        assert layer.dask(level=3).shape == (2, 7, 7)

    def test_mag_and_level_together_are_refused(self, layer):
        with pytest.raises(ValueError, match="not both"):
            layer.dask(mag=1, level=0)


class TestSpace:
    def test_mags_are_the_dataset_s(self, serve):
        fine, coarse = documents("zyx", name="fine"), documents("zyx", name="coarse")
        multiscale_of(coarse)["coordinateTransformations"] = [{"type": "scale", "scale": [2] * 3}]
        server = serve(files(fine, "a") | files(coarse, "b"))
        dataset = nb_remote.open(server.url_of("b"), server.url_of("a"))
        assert dataset.voxel_size_nm_xyz == (1, 1, 1)
        assert dataset["fine"].mags == ((1, 1, 1), (2, 2, 2))
        assert dataset["coarse"].mags == ((2, 2, 2), (4, 4, 4))
        assert dataset["coarse"].level_of(4) == 1

    def test_the_bounding_box_holds_all_layers(self, serve):
        at_zero = documents("zyx", shapes=[(8, 16, 16)])
        moved = documents("zyx", shapes=[(8, 16, 16)], translations=[[-3.0, 20.0, 5.0]])
        server = serve(files(at_zero, "a") | files(moved, "b"))
        dataset = nb_remote.open(server.url_of("a"), server.url_of("b"))
        assert dataset["b"].bounding_box == ((5, 20, -3), (21, 36, 5))
        assert dataset.bounding_box == ((0, 0, -3), (21, 36, 8))


VOID = {"br", "img", "meta", "link", "input", "hr"}


class Table(HTMLParser):
    """The elements of a page, its rows, and whether every tag is closed in order."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text = [], [], ""
        self.rows: dict[str, list[str]] = {}
        self._open, self._cell, self._row, self._badges = [], None, [], 0
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self._row = []
        if tag in ("td", "th"):
            self._cell = ""
        if tag == "span" and "nbr-origin" in (dict(attrs).get("class") or ""):
            self._cell = f"{self._cell}|"

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        if tag in ("td", "th"):
            self._row.append(self._cell)
            self._cell = None
        if tag == "tr":
            self.rows[self._row[0]] = self._row[1:]

    def handle_data(self, data):
        if self._open and self._open[-1] == "style":
            return
        self.text += data
        if self._cell is not None:
            self._cell += data


WITHOUT_ORIGIN = {"Layer", "address", "notes", "can't be read"}
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>&amp;'


class TestTable:
    def opened(self, open_documents):
        image = documents(
            "czyx",
            shapes=[(2, 8, 16, 16), (2, 4, 8, 8)],
            name="em",
            omero={"channels": [{"label": "a", "window": {"start": 0, "end": 9}}, {}]},
        )
        return open_documents(with_labels(image, cells=documents("zyx"), gone=None))

    def test_there_is_a_column_per_layer(self, open_documents):
        table = Table(self.opened(open_documents)._repr_html_())
        assert table.rows["Layer"] == ["em", "labels-cells"]
        assert {len(row) for row in table.rows.values()} == {2}

    def test_every_value_carries_its_origin(self, open_documents):
        rows = Table(self.opened(open_documents)._repr_html_()).rows
        assert {"voxel size", "axes", "levels", "bounding box", "contrast 0"} < set(rows)
        for label, cells in rows.items():
            for cell in cells:
                value, _, origin = cell.partition("|")
                if label in WITHOUT_ORIGIN:
                    assert origin == ""
                elif value:
                    assert origin in get_args(Origin), label

    def test_it_says_what_the_text_says(self, open_documents):
        dataset = self.opened(open_documents)
        rows = Table(dataset._repr_html_()).rows
        for column, layer in enumerate(dataset.layers):
            for fact in layer_facts(layer):
                assert rows[fact.label][column] == f"{fact.value}|{fact.origin}"
                assert f"  {fact.label:<13} {fact.value}  [{fact.origin}" in repr(dataset)

    def test_broken_layers_problems_notes_and_failures_are_shown(self, serve):
        image = documents("zyx", name="em")
        for key in [key for key in image if key.endswith(".zarray")]:
            image[key] = zarray(tuple(image[key]["shape"]), compressor={"id": "jpeg2k"})
        server = serve(files(with_labels(image, gone=None)))
        dataset = nb_remote.open(server.url_of(PATH), server.url_of("wrong"))
        table = Table(dataset._repr_html_())
        assert "'jpeg2k'" in table.rows["can't be read"][0]
        assert "assumed to coincide" in table.rows["notes"][0]
        for shown in (table.text, repr(dataset)):
            assert "labels-gone" in shown
            assert "a listed label image does not exist" in shown
            assert "nothing was found there" in shown
            assert server.url_of("wrong") in shown

    def test_there_is_no_script_and_nothing_to_load(self, open_documents):
        table = Table(self.opened(open_documents)._repr_html_())
        assert set(table.tags) <= {
            *("style", "div", "table", "thead", "tbody", "tr", "th", "td", "span", "p", "b"),
        }
        assert {name for name, _ in table.attributes} <= {"class", "scope", "title"}

    def test_hostile_metadata_stay_text(self, serve):
        image = documents(
            "czyx",
            shapes=[(2, 8, 16, 16), (2, 4, 8, 8)],
            name=HOSTILE,
            unit=HOSTILE,
            omero={"channels": [{"label": HOSTILE}, {"label": "\x1b[31m\nnot opened: nothing"}]},
        )
        multiscale_of(image)["version"] = HOSTILE
        multiscale_of(image)["datasets"].append({"path": f"{HOSTILE}/x"})
        multiscale_of(image)["coordinateTransformations"] = [{"type": HOSTILE}]
        image["1/.zarray"]["compressor"] = {"id": HOSTILE}
        image = with_labels(image, **{HOSTILE.replace("/", ""): None})
        path = "a<b>&c.zarr"
        dataset = nb_remote.open(serve(files(image, path)).url_of(path))
        html = dataset._repr_html_()
        table = Table(html)
        assert HOSTILE in table.text
        assert not {"script", "img"} & set(table.tags)
        assert {name for name, _ in table.attributes} <= {"class", "scope", "title"}
        assert "<script>" not in html
        lines = repr(dataset).splitlines()
        assert all(line.isprintable() for line in lines)
        assert not any(line.startswith("not opened") for line in lines)

    def test_a_layer_shows_itself_in_one_line(self, open_documents):
        layer = self.opened(open_documents)["em"]
        assert repr(layer) == "<Layer 'em' color (c: 2, z: 8, y: 16, x: 16) uint16, 2 levels>"
