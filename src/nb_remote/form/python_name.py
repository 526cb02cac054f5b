"""What a notebook calls an object, so that a line of Python can be offered that works."""

import re
import sys
from collections.abc import Mapping

_OUTPUT = re.compile(r"_\d+")


def name_in_notebook(value: object, default: str) -> str:
    """Return the variable that holds `value` in the notebook, or its ``_3`` if only an output does.

    `default` where there is no notebook, or it keeps no name for it.
    """
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    namespace = getattr(shell, "user_ns", None)
    if not isinstance(namespace, Mapping):
        return default
    names = [name for name, one in list(namespace.items()) if one is value]
    given = [name for name in names if not name.startswith("_")]
    outputs = [name for name in names if _OUTPUT.fullmatch(name)]
    return next(iter([*given, *outputs]), default)
