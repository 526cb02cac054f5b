"""What lies in a folder, from servers that tell; and nothing but names from what they say."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.servers.listings import PAGES, index_pages, no_such_key, s3

from nb_remote.location.parse import parse_address
from nb_remote.store.base import MOST_NAMES
from nb_remote.store.bucket_listing import bucket_request, is_bucket, names_in_bucket
from nb_remote.store.index_page import names_in_page
from nb_remote.store.open import open_store
from nb_remote.threads import run

CONTENT = {
    "data/a/.zattrs": b"{}",
    "data/a b & c/x": b"",
    "data/50%/x": b"",
    "data/ü/x": b"",
    "data/readme.txt": b"",
    "other/x": b"",
}
NAMES = ("50%/", "a b & c/", "a/", "readme.txt", "ü/")


def names(url, folder=""):
    store = open_store(parse_address(url).location)

    async def ask():
        try:
            return await store.names(folder)
        finally:
            await store.close()

    return run(ask(), deadline=5)


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("base", ["", "data"])
def test_index_pages_of_servers_are_read(serve, kind, base):
    server = serve(CONTENT)
    server.listing = index_pages(kind, CONTENT)
    assert names(server.url_of(base), "" if base else "data") == NAMES
    assert server.paths() == ["data/"]


def test_pythons_own_server_is_read(tmp_path):
    for key, body in CONTENT.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(body)

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Silent, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            assert names(f"http://127.0.0.1:{server.server_port}/data") == NAMES
        finally:
            server.shutdown()
            thread.join()


def test_buckets_are_listed_after_their_error_tells_what_they_are(serve):
    content = {f"lab/{key}": one for key, one in CONTENT.items()}
    server = serve(content)
    server.listing = s3("lab", content)
    assert names(server.url_of("lab/data")) == NAMES
    assert server.paths() == ["lab/data/", "lab/"]
    assert names(server.url_of("lab")) == ("data/", "other/")


@pytest.mark.parametrize("status", ["401", "403", "404", "405", "400"])
def test_a_server_that_does_not_tell_is_asked_once_and_raises_nothing(serve, status):
    server = serve(CONTENT)
    server.missing = status
    assert names(server.url_of("data")) is None
    assert len(server.requests) == 1


def test_a_page_without_links_below_it_is_no_listing(serve):
    server = serve(CONTENT)
    server.missing = "page"
    assert names(server.url_of("data")) is None


def test_the_query_goes_along(serve):
    server = serve(CONTENT, token="abc")
    server.listing = index_pages("nginx", CONTENT)
    assert names(f"{server.url_of('data')}?token=abc") == NAMES


def test_a_page_in_gzip_is_read_and_one_that_is_a_bomb_is_refused(serve):
    page = index_pages("nginx", CONTENT)
    server = serve({"data/": page(type("R", (), {"path": "data/"}))[1]})
    server.fail("*", "gzip")
    assert names(server.url_of("data")) == NAMES
    server.fail("*", "bomb")
    with pytest.raises(Exception, match="decodes to more"):
        names(server.url_of("data"))


def test_a_long_page_is_cut(serve):
    content = {f"{n:06}/x": b"" for n in range(30_000)}
    server = serve(content)
    server.listing = index_pages("nginx", content)
    found = names(server.url)
    assert len(found) == MOST_NAMES
    assert found[0] == "000000/"


@pytest.mark.parametrize(
    "link",
    [
        "../",
        "/",
        "/other/",
        "../data2/",
        "https://evil.example/data/x/",
        "//evil.example/data/x/",
        "a/b/",
        "a%2Fb/",
        "..%2f..%2fsecret/",
        "%2e%2e/",
        "..%5Csecret/",
        "?C=N",
        "x/?C=N",
        "#top",
        "",
        "javascript:alert(1)",
        "file:///etc/",
        "x%00y/",
        "a%0Ab/",
        "http://[bad/",
        "x" * 2000,
    ],
)
def test_links_that_lead_elsewhere_are_no_members(link):
    page = f'<a href="{link}">x</a><a href="ok/">ok</a>'.encode()
    assert names_in_page(page, "http://h/data/") == ("ok/",)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<ListBucketResult>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><ListBucketResult><Contents><Key>&a;</Key></Contents>'
        b"</ListBucketResult>",
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><ListBucketResult/>',
        no_such_key("b", "k"),
        b"\xff\xfe\x00",
        b"{}",
    ],
)
def test_xml_that_is_no_listing_or_declares_entities_gives_nothing(document):
    assert names_in_bucket(document, "") is None


@pytest.mark.parametrize("section", ["<![mp<", "<![</a>", "<![%"])
def test_what_stands_in_front_of_a_broken_section_is_read(section):
    page = f'<a href="0/">0</a>{section}<a href="1/">1</a>'.encode()
    assert names_in_page(page, "https://example.org/v/") == ("0/",)


def test_a_page_of_more_tags_than_links_fit_into_is_no_listing():
    """Python's parser needs seconds for it."""
    page = b'<a href="0/">0</a>' + b"<" * 2**20
    assert names_in_page(page, "https://example.org/v/") is None


@pytest.mark.parametrize("encoding", ["U-8", "rot13", "zlib", "idna", "UTF-16"])
def test_a_listing_is_utf_8_whatever_it_says(encoding):
    listing = f"""<?xml version="1.0" encoding="{encoding}"?>
    <ListBucketResult><Contents><Key>v/\u00e9</Key></Contents></ListBucketResult>""".encode()
    assert names_in_bucket(listing, "v/") == ("\u00e9",)


def test_keys_that_lead_elsewhere_are_no_members():
    keys = ["p/", "p/ok", "p/../x", "p/..", "q/x", "p/a\\b", "p/a/b"]
    rows = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
    listing = f"<ListBucketResult>{rows}</ListBucketResult>".encode()
    assert names_in_bucket(listing, "p/") == ("ok",)


@pytest.mark.parametrize(
    ("host", "path", "said", "expected"),
    [
        ("b.s3.amazonaws.com", "p/q", b"", ("", "p/q/")),
        ("b.s3.eu-west-1.amazonaws.com", "", b"", ("", "")),
        ("my.dotted.bucket.s3-us-west-2.amazonaws.com", "p", b"", ("", "p/")),
        ("s3.us-west-2.amazonaws.com", "b/p", b"", ("b/", "p/")),
        ("s3.amazonaws.com", "b", b"", ("b/", "")),
        ("storage.googleapis.com", "b/p/q", b"", ("b/", "p/q/")),
        ("b.storage.googleapis.com", "p", b"", ("", "p/")),
        ("minio.lab:9000", "b/p", no_such_key("b", "p/"), ("b/", "p/")),
        ("b.minio.lab", "p/q", no_such_key("b", "p/q/"), ("", "p/q/")),
    ],
)
def test_the_bucket_is_in_the_host_or_in_the_path(host, path, said, expected):
    where, query, prefix = bucket_request(host, path, said)
    assert (where, prefix) == expected
    assert query.startswith("list-type=2&delimiter=/&")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("b.s3.amazonaws.com", True),
        ("s3.dualstack.eu-west-1.amazonaws.com", True),
        ("storage.googleapis.com", True),
        ("b.s3-website-us-east-1.amazonaws.com", False),
        ("b.s3-website.eu-central-1.amazonaws.com", False),
        ("s3.amazonaws.com.evil.example", False),
        ("evils3.amazonaws.com.example", False),
        ("data.lab.org", False),
    ],
)
def test_known_buckets_are_known_by_the_whole_host(host, expected):
    assert is_bucket(host) is expected


def test_a_prefix_is_written_as_one_value():
    query = bucket_request("b.s3.amazonaws.com", "a b&c=d/+")[1]
    assert query.endswith("prefix=a%20b%26c%3Dd/%2B/")
