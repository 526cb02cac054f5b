"""The rows of the tables on N5: compressions, data types, and kinds of blocks."""

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numcodecs
import zstandard
from tests.formats.one_volume import Case, n5, n5_by_tensorstore
from tests.n5.test_blocks import lz4_java

Cases = dict[str, Callable[[], Case]]


def _by_hand(encode: Callable[[bytes], bytes], name: str, **more: Any) -> Callable[[], Case]:
    return lambda: n5("uint8", {"type": name, **more}, encode)


def _blosc(raw: bytes) -> bytes:
    return bytes(numcodecs.Blosc("lz4", 3, numcodecs.Blosc.NOSHUFFLE).encode(raw))


# Of one byte, because cloud-volume takes the bytes of larger numbers the wrong way round.
COMPRESSIONS: Cases = {
    "raw": lambda: n5("uint8"),
    "gzip": _by_hand(gzip.compress, "gzip", level=-1),
    "gzip, `useZlib`": _by_hand(zlib.compress, "gzip", useZlib=True, level=1),
    "zlib": _by_hand(zlib.compress, "zlib", level=1),
    "bzip2": _by_hand(bz2.compress, "bzip2", blockSize=9),
    "xz": _by_hand(lzma.compress, "xz", preset=1),
    "lz4": _by_hand(lz4_java, "lz4", blockSize=65536),
    "blosc": _by_hand(_blosc, "blosc", cname="lz4", clevel=3, shuffle=0, blocksize=0),
    "zstd": _by_hand(zstandard.compress, "zstd", level=3),
    "jpeg": lambda: replace(n5("uint8", {"type": "jpeg"}), says="jpeg"),
    "any other": lambda: replace(n5("uint8", {"type": "snappy"}), says="snappy"),
}

TYPES: Cases = {
    **{
        name: lambda name=name: n5(name)  # type: ignore[misc]
        for name in (
            *(f"{sign}int{bits}" for sign in ("u", "") for bits in (8, 16, 32, 64)),
            "float32",
            "float64",
        )
    },
    **{
        name: lambda name=name: replace(n5(dataType=name), says=name)  # type: ignore[misc]
        for name in ("string", "object")
    },
}


def _mode(
    mode: int, says: str, count: Callable[[int], int], **attributes: Any
) -> Callable[[], Case]:
    """All blocks of another mode, with the number of their elements behind the extents."""

    def make() -> Case:
        case = n5("uint8", **attributes)
        objects = {}
        for key, one in case.objects.items():
            if key.endswith(".json"):
                objects[key] = one
                continue
            shape = struct.unpack(">3I", one[4:16])
            number = count(shape[0] * shape[1] * shape[2])
            objects[key] = (
                struct.pack(">H", mode) + one[2:16] + struct.pack(">I", number) + one[16:]
            )
        return replace(case, objects=objects, says=says)

    return make


def _without_a_block() -> Case:
    case = n5("uint8")
    first, *others = (one.copy() for one in case.levels)
    first[:6, :5, :4] = 0
    objects = {key: one for key, one in case.objects.items() if key != "s0/0/0/0"}
    return replace(case, objects=objects, levels=(first, *others))


BLOCKS: Cases = {
    "cut off at the border, as Java writes them": lambda: n5("uint8"),
    "whole at the border, as tensorstore writes them": lambda: n5_by_tensorstore(
        {"type": "gzip"}, "uint8"
    ),
    "that are missing": _without_a_block,
    "of varying length (mode 1), one element per voxel": _mode(1, "", lambda voxels: voxels),
    "of varying length (mode 1), anything else": _mode(
        1, "varying length", lambda voxels: voxels + 1
    ),
    "of objects (mode 2)": _mode(2, "objects", lambda voxels: voxels),
    "of label multisets": _mode(
        1, "label multiset", lambda voxels: voxels + 1, isLabelMultiset=True
    ),
    "`compressionType` instead of `compression`": lambda: _old(n5("uint8", None, gzip.compress)),
}


def _old(case: Case) -> Case:
    objects = {
        key: one.replace(b'"compression": {"type": "raw"}', b'"compressionType": "gzip"')
        for key, one in case.objects.items()
    }
    assert objects != case.objects
    return replace(case, objects=objects)
