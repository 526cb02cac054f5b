"""What every decoder promises, checked on any bytes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from nb_remote.codecs.base import Codec
from nb_remote.codecs.chain import decode_part
from nb_remote.codecs.elementwise import Elementwise
from tests.fuzz.mutations import spoiled_bytes
from tests.fuzz.target import MIB, Target, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A chunk, and the part of it that is asked for."""

    codec: Codec
    data: bytes
    size: int
    start: int = 0
    stop: int = 0


def codec_target(
    name: str,
    prepare: Callable[[], list[Encoded]],
    *covers: str,
    headroom: int = 48 * MIB,
    share: float = 1,
    sizes_vary: bool = True,
) -> Target:
    """Fuzz the data of one codec, and the size that is promised of them.

    Parameters
    ----------
    sizes_vary
        Whether another size can be promised; where a shape stands behind it, it can't.
    """

    def make(random: Random, prepared: list[Encoded]) -> Encoded:
        one = random.choice(prepared)
        size = one.size
        if sizes_vary and random.random() < 0.1:
            size = max(1, random.choice([size + 1, size - 1, size * 2, size // 2, 1, 8, 65_536]))
        start, stop = sorted(random.randrange(size + 1) for _ in range(2))
        data = one.data
        if size == one.size or random.random() < 0.5:
            data = spoiled_bytes(random, data, [other.data for other in prepared])
        return replace(one, data=data, size=size, start=start, stop=stop)

    return Target(
        name=name, prepare=prepare, make=make, check=check, covers=covers or (name,),
        headroom=headroom, share=share,
    )  # fmt: skip


def check(case: Encoded) -> None:
    """Exactly the promised bytes, all of them written, and any part is that part of the whole."""
    try:
        with unwritten_memory_is(0x00):
            whole = bytes(case.codec.decode(case.data, case.size, case.size))
    except Exception:
        _part_alone(case)
        raise
    require(len(whole) == case.size, f"{len(whole)} bytes instead of {case.size}")
    with unwritten_memory_is(0xFF):
        again = bytes(case.codec.decode(case.data, case.size, case.size))
    require(whole == again, "memory is returned that was never written")
    part = bytes(decode_part((case.codec,), case.data, case.size, case.start, case.stop))
    if settled(case.codec):
        require(part == whole[case.start : case.stop], "a part is not that of the whole")


def settled(codec: Codec) -> bool:
    """Whether each number has one meaning: what a float becomes that no integer is, is the
    processor's choice, and it may choose another one for the last numbers of an array.
    """
    if not isinstance(codec, Elementwise):
        return True
    through_floats = codec.encoded.kind == "f" or codec.name == "fixedscaleoffset"
    return not through_floats or codec.decoded.kind == "f"


def _part_alone(case: Encoded) -> None:
    """Of a damaged chunk a part may be read; it has the right length at least."""
    part = decode_part((case.codec,), case.data, case.size, case.start, case.stop)
    require(len(part) == case.stop - case.start, f"{len(part)} bytes of a part")


_empty = np.empty


@contextmanager
def unwritten_memory_is(fill: int) -> Iterator[None]:
    """Fill what `numpy.empty` returns, so that two decodings differ where nothing was written."""

    def empty(*args: Any, **options: Any) -> np.ndarray:
        made = _empty(*args, **options)
        if made.nbytes <= MIB and made.flags.c_contiguous:
            made.reshape(-1).view(np.uint8).fill(fill)
        return made

    np.empty = empty
    try:
        yield
    finally:
        np.empty = _empty


def pixels(size: int, seed: int = 0) -> bytes:
    """Bytes like an image's: neighbours are alike, yet no two stretches are the same."""
    random = np.random.default_rng(seed)
    steps = random.integers(-3, 4, -(-size // 3)).cumsum().repeat(3)[:size]
    return (steps % 256).astype(np.uint8).tobytes()
