"""A view's tiles beside the bare comm that carries them; see `comm/measure.py` for the options."""

import sys
from pathlib import Path

HERE = Path(__file__).parent

if __name__ == "__main__":
    parts = ("comm", "first_sharp", "engine")
    sys.path[:0] = [*(str(HERE / part) for part in parts), str(HERE.parent)]
    from measure import main

    main()
