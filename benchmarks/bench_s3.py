"""CPU of a GET from S3: nb-remote's store beside a bare signed GET, its own plain GET, and s3fs.

    python benchmarks/bench_s3.py [--rounds 20]

All in one process on one loop, against the engine benchmark's loopback server (which checks no
signature), 16 in flight. In each round every variant reads the same objects, in an order that
rotates; ratios are to the bare signed GET of the same round: aiohttp, with headers of botocore.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "engine"))

import aiohttp
import s3fs
from about import about, line
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from process import Process
from tables import quartiles

import nb_remote as nbr
from nb_remote.location.given import addresses_of
from nb_remote.store.open import open_store
from nb_remote.threads import io_loop, run

HERE = Path(__file__).parent / "engine"
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "not-a-secret-but-as-long-as-one-is-usually"
REGION = "us-east-1"
OBJECTS, SIZE, IN_FLIGHT = 300, 2**16, 16


class Bare:
    """The least that a signed GET takes with these libraries."""

    def __init__(self, host):
        self._url = f"http://{host}/bench/"
        self._auth = S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION)

    async def open(self):
        self._session = aiohttp.ClientSession(auto_decompress=False)

    async def get(self, key):
        request = AWSRequest("GET", self._url + key)
        self._auth.add_auth(request)
        async with self._session.get(self._url + key, headers=dict(request.headers)) as response:
            return await response.read()

    async def close(self):
        await self._session.close()


class Ours:
    """A store of nb-remote, with everything that it checks."""

    def __init__(self, address, credentials=None):
        self._address = addresses_of([address], credentials)[0]

    async def open(self):
        self._store = open_store(self._address.location, self._address.credentials)

    async def get(self, key):
        return await self._store.get(key, limit=2**20)

    async def close(self):
        await self._store.close()


class S3fs:
    """One GET a read: by default it asks twice."""

    def __init__(self, host):
        self._endpoint = f"http://{host}"

    async def open(self):
        self._fs = s3fs.S3FileSystem(
            key=KEY,
            secret=SECRET,
            endpoint_url=self._endpoint,
            client_kwargs={"region_name": REGION},
            config_kwargs={"max_pool_connections": IN_FLIGHT},
            max_concurrency=1,
            asynchronous=True,
            loop=io_loop(),
            skip_instance_cache=True,
        )
        self._session = await self._fs.set_session()

    async def get(self, key):
        return await self._fs._cat_file(f"bench/{key}")  # noqa: SLF001  (fsspec's way)

    async def close(self):
        await self._session.close()


async def read(variant, keys):
    """Return CPU and wall seconds of reading all keys once."""
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(key):
        async with gate:
            assert len(await variant.get(key)) == SIZE

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one(key) for key in keys))
    return time.process_time() - cpu, time.perf_counter() - wall


async def measure(variants, keys, rounds):
    for one in variants.values():
        await one.open()
        await read(one, keys)
    found = {name: [] for name in variants}
    names = list(variants)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            found[name].append(await read(variants[name], keys))
    for one in variants.values():
        await one.close()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    keys = [f"c/{number}" for number in range(OBJECTS)]
    with tempfile.TemporaryDirectory() as folder:
        for key in keys:
            path = Path(folder, key)  # the server has everything in the bucket, too
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(SIZE))
        with Process(str(HERE / "server.py"), folder, "0") as server:
            host = f"127.0.0.1:{server.line().strip()}"
            signed = nbr.S3Credentials(key=KEY, secret=SECRET, region=REGION)
            variants = {
                "bare signed GET": Bare(host),
                "nb-remote, s3:// signed": Ours(f"s3+http://{host}/bench", signed),
                "nb-remote, s3:// anonymous": Ours(f"s3+http://{host}/bench"),
                "nb-remote, http://": Ours(f"http://{host}/bench"),
                "s3fs, max_concurrency=1": S3fs(host),
            }
            found = run(measure(variants, keys, rounds), deadline=600)
    print(line(about()))
    print(f"\n{OBJECTS} objects of {SIZE // 1024} KiB, {IN_FLIGHT} in flight, {rounds} rounds\n")
    print("| variant | CPU µs a GET | CPU ÷ bare (quartiles) | wall ÷ bare (quartiles) |")
    print("|---|---|---|---|")
    bare = found["bare signed GET"]
    for name, rows in found.items():
        cpu = [a[0] / b[0] for a, b in zip(rows, bare, strict=True)]
        wall = [a[1] / b[1] for a, b in zip(rows, bare, strict=True)]
        median = 1e6 * statistics.median(row[0] for row in rows) / OBJECTS
        print(f"| {name} | {median:.0f} | {quartiles(cpu)} | {quartiles(wall)} |")


if __name__ == "__main__":
    main()
