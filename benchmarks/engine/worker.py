"""One engine in a process of its own: reads jobs from its input, answers with measurements.

python worker.py ENGINE URL DRIVER ORDER

Boxes come as z y x; ORDER is that of the stored axes, xyz or zyx.
"""

import json
import sys
import time
import zlib

import engines
import numpy as np
from peak import peak_mb


def box(spec, order):
    axes = tuple(slice(*one) if isinstance(one, list) else one for one in spec)
    return axes[::-1] if order == "xyz" else axes


def measure(engine, job, order):
    if job["cold"]:
        engine.forget()
    cpu = time.process_time()
    start = time.perf_counter()
    kind = job["kind"]
    if kind == "open":
        engine.open()
        result = []
    elif kind == "tiles":
        result = engine.read_many([box(one, order) for one in job["boxes"]], job["in_flight"])
    else:
        result = [engine.read(box(job["box"], order))]
    wall = time.perf_counter() - start
    cpu = time.process_time() - cpu
    crc = 0
    for one in result:
        crc = zlib.crc32(np.ascontiguousarray(one.T if order == "xyz" else one), crc)
    return {"wall": wall, "cpu": cpu, "crc": crc, "peak_mb": peak_mb()}


def main():
    name, url, driver, order = sys.argv[1:]
    engine = engines.make(name, url, driver)
    for line in sys.stdin:
        print(json.dumps(measure(engine, json.loads(line), order)), flush=True)


if __name__ == "__main__":
    main()
