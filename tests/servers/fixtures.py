"""Fixtures that start servers; `tests/conftest.py` imports them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.servers.http import RangeServer

Serve = Callable[..., RangeServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(content, **options)`` starts a `RangeServer` that stops with the test."""
    with ExitStack() as servers:

        def start(content: Mapping[str, bytes] | Path, **options: Any) -> RangeServer:
            return servers.enter_context(RangeServer(content, **options))

        yield start


@pytest.fixture(scope="module")
def server() -> Iterator[RangeServer]:
    """One server for a module, which serves nothing yet."""
    with RangeServer({}) as server:
        yield server
