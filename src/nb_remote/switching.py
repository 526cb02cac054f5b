"""While somebody waits for tiles, the interpreter changes threads more often.

A cell that runs pure Python gives up the interpreter lock only every 5 ms, and six tiles take some
sixty turns of it: measured, 140 to 380 ms from a key to the painted slice instead of 67 with an
idle kernel, and 100 with turns of 1 ms. Only meanwhile: the switches are at the cost of the cell.
"""

import asyncio
import functools
import sys

BRISK_S = 0.001
"""Turns of half a millisecond brought another 10 ms, for twice as many switches."""
LINGER_S = 1.0
"""Longer than between two wheel steps, so that a gesture is served in one go."""


class Switching:
    """Shortens the turns of the interpreter's threads for a while. Used on one loop only.

    An interval that the person set is left alone when it is shorter, or set meanwhile.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._usual = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def quickened(self) -> bool:
        """Whether the turns are shortened now."""
        return self._timer is not None

    def quicken(self) -> None:
        """Somebody waits: shorten the turns until nobody has called this for `LINGER_S`."""
        loop = asyncio.get_running_loop()
        self._until = loop.time() + LINGER_S
        if self._timer is None and sys.getswitchinterval() > BRISK_S:
            self._usual = sys.getswitchinterval()
            sys.setswitchinterval(BRISK_S)
            self._timer = loop.call_at(self._until, self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < self._until:
            self._timer = loop.call_at(self._until, self._look)
            return
        self._timer = None
        # The interpreter keeps whole microseconds.
        if abs(sys.getswitchinterval() - BRISK_S) < 1e-6:
            sys.setswitchinterval(self._usual)


@functools.cache
def process_switching() -> Switching:
    """Return the one of this process, for its IO loop."""
    return Switching()
