"""Redirects are followed by hand: credentials stay home, and private networks stay private."""

import ssl

import pytest
import trustme

from nb_remote.errors import ServerFailed, Unreachable
from nb_remote.location.credentials import BearerToken
from nb_remote.store import address_guard
from nb_remote.store.redirects import Hop, next_hop

TOKEN = "secret-token-of-the-person"


@pytest.fixture
def server(serve):
    return serve({"a": b"0123456789", "b": b"elsewhere"})


@pytest.fixture
def other(serve):
    return serve({"a": b"other", "b": b"other"})


@pytest.fixture
def loopback_is_public(monkeypatch):
    """A test can't reach a public host: let one loopback server play it."""
    monkeypatch.setattr(address_guard, "is_public", lambda _address: True)


def test_redirects_within_the_origin_are_followed_with_credentials(serve, store_at, read):
    server = serve({"b": b"elsewhere"}, bearer=TOKEN)
    server.fail("a", "redirect", to="/b")
    store = store_at(server.url, credentials=BearerToken(TOKEN))
    assert read(store.get("a", limit=99)) == b"elsewhere"
    assert read(store.get_range("a", 0, 4)) == b"else"
    assert server.paths() == ["a", "b", "a", "b"]
    assert store.meter.counts().requests == 4


def test_redirects_to_other_hosts_carry_no_credentials(
    server, other, store_at, read, loopback_is_public
):
    server.fail("a", "redirect", to=f"{other.url}/a")
    address = f"{server.url}?token={TOKEN}"
    store = store_at(address, credentials=BearerToken(TOKEN))
    assert read(store.get("a", limit=99)) == b"other"
    assert TOKEN in server.requests[0].headers["authorization"]
    assert server.requests[0].query == f"token={TOKEN}"
    assert "authorization" not in other.requests[0].headers
    assert "cookie" not in other.requests[0].headers
    assert TOKEN not in repr(other.requests)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:7f00:1]"])
def test_redirects_never_reach_private_addresses(server, other, store_at, read, host):
    server.fail("a", "redirect", to=f"http://{host}:{other.port}/a")
    with pytest.raises(Unreachable, match="not a public address"):
        read(store_at(server.url).get("a", limit=99))
    assert other.requests == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "017700000001"])
def test_other_spellings_of_addresses_are_not_followed(server, other, store_at, read, host):
    server.fail("a", "redirect", to=f"http://{host}:{other.port}/a")
    with pytest.raises((Unreachable, ServerFailed)):
        read(store_at(server.url).get("a", limit=99))
    assert other.requests == []


def test_cookies_are_never_kept(server, store_at, read):
    server.fail("a", "redirect", to="/b", headers={"Set-Cookie": "session=1"})
    # by name: aiohttp's own jar keeps none for numeric addresses
    read(store_at(f"http://localhost:{server.port}").get("a", limit=99))
    assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize(
    "target", ["ftp://h/a", "file:///etc/passwd", "", "http://", "//", "http://[x/"]
)
def test_redirects_out_of_http_are_refused(server, store_at, read, target):
    server.fail("a", "redirect", to=target)
    with pytest.raises(ServerFailed, match="redirects"):
        read(store_at(server.url).get("a", limit=99))


def test_redirects_in_circles_end(server, store_at, read):
    server.fail("a", "redirect", to="/b")
    server.fail("b", "redirect", to="/a")
    with pytest.raises(ServerFailed, match="circles"):
        read(store_at(server.url).get("a", limit=99))
    assert len(server.requests) == 2


def test_at_most_five_redirects_are_followed(server, store_at, read):
    for number in range(20):
        server.fail(f"r/{number}", "redirect", to=f"/r/{number + 1}")
    with pytest.raises(ServerFailed, match="circles"):
        read(store_at(server.url).get("r/0", limit=99))
    assert len(server.requests) == 6


def test_https_never_falls_back_to_http(serve, server, store_at, read, loopback_is_public):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    secure = serve({}, tls=context)
    secure.fail("a", "redirect", to=f"{server.url}/a")
    with pytest.raises(ServerFailed, match="unprotected"):
        read(store_at(secure.url, tls=client).get("a", limit=99))
    assert server.requests == []


def test_a_redirect_answered_with_404_is_missing(server, store_at, read):
    server.fail("a", "redirect", to="/nothing")
    assert read(store_at(server.url).get("a", limit=99)) is None


@pytest.mark.parametrize(
    ("home", "target", "stays"),
    [
        ("https://h/v", "/b", True),
        ("https://h/v", "https://h:443/b", True),
        ("https://h/v", "https://H/b", True),
        ("https://h/v", "https://h:444/b", False),
        ("https://h/v", "https://h.evil.org/b", False),
        ("https://h/v", "https://user:pw@h/b", True),
        ("http://h/v", "https://h/b", True),
        ("http://h:8080/v", "https://h/b", False),
        ("http://h:8080/v", "https://h:8443/b", False),
        ("http://localhost:8080/v", "http://localhost:8081/b", False),
    ],
)
def test_home_is_the_same_origin_or_its_https_form(home, target, stays):
    from yarl import URL

    hop = next_hop(Hop(url=URL(home), home=True), target, home=URL(home), where="w")
    assert hop.home is stays
    assert hop.url.user is None


def test_a_strangers_address_has_to_be_public_from_the_start(server, store_at, read):
    with pytest.raises(Unreachable, match="not a public address"):
        read(store_at(server.url, trusted=False).get("a", limit=99))
    assert server.requests == []


def test_a_strangers_name_is_judged_by_the_address_it_leads_to(server, store_at, read):
    with pytest.raises(Unreachable, match="not a public address"):
        read(store_at(f"http://localhost:{server.port}", trusted=False).get("a", limit=99))
    assert server.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_addresses_that_a_stranger_may_not_name(address):
    assert not address_guard.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "151.101.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_that_everybody_reaches(address):
    assert address_guard.is_public(address)
