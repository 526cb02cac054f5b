"""MB decoded per CPU second and codec, one thread: whole chunks and their first half.

Every number is the best of several interleaved rounds. numcodecs is what zarr-python decodes
with; where ours stands beside it, both give the same bytes, which is checked first.
"""

import argparse
import os
import platform
import sys
import time
from pathlib import Path

import google_crc32c
import numcodecs
import numpy as np

from nb_remote.codecs import inflate
from nb_remote.codecs.allowed import decode_chain, parse_codec
from nb_remote.codecs.fast_inflate import INFLATERS

sys.path.insert(0, str(Path(__file__).parent / "engine"))
from data import em_like

DELTA, SHUFFLE = numcodecs.Delta("<u2"), numcodecs.Shuffle(2)


def machine():
    """Processor, cores and load: what a number means depends on them."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"{model}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"


def chains(data):
    """By name: the steps of numcodecs in the order of encoding, and the encoded bytes."""
    steps = {
        "zstd 1": [numcodecs.Zstd(1)],
        "blosc zstd": [numcodecs.Blosc("zstd", 5, 1)],
        "blosc lz4": [numcodecs.Blosc("lz4", 5, 1)],
        "lz4": [numcodecs.LZ4()],
        "bz2": [numcodecs.BZ2(5)],
        "xz": [numcodecs.LZMA(preset=1)],
        "gzip 5": [numcodecs.GZip(5)],
        "zlib 1": [numcodecs.Zlib(1)],
        "shuffle, zstd": [SHUFFLE, numcodecs.Zstd(1)],
        "delta, zstd": [DELTA, numcodecs.Zstd(1)],
        "zstd, crc32c": [numcodecs.Zstd(1), numcodecs.checksum32.CRC32C()],
    }
    for name, chain in steps.items():
        encoded = np.frombuffer(data, np.uint8)
        for step in chain:
            encoded = step.encode(encoded)
        yield name, chain, bytes(encoded)


def ours(chain):
    """The same steps as this package has them, in the order of decoding."""
    configs = [step.get_config() for step in reversed(chain)]
    return tuple(parse_codec(config.pop("id"), config, where="") for config in configs)


def cases(edge):
    """Name and three ways to decode: numcodecs, ours, ours for the first half."""
    data = em_like((edge,) * 3).astype("<u1").tobytes()
    size = len(data)

    def with_numcodecs(chain, encoded):
        for step in reversed(chain):
            encoded = step.decode(encoded)
        return encoded

    for name, chain, encoded in chains(data):
        codecs = ours(chain)
        inflaters = INFLATERS if name in ("gzip 5", "zlib 1") else INFLATERS[:1]
        for inflater in inflaters:

            def mine(stop, codecs=codecs, encoded=encoded, inflater=inflater):
                inflate._INFLATER = inflater  # noqa: SLF001 - each library in turn
                return decode_chain(codecs, encoded, size, stop)

            theirs = with_numcodecs(chain, encoded)
            assert bytes(mine(size)) == bytes(memoryview(theirs).cast("B")) == data
            assert bytes(mine(size // 2))[: size // 2] == data[: size // 2]
            label = f"{name} ({inflater.name})" if len(inflaters) > 1 else name
            yield (
                label,
                len(encoded),
                lambda chain=chain, encoded=encoded: with_numcodecs(chain, encoded),
                lambda mine=mine: mine(size),
                lambda mine=mine: mine(size // 2),
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--edges", type=int, nargs="+", default=[64, 128])
    options = parser.parse_args()
    print(f"{machine()}; google-crc32c: {google_crc32c.implementation}\n")
    for edge in options.edges:
        size, rows = edge**3, list(cases(edge))
        best = np.full((len(rows), 3), np.inf)
        times = max(1, 2**21 // size)
        for _ in range(options.rounds):
            for at, (_, _, *ways) in enumerate(rows):
                for way, decode in enumerate(ways):
                    began = time.thread_time()
                    for _ in range(times):
                        decode()
                    best[at, way] = min(best[at, way], (time.thread_time() - began) / times)
        print(f"| uint8 {edge}³, MB/s | ratio | numcodecs | ours | first half: MB needed/s |")
        print("|---|---|---|---|---|")
        for (name, length, *_), (theirs, whole, half) in zip(rows, best, strict=True):
            speeds = [size / theirs / 1e6, size / whole / 1e6, size / 2 / half / 1e6]
            columns = " | ".join(f"{speed:.0f}" for speed in speeds)
            print(f"| {name} | {size / length:.2f} | {columns} |")
        print()


if __name__ == "__main__":
    main()
