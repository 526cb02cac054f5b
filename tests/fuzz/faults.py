"""Decoders that do what none may do: the fuzzer has to notice each."""

import faulthandler
import os
from collections.abc import Callable
from random import Random

from nb_remote.errors import CorruptChunk
from tests.fuzz.target import MIB, Target, require


def _hang() -> None:
    while True:
        pass


def _exit() -> None:
    os._exit(3)


def _wrong_type() -> None:
    {}["missing"]


def _too_much_memory() -> None:
    bytearray(64 * MIB)


def _wrong_result() -> None:
    require(False, "one byte too many")


def _only_refused() -> None:
    raise CorruptChunk("this is what is expected")


def _fault(name: str, fault: Callable[[], None]) -> Target:
    """Commit it in case 3 of seed 7."""

    def check(here: bool) -> None:
        if here:
            fault()

    return Target(
        name=name,
        prepare=lambda: Random(f"{name} 7 3").random(),
        make=lambda random, expected: random.random() == expected,
        check=check,
        headroom=32 * MIB,
        cpu_seconds=0.3,
    )


FAULTS: dict[str, Target] = {
    name: _fault(name, fault)
    for name, fault in {
        "hang": _hang,
        "crash": faulthandler._sigsegv,
        "exit": _exit,
        "wrong-type": _wrong_type,
        "memory": _too_much_memory,
        "wrong-result": _wrong_result,
        "refused": _only_refused,
    }.items()
}
