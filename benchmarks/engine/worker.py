"""One engine in a process of its own: reads jobs from its input, answers with measurements.

python worker.py ENGINE URL ZARR_FORMAT
"""

import json
import sys
import time
import zlib

import engines
import numpy as np
from peak import peak_mb


def box(spec):
    return tuple(slice(*one) if isinstance(one, list) else one for one in spec)


def measure(engine, job):
    if job["cold"]:
        engine.forget()
    cpu = time.process_time()
    start = time.perf_counter()
    kind = job["kind"]
    if kind == "open":
        engine.open()
        result = []
    elif kind == "tiles":
        result = engine.read_many([box(one) for one in job["boxes"]], job["in_flight"])
    else:
        result = [engine.read(box(job["box"]))]
    wall = time.perf_counter() - start
    cpu = time.process_time() - cpu
    crc = 0
    for one in result:
        crc = zlib.crc32(np.ascontiguousarray(one), crc)
    return {"wall": wall, "cpu": cpu, "crc": crc, "peak_mb": peak_mb()}


def main():
    engine = engines.make(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    for line in sys.stdin:
        print(json.dumps(measure(engine, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
