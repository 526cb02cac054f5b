"""Coarse levels, voxel by voxel, against loops that nobody could get wrong."""

import collections
import fractions
import itertools
import math

import numpy as np
import pytest

from nb_remote.samples.reduce import block_majority, block_mean


def blocks(array, factors):
    """Yield the index of every block with its voxels as a list."""
    grid = [math.ceil(size / factor) for size, factor in zip(array.shape, factors, strict=True)]
    for index in itertools.product(*map(range, grid)):
        box = tuple(slice(i * f, (i + 1) * f) for i, f in zip(index, factors, strict=True))
        yield index, array[box].ravel().tolist()


@pytest.mark.parametrize("factors", [(1, 1, 1), (2, 2, 2), (1, 4, 2), (8, 8, 8)])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "float32"])
def test_mean(dtype, factors):
    rng = np.random.default_rng(1)
    info = np.iinfo(dtype) if dtype != "float32" else np.iinfo("int8")
    array = rng.integers(info.min, info.max, (5, 9, 7), endpoint=True, dtype="int64").astype(dtype)
    coarse = block_mean(array, factors)
    assert coarse.dtype == array.dtype
    for index, voxels in blocks(array, factors):
        exact = fractions.Fraction(sum(map(int, voxels)), len(voxels))
        if dtype == "float32":
            assert coarse[index] == pytest.approx(float(exact), rel=1e-6)
        else:
            assert coarse[index] == math.floor(exact + fractions.Fraction(1, 2))


@pytest.mark.parametrize("factors", [(1, 1, 1), (2, 2, 2), (1, 4, 2)])
def test_majority(factors):
    labels = np.random.default_rng(2).choice([0, 3, 7, 200], (5, 9, 7)).astype("uint8")
    coarse = block_majority(labels, factors)
    assert coarse.dtype == labels.dtype
    for index, voxels in blocks(labels, factors):
        count = collections.Counter(voxels)
        assert coarse[index] == min(v for v, n in count.items() if n == max(count.values()))


def test_labels_need_voxels():
    with pytest.raises(ValueError, match="at least one voxel"):
        block_majority(np.zeros((0,), "uint8"), (2,))
