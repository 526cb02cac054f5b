"""How tests write links."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

PAGE = "https://neuroglancer-demo.appspot.com/"


@pytest.fixture
def linked() -> Callable[[dict[str, Any]], str]:
    """Write the link of a state as the viewer does."""

    def write(state: dict[str, Any]) -> str:
        text = json.dumps(state, separators=(",", ":"))
        return f"{PAGE}#!{quote(text, safe='/:@$?&=+#,;-_.~*')}"

    return write
