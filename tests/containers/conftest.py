"""Arrays that are served and opened."""

import itertools

import pytest
from tests.containers import written, written3


@pytest.fixture
def opened(server):
    """``opened(objects)`` serves an array at a new address and returns ours on it."""
    numbers = itertools.count()

    def serve(objects):
        prefix = f"{id(numbers)}/{next(numbers)}"
        server.content = written.below(prefix, objects)
        server.forget()
        is_v3 = "zarr.json" in objects
        level_at = written3.level_at if is_v3 else written.level_at
        return level_at(f"{server.url}/{prefix}", objects["zarr.json" if is_v3 else ".zarray"])

    return serve
