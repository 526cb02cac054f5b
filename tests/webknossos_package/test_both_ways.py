"""WEBKNOSSOS's own package loads what is written here, and what it writes is read here."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.webknossos import written as w

import nb_remote

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-webknossos/bin/python"

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def package():
    """``package(folder, *options)``: what the package tells of the dataset in a folder."""
    if not (ROOT / ".venv-webknossos/.set-up").exists():
        subprocess.run(["make", "webknossos-env"], cwd=ROOT, check=True)

    def tell(folder, *options):
        done = subprocess.run(
            [PYTHON, Path(__file__).with_name("loads.py"), folder, *options],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return tell


def test_what_the_package_writes_is_read_voxel_for_voxel(package, tmp_path):
    told = package(tmp_path / "theirs", "--write")
    opened = nb_remote.open(tmp_path / "theirs")
    values = np.random.default_rng(0).integers(0, 200, (1, 40, 32, 24))
    assert list(opened) == list(told["layers"]) == ["em", "old", "cells"]
    for layer in opened.layers:
        used = layer[...].reshape(1, *layer.shape[-3:])[:, :40, :32, :24]
        np.testing.assert_array_equal(used, values)
        assert layer.category == told["layers"][layer.name]["category"]
    assert opened["cells"].inferred.largest_segment_id.value == 199


@pytest.mark.parametrize("data_format", ["zarr", "zarr3"])
def test_what_is_written_here_is_loaded_by_the_package(package, tmp_path, data_format):
    values = w.voxels()
    box = {"topLeft": [0, 0, 0], "width": 40, "height": 32, "depth": 24}
    for name, dtype in (("em", "uint8"), ("cells", "uint32")):
        w.write_array(tmp_path / f"ds/{name}/1", data_format, values.astype(dtype))
    entries = [
        w.layer("em", data_format, boundingBox=box, mags=[w.mag([1, 1, 1], "./em/1")]),
        w.layer(
            *("cells", data_format),
            boundingBox=box,
            mags=[w.mag([1, 1, 1], "./cells/1")],
            category="segmentation",
            elementClass="uint32",
        ),
    ]
    file = tmp_path / "ds" / w.NAME
    file.write_text(json.dumps(w.dataset(*entries)))
    written = nb_remote.open(tmp_path / "ds").datasource.to_dict()
    for layer in written["dataLayers"]:  # the package takes paths of this machine as they are
        for mag in layer["mags"]:
            mag["path"] = f"./{layer['name']}/1"
    file.write_text(json.dumps(written))
    told = package(tmp_path / "ds")
    assert told["voxel_size"] == [4.0, 4.0, 40.0]
    for name in ("em", "cells"):
        assert told["layers"][name]["mags"] == [[1, 1, 1]]
        assert told["layers"][name]["box"] == [[0, 0, 0], [40, 32, 24]]
        assert told["layers"][name]["sum"] == int(values.astype("int64").sum())
