"""Layer names: what WEBKNOSSOS accepts, each only once."""

import re
from collections.abc import Iterable

_FORBIDDEN = re.compile(r"[^A-Za-z0-9_$.\-]+")


def layer_name(text: str) -> str:
    """Turn any text into a name that WEBKNOSSOS accepts: no spaces, slashes or leading dots."""
    name = _FORBIDDEN.sub("_", re.sub(r"\s+", "", text)).strip("_").lstrip(".")
    return name or "layer"


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Give every later occurrence of a name the suffix ``_2``, ``_3``, … that is still free."""
    wanted = list(names)
    taken = set(wanted)
    used: set[str] = set()
    result: list[str] = []
    for name in wanted:
        one, count = name, 1
        while one in used or (count > 1 and one in taken):
            count += 1
            one = f"{name}_{count}"
        used.add(one)
        result.append(one)
    return tuple(result)
