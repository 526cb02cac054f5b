"""The meter tells what was really sent and received."""

import threading

from nb_remote.store.meter import Meter, MeterCounts


def test_counts_equal_what_the_server_saw(serve, store_at, read):
    server = serve({"a": bytes(1000)})
    server.fail("r", "redirect", to="/a")
    store = store_at(server.url)
    read(store.get("a", limit=1000))
    read(store.get_range("a", 0, 10))
    read(store.get("missing", limit=10))
    read(store.get("r", limit=1000))
    counts = store.meter.counts()
    assert counts == MeterCounts(
        requests=len(server.requests), received_bytes=2010, in_flight=0, missing=1, failed=0
    )
    assert counts.requests == 5


def test_a_server_without_ranges_is_counted_with_all_it_sends(serve, store_at, read):
    server = serve({"a": bytes(1000)})
    server.fail("a", "norange")
    store = store_at(server.url)
    read(store.get_range("a", 0, 10))
    assert store.meter.counts().received_bytes > 10


def test_a_parent_counts_all_its_children(serve, store_at, read):
    server = serve({"a": bytes(1000)})
    total = Meter()
    stores = [store_at(server.url, meter=Meter(total)) for _ in range(3)]
    for store in stores:
        read(store.get("a", limit=1000))
    assert total.counts().requests == 3
    assert [store.meter.counts().requests for store in stores] == [1, 1, 1]


def test_threads_may_count_at_the_same_time():
    parent = Meter()
    meter = Meter(parent)

    def count():
        for _ in range(2000):
            meter.began()
            meter.received(3)
            meter.ended()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert meter.counts() == parent.counts()
    assert meter.counts().received_bytes == 24000
    assert meter.counts().in_flight == 0
