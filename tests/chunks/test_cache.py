"""The cache never holds more than it may, and lets the least recently used go first."""

import hypothesis.strategies as st
from hypothesis import given, settings

from nb_remote.chunks.cache import ByteCache


def cache(capacity=800):
    return ByteCache(capacity, len)


def test_the_least_recently_used_goes_first():
    held = cache(80)
    for key in "abcdefgh":
        held.put(key, bytes(10))
    assert held.get("a") is not None
    held.put("i", bytes(10))
    assert held.get("b") is None
    assert [key for key in "acdefghi" if held.get(key) is None] == []
    assert held.held == 80


def test_a_value_that_would_empty_the_cache_is_not_kept():
    held = cache(80)
    held.put("small", bytes(10))
    held.put("huge", bytes(11))
    assert held.get("huge") is None
    assert held.get("small") == bytes(10)


def test_a_replaced_value_counts_once():
    held = cache(80)
    held.put("a", bytes(10))
    held.put("a", bytes(3))
    assert (held.held, held.get("a")) == (3, bytes(3))


def test_a_replacement_that_is_not_kept_leaves_no_stale_value():
    held = cache(80)
    held.put("a", bytes(10))
    held.put("a", bytes(11))
    assert (held.held, held.get("a")) == (0, None)


def test_an_empty_value_is_a_value():
    held = cache()
    held.put("a", b"")
    assert held.get("a") == b""


def test_what_is_discarded_is_gone():
    held = cache()
    held.put("a", bytes(10))
    held.discard("a")
    held.discard("never there")
    assert (held.held, held.get("a")) == (0, None)


actions = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "get", "discard"]), st.integers(0, 9), st.integers(0, 20)
    )
)


@settings(max_examples=300)
@given(actions)
def test_it_counts_what_it_holds_and_never_holds_more(steps):
    held, expected = cache(100), {}
    for action, key, size in steps:
        match action:
            case "put":
                held.put(key, bytes(size))
                expected[key] = bytes(size)
            case "get":
                assert held.get(key) in (None, expected.get(key))
            case "discard":
                held.discard(key)
                expected.pop(key, None)
        there = [value for key in range(10) if (value := held._values.get(key)) is not None]
        assert held.held == sum(map(len, there)) <= 100
