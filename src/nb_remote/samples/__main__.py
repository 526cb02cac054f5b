"""``python -m nb_remote.samples write NAME…`` and ``serve``: what runs in processes of its own.

Writing imports large packages and serving must not wait for a notebook's computations,
so neither happens in the kernel. A server prints its address on one line and ends when
its standard input does, that is, at the latest when the process that started it is gone.
"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from nb_remote.samples.cache import default_root, ensure_written, place_of
from nb_remote.samples.catalog import SAMPLES, find_written
from nb_remote.samples.serve import SampleServer


def main() -> int:
    """Run the command that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m nb_remote.samples", description=__doc__)
    parser.add_argument("--root", type=Path, help="folder of the written samples")
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write", help="write samples that are not there yet")
    write.add_argument("names", nargs="+")
    commands.add_parser("serve", help="serve what is written, until standard input ends")
    arguments = parser.parse_args()

    root: Path = arguments.root or default_root()
    if arguments.command == "serve":
        return serve(root)
    for name in arguments.names:
        print(ensure_written(find_written(name), root), flush=True)
    return 0


def serve(root: Path) -> int:
    """Serve every sample below `root`, those too that are written later, and computed ones."""
    # an interrupt of the notebook's kernel or of the demo is not meant for the server
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    places = {sample.address: place_of(sample, root) for sample in SAMPLES}
    server = SampleServer({name: place for name, place in places.items() if place})
    threading.Thread(target=server.serve_forever, name="samples", daemon=True).start()
    print(server.address, flush=True)
    sys.stdin.buffer.read()
    # nothing is to be saved: answers under way are cut off, and the process ends at once
    return 0


if __name__ == "__main__":
    sys.exit(main())
