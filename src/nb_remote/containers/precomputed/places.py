"""Where the scales of a volume lie: mostly below ``info``, sometimes beside its folder.

A key may contain ``../``. It is followed on the same host, from the folder that holds everything:
keys stay relative to a location that none of them leaves.
"""

from typing import cast

from nb_remote.containers.base import shortened
from nb_remote.containers.precomputed.fields import Json
from nb_remote.errors import BadMetadata
from nb_remote.location.location import Location
from nb_remote.location.nearby import above
from nb_remote.location.relative import join_key

_UP = ".."
_FOLLOWED = ("http", "https", "s3", "gs")
"""Not on this machine's disks: what a person opened there is the folder and nothing above."""
_MOST_UP = 8


def home_of(meta: Json, location: Location) -> tuple[Location, str]:
    """Return the lowest location that holds all scales, and the volume's folder below it."""
    scales = meta.get("scales")
    keys = [
        cast("Json", one).get("key")
        for one in (scales if isinstance(scales, list) else [])
        if isinstance(one, dict)
    ]
    steps = max((_steps_up(key) for key in keys if isinstance(key, str)), default=0)
    can_follow = location.scheme in _FOLLOWED and location.zip_path is None
    if not 0 < steps <= _MOST_UP or not can_follow:
        return location, ""
    home, names = above(location, steps)
    return home, "/".join(names)


def _steps_up(key: str) -> int:
    """How many folders above its own a relative key leads."""
    depth = highest = 0
    for part in key.split("/"):
        if part == _UP:
            depth -= 1
            highest = min(highest, depth)
        elif part not in ("", "."):
            depth += 1
    return -highest


def scale_key(folder: str, value: object, field: str, where: str) -> str:
    """Return the key of a scale relative to the volume's home.

    Raises
    ------
    BadMetadata
        It is no path, absolute, an address, or leaves the home.
    """
    if not isinstance(value, str):
        text = f"{field} must be text, not {shortened(value)}"
        raise BadMetadata(text, where=where, field=field)
    given = value.split("/")
    # everything but the steps up is judged as every path is
    join_key("", "/".join(part for part in given if part != _UP), where=where, field=field)
    parts = folder.split("/") if folder else []
    for part in given:
        if part == _UP:
            if not parts:
                join_key("", value, where=where, field=field)
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def below(folder: str, key: str) -> str:
    """Return a key in a folder, which may be empty."""
    return f"{folder}/{key}" if folder else key
