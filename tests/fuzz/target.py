"""What is fuzzed: valid inputs, a way to spoil them, and what must hold whatever comes."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from nb_remote.errors import CorruptChunk

MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One decoder or parser. A case follows from its name, the seed and the case's number alone."""

    name: str
    prepare: Callable[[], Any]
    """Valid inputs, from independent writers."""
    make: Callable[[Random, Any], Any]
    """What was prepared → one input, most of them spoiled."""
    check: Callable[[Any], None]
    """Raises one of `refusals`, or anything else when a promise is broken."""
    refusals: tuple[type[Exception], ...] = (CorruptChunk,)
    covers: tuple[str, ...] = ()
    """Modules of `nb_remote.codecs` whose decoder runs here."""
    headroom: int = 48 * MIB
    """Address space that a case may take beyond what the valid inputs have taken."""
    cpu_seconds: float = 5.0
    """More of it for one case is a hang; the slowest take a hundredth."""
    share: float = 1
    """How many times as many cases as others: more for many fields, less for slow decoders."""


class Broken(AssertionError):
    """A promise that was not kept: the input was read, and read wrong."""


def cases_of(target: Target, targets: Iterable[Target], total: int) -> range:
    """Return a target's part of `total` cases."""
    shares = sum(one.share for one in targets)
    return range(math.ceil(total * target.share / shares))


def require(holds: bool, what: str) -> None:
    """As assert, for promises that are checked in another process."""
    if not holds:
        raise Broken(what)
