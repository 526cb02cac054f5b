"""How deep a JSON document is nested, found out without following it into the depth."""

from typing import Any


def is_deeper(document: dict[str, Any] | list[Any], levels: int) -> bool:
    """Whether objects and lists lie in one another more than `levels` deep."""
    level: list[Any] = [document]
    for _ in range(levels):
        inner: list[Any] = []
        for node in level:
            values = node.values() if isinstance(node, dict) else node
            inner += [value for value in values if isinstance(value, dict | list)]
        if not inner:
            return False
        level = inner
    return True
