"""Indexing means what it means in NumPy, for any shape and any basic index."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis.extra.numpy import array_shapes

from nb_remote.chunks.selection import AxisRange, normalise

shapes = array_shapes(min_dims=0, max_dims=5, min_side=1, max_side=7)
corners = st.one_of(st.none(), st.integers(-12, 12))
steps = st.one_of(st.none(), st.integers(-4, 4).filter(bool))
items = st.one_of(
    st.integers(-8, 7),
    st.integers(-8, 7).map(np.int16),
    st.builds(slice, corners, corners, steps),
    st.none(),
    st.just(Ellipsis),
)
indices = st.one_of(items, st.lists(items, max_size=7).map(tuple))


def through_ranges(data, index):
    """What a reader does: read the ranges as one block, then finish it."""
    selection = normalise(index, data.shape)
    block = data[tuple(slice(r.start, r.stop, r.step) for r in selection.ranges)]
    assert block.shape == selection.shape == tuple(r.count for r in selection.ranges)
    return block[selection.finish]


def in_numpy(data, index):
    try:
        return data[index]
    except IndexError:
        return IndexError


@settings(max_examples=600)
@given(shapes, indices)
@example((), ())
@example((), ...)
@example((3,), (0, ...))
@example((3,), 3)
@example((3,), -4)
@example((3, 4), (slice(2, 0, -1), slice(-1, None, -3)))
@example((3, 4), (..., ...))
@example((3, 4), (1, 2, 3))
def test_a_basic_index_means_what_it_means_in_numpy(shape, index):
    data = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    expected = in_numpy(data, index)
    if expected is IndexError:
        with pytest.raises(IndexError):
            normalise(index, shape)
        return
    got = through_ranges(data, index)
    assert type(got) is type(expected)
    np.testing.assert_array_equal(got, expected)


@settings(max_examples=150)
@given(shapes, indices)
def test_ranges_stay_inside_and_go_upwards(shape, index):
    try:
        selection = normalise(index, shape)
    except IndexError:
        return
    for one, size in zip(selection.ranges, shape, strict=True):
        assert one.step > 0
        assert 0 <= one.start <= size
        assert one.stop <= size
        assert one.count == len(range(one.start, one.stop, one.step))


@pytest.mark.parametrize(
    "index",
    [
        True,
        np.True_,
        1.0,
        "0",
        [0, 1],
        (0, [0, 1]),
        np.array([0, 1]),
        (np.array([0, 1]), 0),
        (slice(None), np.ones(4, dtype=bool)),
        (..., np.array([0, 1])),
        b"x",
        {},
    ],
    ids=repr,
)
def test_an_index_that_is_not_basic_is_refused_by_name(index):
    with pytest.raises(IndexError, match="only integers, slices"):
        normalise(index, (3, 4))


@pytest.mark.parametrize("index", [slice(None, None, 0), (slice(0, 2), slice(0, 2, 0))])
def test_a_step_of_zero_is_a_value_error_as_in_numpy(index):
    with pytest.raises(ValueError, match="zero"):
        normalise(index, (3, 4))


@pytest.mark.parametrize(("index", "axis", "size"), [((0, 4), 1, 4), (-4, 0, 3), ((..., 9), 1, 4)])
def test_out_of_bounds_names_the_axis_and_its_size(index, axis, size):
    with pytest.raises(IndexError, match=f"axis {axis} with size {size}"):
        normalise(index, (3, 4))


def test_extents_beyond_any_memory_are_only_numbers():
    huge = 10**18
    selection = normalise((slice(-5, None), huge - 1), (huge, huge))
    assert selection.ranges == (
        AxisRange(start=huge - 5, stop=huge),
        AxisRange(start=huge - 1, stop=huge),
    )
    assert selection.shape == (5, 1)
