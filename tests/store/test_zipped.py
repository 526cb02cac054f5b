"""Files in zip files keep the contract of every store; a zip file that lies is found out."""

import asyncio
import io
import random
import struct
import zipfile
import zlib

import pytest
from tests.store.contract import BODY, CONTENT, StoreContract
from tests.store.zips import (
    CRC,
    END,
    FLAGS,
    METHOD,
    PACKED,
    RECORD,
    SIZE,
    START,
    changed,
    large,
    zipped,
)

from nb_remote.errors import BadMetadata, CorruptChunk, NotFound, TooLarge, UnsupportedCodec
from nb_remote.location.local import location_of_path
from nb_remote.location.parse import parse_address
from nb_remote.store import zipped_directory
from nb_remote.store.base import MOST_NAMES
from nb_remote.store.limits import StoreLimits
from nb_remote.store.open import open_store
from nb_remote.store.zipped_directory import END_BYTES
from nb_remote.threads import run

LONG = random.Random(0).randbytes(300_000)
EMPTY_END = END + bytes(18)


@pytest.fixture
def stores():
    """``stores(data)`` serves a zip file and opens a folder in it; ``.server`` has the record."""
    opened = []

    def open_(data, inside="v", fault="", serve=None, **limits):
        open_.server = serve({"x.zip": data})
        if fault:
            open_.server.fail("*", fault)
        location = parse_address(f"{open_.server.url}/x.zip|zip:{inside}").location
        opened.append(open_store(location, limits=StoreLimits(tries=1, **limits)))
        return opened[-1]

    yield open_
    for store in opened:
        run(store.close(), deadline=5)


@pytest.fixture
def store_of(stores, serve):
    return lambda *args, **options: stores(*args, serve=serve, **options)


@pytest.fixture
def asked(stores):
    """Ranges that were asked for."""
    return lambda: [request.range for request in stores.server.requests]


def get(store, key, limit=2**20):
    return run(store.get(key, limit=limit), deadline=10)


class Contract(StoreContract):
    method = zipfile.ZIP_STORED
    fault = ""

    @pytest.fixture
    def store(self, store_of):
        return store_of(self.data(), fault=self.fault)

    def data(self):
        return large(CONTENT, self.method)


class TestStored(Contract):
    pass


class TestDeflated(Contract):
    method = zipfile.ZIP_DEFLATED


class TestSmall(Contract):
    def data(self):
        return zipped(CONTENT)


class TestZip64(Contract):
    def data(self):
        return large(CONTENT, zip64=True)


class TestServerWithoutRanges(Contract):
    fault = "norange"


class TestServerThatCompresses(Contract):
    fault = "gzip"


class TestServerWithoutSuffixRanges(Contract):
    @pytest.fixture
    def store(self, store_of, stores, monkeypatch):
        store = store_of(self.data())

        def refusal(request):
            return 501 if (request.range or "").startswith("bytes=-") else None

        monkeypatch.setattr(stores.server, "_refusal", refusal)
        return store


class TestLocal(Contract):
    @pytest.fixture
    def store(self, tmp_path):
        (tmp_path / "x.zip").write_bytes(self.data())
        return open_store(location_of_path(tmp_path / "x.zip" / "v"))


class TestRequests:
    def test_a_small_zip_file_is_read_once(self, store_of, stores):
        store = store_of(zipped(CONTENT))
        for key in ("whole", "empty", "nothing"):
            get(store, key)
        assert len(stores.server.requests) == 2  # its end, which is longer than it, and all of it

    def test_the_directory_is_one_request_and_each_file_one_more(self, store_of, stores, asked):
        store = store_of(large({"v/a": LONG, "v/b": LONG[::-1]}, zipfile.ZIP_DEFLATED))

        async def all_at_once():
            return await asyncio.gather(*(store.get(k, limit=2**20) for k in ("a", "b", "no")))

        assert run(all_at_once(), deadline=10) == [LONG, LONG[::-1], None]
        assert asked()[0] == f"bytes=-{END_BYTES}"
        assert len(asked()) == 3
        assert {request.method for request in stores.server.requests} == {"GET"}

    def test_a_long_directory_is_one_request_more(self, store_of, stores, asked):
        many = {f"v/{number:06}": b"" for number in range(3000)}
        store = store_of(zipped(many | {"v/last": LONG}))
        assert get(store, "last") == LONG
        assert len(asked()) == 3
        assert run(store.names(""), deadline=5) == tuple(f"{n:06}" for n in range(MOST_NAMES))
        assert len(asked()) == 3

    def test_ranges_of_a_stored_file_are_ranges_of_the_zip_file(self, store_of, asked):
        data = large({"v/shard": LONG})
        store = store_of(data)
        assert run(store.get_suffix("shard", 100), deadline=5) == LONG[-100:]
        before = len(asked())
        assert run(store.get_range("shard", 5000, 6000), deadline=5) == LONG[5000:6000]
        start = data.index(LONG) + 5000
        assert asked()[before:] == [f"bytes={start}-{start + 999}"]
        assert before == 3  # the directory, where the file begins, its end

    def test_where_a_file_begins_and_its_part_come_in_one_round_trip(self, store_of, stores):
        store = store_of(large({"v/shard": LONG}))
        get(store, "nothing")
        stores.server.forget()
        stores.server.latency_s = 0.2
        assert run(store.get_suffix("shard", 100), deadline=5) == LONG[-100:]
        assert stores.server.peak_in_flight == 2

    def test_a_wrong_guess_of_where_a_file_begins_is_mended(self, store_of, asked):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            file.writestr("v/shard", LONG)
            buffer.write(b"a gap that no entry owns")
            file.start_dir = buffer.tell()
            file.writestr("padding", bytes(2 * END_BYTES))
        store = store_of(buffer.getvalue())
        assert run(store.get_range("shard", 100, 200), deadline=5) == LONG[100:200]
        assert len(asked()) == 4

    def test_a_gap_behind_a_file_is_not_read_with_it(self, store_of, stores):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            file.writestr("v/small", b"small")
            buffer.write(bytes(2**20))
            file.start_dir = buffer.tell()
            file.writestr("padding", b"")
        store = store_of(buffer.getvalue())
        assert get(store, "small") == b"small"
        assert store.meter.counts().received_bytes < END_BYTES + 2**13

    def test_readers_of_one_file_share_what_says_where_it_begins(self, store_of, asked):
        store = store_of(large({"v/shard": LONG}))

        async def many():
            reads = (store.get_range("shard", n * 1000, n * 1000 + 500) for n in range(20))
            return await asyncio.gather(*reads)

        assert run(many(), deadline=10) == [LONG[n * 1000 : n * 1000 + 500] for n in range(20)]
        assert len(asked()) == 1 + 1 + 20

    def test_parts_of_a_deflated_file_cost_it_once(self, store_of, asked):
        store = store_of(large({"v/shard": LONG}, zipfile.ZIP_DEFLATED))

        async def many():
            reads = (store.get_range("shard", n * 1000, n * 1000 + 500) for n in range(20))
            return await asyncio.gather(*reads)

        assert run(many(), deadline=10) == [LONG[n * 1000 : n * 1000 + 500] for n in range(20)]
        assert run(store.get_suffix("shard", 9), deadline=5) == LONG[-9:]
        assert len(asked()) == 2

    def test_what_is_kept_of_deflated_files_is_bounded(self, store_of, asked):
        files = {f"v/{n}": LONG for n in range(3)}
        store = store_of(large(files, zipfile.ZIP_DEFLATED), whole_object_bytes=2 * len(LONG))
        for key in "0120":
            assert run(store.get_range(key, 7, 9), deadline=5) == LONG[7:9]
        assert len(asked()) == 1 + 4
        assert sum(map(len, store._inner._unpacked.values())) <= 2 * len(LONG)

    def test_a_failure_while_opening_is_one_for_all_and_can_be_mended(self, store_of, stores):
        store = store_of(large(CONTENT), fault="500")

        async def all_at_once():
            reads = (store.get(f"{n}", limit=9) for n in range(8))
            return await asyncio.gather(*reads, return_exceptions=True)

        errors = run(all_at_once(), deadline=5)
        assert {type(one).__name__ for one in errors} == {"ServerFailed"}
        assert len(stores.server.requests) == 1
        stores.server.heal()
        assert get(store, "whole") == BODY

    def test_nobody_left_to_wait_closes_the_request(self, store_of, stores):
        store = store_of(large(CONTENT), fault="hang")

        async def given_up():
            task = asyncio.ensure_future(store.get("whole", limit=9999))
            await asyncio.to_thread(stores.server.wait_for, lambda: stores.server.requests)
            task.cancel()

        run(given_up(), deadline=5)
        stores.server.wait_for(lambda: stores.server.dropped == ["x.zip"])


class TestWhichFolder:
    @pytest.mark.parametrize(
        ("files", "folder"),
        [
            (["zarr.json", "0/zarr.json"], ""),
            (["x.zarr/zarr.json", "x.zarr/0/zarr.json"], "x.zarr"),
            (["x.zarr/", "x.zarr/.zattrs"], "x.zarr"),
            (["README.md", "__MACOSX/._x", "x.zarr/.zattrs", ".DS_Store"], "x.zarr"),
            (["a/b/c.n5/attributes.json"], "a/b/c.n5"),
            (["info", "only/x"], ""),
            (["a/zarr.json", "b/zarr.json"], ""),
            (["data/a/zarr.json", "data/b/zarr.json"], "data"),
            (["/".join("abcdefghijk") + "/zarr.json"], "a/b/c/d/e/f/g/h"),
            ([], ""),
        ],
    )
    def test_it_is_the_root_or_the_only_one(self, store_of, files, folder):
        store = store_of(zipped(dict.fromkeys(files, b"{}")), inside="")
        names = run(store.names(""), deadline=5)
        assert store.location.zip_path == folder
        assert store.location.display().endswith(f"/x.zip|zip:{folder}")
        prefix = f"{folder}/" if folder else ""
        below = {f.removeprefix(prefix).split("/")[0] for f in files if f.startswith(prefix)}
        assert {name.strip("/") for name in names} == below - {""}

    def test_one_that_is_named_is_taken_as_it_is(self, store_of):
        data = zipped({"a/b/zarr.json": b"1", "a/zarr.json": b"2"})
        assert get(store_of(data, inside="a"), "zarr.json") == b"2"

    def test_one_that_is_not_there_says_what_is(self, store_of):
        with pytest.raises(NotFound, match=r"no folder 'wrong'.*'a\.zarr/', 'readme'"):
            get(store_of(zipped({"a.zarr/x": b"", "readme": b""}), inside="wrong"), "x")


class TestOddButRight:
    @pytest.mark.parametrize("comment", [b"c", b"x" * 65535, b"PK\x05\x06" + bytes(30)])
    def test_a_comment_may_be_long_or_look_like_an_end(self, store_of, comment):
        assert get(store_of(large(CONTENT, comment=comment)), "whole") == BODY

    def test_something_may_be_appended(self, store_of):
        assert get(store_of(large(CONTENT) + b"\n\n"), "whole") == BODY

    def test_of_two_files_with_one_name_the_later_counts(self, store_of):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            file.writestr("v/zarr.json", b"old")
            with pytest.warns(UserWarning, match="Duplicate"):
                file.writestr("v/zarr.json", b"new")
        assert get(store_of(buffer.getvalue()), "zarr.json") == b"new"

    def test_a_long_extra_field_before_the_bytes_is_passed_over(self, store_of, asked):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            info = zipfile.ZipInfo("v/a")
            info.extra = struct.pack("<HH", 0xD935, 60_000) + bytes(60_000)  # as zipalign pads
            file.writestr(info, LONG)
            file.writestr("padding", bytes(2 * END_BYTES))
        store = store_of(buffer.getvalue())
        assert get(store, "a") == LONG
        assert run(store.get_range("a", 100, 200), deadline=5) == LONG[100:200]

    def test_every_entry_is_what_zipfile_reads(self, store_of):
        chance = random.Random(1)
        files = {f"v/{n}/ä{n}": chance.randbytes(chance.randrange(2000)) for n in range(50)}
        data = large(files, zipfile.ZIP_DEFLATED)
        store = store_of(data)
        with zipfile.ZipFile(io.BytesIO(data)) as oracle:
            for name in files:
                assert get(store, name.removeprefix("v/")) == oracle.read(name)

    def test_a_zip_file_without_files_is_one(self, store_of):
        assert get(store_of(EMPTY_END, inside=""), "zarr.json") is None


class TestLies:
    @pytest.mark.parametrize(
        ("field", "value", "kind", "word"),
        [
            (CRC, 1, CorruptChunk, "checksum"),
            (SIZE, 3, CorruptChunk, "unpack to 3|inflate to the 3"),
            (SIZE, 2**18, CorruptChunk, "unpack|inflate"),
            (PACKED, 2**19, CorruptChunk, "overlaps"),
            (PACKED, 5, CorruptChunk, "unpack|inflate"),
            (START, 1, CorruptChunk, "not where"),
            (START, 2**31, BadMetadata, "behind"),
        ],
    )
    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_a_field_that_lies_is_an_error(self, store_of, method, field, value, kind, word):
        data = changed(large({"v/a": LONG[:70_000] * 2}, method), "v/a", field, value)
        store = store_of(data)
        with pytest.raises(kind, match=word):
            get(store, "a")

    @pytest.mark.parametrize(
        ("field", "value", "codec"),
        [(FLAGS, 1, "zip encryption"), (METHOD, 93, "zstd"), (METHOD, 77, "method 77")],
    )
    def test_what_can_not_be_unpacked_says_why(self, store_of, field, value, codec):
        store = store_of(changed(large(CONTENT), "v/whole", field, value, size=2))
        for read in (store.get("whole", limit=9999), store.get_range("whole", 0, 9)):
            with pytest.raises(UnsupportedCodec) as caught:
                run(read, deadline=5)
            assert caught.value.codec == codec
        assert get(store, "a b/ü#?%") == b"odd name"

    def test_a_bomb_costs_no_more_than_it_announces(self, store_of):
        honest = zipped({"v/a": bytes(2**24)}, zipfile.ZIP_DEFLATED)
        store = store_of(honest)
        with pytest.raises(TooLarge):
            get(store, "a", limit=2**20)
        store = store_of(changed(honest, "v/a", SIZE, 2**19))
        with pytest.raises(CorruptChunk, match="does not inflate to the 524288"):
            get(store, "a", limit=2**20)
        with pytest.raises(TooLarge, match="zip -0"):
            run(store_of(honest, whole_object_bytes=2**20).get_range("a", 0, 9), deadline=5)

    def test_entries_that_overlap_are_refused(self, store_of):
        files = {"v/a": LONG, "v/b": LONG}
        data = large(files)
        inner = data.index(b"PK\x03\x04", data.index(b"v/b") - 40)
        store = store_of(changed(data, "v/a", START, inner))
        with pytest.raises(CorruptChunk, match="contradicts"):
            get(store, "a")
        assert get(store, "b") == LONG

    def test_names_that_lead_out_are_no_keys_and_not_listed(self, store_of):
        data = zipped({"v/../../x": b"", "../x": b"", "/etc/x": b"", "v/a": b"1"})
        store = store_of(data, inside="v")
        assert run(store.names(""), deadline=5) == ("a",)
        with pytest.raises(BadMetadata, match="out of its location"):
            get(store, "../../x")

    def test_the_limits_are_kept_before_the_directory_is_read(self, store_of, stores, asked):
        data = large(CONTENT)
        record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9**9, 9**9, 2**60, 5)
        locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(data) - 22, 1)
        store = store_of(data[:-22] + record + locator + data[-22:])
        with pytest.raises(TooLarge, match="at most 500000 in 67108864 bytes"):
            get(store, "whole")
        assert len(asked()) == 1

    def test_too_many_entries_are_refused_whatever_the_end_says(self, store_of, monkeypatch):
        monkeypatch.setattr(zipped_directory, "MOST_ENTRIES", 2)
        data = large(CONTENT)
        at = data.rindex(END)
        lying = data[: at + 8] + struct.pack("<HH", 1, 1) + data[at + 12 :]
        with pytest.raises(TooLarge, match="at most 2"):
            get(store_of(lying), "whole")

    @pytest.mark.parametrize(
        ("data", "word"),
        [
            (b"", "no zip file"),
            (b"<html>not found</html>", "no zip file"),
            (bytes(3 * END_BYTES), "no zip file"),
            (large(CONTENT)[:-30], "no zip file"),
            (large(CONTENT)[100:], "damaged|overlap|not where"),
            (b"prefix" + large(CONTENT), "not where|damaged"),
            (large(CONTENT).replace(RECORD, b"PK\x01\x07"), "damaged"),
            (EMPTY_END[:4] + struct.pack("<4H2LH", 7, 7, 1, 1, 46, 0, 0), "several files"),
        ],
    )
    def test_what_is_no_zip_file_says_so(self, store_of, data, word):
        with pytest.raises((BadMetadata, CorruptChunk), match=word):
            get(store_of(data), "whole")

    def test_no_zip_file_at_all(self, serve):
        store = open_store(parse_address(f"{serve({}).url}/x.zip").location)
        with pytest.raises(NotFound, match="no zip file"):
            get(store, "zarr.json")

    def test_any_damage_is_a_typed_error_or_does_no_harm(self, tmp_path):
        chance = random.Random(2)
        files = {"v/whole": BODY, "v/deflated": zlib.compress(LONG[:500]) + bytes(3000)}
        healthy = zipped(files, zipfile.ZIP_DEFLATED)
        for number in range(150):
            data = bytearray(healthy)
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            path = tmp_path / f"{number}.zip"
            path.write_bytes(data)
            store = open_store(location_of_path(path / "v"))
            for key, body in files.items():
                try:
                    found = get(store, key.removeprefix("v/"))
                except (BadMetadata, CorruptChunk, NotFound, TooLarge, UnsupportedCodec):
                    continue
                assert found in (body, None)


class TestServers:
    def test_a_large_file_without_ranges_is_an_error_that_says_why(self, store_of, stores):
        store = store_of(large(CONTENT), fault="norange", whole_object_bytes=2**16)
        with pytest.raises(TooLarge, match="no ranges of the zip file"):
            get(store, "whole")

    def test_a_server_without_ranges_is_asked_no_more(self, store_of, stores):
        store = store_of(large(CONTENT), fault="norange")
        assert get(store, "whole") == BODY
        before = len(stores.server.requests)
        assert get(store, "empty") == b""
        assert run(store.get_range("whole", 3, 5), deadline=5) == BODY[3:5]
        assert len(stores.server.requests) == before == 2
