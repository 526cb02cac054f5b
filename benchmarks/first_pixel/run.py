"""From an address to the first pixel: a petavoxel beside a small volume of the same kind.

    python benchmarks/bench_open_huge.py [--rounds 20] [--sizes 782 1000 100000]

Every measurement is a client process of its own, with nothing cached and nothing connected. The
sample server runs in a process of its own, too, and computes its chunks in a first round that
isn't counted: after that it answers from memory, so that no volume waits for chunks that cost
more to compute. 782 is a side of a coarse level of 100 000, too: both first views then have as
many tiles over as many chunks, and what is left is what the size itself costs.

The labels are opened but hidden: seen from afar every voxel of them is another cell, so that their
chunks hardly shrink, and the two views would differ by ten times the bytes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from about import about, line
from process import Process
from tables import quartiles

from nb_remote.samples.procedural import LARGEST, address

HERE = Path(__file__).parent
MOMENTS = ("open", "first tile", "whole view")


def show(url, options):
    """Measure one cold client."""
    command = [sys.executable, str(HERE / "client.py"), url]
    command += [str(options.width), str(options.height)]
    paths = [str(HERE.parent / "engine"), os.environ.get("PYTHONPATH", "")]
    modules = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    done = subprocess.run(command, capture_output=True, text=True, env=modules, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def measure(server, options):
    """Return size → measurements by round."""
    results = {size: [] for size in options.sizes}
    for number in range(options.rounds + 1):
        shift = number % len(options.sizes)
        for size in options.sizes[shift:] + options.sizes[:shift]:
            one = show(f"{server}/{address(size)}", options)
            # the first round lets the server compute
            if number:
                results[size].append(one)
    for size, rounds in results.items():
        if len({one["facts"]["crc"] for one in rounds}) > 1:
            raise SystemExit(f"rounds saw different tiles of {size}³")
    return results


def report(results, base):
    """Yield the lines of both tables."""
    yield "| volume | voxels | levels | tiles of the first view | requests: open, whole view | MB |"
    yield "|---|---|---|---|---|---|"
    for size, rounds in results.items():
        facts = rounds[0]["facts"]
        asked = [
            f"{statistics.median(one['moments'][moment]['requests'] for one in rounds):g}"
            for moment in ("open", "whole view")
        ]
        received = statistics.median(one["moments"]["whole view"]["received_mb"] for one in rounds)
        yield (
            f"| {size}³ | {facts['voxels']:.2g} | {facts['levels']} | {facts['tiles']} "
            f"| {', '.join(asked)} | {received:.1f} |"
        )
    yield ""
    yield (
        f"| from the address to | volume | n | wall ms (quartiles) | CPU ms | wall ÷ {base}³ "
        f"(quartiles) | CPU ÷ {base}³ (quartiles) | peak MB |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for moment in MOMENTS:
        for size, rounds in results.items():
            mine, theirs = (
                [one["moments"][moment] for one in results[which]] for which in (size, base)
            )
            wall, cpu = (
                [m[what] / t[what] for m, t in zip(mine, theirs, strict=True)]
                for what in ("wall", "cpu")
            )
            ms = quartiles([1e3 * one["wall"] for one in mine], digits=1)
            yield (
                f"| {moment} | {size}³ | {len(mine)} | {ms} "
                f"| {1e3 * statistics.median(one['cpu'] for one in mine):.1f} "
                f"| {quartiles(wall)} | {quartiles(cpu)} "
                f"| {max(one['facts']['peak_mb'] for one in rounds)} |"
            )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="counted, after one that is not")
    parser.add_argument(
        "--sizes",
        nargs="+",
        type=int,
        default=[782, 1000, LARGEST],
        help="sides in voxels; ratios are to the first (default: 782 1000 100000)",
    )
    parser.add_argument("--width", type=int, default=1024, help="of the canvas, device pixels")
    parser.add_argument("--height", type=int, default=800)
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the raw measurements")
    options = parser.parse_args()
    if options.json is not None and options.json.exists():
        parser.error(f"{options.json} exists; measurements are not overwritten")
    facts = about()
    with (
        tempfile.TemporaryDirectory() as root,
        Process("-m", "nb_remote.samples", "--root", root, "serve") as server,
    ):
        results = measure(server.line().strip(), options)
    if options.json is not None:
        options.json.write_text(json.dumps({"about": facts, "sizes": results}))
    print(line(facts))
    view = f"{options.width} × {options.height} device pixels"
    print(f"- xy view of {view} at the zoom that fits, labels hidden\n")
    print("\n".join(report(results, options.sizes[0])))


if __name__ == "__main__":
    main()
