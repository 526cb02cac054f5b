"""Where written samples stay, and how a half-written one is never seen."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from nb_remote.samples.catalog import Sample


def default_root() -> Path:
    """Folder in the user's cache directory, or a fresh temporary one if that cannot be written."""
    root = _user_cache() / "nb-remote" / "samples"
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            return root
    except OSError:
        root = Path(tempfile.mkdtemp(prefix="nb-remote-samples-"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        return root


def place_of(sample: Sample, root: Path) -> Path | None:
    """Folder of the sample below `root`, written or not; None if its package is missing."""
    try:
        return root / sample.place
    except ModuleNotFoundError:
        return None


def ensure_written(sample: Sample, root: Path) -> Path:
    """Write the sample below `root` unless it is there, and return its folder.

    It is written beside its place and renamed when complete. Of two processes that
    write at the same time the second to finish throws its own copy away.
    """
    place = root / sample.place
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{sample.name}-", dir=place.parent))
    try:
        sample.write(work / "new")
        try:
            (work / "new").rename(place)
        except OSError:
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return place


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
