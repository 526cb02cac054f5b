"""What every store promises, whatever lies behind it. Subclasses give `store`."""

import pickle

import pytest

from nb_remote.errors import BadMetadata, CorruptChunk, TooLarge
from nb_remote.threads import run

BODY = bytes(range(256)) * 8
CONTENT = {"v/whole": BODY, "v/empty": b"", "v/a b/ü#?%": b"odd name"}


class StoreContract:
    """Expects `CONTENT` behind the fixture `store`, whose location is the folder ``v``."""

    @pytest.fixture
    def store(self):
        raise NotImplementedError

    def test_get_returns_the_whole_object(self, store):
        assert run(store.get("whole", limit=len(BODY)), deadline=5) == BODY

    def test_get_returns_bytes_that_never_change(self, store):
        assert type(run(store.get("whole", limit=len(BODY)), deadline=5)) is bytes
        assert type(run(store.get_range("whole", 0, 4), deadline=5)) is bytes

    def test_an_empty_object_is_not_missing(self, store):
        assert run(store.get("empty", limit=10), deadline=5) == b""

    def test_keys_with_odd_characters_are_found(self, store):
        assert run(store.get("a b/ü#?%", limit=100), deadline=5) == b"odd name"

    def test_a_missing_object_is_none(self, store):
        assert run(store.get("nothing", limit=10), deadline=5) is None
        assert run(store.get_range("nothing", 0, 10), deadline=5) is None

    def test_an_object_beyond_the_limit_is_refused(self, store):
        with pytest.raises(TooLarge):
            run(store.get("whole", limit=len(BODY) - 1), deadline=5)

    @pytest.mark.parametrize(
        ("start", "stop"), [(0, 1), (5, 300), (0, len(BODY)), (len(BODY) - 1, len(BODY))]
    )
    def test_get_range_returns_exactly_those_bytes(self, store, start, stop):
        assert run(store.get_range("whole", start, stop), deadline=5) == BODY[start:stop]

    @pytest.mark.parametrize(
        ("start", "stop"),
        [(len(BODY) - 1, len(BODY) + 1), (len(BODY), len(BODY) + 9), (9999, 10000)],
    )
    def test_a_range_beyond_the_end_is_an_error(self, store, start, stop):
        with pytest.raises(CorruptChunk):
            run(store.get_range("whole", start, stop), deadline=5)

    @pytest.mark.parametrize(("start", "stop"), [(3, 3), (4, 3), (-1, 3)])
    def test_a_senseless_range_is_a_value_error(self, store, start, stop):
        with pytest.raises(ValueError, match="range"):
            run(store.get_range("whole", start, stop), deadline=5)

    @pytest.mark.parametrize("length", [1, 7, 300, len(BODY)])
    def test_get_suffix_returns_exactly_the_last_bytes(self, store, length):
        found = run(store.get_suffix("whole", length), deadline=5)
        assert type(found) is bytes
        assert found == BODY[-length:]

    def test_the_end_of_a_missing_object_is_none(self, store):
        assert run(store.get_suffix("nothing", 4), deadline=5) is None

    def test_an_object_shorter_than_the_suffix_is_an_error(self, store):
        with pytest.raises(CorruptChunk, match="last 2049"):
            run(store.get_suffix("whole", len(BODY) + 1), deadline=5)

    @pytest.mark.parametrize("length", [0, -1])
    def test_a_senseless_suffix_is_a_value_error(self, store, length):
        with pytest.raises(ValueError, match="range"):
            run(store.get_suffix("whole", length), deadline=5)

    @pytest.mark.parametrize("key", ["../v/whole", "a/../whole", "./whole", "/whole", "..\\whole"])
    def test_no_key_leads_out_of_the_location(self, store, key):
        with pytest.raises(BadMetadata, match="out of its location"):
            run(store.get(key, limit=9999), deadline=5)
        with pytest.raises(BadMetadata, match="out of its location"):
            run(store.get_range(key, 0, 4), deadline=5)
        with pytest.raises(BadMetadata, match="out of its location"):
            run(store.get_suffix(key, 4), deadline=5)

    def test_a_store_stays_in_its_process(self, store):
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(store)

    def test_a_closed_store_refuses_to_read(self, store):
        run(store.close(), deadline=5)
        with pytest.raises(RuntimeError, match="closed"):
            run(store.get("whole", limit=9999), deadline=5)
