"""What nb-remote makes of a written volume: every voxel, or a refusal that names it."""

from typing import Any

import numpy as np
from tests.formats.one_volume import Case, boxes

import nb_remote
from nb_remote.errors import NbRemoteError


def opened(place: Any, **options: Any) -> Any:
    """The first layer at an address or path."""
    return nb_remote.open(place, **options).layers[0]


def check_read(case: Case, place: Any, **options: Any) -> None:
    """Compare meaning and voxels with what was written."""
    layer = opened(place, **options)
    assert layer.problem is None, layer.problem
    assert [level.shape for level in layer.levels] == [one.shape for one in case.levels]
    if case.meaning is not None:
        assert layer.axes == case.meaning.axes
        assert layer.bounding_box == case.meaning.box_xyz
        assert layer.voxel_size_nm_xyz == case.meaning.voxel_size_nm_xyz
        assert layer.mags == case.meaning.mags_xyz
    for level, expected in zip(layer.levels, case.levels, strict=True):
        assert level.dtype == expected.dtype.newbyteorder("=")
        for box in boxes(level.shape, level.chunks):
            np.testing.assert_array_equal(level[box], expected[box], err_msg=str(box))
        for index in spread(expected.shape):
            assert level[index] == expected[index] or expected[index] != expected[index], index


def spread(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Some single voxels, all over the volume."""
    size = int(np.prod(shape))
    return [
        tuple(int(i) for i in np.unravel_index(n, shape)) for n in range(0, size, max(1, size // 7))
    ]


def refusal(place: Any) -> str:
    """What is said where nothing can be read."""
    try:
        layer = opened(place)
        if layer.problem is None:
            layer.levels[0][...]
    except NbRemoteError as error:
        return str(error)
    return str(layer.problem or "")
