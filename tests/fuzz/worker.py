"""The process in which inputs are tried: little memory, little time, one input after the other.

Reads lines ``target seed first stop room`` and answers in lines: the number of each case before it
is tried, so that the parent knows which one was the last, a JSON object for each broken promise,
and one at the end.
"""

import faulthandler
import json
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.target import Target

WARM_UP = 4


def case_of(target: Target, prepared: Any, seed: int, number: int) -> Any:
    """Return the input of that number."""
    return target.make(Random(f"{target.name} {seed} {number}"), prepared)


class Limits:
    """Address space and CPU time, both enforced by the kernel."""

    def __init__(self) -> None:
        # A hang ends the process with the stack on stderr, also from within a C library.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        faulthandler.enable()
        faulthandler.register(signal.SIGPROF, chain=True)

    def lift(self) -> None:
        """Let valid inputs take what they need."""
        _limit_memory(None)

    def set(self, headroom: int) -> None:
        """Allow so much more than is in use now."""
        if sys.platform == "linux":  # elsewhere nobody enforces it
            _limit_memory(_in_use() + headroom)

    @contextmanager
    def seconds(self, most: float) -> Iterator[None]:
        """End the process when more CPU time is taken."""
        signal.setitimer(signal.ITIMER_PROF, most)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _in_use() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _limit_memory(most: int | None) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard if most is None else most, hard))


def say(**answer: Any) -> None:
    """Write one line to the parent."""
    os.write(1, json.dumps(answer).encode() + b"\n")


def try_cases(target: Target, seed: int, first: int, stop: int, room: int, limits: Limits) -> None:
    """Try the cases ``first:stop``, until `room` of them broke a promise."""
    limits.lift()
    prepared = target.prepare()
    # Whatever is made on first use, threads and tables, is made before the limit counts.
    for number in range(-WARM_UP, 0):
        try_one(target, case_of(target, prepared, seed, number))
    limits.set(target.headroom)
    counts = {"read": 0, "refused": 0}
    slowest = (0.0, first)
    for number in range(first, stop):
        os.write(1, b"%d\n" % number)
        case = case_of(target, prepared, seed, number)
        begin = time.process_time()
        with limits.seconds(target.cpu_seconds):
            result = try_one(target, case)
        slowest = max(slowest, (time.process_time() - begin, number))
        if result in counts:
            counts[result] += 1
        else:
            say(case=number, what=result)
            room -= 1
            if room == 0:
                break
    limits.lift()
    say(**counts, slowest_s=round(slowest[0], 3), slowest=slowest[1])


def try_one(target: Target, case: Any) -> str:
    """Return ``read``, ``refused``, or what went wrong."""
    try:
        target.check(case)
    except target.refusals:
        return "refused"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is reported
        frames = traceback.format_exception(error, limit=-8)
        return f"{type(error).__name__}: {error}"[:500] + "\n" + "".join(frames)[-4000:]
    return "read"


def main() -> None:
    """Serve the parent until it closes the pipe."""
    from tests.fuzz.faults import FAULTS
    from tests.fuzz.targets import TARGETS

    warnings.simplefilter("error")
    limits = Limits()
    for line in sys.stdin:
        name, *numbers = line.split()
        try_cases((TARGETS | FAULTS)[name], *map(int, numbers), limits)


if __name__ == "__main__":
    main()
