"""Contrast limits from samples."""

import numpy as np
import pytest

from nb_remote.infer.contrast import limits_from_samples


def test_limits_are_the_first_and_last_percentile_and_the_range_the_extremes():
    limits, ends = limits_from_samples(np.arange(10_001, dtype="uint16"))
    assert limits == (100, 9900)
    assert ends == (0, 10_000)


def test_hot_pixels_do_not_darken_the_picture():
    values = np.arange(1000, dtype="uint16")
    values[-1] = 65535
    (_, high), ends = limits_from_samples(values)
    assert high < 1000
    assert ends == (0, 65535)


def test_background_that_fills_most_of_it_is_left_out():
    values = np.zeros(10_000, dtype="uint16")
    values[:1000] = np.arange(1000, 2000)
    (low, high), _ = limits_from_samples(values)
    assert low >= 1000
    assert high > 1900


def test_values_that_are_not_finite_are_left_out():
    values = np.array([np.nan, np.inf, -np.inf, 1.0, 2.0, 3.0], dtype="float32")
    _, ends = limits_from_samples(values)
    assert ends == (1, 3)


@pytest.mark.parametrize("values", [np.array([]), np.array([np.nan, np.inf])])
def test_without_a_finite_value_there_are_no_limits(values):
    assert limits_from_samples(values) is None


@pytest.mark.parametrize("value", [0, 7])
def test_a_constant_picture_has_limits_that_differ(value):
    (low, high), (smallest, largest) = limits_from_samples(np.full(9, value, dtype="uint8"))
    assert low == smallest == value
    assert high == largest > low


def test_64_bit_integers_and_booleans_have_limits():
    _, ends = limits_from_samples(np.array([0, 2**63], dtype="uint64"))
    assert ends == (0, 2.0**63)
    _, ends = limits_from_samples(np.array([True, False]))
    assert ends == (0, 1)
