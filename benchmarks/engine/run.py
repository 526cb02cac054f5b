"""Engines side by side: every job is done by each engine in the same round, results compared.

    python benchmarks/bench_engine.py [--rounds 20] [--volumes 64-gzip …] [--latency 0 30]

Wall and CPU are of the client process. Ratios are to tensorstore in the same round; machines are
noisy, so read the ratios and not the milliseconds.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from data import CHUNKS, COMPRESSORS, SHAPE, write
from engines import CACHES

HERE = Path(__file__).parent
RIVAL = "tensorstore"
PAIR = ("nb-remote", RIVAL)
SIDE = 1024


def jobs(rng, chunk, tile_count):
    """Yield (name, job) of one round, at seeded positions."""
    low = [int(rng.integers(0, n - s + 1)) for n, s in zip(SHAPE, (96, 256, 256), strict=True)]
    yield "open", {"kind": "open", "cold": True}
    # An engine may have to connect anew after opening, so the first slice is a job of its own.
    for name in ("first slice xy", "slice xy"):
        z, y, x = (
            int(rng.integers(0, n - s + 1)) for n, s in zip(SHAPE, (1, SIDE, SIDE), strict=True)
        )
        yield name, {"kind": "read", "cold": True, "box": [z, [y, y + SIDE], [x, x + SIDE]]}
    step = z + 1 if (z + 1) % chunk and z + 1 < SHAPE[0] else z - 1
    yield "next slice", {"kind": "read", "cold": False, "box": [step, [y, y + SIDE], [x, x + SIDE]]}
    yield "slice xz", {"kind": "read", "cold": True, "box": [[0, SHAPE[0]], y, [x, x + SIDE]]}
    yield "slice yz", {"kind": "read", "cold": True, "box": [[0, SHAPE[0]], [y, y + SIDE], x]}
    cut = [[a, a + s] for a, s in zip(low, (96, 256, 256), strict=True)]
    yield "cutout 96×256×256", {"kind": "read", "cold": True, "box": cut}
    tiles = [
        [int(a) % SHAPE[0], [int(b), int(b) + 256], [int(c), int(c) + 256]]
        for a, b, c in rng.integers(0, (SHAPE[0], SHAPE[1] - 256, SHAPE[2] - 256), (tile_count, 3))
    ]
    yield (
        f"{tile_count} tiles, 16 in flight",
        {"kind": "tiles", "cold": True, "boxes": tiles, "in_flight": 16},
    )


class Process:
    def __init__(self, *command):
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def line(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args} ended")
        return line

    def ask(self, job):
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return json.loads(self.line())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(10)


def run(volume, url, options):
    """Return job → engine → round → measurement."""
    engines = options.engines
    chunk = CHUNKS[volume.split("-")[0]][0]
    rng = np.random.default_rng(7)
    results = {}
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(Process(str(HERE / "worker.py"), name, url))
            for name in engines
        }
        for number in range(options.rounds + 1):
            order = engines[number % len(engines) :] + engines[: number % len(engines)]
            if number > options.other_rounds:
                order = [engine for engine in order if engine in PAIR]
            for name, job in jobs(rng, chunk, options.tiles):
                # the first round warms connections and imports
                if job["kind"] == "tiles" and not 0 < number <= options.tile_rounds:
                    continue
                answers = {engine: workers[engine].ask(job) for engine in order}
                if len({answer["crc"] for answer in answers.values()}) > 1:
                    raise SystemExit(f"{name}: engines differ: {answers}")
                if number:
                    for engine, answer in answers.items():
                        results.setdefault(name, {}).setdefault(engine, {})[number] = answer
    return results


def table(results, engines):
    yield "| job | engine | n | wall ms | CPU ms | wall ÷ ts (quartiles) | CPU ÷ ts | peak MB |"
    yield "|---|---|---|---|---|---|---|---|"
    for job, rows in results.items():
        for engine in engines:
            mine = list(rows[engine].values())
            theirs = [rows[RIVAL][number] for number in rows[engine]]
            wall = [m["wall"] / max(t["wall"], 1e-9) for m, t in zip(mine, theirs, strict=True)]
            cpu = [m["cpu"] / max(t["cpu"], 1e-9) for m, t in zip(mine, theirs, strict=True)]
            low, mid, high = np.percentile(wall, (25, 50, 75))
            yield (
                f"| {job} | {engine} | {len(mine)} "
                f"| {1e3 * statistics.median(m['wall'] for m in mine):.1f} "
                f"| {1e3 * statistics.median(m['cpu'] for m in mine):.1f} "
                f"| {mid:.2f} ({low:.2f}–{high:.2f}) | {statistics.median(cpu):.2f} "
                f"| {max(m['peak_mb'] for m in mine)} |"
            )


def main():
    volumes = [f"{chunk}-{codec}" for chunk in CHUNKS for codec in COMPRESSORS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--other-rounds", type=int, default=20, help="of all but the pair compared")
    parser.add_argument("--tile-rounds", type=int, default=20)
    parser.add_argument("--tiles", type=int, default=200)
    parser.add_argument("--volumes", nargs="+", default=volumes, choices=volumes)
    parser.add_argument("--latency", nargs="+", type=float, default=[0, 30])
    parser.add_argument("--engines", nargs="+", default=list(CACHES), choices=list(CACHES))
    cache = Path(tempfile.gettempdir()) / "nb-remote-bench"
    parser.add_argument("--data", type=Path, default=cache)
    options = parser.parse_args()
    if RIVAL not in options.engines:
        options.engines.append(RIVAL)
    options.data.mkdir(exist_ok=True)
    write(options.data, options.volumes)
    print(f"{platform.platform()}, Python {platform.python_version()}; {SHAPE} uint8, EM-like")
    for engine in options.engines:
        print(f"- {engine}: cache {CACHES[engine]}")
    for volume in options.volumes:
        for latency in options.latency:
            folder = str(options.data / volume)
            with Process(str(HERE / "server.py"), folder, str(latency)) as server:
                url = f"http://127.0.0.1:{server.line().strip()}/"
                results = run(volume, url, options)
            print(f"\n### {volume}, {latency:g} ms latency\n")
            print("\n".join(table(results, options.engines)), flush=True)


if __name__ == "__main__":
    main()
