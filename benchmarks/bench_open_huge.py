"""Opening 10¹⁵ voxels beside opening few; see `first_pixel/run.py` for the options."""

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent

if __name__ == "__main__":
    sys.path[:0] = [str(HERE / "first_pixel"), str(HERE / "engine")]
    runpy.run_path(str(HERE / "first_pixel" / "run.py"), run_name="__main__")
