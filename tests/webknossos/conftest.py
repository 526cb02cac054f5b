import numpy as np
import pytest
from tests.webknossos import written as w

import nb_remote


@pytest.fixture
def open_dataset(serve, tmp_path):
    """``open_dataset(document)`` serves what was written to ``tmp_path`` and the document."""

    def open_(document, path="ds", **options):
        open_.server = serve(w.written(document, tmp_path, path), **options)
        return nb_remote.open(open_.server.url_of(path))

    return open_


@pytest.fixture
def pyramid(tmp_path):
    """``pyramid("color", "zarr3")`` writes mags 1 and 2-2-1; returns their values, c x y z."""

    def write(name, data_format, dtype="uint8", channels=1):
        finest = w.voxels(dtype, channels)
        values = {(1, 1, 1): finest, (2, 2, 1): np.ascontiguousarray(finest[:, ::2, ::2])}
        for mag, one in values.items():
            folder = "1" if mag == (1, 1, 1) else "2-2-1"
            w.write_array(tmp_path / "ds" / name / folder, data_format, one)
        return values

    return write
