"""Decodes chunks that come in on standard input; run as a script by `apart`.

It stands alone: nothing of nb-remote is imported, so that it starts as fast as NumPy does. Its
arguments are the name of a package and the folders to import from, as JSON.
"""

import contextlib
import ctypes
import faulthandler
import importlib
import json
import os
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Literal

ASKED = struct.Struct("<QQ")
"""Bytes of the chunk that follows, and bytes of memory that decoding it may take."""
ANSWERED = struct.Struct("<IQ")
"""Bytes of a JSON object about the array, and bytes of the array, which follow."""
_PERTURB = -6
"""The number of glibc's parameter, see mallopt(3)."""
PATIENCE_S = 20
"""Forged data may keep a decoder busy for ever; an honest chunk takes a second at most."""


def _decode(package: str, module: Any, data: bytes) -> Any:  # noqa: ANN401  (an array)
    if package == "imagecodecs":
        return module.jpegxl_decode(data, numthreads=1)
    if package == "crackle":
        return _all_written(lambda: module.decompress(data, parallel=1))
    if package == "fpzip":
        # It is asked twice, with another end each time, and may use memory that it never wrote.
        _fill_new_memory(0x55 ^ data[-1])
        return module.decompress(data, order="F")
    return module.decompress(data)


def _all_written(decode: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Decode twice, into memory that holds something else.

    crackle (0.53) says nothing of a plane whose checksum is wrong, and leaves it unwritten.
    """
    arrays = []
    for fill in (0x55, 0xAA):
        _fill_new_memory(fill)
        arrays.append(decode())
    _fill_new_memory(0)
    if arrays[0].tobytes() != arrays[1].tobytes():
        raise ValueError("the checksum of a plane is wrong")
    return arrays[0]


def _fill_new_memory(fill: int) -> None:
    """Let malloc fill what it hands out, where it can (glibc); 0 for as it comes."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_PERTURB, fill)


@contextlib.contextmanager
def _within(memory: int) -> Iterator[None]:
    """Bound time on every system, and memory on Linux."""
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    _bound_memory(memory)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        _bound_memory(None)


def _bound_memory(more: int | None) -> None:
    """Allow so many bytes more than are in use now; None for as many as at the start."""
    if sys.platform != "linux":
        return
    resource = importlib.import_module("resource")
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    allowed = most
    if more is not None:
        with open("/proc/self/statm", encoding="ascii") as pages:  # noqa: PTH123  (starts faster)
            allowed = int(pages.read().split()[0]) * resource.getpagesize() + more
    if 0 <= most < allowed:
        allowed = most
    resource.setrlimit(resource.RLIMIT_AS, (allowed, most))


def order_of(package: str) -> Literal["C", "F"]:
    """Pictures come row by row, volumes with x fastest."""
    return "C" if package == "imagecodecs" else "F"


def _answer(answers: BinaryIO, about: dict[str, object], body: bytes = b"") -> None:
    said = json.dumps(about).encode()
    answers.write(ANSWERED.pack(len(said), len(body)) + said)
    answers.write(body)
    answers.flush()


def _serve(package: str, asked: BinaryIO, answers: BinaryIO) -> None:
    try:
        module = importlib.import_module(package)
    except Exception as error:  # noqa: BLE001  (said to whoever asked)
        _answer(answers, {"error": f"{type(error).__name__}: {error}"[:200]})
        return
    _answer(answers, {"ready": True})
    while len(head := asked.read(ASKED.size)) == ASKED.size:
        size, memory = ASKED.unpack(head)
        data = asked.read(size)
        try:
            with _within(memory):
                array = _decode(package, module, data)
                body = array.tobytes(order_of(package))
                about = {"dtype": array.dtype.str, "shape": array.shape}
        except Exception as error:  # noqa: BLE001  (said to whoever asked)
            about, body = {"error": f"{type(error).__name__}: {error}"[:200]}, b""
        _answer(answers, about, body)


def _main() -> None:
    sys.path[:] = json.loads(sys.argv[2])
    # Libraries may print; what they print must not stand among the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        _serve(sys.argv[1], sys.stdin.buffer, answers)


if __name__ == "__main__":
    _main()
