"""Neuroglancer precomputed and N5 beside their readers; see `engine/run.py` for the options."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "engine"))

from data import FORMATS
from run import main

ENGINES = ("nb-remote", "tensorstore", "cloud-volume")

if __name__ == "__main__":
    main(FORMATS, ENGINES)
