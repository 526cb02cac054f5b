"""How a test says that WEBKNOSSOS does something else with the same data."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., None])


def unlike_webknossos(test: Test) -> Test:
    """Mark a test whose outcome is not WEBKNOSSOS's: `docs/deviations.md` has to say why."""
    return test
