"""Pages that people paste instead of the data that they show."""

import pytest

import nb_remote as nbr
from nb_remote.location.parse import parse_address
from nb_remote.location.viewers import viewer_hint


@pytest.mark.parametrize(
    ("page", "meant"),
    [
        (
            "https://github.com/lab/data/tree/main/em.zarr",
            "https://raw.githubusercontent.com/lab/data/main/em.zarr",
        ),
        ("https://open.quiltdata.com/b/lab-data/tree/em/a.zarr/", "s3://lab-data/em/a.zarr/"),
        (
            "https://www.ebi.ac.uk/empiar/EMPIAR-10311/",
            "https://ftp.ebi.ac.uk/empiar/world_availability/10311/data/",
        ),
        ("https://viewer.example.org/?url=https://h.org/a.zarr", "https://h.org/a.zarr"),
    ],
)
def test_the_data_of_a_page_are_named_so_that_they_can_be_pasted(page, meant):
    assert f"Did you mean {meant} instead?" in viewer_hint(page)
    parse_address(meant)


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("https://neuroglancer-demo.appspot.com/", "copy the whole link"),
        ("https://hemibrain-dot-neuroglancer-demo.appspot.com", "copy the whole link"),
        ("https://ngl.example.org/", "copy the whole link"),
        ("https://spelunker.example.org/", "copy the whole link"),
        ("https://eu-west-1.console.aws.amazon.com/s3/home", "s3://BUCKET/FOLDER"),
        ("https://registry.opendata.aws/some-data/", "that is s3://BUCKET"),
        ("https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD634", "bia-integrator-data"),
        ("https://human-organ-atlas.esrf.fr/datasets/572253460", "gs://ucl-hip-ct-"),
        ("https://zenodo.org/records/4641875", "files/NAME.zip"),
        ("https://dandiarchive.org/dandiset/000108", "s3://dandiarchive/zarr/"),
        ("https://doi.org/10.1000/182", "named there"),
        ("https://github.com/lab/data", "raw.githubusercontent.com"),
        ("https://drive.google.com/drive/folders/1abc", "download it"),
        ("https://www.dropbox.com/s/abc/em.zip?dl=0", "download it"),
        ("https://h.org/em.zarr.", "ends with '.'"),
        ("https://h.org/em.zarr%2C", "ends with ','"),
        ("https://h.org/em.zarr%29/", "ends with ')'"),
    ],
)
def test_what_a_page_is_and_where_its_data_are_is_said(page, says):
    assert says in viewer_hint(page)


@pytest.mark.parametrize(
    "url",
    [
        "https://h.org/em.zarr",
        "https://h.org/",
        "https://ftp.ebi.ac.uk/empiar/world_availability/10311/data",
        "https://raw.githubusercontent.com/lab/data/main/em.zarr",
        "https://neuroglancer-data.example.org/em.zarr",
    ],
)
def test_nothing_is_said_of_data(url):
    assert viewer_hint(url) == ""


def test_an_address_that_ends_with_a_point_says_so_where_nothing_is_found(serve):
    server = serve({"em/.zattrs": b"{}"})
    with pytest.raises(nbr.NotRecognised, match=r"The address ends with '\.'"):
        nbr.open(server.url_of("em.zarr."))
