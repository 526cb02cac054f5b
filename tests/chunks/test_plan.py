"""A plan touches each voxel once, and no chunk that it does not need."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from nb_remote.chunks.layout import ChunkKeys, ChunkLayout
from nb_remote.chunks.plan import MAX_CHUNKS_PER_READ, count_chunks, plan
from nb_remote.chunks.selection import AxisRange
from nb_remote.errors import TooLarge


def layout(shape, chunk_shape):
    return ChunkLayout(
        shape=shape,
        chunk_shape=chunk_shape,
        dtype=np.dtype("u1"),
        fill_value=np.uint8(0),
        memory_order=tuple(range(len(shape))),
        codecs=(),
        keys=ChunkKeys(prefix="", separator="."),
        metadata_key=".zarray",
    )


@st.composite
def reads(draw):
    """Shape, chunk shape, ranges; extents may be empty and chunks larger than the array."""
    shape = draw(st.lists(st.integers(1, 12), max_size=4).map(tuple))
    chunk_shape = tuple(draw(st.integers(1, 15)) for _ in shape)
    ranges = []
    for size in shape:
        start = draw(st.integers(0, size))
        stop = draw(st.integers(start, size))
        ranges.append(AxisRange(start=start, stop=stop, step=draw(st.integers(1, 5))))
    return shape, chunk_shape, tuple(ranges)


@settings(max_examples=300)
@given(reads())
def test_every_voxel_is_covered_once_and_every_part_is_needed(read):
    shape, chunk_shape, ranges = read
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    padded = np.full([-(-n // c) * c for n, c in zip(shape, chunk_shape, strict=True)], -1)
    padded[tuple(slice(n) for n in shape)] = array
    result = np.full([r.count for r in ranges], -1)
    covered = np.zeros(result.shape, dtype=int)
    parts = list(plan(layout(shape, chunk_shape), ranges))
    for part in parts:
        chunk = padded[
            tuple(slice(i * c, (i + 1) * c) for i, c in zip(part.index, chunk_shape, strict=True))
        ]
        assert chunk[part.source].size > 0
        result[part.target] = chunk[part.source]
        covered[part.target] += 1
    np.testing.assert_array_equal(covered, 1)
    expected = array[tuple(slice(r.start, r.stop, r.step) for r in ranges)]
    np.testing.assert_array_equal(result, expected)
    assert len({part.index for part in parts}) == len(parts)
    assert len(parts) == count_chunks(layout(shape, chunk_shape), ranges)


@settings(max_examples=100)
@given(reads())
def test_chunks_come_in_the_order_of_the_grid(read):
    shape, chunk_shape, ranges = read
    indices = [part.index for part in plan(layout(shape, chunk_shape), ranges)]
    assert indices == sorted(indices)


def whole(shape):
    return tuple(AxisRange(start=0, stop=n) for n in shape)


def test_too_many_chunks_are_refused_before_the_first_is_made():
    shape = (MAX_CHUNKS_PER_READ + 1,)
    with pytest.raises(TooLarge, match="1000001 chunks"):
        plan(layout(shape, (1,)), whole(shape))
    assert next(plan(layout(shape, (1000,)), whole(shape))).index == (0,)


def test_counting_costs_nothing_however_large_the_array():
    shape = (10**15, 10**15)
    assert count_chunks(layout(shape, (10, 10)), whole(shape)) == 10**28
    ranges = (AxisRange(start=7, stop=10**15, step=10**14), AxisRange(start=5, stop=6))
    assert [part.index for part in plan(layout(shape, (10, 10)), ranges)] == [
        (n * 10**13, 0) for n in range(10)
    ]
