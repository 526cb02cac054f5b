"""The dataset in Python and as a table in a notebook."""

from html.parser import HTMLParser
from typing import get_args

import pytest

import nb_remote
from nb_remote.infer.inferred import Origin
from nb_remote.summary import layer_facts, layer_notes
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


class TestCorrected:
    """Every change gives another dataset over the same sources."""

    @pytest.fixture
    def dataset(self, open_documents):
        return open_documents(
            with_labels(documents("zyx", name="em"), cells=documents("zyx"), gone=None)
        )

    def test_the_datasource_says_what_the_person_said(self, dataset):
        said = dataset.corrected(
            "em",
            name="EM",
            voxel_size_xyz=(4, 4, 40),
            unit="nm",
            bounding_box=((1, 2, 3), (4, 4, 4)),
        ).corrected("labels-cells", largest_segment_id=9, voxel_size_xyz=(4, 4, 40), unit="nm")
        image, cells = said.datasource.data_layers
        assert said.datasource.scale.factor == (4, 4, 40)
        assert said.datasource.scale.unit == "nanometer"
        assert image.name == "EM"
        assert image.bounding_box.top_left == (1, 2, 3)
        assert image.bounding_box.width == 4
        assert cells.largest_segment_id == 9

    def test_the_dataset_before_stays_as_it_was_and_sources_are_shared(self, dataset):
        before = dataset.datasource.json()
        said = dataset.corrected("em", name="EM", unit="mm")
        assert dataset.datasource.json() == before
        assert list(dataset) == ["em", "labels-cells"]
        assert said["EM"].source is dataset["em"].source
        assert said.broken == dataset.broken

    def test_corrected_values_are_shown_as_the_person_s(self, dataset):
        said = dataset.corrected("em", voxel_size_xyz=(4, 4, 40), category="segmentation")
        origins = {fact.label: fact.origin for fact in layer_facts(said["em"])}
        assert origins["voxel size"] == origins["category"] == "user"

    def test_labels_without_units_follow_the_unit_of_their_image(self, open_documents):
        labels = {"own": documents("zyx"), "none": documents("zyx", unit=None)}
        dataset = open_documents(with_labels(documents("zyx", unit=None, name="em"), **labels))
        said = dataset.corrected("labels-none", name="cells").corrected("em", unit="µm")
        assert said["em"].voxel_size_nm_xyz == (1000, 1000, 1000)
        assert said["cells"].voxel_size_nm_xyz == (1000, 1000, 1000)
        assert (
            said["cells"].inferred.geometry.unit.note == "unit taken from the image it belongs to"
        )
        assert said["labels-own"].voxel_size_nm_xyz == (1, 1, 1)
        own = said.corrected("cells", unit="mm")
        assert own["cells"].voxel_size_nm_xyz == (1e6, 1e6, 1e6)
        assert said.without("labels-own")["cells"].voxel_size_nm_xyz == (1000, 1000, 1000)

    def test_voxels_are_read_by_the_axes_that_the_person_names(self, dataset):
        said = dataset.corrected("em", axes=("x", "y", "z"))
        assert said["em"].axes == ("x", "y", "z")
        assert said["em"].levels[0].shape == dataset["em"].levels[0].shape

    def test_axes_by_which_a_link_places_a_layer_stay(self, serve):
        server = serve(files(documents("zyx")))
        state = {"layers": [{"name": "em", "source": f"zarr://{server.url_of(PATH)}"}]}
        hosts = [server.url.removeprefix("http://")]
        dataset = nb_remote.open(state, trusted_hosts=hosts)
        with pytest.raises(nb_remote.InvalidCorrection, match="Open the layer's own address"):
            dataset.corrected("em", axes=("x", "y", "z"))
        assert dataset.corrected("em", axes=("z", "y", "x"), unit="mm")["em"].axes == tuple("zyx")

    def test_a_layer_that_is_not_there_and_a_field_that_is_none(self, dataset):
        with pytest.raises(KeyError, match="no layer 'EM'"):
            dataset.corrected("EM", unit="nm")
        with pytest.raises(TypeError, match="'units' can't be corrected"):
            dataset.corrected("em", units="nm")
        with pytest.raises(nb_remote.NotFound):
            dataset.corrected("labels-gone", unit="nm")

    def test_a_chosen_name_stays_with_its_layer_and_the_other_gets_a_number(self, dataset):
        said = dataset.corrected("labels-cells", name="em")
        assert list(said) == ["em_2", "em"]
        assert said["em"].category == "segmentation"
        assert [one.name for one in said.datasource.data_layers] == ["em_2", "em"]

    def test_a_name_that_a_person_gave_to_another_layer_is_refused(self, dataset):
        said = dataset.corrected("labels-cells", name="cells")
        with pytest.raises(nb_remote.InvalidCorrection, match="another layer was given the name"):
            said.corrected("em", name="cells")

    def test_layers_are_left_out_broken_ones_too(self, dataset):
        assert list(dataset.without("em")) == ["labels-cells"]
        assert [one.name for one in dataset.without("em").broken] == ["labels-gone"]
        assert dataset.without("labels-gone").broken == ()

    def test_a_dataset_keeps_a_layer(self, dataset):
        with pytest.raises(nb_remote.InvalidCorrection, match="at least one layer"):
            dataset.without("em", "labels-cells")
        with pytest.raises(KeyError, match="no layer 'x'"):
            dataset.without("x")

    def test_layers_stand_in_the_order_that_the_person_names(self, dataset):
        assert list(dataset.ordered("labels-cells")) == ["labels-cells", "em"]
        assert list(dataset.ordered("labels-cells", "em")) == ["labels-cells", "em"]
        assert [one.name for one in dataset.ordered("labels-cells").datasource.data_layers] == [
            "labels-cells",
            "em",
        ]

    def test_the_dataset_is_called_as_the_person_says(self, dataset):
        assert dataset.name == ""
        assert dataset.named("mouse").datasource.id.name == "mouse"
        assert dataset.named("mouse").inferred_name.origin == "user"
        with pytest.raises(nb_remote.InvalidCorrection, match="nothing else"):
            dataset.named("a b")

    def test_datasets_opened_apart_become_one(self, dataset, open_documents):
        other = open_documents(documents("zyx", name="em"), path="other.zarr")
        both = dataset.named("both").joined(other, other["em"])
        assert list(both) == ["em", "labels-cells", "em_2", "em_3"]
        assert both.name == "both"
        assert [one.name for one in both.broken] == ["labels-gone"]
        assert both["em_2"].source is other["em"].source

    def test_of_a_layer_that_is_there_twice_one_is_corrected(self, dataset):
        twice = dataset.joined(dataset["em"]).corrected("em_2", name="copy")
        assert list(twice) == ["em", "labels-cells", "copy"]

    def test_a_chosen_name_stays_when_others_come(self, dataset, open_documents):
        said = dataset.corrected("em", name="raw")
        both = open_documents(documents("zyx", name="raw"), path="other.zarr").joined(said)
        assert list(both) == ["raw_2", "raw", "labels-cells"]
        assert list(both.without("raw_2")) == ["raw", "labels-cells"]


class TestEveryValueIsShownWithItsOrigin:
    def facts(self, layer):
        return {fact.label: (fact.value, fact.origin) for fact in layer_facts(layer)}

    def test_what_the_metadata_leave_out_is_flagged(self, open_documents):
        dataset = open_documents(documents("zyx", unit=None))
        facts = self.facts(dataset.layers[0])
        assert facts["name"] == ("image.zarr", "name")
        assert facts["translation"] == ("none", "assumed")
        assert facts["color"] == ("#ffffff", "assumed")
        assert facts["voxel size"][1] == "assumed"
        assert facts["contrast"][1] == "sampled"

    def test_what_a_person_said_is_theirs(self, open_documents):
        dataset = open_documents(documents("zyx")).corrected(
            "image.zarr",
            name="em",
            translation_xyz=(1, 2, 3.5),
            bounding_box=((0, 0, 0), (4, 4, 4)),
            mags=((1, 1, 1), None),
            contrast_limits={0: (3, 9)},
            inverted={0: True},
            visible={0: False},
        )
        assert self.facts(dataset["em"]) | {
            "name": ("em", "user"),
            "translation": ("(1, 2, 3.5) voxels", "user"),
            "bounding box": ("4 × 4 × 4 voxels at (1, 2, 3.5)", "user"),
            "levels": ("1: mag 1", "user"),
            "contrast": ("3 to 9", "user"),
            "color": ("#ffffff, inverted, hidden at first", "user"),
        } == self.facts(dataset["em"])

    def test_a_segmentation_without_a_largest_id_says_so(self, open_documents):
        dataset = open_documents(with_labels(documents("zyx"), cells=documents("zyx")))
        assert self.facts(dataset["labels-cells"])["largest id"] == ("unknown", "assumed")
        said = dataset.corrected("labels-cells", largest_segment_id=12)
        assert self.facts(said["labels-cells"])["largest id"] == ("12", "user")

    def test_the_name_of_the_dataset_with_its_origin(self, open_documents):
        dataset = open_documents(documents("zyx")).named("mouse")
        assert repr(dataset).startswith("Dataset 'mouse' with 1 layer  [user]\n")
        assert "Dataset &#x27;mouse&#x27; with 1 layer" in dataset._repr_html_()


class TestRgb:
    """Three layers as WEBKNOSSOS makes them, and the offer of one."""

    @staticmethod
    def colours(*names, dtype="|u1", name="picture", count=3):
        channels = [{"label": one, "color": one} for one in names]
        return documents(
            "cyx",
            shapes=[(count, 16, 16)],
            dtype=dtype,
            name=name,
            omero={"channels": channels} if names else None,
        )

    def test_red_green_and_blue_can_become_one_picture(self, open_documents):
        dataset = open_documents(self.colours("FF0000", "00FF00", "0000FF"))
        assert [one.element_class for one in dataset.datasource.data_layers] == ["uint8"] * 3
        (offer,) = [one for one in layer_notes(dataset["picture"]) if "uint24" in one]
        assert "corrected('picture', is_rgb=True)" in offer
        said = dataset.corrected("picture", is_rgb=True)
        (layer,) = said.datasource.data_layers
        assert (layer.name, layer.element_class, layer.num_channels) == ("picture", "uint24", 3)
        assert all(mag.channel_index is None for mag in layer.mags)
        assert not [one for one in layer_notes(said["picture"]) if "its three channels" in one]

    def test_so_can_a_picture_that_is_only_called_rgb(self, open_documents):
        dataset = open_documents(self.colours(name="slide_RGB"))
        assert [one for one in layer_notes(dataset["slide_RGB"]) if "uint24" in one]

    @pytest.mark.parametrize(
        "image",
        [
            {"names": ("FF0000", "00FF00", "FFFF00")},
            {"names": ("FF0000", "00FF00", "0000FF"), "dtype": "<u2"},
            {"names": ("FF0000", "00FF00", "0000FF", "FFFFFF"), "count": 4},
            {"names": ()},
        ],
    )
    def test_other_channels_are_no_picture(self, open_documents, image):
        dataset = open_documents(self.colours(*image.pop("names"), **image))
        assert not [one for one in layer_notes(dataset.layers[0]) if "uint24" in one]

    def test_who_said_that_it_is_none_is_not_asked_again(self, open_documents):
        dataset = open_documents(self.colours("FF0000", "00FF00", "0000FF"))
        said = dataset.corrected("picture", is_rgb=False)
        assert not [one for one in layer_notes(said["picture"]) if "uint24" in one]
