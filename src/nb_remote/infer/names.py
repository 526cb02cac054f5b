"""Layer names: what WEBKNOSSOS accepts, each only once."""

import re
from collections.abc import Iterable

LAYER_NAME_PATTERN = r"^[A-Za-z0-9_$\-][A-Za-z0-9_$.\-]*$"
MOST_NAME_CHARACTERS = 255
"""A name becomes a folder there, and file systems stop at 255."""

_FORBIDDEN = re.compile(r"[^A-Za-z0-9_$.\-]+")


def layer_name(text: str) -> str:
    """Turn any text into a name that WEBKNOSSOS accepts: no spaces, slashes or leading dots."""
    name = _FORBIDDEN.sub("_", re.sub(r"\s+", "", text)).strip("_").lstrip(".")
    return name or "layer"


def name_problem(name: str) -> str:
    """Say in one sentence why WEBKNOSSOS would refuse a layer's name; empty when it wouldn't."""
    if not name:
        return "a layer needs a name"
    if len(name) > MOST_NAME_CHARACTERS:
        return f"a name may have at most {MOST_NAME_CHARACTERS} characters, not {len(name)}"
    if name.startswith("."):
        return "a name may not start with a full stop"
    if not re.fullmatch(LAYER_NAME_PATTERN, name) or name.endswith("\n"):
        return "a name may have letters (a to z), digits, and _ - . $ but nothing else"
    return ""


def unique_names(names: Iterable[str], chosen: Iterable[bool] = ()) -> tuple[str, ...]:
    """Give every later occurrence of a name the suffix ``_2``, ``_3``, … that is still free.

    Parameters
    ----------
    names
        As they would be called if each were alone.
    chosen
        Whether a person chose the name, one for each, or empty for none. Such a name stays with
        its layer, wherever that stands among the others.
    """
    wanted = list(names)
    first = list(chosen) or [False] * len(wanted)
    taken = set(wanted)
    used: set[str] = set()
    result = [""] * len(wanted)
    for number in sorted(range(len(wanted)), key=lambda n: not first[n]):
        name = wanted[number]
        one, count = name, 1
        while one in used or (count > 1 and one in taken):
            count += 1
            one = f"{name}_{count}"
        used.add(one)
        result[number] = one
    return tuple(result)
