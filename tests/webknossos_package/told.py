"""Run by the Python of `make webknossos-env`: what `webknossos` understands of datasets, as JSON.

python told.py FOLDER…    each with a datasource-properties.json

Every level that lies on this machine is read, too, and saved as ``FOLDER/<n>.<mag>.npy``, where n
counts the layers from 0.
"""

import copy
import json
import sys
from enum import Enum
from pathlib import Path

import attr
import numpy as np
from webknossos.dataset_properties import DatasetProperties
from webknossos.dataset_properties.structuring import get_dataset_converter

import webknossos as wk


def plain(value):
    """Return all fields of what the package made, as JSON has them."""
    if isinstance(value, wk.NDBoundingBox):
        rows = zip(value.axes, value.topleft.to_list(), value.size.to_list(), strict=True)
        return {axis: [int(low), int(size)] for axis, low, size in rows}
    if isinstance(value, wk.Mag) or hasattr(value, "to_list"):
        return value.to_list()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.ndarray | np.dtype):
        return value.tolist() if isinstance(value, np.ndarray) else value.name
    if attr.has(type(value)):
        return {one.name: plain(getattr(value, one.name)) for one in attr.fields(type(value))}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def read(folder):
    """Read every level; return why, where one can't be read."""
    refused = {}
    for number, layer in enumerate(wk.Dataset.open(folder).layers.values()):
        for mag, level in layer.mags.items():
            name = f"{number}.{mag.to_long_layer_name()}.npy"
            try:
                np.save(folder / name, level.read())
            except Exception as error:  # noqa: BLE001  (whatever the package raises is its answer)
                refused[name] = f"{type(error).__name__}: {error}"
    return refused


def told(folder):
    document = json.loads((folder / "datasource-properties.json").read_text(encoding="utf-8"))
    converter = get_dataset_converter()
    properties = converter.structure(copy.deepcopy(document), DatasetProperties)
    paths = [mag.get("path", "") for one in document["dataLayers"] for mag in one["mags"]]
    return {
        "values": plain(properties),
        "again": converter.unstructure(properties),
        "refused": {} if any("://" in path for path in paths) else read(folder),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps({one: told(Path(one)) for one in sys.argv[1:]}))
