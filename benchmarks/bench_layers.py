"""Many layers of one host: what they cost it in connections, and the client in time.

    python benchmarks/bench_layers.py [--rounds 5] [--latency 30]

A server with TLS in a process of its own, and a fresh client process for each round. The stores are
asked directly, so that decoding plays no part. Another version is measured with PYTHONPATH.
"""

import argparse
import asyncio
import json
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import trustme

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.servers.http import RangeServer

from nb_remote.location.parse import parse_address
from nb_remote.store.open import open_store
from nb_remote.threads import run

LAYERS, CHUNKS, BYTES = 50, 20, 2**16
FIRST = 16


def serve(folder, latency_s):
    """Serve until a line says to end; each line before is answered with the counts so far."""
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    content = {f"{n}/{m}": bytes(BYTES) for n in range(LAYERS) for m in range(CHUNKS)}
    with RangeServer(content, latency_s=latency_s, tls=tls) as server:
        print(server.url, flush=True)
        for _ in sys.stdin:
            counts = [server.connections, server.open_connections, server.peak_in_flight]
            print(json.dumps(counts), flush=True)
            server.forget()


def read(url, folder):
    """Print milliseconds of wall and CPU: all layers at once, then one layer after another."""
    tls = ssl.create_default_context(cafile=str(folder / "authority.pem"))

    def opened(n):
        return open_store(parse_address(f"{url}/{n}").location, tls=tls)

    async def each(stores, count):
        reads = (one.get(str(m), limit=BYTES) for one in stores for m in range(count))
        await asyncio.gather(*reads)

    def measured(stores, count):
        wall, cpu = time.perf_counter(), time.process_time()
        run(each(stores, count))
        return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - cpu)

    first, second = opened(0), opened(1)
    measured([first], FIRST)
    next_layer = measured([second], FIRST)
    print(json.dumps(next_layer), flush=True)
    sys.stdin.readline()
    every = measured([opened(n) for n in range(LAYERS)], CHUNKS)
    print(json.dumps(every), flush=True)
    sys.stdin.readline()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=float, default=30, help="in ms")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        part, folder, *url = options.part
        return read(*url, Path(folder)) if url else serve(Path(folder), float(part))
    with tempfile.TemporaryDirectory() as folder:
        rows = [_round(folder, options.latency / 1e3) for _ in range(options.rounds)]
    names = ("first slice of a second layer", f"{LAYERS} layers × {CHUNKS} chunks at once")
    print("| job | wall ms | CPU ms | new connections | open then | most in flight |")
    print("|---|---|---|---|---|---|")
    for name, *measured in zip(names, *rows, strict=True):
        medians = [statistics.median(column) for column in zip(*measured, strict=True)]
        print(f"| {name} | {' | '.join(f'{one:.0f}' for one in medians)} |")
    return None


def _round(folder, latency_s):
    """Return wall, CPU, new and open connections, and most in flight, of both jobs."""
    server = _started(str(latency_s), folder)
    url = server.stdout.readline().strip()
    client = _started("read", folder, url)
    jobs, before = [], 0
    for _ in range(2):
        wall, cpu = json.loads(client.stdout.readline())
        server.stdin.write("\n")
        server.stdin.flush()
        connections, still_open, peak = json.loads(server.stdout.readline())
        first = 0 if jobs else FIRST
        jobs.append((wall, cpu, connections - before - first, still_open, peak))
        before = connections
        client.stdin.write("\n")
        client.stdin.flush()
    for process in (client, server):
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
    return jobs


def _started(*part):
    return subprocess.Popen(
        [sys.executable, __file__, "--part", *part],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


if __name__ == "__main__":
    main()
