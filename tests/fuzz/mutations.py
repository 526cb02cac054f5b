"""How valid bytes and documents are spoiled."""

import copy
import json
import math
import sys
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

_POWERS = [0, 7, 8, 15, 16, 24, 31, 32, 53, 62, 63, 64]
_WIDTHS = (1, 2, 3, 4, 8)
_HEADER, _TRAILER = 72, 32


def spoiled_bytes(random: Random, valid: bytes, others: Sequence[bytes] = ()) -> bytes:
    """Spoil `valid`, or leave it, or make something else up."""
    lot = random.random()
    if lot < 0.04:
        return valid
    if lot < 0.07:
        return random.randbytes(random.choice([0, 1, 4, 16, 40, 300, 4000]))
    data = bytearray(valid)
    for _ in range(random.choice([1, 1, 1, 2, 3, 8])):
        random.choice(_CHANGES)(random, data, others)
    return bytes(data)


def _place(random: Random, size: int) -> int:
    """Somewhere, mostly where headers and trailers are."""
    lot = random.random()
    if lot < 0.55:
        return random.randrange(min(size, _HEADER))
    return random.randrange(max(0, size - _TRAILER) if lot < 0.7 else 0, size)


def _flip(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    if data:
        data[_place(random, len(data))] ^= 1 << random.randrange(8)


def _set(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    if data:
        data[_place(random, len(data))] = random.choice([0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF])


def _number(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    """Write what a length or an offset should not be; -1 is all ones."""
    width = random.choice(_WIDTHS)
    if len(data) < width:
        return
    at = min(_place(random, len(data)), len(data) - width)
    at -= at % width if random.random() < 0.6 else 0
    order = random.choice(["little", "little", "big"])
    now = int.from_bytes(data[at : at + width], order)
    around = random.choice([0, now, len(data), *(1 << power for power in _POWERS)])
    value = (around + random.choice([-1, 0, 0, 1])) * random.choice([1, 1, 1, 2, -1])
    data[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, order)


def _cut(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    if data:
        del data[_place(random, len(data)) :]


def _drop(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    if data:
        at = _place(random, len(data))
        del data[at : at + random.choice([1, 2, 4, 8, 100])]


def _extend(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    count = random.choice([1, 4, 24, 1000])
    data += random.choice([bytes(count), b"\xff" * count, random.randbytes(count), data[:count]])


def _insert(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    at = _place(random, len(data)) if data else 0
    data[at:at] = random.randbytes(random.choice([1, 2, 4, 8, 100]))


def _repeat(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    if data:
        at, to = _place(random, len(data)), _place(random, len(data))
        part = data[at : at + random.choice([1, 4, 16, 64])]
        data[to : to + len(part)] = part


def _splice(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    if others and data:
        other = random.choice(others)
        at = _place(random, len(data))
        data[at:] = other[random.choice([at, random.randrange(len(other) + 1)]) :]


_CHANGES = (
    _flip,
    _set,
    _number,
    _number,
    _number,
    _cut,
    _drop,
    _extend,
    _insert,
    _repeat,
    _splice,
)

# --- documents -----------------------------------------------------------------------------------

HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 33, 255, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63, 2**64),
    *(2**70, -(2**63), 10**400, 10**5000, 0.5, 1.5, -0.0, 1e-320, 1e308, -1e308),
    *(math.nan, math.inf, -math.inf),
    *("", " ", "x", "y", "c", "0", "-1", "1e999", "..", "../..", "/", "//host/x", "a\nb", "\0"),
    *("\ud800", "\u202e", "\U0001f9e0", "é" * 5000, "http://127.0.0.1/", "s3://b/k", "a::b", "<u2"),
    *("|O", "<U9", "M8[ns]", "raw", "gzip", "blosc", "bytes", "sharding_indexed", "scale", "path"),
    *(
        [],
        [[]],
        {},
        [{}],
        [None],
        [0],
        [1, 2, 3],
        [0, 0, 0],
        [-1, -1, -1],
        [[1, 2, 3]],
        [2**53] * 3,
    ),
    *([1.5, 1, 1], ["x", "y", "z"], [math.nan] * 3, [1] * 40, [2**31] * 2, [{"name": "x"}]),
    *({"type": "scale"}, {"name": "bytes"}, {"id": "gzip"}, {"configuration": None}, {"path": "."}),
)


def nested(levels: int) -> list[Any]:
    """Return lists in lists."""
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a document but itself."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from places(one, (*path, key))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    """Return what lies there."""
    for key in path:
        document = document[key]
    return document


def spoiled_document(random: Random, valid: Any, changes: int | None = None) -> Any:
    """Return a copy with one to four changes; sometimes none."""
    document = copy.deepcopy(valid)
    for _ in range(random.choice([0, 1, 1, 1, 2, 4]) if changes is None else changes):
        paths = list(places(document))
        if not paths:
            return copy.deepcopy(random.choice(HOSTILE))
        *parents, last = random.choice(paths)
        _change(random, document, at(document, tuple(parents)), last, paths)
    return document


def _change(
    random: Random, document: Any, parent: Any, last: Any, paths: list[tuple[Any, ...]]
) -> None:
    value = parent[last]
    match random.choice(["hostile"] * 5 + ["other", "drop", "tweak", "wrap", "repeat", "rename"]):
        case "drop":
            del parent[last]
        case "other":
            parent[last] = copy.deepcopy(at(document, random.choice(paths)))
        case "tweak" if type(value) in (int, float):
            by = random.choice([-1, 1, value, -2 * value, 0.5, 2**32])
            parent[last] = value + (by if abs(value) < 2**64 else -1)
        case "tweak" if isinstance(value, str) and value:
            cut = random.randrange(len(value))
            parent[last] = (
                value[:cut] + random.choice(["", "\0", "/", "..", "A"]) + value[cut + 1 :]
            )
        case "wrap":
            parent[last] = random.choice([[value], {"name": value}, [value, value], nested(60)])
        case "repeat" if isinstance(value, list) and value:
            value.insert(random.randrange(len(value)), copy.deepcopy(random.choice(value)))
        case "rename" if isinstance(parent, dict):
            parent[random.choice(["", "name", "id", "type", "path", last + "x"])] = parent.pop(last)
        case _:
            parent[last] = copy.deepcopy(random.choice(HOSTILE))


def dumped(document: Any) -> bytes:
    """Write it as JSON, however long its numbers."""
    digits = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(document).encode()
    finally:
        sys.set_int_max_str_digits(digits)


def written(random: Random, document: Any) -> bytes:
    """Write it as JSON, sometimes as nobody should: marks, doubled keys, other encodings."""
    raw = dumped(document)
    lot = random.random()
    if lot < 0.70:
        return raw
    if lot < 0.75:
        return b"\xef\xbb\xbf" + raw
    if lot < 0.80:
        return raw.decode().encode("utf-16")
    if lot < 0.85:  # the last of equal keys counts
        return raw.replace(b"{", b'{"shape": -1, "shape": [], ', random.choice([1, -1]))
    return spoiled_bytes(random, raw)
