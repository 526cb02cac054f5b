"""The table as a person reads it, kept as text and compared exactly.

After a change that is meant, run it once with ``NB_REMOTE_WRITE_SNAPSHOTS=1`` and read the diff of
the files. Writing fails the test, so that it can't be left switched on.
"""

import os
from pathlib import Path

import pytest
from tests.volumes.documents import (
    PATH,
    datasets_of,
    documents,
    files,
    multiscale_of,
    with_labels,
    zarray,
)
from tests.volumes.ome_zarr import write

import nb_remote

SNAPSHOTS = Path(__file__).parent / "snapshots"


def damaged():
    """A missing level, an unknown codec, units that are none, and labels that are broken."""
    image = documents(
        "zyx",
        shapes=[(8, 32, 32), (4, 16, 16), (2, 8, 8)],
        unit="pixel",
        name="damaged",
    )
    del image["1/.zarray"]
    image["2/.zarray"]["compressor"] = {"id": "jpeg2k"}
    odd = documents("zyx", shapes=[(8, 32, 32), (3, 14, 14)], unit=None, dtype="<f4")
    return with_labels(image, gone=None, odd=odd)


def old():
    """OME-Zarr 0.1: no axes, no transformations."""
    image = documents("tczyx", shapes=[(2, 6, 8, 16, 16), (2, 6, 8, 8, 8)], dtype="|u1")
    multiscale_of(image)["version"] = "0.1"
    del multiscale_of(image)["axes"]
    for one in datasets_of(image):
        del one["coordinateTransformations"]
    return image


def written(name):
    volume = write(name)
    return volume.files, [volume.path]


CASES = {
    "time series with channels": lambda: written("tczyx"),
    "channels and labels": lambda: written("czyx"),
    "colours in 2-D": lambda: written("cyx"),
    "webknossos export order": lambda: written("cxyz"),
    "plain 2-D": lambda: written("yx"),
    "damaged": lambda: (files(damaged()), [PATH]),
    "version 0.1": lambda: (files(old()), [PATH]),
    "one array": lambda: (files({".zarray": zarray((64, 128, 128))}, "array"), ["array"]),
    "several addresses": lambda: (
        {**write("zyx").files, **files(documents("zyx", scales=[[24.0] * 3, [48.0] * 3]))},
        ["zyx.zarr", "wrong.zarr", PATH],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_table_reads_as_it_did(serve, name):
    content, paths = CASES[name]()
    server = serve(content)
    shown = repr(nb_remote.open(*map(server.url_of, paths))).replace(server.url, "https://host")
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("NB_REMOTE_WRITE_SNAPSHOTS"):
        file.write_text(f"{shown}\n", encoding="utf-8")
        pytest.fail(f"wrote {file.name}: read its diff, and run again without the variable")
    assert f"{shown}\n" == file.read_text(encoding="utf-8")


def test_every_snapshot_belongs_to_a_case():
    assert {file.stem for file in SNAPSHOTS.iterdir()} == set(CASES)
