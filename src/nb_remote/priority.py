"""What is done first where work has to wait: what is looked at, then what soon will be, then bulk.

The priority travels in a context variable, so that stores and codecs need not know of it. It
may rise: when somebody looks at a chunk that a computation has already queued for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from enum import IntEnum
from typing import Protocol


class Priority(IntEnum):
    """Why something is read, most urgent first."""

    VISIBLE = 0
    """Somebody waits for it before a picture or a prompt."""
    PREFETCH = 1
    """Somebody may look at it next."""
    BULK = 2
    """A computation takes it as it comes."""


class Follower(Protocol):
    """What becomes more urgent together with the work it is part of."""

    def rise(self, priority: Priority) -> None:
        """Become as urgent as `priority`, unless it is more urgent already."""


class Urgency:
    """The priority of one piece of work. Used on the IO loop only."""

    __slots__ = ("followers", "priority")

    def __init__(self, priority: Priority) -> None:
        self.priority = priority
        self.followers: set[Follower] = set()
        """Whoever waits on behalf of this work, for as long as it waits."""

    def rise(self, priority: Priority) -> None:
        """Become as urgent as `priority`, and let the followers know."""
        if priority < self.priority:
            self.priority = priority
            for follower in tuple(self.followers):
                follower.rise(priority)


_urgency: ContextVar[Urgency | None] = ContextVar("nb_remote_urgency", default=None)


def current_urgency() -> Urgency:
    """Return the urgency of the work that is going on; who says nothing waits for it."""
    return _urgency.get() or Urgency(Priority.VISIBLE)


@contextmanager
def working_at(priority: Priority) -> Iterator[None]:
    """Give the block and the tasks it starts `priority`."""
    token = _urgency.set(Urgency(priority))
    try:
        yield
    finally:
        _urgency.reset(token)


def context_of(urgency: Urgency) -> Context:
    """Return a copy of the current context for work of its own `urgency`."""
    context = copy_context()
    context.run(_urgency.set, urgency)
    return context
