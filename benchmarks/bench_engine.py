"""The engine beside its rivals; see `engine/run.py` for the options."""

import runpy
import sys
from pathlib import Path

ENGINE = Path(__file__).parent / "engine"

if __name__ == "__main__":
    sys.path.insert(0, str(ENGINE))
    runpy.run_path(str(ENGINE / "run.py"), run_name="__main__")
