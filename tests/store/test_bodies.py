"""Bodies: complete, decoded, and never larger than what was accepted."""

import gzip
import random
import tracemalloc

import brotli
import pytest
import zstandard

from nb_remote.errors import ServerFailed, TooLarge, Unreachable, UnsupportedCodec
from nb_remote.store.limits import StoreLimits
from nb_remote.threads import submit

BODY = bytes(range(256)) * 16


@pytest.fixture
def server(serve):
    return serve({"a": BODY})


@pytest.mark.parametrize("kind", ["chunked", "gzip", "deflate", "rawdeflate"])
def test_transfer_and_content_encodings_are_undone(server, store_at, read, kind):
    server.fail("a", kind)
    assert read(store_at(server.url).get("a", limit=len(BODY))) == BODY


@pytest.mark.parametrize("fault", ["finmid", "resetmid", "chunkedcut"])
def test_a_body_that_breaks_off_is_an_error(server, store_at, read, fault):
    server.fail("a", fault)
    store = store_at(server.url)
    with pytest.raises(Unreachable) as caught:
        read(store.get("a", limit=9999))
    assert caught.value.transient
    with pytest.raises(Unreachable):
        read(store.get_range("a", 0, 1000))


def test_an_encoded_body_that_ends_too_early_is_an_error(server, store_at, read):
    server.fail("a", "gzipcut")
    with pytest.raises(ServerFailed, match="too early"):
        read(store_at(server.url).get("a", limit=9999))


def test_a_body_that_is_not_what_its_encoding_says_is_an_error(server, store_at, read):
    server.fail("a", "shortlen", headers={"Content-Encoding": "gzip"})
    with pytest.raises(ServerFailed, match="encoding"):
        read(store_at(server.url).get("a", limit=9999))


def test_an_unknown_encoding_is_named(server, store_at, read):
    server.fail("a", "shortlen", headers={"Content-Encoding": "compress"})
    with pytest.raises(UnsupportedCodec, match="'compress'") as caught:
        read(store_at(server.url).get("a", limit=9999))
    assert caught.value.codec == "compress"


def brotli_in_parts(body):
    maker = brotli.Compressor()
    return maker.process(body[:1000]) + maker.flush() + maker.process(body[1000:]) + maker.finish()


ENCODED = {
    "br": (brotli.compress, brotli_in_parts),
    "zstd": (
        zstandard.compress,
        lambda body: zstandard.compress(body[:1000]) + zstandard.compress(body[1000:]),
        lambda body: zstandard.ZstdCompressor(write_content_size=False).compress(body),
    ),
    "gzip": (gzip.compress, lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
}


@pytest.mark.parametrize(
    ("name", "encode"), [(name, one) for name, several in ENCODED.items() for one in several]
)
@pytest.mark.parametrize("size", [5, 3000, 2**21])
def test_every_encoding_that_servers_use(serve, store_at, read, name, encode, size):
    body = random.Random(0).randbytes(size // 2) + bytes(size - size // 2)
    server = serve({"a": encode(body)})
    server.fail("a", "chunked", headers={"Content-Encoding": name})
    store = store_at(server.url)
    assert read(store.get("a", limit=size)) == body
    with pytest.raises(TooLarge):
        read(store.get("a", limit=size - 1))
    assert read(store.get_range("a", 1, size)) == body[1:]


@pytest.mark.parametrize("name", ENCODED)
@pytest.mark.parametrize("cut", [-1, -5, 20])
def test_a_body_of_any_encoding_that_ends_too_early_is_an_error(serve, store_at, read, name, cut):
    body = random.Random(0).randbytes(5000)
    server = serve({"a": ENCODED[name][0](body)[:cut]})
    server.fail("a", "chunked", headers={"Content-Encoding": name})
    with pytest.raises(ServerFailed, match=r"too early|does not match"):
        read(store_at(server.url).get("a", limit=9999))


@pytest.mark.parametrize("name", ["br", "zstd"])
def test_a_bomb_of_any_encoding_is_never_held(serve, store_at, read, name):
    server = serve({"a": ENCODED[name][0](bytes(2**26))})
    server.fail("a", "chunked", headers={"Content-Encoding": name})
    store = store_at(server.url)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            read(store.get("a", limit=2**20))
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_an_answer_of_nothing_that_announces_nothing_is_no_empty_object(serve, store_at, read):
    server = serve({"a": b"", "b": b""})
    server.fail("a", "nolenfin")
    store = store_at(server.url)
    with pytest.raises(Unreachable, match="before a byte"):
        read(store.get("a", limit=9999))
    assert read(store.get("b", limit=9999)) == b""


def test_an_announced_size_is_refused_before_a_byte_is_read(server, store_at, read):
    server.fail("a", "hugelen")
    store = store_at(server.url)
    with pytest.raises(TooLarge):
        read(store.get("a", limit=9999))
    assert store.meter.counts().received_bytes == 0


def test_an_endless_body_ends_at_the_limit(server, store_at, read):
    server.fail("a", "endless")
    store = store_at(server.url)
    with pytest.raises(TooLarge):
        read(store.get("a", limit=2**20))
    assert store.meter.counts().received_bytes < 2**23
    server.wait_for(lambda: server.dropped == ["a"])


def test_a_decompression_bomb_is_never_held(server, store_at, read):
    server.fail("a", "bomb")  # 64 MiB from 64 KiB
    store = store_at(server.url)
    with pytest.raises(TooLarge):
        read(store.get("a", limit=2**20))  # the server makes the bomb: outside of the measurement
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            read(store.get("a", limit=2**20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**23


def test_bytes_in_flight_are_bounded(server, store_at, read):
    """Two hanging bodies hold the whole budget; the third waits until one lets go."""
    server.content = dict.fromkeys("abc", BODY)
    server.fail("[ab]", "hangmid")
    limits = StoreLimits(bytes_in_flight=2 * len(BODY), idle_timeout_s=5, tries=1)
    store = store_at(server.url, limits=limits)
    first, second = (submit(store.get(name, limit=9999)) for name in "ab")
    server.wait_for(lambda: len(server.requests) == 2)
    third = submit(store.get("c", limit=9999))
    server.wait_for(lambda: len(server.requests) == 3)
    assert read(store_at(server.url).get("c", limit=9999)) == BODY  # time enough for the third
    assert not third.done()
    first.cancel()
    assert third.result(5) == BODY
    second.cancel()
