"""One cold client: a process that opens one address, shows its first view, and ends.

    python client.py URL WIDTH HEIGHT

Prints one line of JSON: seconds of wall and CPU, and requests, from the address to each moment.
Python and its modules are loaded before. The page is left out: its wants are made here and go to
the widget's own stream, and what that sends is what a page would get.
"""

import json
import sys
import threading
import time
from zlib import crc32

from peak import peak_mb
from wants import first_wants

import nb_remote as nbr
from nb_remote.threads import io_loop
from nb_remote.widget.incoming import parse_message
from nb_remote.widget.scene import build_scene
from nb_remote.widget.stream import Stream

PATIENCE_S = 120


class Client:
    """Counts from its making. `receive` is called on the IO loop."""

    def __init__(self):
        self.moments = {}
        self.failed = []
        self.checksums = {}
        self.done = threading.Event()
        self.wanted = 0
        self.sources = set()
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def mark(self, moment):
        self.moments[moment] = {
            "wall": time.perf_counter() - self.wall,
            "cpu": time.process_time() - self.cpu,
            "requests": sum(source.meter.counts().requests for source in self.sources),
            "received_mb": sum(s.meter.counts().received_bytes for s in self.sources) / 1e6,
        }

    def receive(self, message, buffers):
        if message["kind"] == "failed":
            self.failed += message["tiles"]
            self.done.set()
        if message["kind"] != "tiles":
            return
        if not self.checksums:
            self.mark("first tile")
        for tile in message["tiles"]:
            data = buffers[tile["buffer"]] if tile["enc"] != "const" else tile["value"].encode()
            self.checksums[tile["want"]] = crc32(data)
        if len(self.checksums) == self.wanted:
            self.mark("whole view")
            self.done.set()


def main():
    url, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    client = Client()
    dataset = nbr.open(url)
    client.sources = {layer.source for layer in dataset.layers}
    client.mark("open")
    scene = build_scene(dataset, {})
    wants = first_wants(scene, width, height)
    client.wanted = len(wants)
    stream = Stream(dataset.layers, client.receive, lambda *_: None)
    message = {"kind": "view", "view": "v", "rid": 1, "generation": 1, "seen": 0, "again": False}
    view = parse_message(message | {"wants": [list(one) for one in wants]})
    io_loop().call_soon_threadsafe(stream.take, view)
    if not client.done.wait(PATIENCE_S) or client.failed:
        raise SystemExit(f"no complete view: {client.failed[:1]}")
    facts = {
        "voxels": max(layer.levels[0].size for layer in dataset.layers),
        "levels": len(dataset.layers[0].levels),
        "tiles": len(wants),
        "crc": crc32(json.dumps(sorted(client.checksums.items())).encode()),
        "peak_mb": peak_mb(),
    }
    print(json.dumps({"facts": facts, "moments": client.moments}), flush=True)


if __name__ == "__main__":
    main()
