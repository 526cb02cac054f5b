"""Two S3 servers that are started once for all tests here, with the same volumes in them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pytest
from tests.n5.written import ramp, with_tensorstore
from tests.precomputed.written import labels, scale, write
from tests.servers.aws import DOMAIN, AwsServer, Key
from tests.servers.s3 import MotoServer
from tests.volumes import ome_zarr

from nb_remote import S3Credentials
from nb_remote.location import origins

HARD = "my data+more/ünï (1)=a&b~*'!/x,y;z@1$"
"""A folder whose name has everything that signing may get wrong."""
SHARDING = {
    "@type": "neuroglancer_uint64_sharded_v1",
    "preshift_bits": 1,
    "hash": "identity",
    "minishard_bits": 2,
    "shard_bits": 1,
    "minishard_index_encoding": "gzip",
    "data_encoding": "gzip",
}


@dataclass(frozen=True, kw_only=True)
class Volumes:
    files: dict[str, bytes]
    voxels: dict[str, np.ndarray]
    """By folder, as the finest level has to be read."""


@pytest.fixture(scope="session")
def volumes() -> Volumes:
    image = ome_zarr.write("yx")
    n5 = ramp((13, 7, 5))
    ids = labels((21, 17, 11, 1), "uint64")
    stored = {
        "image.zarr": {
            key.removeprefix(f"{image.path}/"): body
            for key, body in image.files.items()
            if key.startswith(image.path)
        },
        "d/v.n5": with_tensorstore(n5, (8, 8, 8)),
        "d/seg": write(scale(sharding=SHARDING), data=[ids], kind="segmentation"),
        HARD: with_tensorstore(n5, (8, 8, 8)),
    }
    return Volumes(
        files={
            f"{folder}/{key}": b for folder, files in stored.items() for key, b in files.items()
        },
        voxels={"image.zarr": image.levels[0], "d/v.n5": n5, "d/seg": ids[..., 0], HARD: n5},
    )


@pytest.fixture(scope="session")
def _servers(volumes):
    with ExitStack() as stack:
        both = [stack.enter_context(MotoServer()), stack.enter_context(MotoServer())]
        both[0].put("public", volumes.files, public=True)
        image = {key: body for key, body in volumes.files.items() if key.startswith("image")}
        both[0].put("private", image)
        both[1].put("private", volumes.files)
        both[1].put("dotted.bucket.name", image)
        both[1].check_signatures()
        yield both


@pytest.fixture
def lenient(_servers) -> MotoServer:
    """Lets everybody read what is public; checks no signature."""
    return _servers[0]


@pytest.fixture
def strict(_servers) -> MotoServer:
    """Lets in nobody without a right signature."""
    return _servers[1]


@pytest.fixture
def keys(strict) -> S3Credentials:
    return S3Credentials(strict.key, strict.secret)


@pytest.fixture
def amazon(monkeypatch) -> Iterator[AwsServer]:
    """Stands in for all of Amazon's hosts."""
    with AwsServer() as server:
        domain = f"{DOMAIN}:{server.port}"
        monkeypatch.setattr(origins, "AWS_ORIGIN", f"http://s3.{{region}}.{domain}")
        monkeypatch.setattr(origins, "AWS_GLOBAL_ORIGIN", f"http://s3.{domain}")
        resolve = socket.getaddrinfo

        def resolved(host, *args, **kwargs):
            return resolve("127.0.0.1" if str(host).endswith(DOMAIN) else host, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", resolved)
        server.keys["AKIAEXAMPLE00000"] = Key("secret-0f9e8d7c6b5a/+=")
        yield server


@pytest.fixture
def lab() -> S3Credentials:
    """The keys that `amazon` knows."""
    return S3Credentials("AKIAEXAMPLE00000", "secret-0f9e8d7c6b5a/+=")
