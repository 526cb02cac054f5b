"""The engine beside its rivals, on Zarr; see `engine/run.py` for the options."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "engine"))

from data import ZARR
from run import main

ENGINES = ("nb-remote", "zarr", "zarr-tuned", "tensorstore", "dask-zarr")

if __name__ == "__main__":
    main(ZARR, ENGINES)
