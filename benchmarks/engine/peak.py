"""The largest resident size that this process has had."""

import resource
import sys
from pathlib import Path


def peak_mb():
    """Return it in MB of 2²⁰ bytes.

    Linux's ``ru_maxrss`` survives exec: it would show the benchmark's size for every small worker.
    """
    status = Path("/proc/self/status")
    if status.exists():
        high = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(high.split()[1]) // 1024
    unit = 2**20 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
