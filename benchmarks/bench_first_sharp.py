"""From ``ds.view()`` in a cell to a sharp picture; see `first_sharp/run.py` for the options."""

import sys
from pathlib import Path

HERE = Path(__file__).parent

if __name__ == "__main__":
    # The harness of the browser tests, and the server and the facts of the engine's benchmark.
    sys.path[:0] = [str(HERE / "first_sharp"), str(HERE / "engine"), str(HERE.parent)]
    from run import main

    main()
