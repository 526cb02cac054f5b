"""Which server an address means where its text leaves that open, and what it is asked meanwhile."""

import contextlib
import socket
import socketserver
import ssl
import threading

import pytest
import trustme
from tests.servers.aws import AwsServer, Bucket, Key

import nb_remote
from nb_remote import S3Credentials


@pytest.fixture
def server(volumes):
    with AwsServer() as server:
        server.keys["AKIAPLACES000000"] = Key("sec-0f9e8d7c6b5a")
        server.buckets["lab"] = Bucket(files=volumes.files, public=True)
        yield server


@pytest.fixture
def keys():
    return S3Credentials("AKIAPLACES000000", "sec-0f9e8d7c6b5a")


@pytest.fixture
def named(monkeypatch):
    """``named(host, address)`` lets a host name mean an address."""
    resolve, known = socket.getaddrinfo, {}

    def resolved(host, *args, **kwargs):
        return resolve(known.get(host, host), *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    return known.__setitem__


def test_a_server_without_protection_is_found_in_a_private_network(server, named, volumes):
    named("minio", "127.0.0.1")
    dataset = nb_remote.open(f"s3://minio:{server.port}/lab/image.zarr")
    assert (dataset.layers[0].levels[0][...] == volumes.voxels["image.zarr"]).all()


def test_no_credentials_go_there_unless_it_is_this_machine(server, named, keys):
    named("minio", "127.0.0.1")
    url = f"s3://minio:{server.port}/lab/image.zarr"
    with pytest.raises(nb_remote.InvalidAddress, match="unprotected"):
        nb_remote.open(url, credentials=keys)
    assert server.requests
    assert not any("Authorization" in one.headers for one in server.requests)
    consent = S3Credentials(keys.key, keys.secret, allow_plain_http=True)
    nb_remote.open(url, credentials=consent)
    assert "Authorization" in server.requests[-1].headers


@pytest.fixture
def two_faced():
    """Port of a server with a certificate that nobody trusts, and what came to it unprotected."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    unprotected = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            first = self.request.recv(1, socket.MSG_PEEK)
            if first == b"\x16":  # TLS
                with contextlib.suppress(OSError):
                    context.wrap_socket(self.request, server_side=True).close()
            elif first:
                unprotected.append(self.request.recv(4096))
                self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1], unprotected
        server.shutdown()
        thread.join()


def test_a_server_whose_certificate_is_not_trusted_is_not_asked_without(two_faced):
    port, unprotected = two_faced
    with pytest.raises(nb_remote.Unreachable, match="no protected connection"):
        nb_remote.open(f"s3://127.0.0.1:{port}/lab/image.zarr")
    assert not unprotected


@pytest.mark.parametrize(
    "text", ["s3://{host}/lab", "s3+http://{host}/lab", "zarr://s3://{host}/lab"]
)
def test_it_is_found_out_once(server, text):
    dataset = nb_remote.open(text.format(host=server.host) + "/image.zarr")
    settled = [one for one in server.requests if "max-keys=1" in one.query.split("&")]
    assert len(settled) == ("+" not in text)
    assert (
        dataset.layers[0]
        .source.location.display()
        .startswith(text.format(host=server.host).removeprefix("zarr://"))
    )
