"""Engines side by side: every job is done by each engine in the same round, results compared.

    python benchmarks/bench_engine.py [--rounds 20] [--volumes 64-gzip …] [--latency 0 30]
    python benchmarks/bench_engine.py --render first.json second.json

``bench_formats.py`` takes the same options and reads other volumes with other rivals.

Wall and CPU are of the client process. Ratios are to tensorstore in the same round; machines are
noisy, so read the ratios and not the milliseconds.
"""

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from about import about, line
from data import VOLUMES, write
from engines import CACHES
from process import Process
from tables import NEXT_SLICE, PAIR, RIVAL, aims, merge, render, table
from voxels import SHAPE

HERE = Path(__file__).parent
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
    yield NEXT_SLICE, {"kind": "read", "cold": False, "box": [step, [y, y + SIDE], [x, x + SIDE]]}
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


def run(name, server, options):
    """Return job → engine → round → measurement."""
    host = f"127.0.0.1:{server.line().strip()}"
    url = f"s3+http://{host}/bench/" if options.s3 else f"http://{host}/"
    engines, volume = options.engines, VOLUMES[name]
    rng = np.random.default_rng(7)
    results = {}
    with ExitStack() as stack:
        workers = {
            engine: stack.enter_context(
                Process(str(HERE / "worker.py"), engine, url, volume.driver, order_of(volume))
            )
            for engine in engines
        }
        for number in range(options.rounds + 1):
            order = engines[number % len(engines) :] + engines[: number % len(engines)]
            if number > options.other_rounds:
                order = [engine for engine in order if engine in PAIR]
            for job_name, job in jobs(rng, volume.chunk, options.tiles):
                # the first round warms connections and imports
                if job["kind"] == "tiles" and not 0 < number <= options.tile_rounds:
                    continue
                answers = {engine: answer(workers[engine], server, job) for engine in order}
                if len({one["crc"] for one in answers.values()}) > 1:
                    raise SystemExit(f"{job_name}: engines differ: {answers}")
                if number:
                    for engine, one in answers.items():
                        results.setdefault(job_name, {}).setdefault(engine, {})[number] = one
    return results


def order_of(volume):
    return "xyz" if volume.xyz else "zyx"


def answer(worker, server, job):
    """Let one engine do a job, and count what the server was asked for meanwhile."""
    server.ask("forget")
    return worker.ask(job) | {"requests": server.ask("count")}


def keep(path, facts, runs):
    """Write everything measured so far; a run that is interrupted loses only its last table."""
    if path is not None:
        path.write_text(json.dumps({"about": facts, "runs": runs}))


def parse(volumes, engines):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="counted, after one that is not")
    parser.add_argument(
        "--other-rounds", type=int, default=3, help=f"of all but {' and '.join(PAIR)} (default 3)"
    )
    parser.add_argument(
        "--tile-rounds", type=int, default=20, help="at most so many rounds read tiles"
    )
    parser.add_argument("--tiles", type=int, default=200, help="tiles in a round")
    parser.add_argument("--volumes", nargs="+", default=list(volumes), choices=list(VOLUMES))
    parser.add_argument("--latency", nargs="+", type=float, default=[0, 30], help="in ms")
    parser.add_argument("--engines", nargs="+", default=list(engines), choices=list(CACHES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the raw measurements")
    parser.add_argument(
        "--render", nargs="+", type=Path, metavar="FILE", help="measure nothing, lay these together"
    )
    parser.add_argument(
        "--s3", action="store_true", help="as a bucket of S3, signed: nb-remote and tensorstore"
    )
    cache = Path(tempfile.gettempdir()) / "nb-remote-bench"
    parser.add_argument("--data", type=Path, default=cache, help="where the volumes are written")
    options = parser.parse_args()
    if options.json is not None and options.json.exists():
        parser.error(f"{options.json} exists; measurements are not overwritten")
    if options.render and len({path.resolve() for path in options.render}) < len(options.render):
        parser.error("a file is named twice, which would count its rounds twice")
    if options.s3:
        options.engines = list(PAIR)
    if RIVAL not in options.engines:
        options.engines.append(RIVAL)
    return options


def main(volumes, engines):
    """Measure what the command line asks for; by default these volumes with these engines."""
    options = parse(volumes, engines)
    if options.render:
        kept = [json.loads(path.read_text()) for path in options.render]
        runs = [one for file in kept for one in file["runs"]]
        print("\n".join(render(runs, [file["about"] for file in kept])))
        return
    options.data.mkdir(exist_ok=True)
    write(options.data, options.volumes)
    facts, runs = about(), []
    print(f"- {SHAPE} voxels\n{line(facts)}")
    for engine in options.engines:
        print(f"- {engine}: cache {CACHES[engine]}")
    for volume in options.volumes:
        for latency_ms in options.latency:
            began = time.monotonic()
            folder = str(options.data / volume)
            with Process(str(HERE / "server.py"), folder, str(latency_ms)) as server:
                results = run(volume, server, options)
            runs.append({"volume": volume, "latency_ms": latency_ms, "jobs": results})
            keep(options.json, facts, runs)
            print(f"\n### {volume}, {latency_ms:g} ms latency\n")
            print("\n".join(table(results)), flush=True)
            print(f"{volume}, {latency_ms:g} ms: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print("\n## Aims\n")
    print("\n".join(aims(merge(runs))))
