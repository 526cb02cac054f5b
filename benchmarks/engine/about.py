"""What numbers depend on: the machine, its load, and the versions."""

import datetime as dt
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "tensorstore",
    "cloud-volume",
    "zarr",
    "dask",
    "numcodecs",
    "aiohttp",
    "fsspec",
    "numpy",
    "deflate",
    "isal",
)


def about():
    """Return it all, as text by name."""
    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        "commit": commit(),
        "platform": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
        **{name: installed(name) for name in PACKAGES},
    }


def commit():
    """Name the commit of nb-remote, ``-dirty`` when files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def installed(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def line(facts):
    """Write the facts as one line of Markdown."""
    return "- " + ", ".join(f"{name} {value}" for name, value in facts.items())
