"""Encodings whose packages damaged data bring down: those run in processes of their own.

Each input costs a process where the package dies of it, so there are few of them.
"""

from math import prod
from typing import Any

import compresso
import crackle
import fpzip
import imagecodecs
import numpy as np

from nb_remote.containers.precomputed.encoding import parse_encoding
from tests.fuzz.target import Target
from tests.fuzz.targets.decoding import Encoded, codec_target, pixels
from tests.fuzz.targets.shaped import segments

SHAPE_ZYX = (7, 12, 13)


def _encoded(name: str, dtype: np.dtype[Any], channels: int, data: bytes) -> Encoded:
    (codec,) = parse_encoding({"encoding": name}, dtype, channels, "", "", in_gzip=False)
    shape = (channels, *SHAPE_ZYX) if channels > 1 else SHAPE_ZYX
    size = dtype.itemsize * prod((channels, *SHAPE_ZYX))
    return Encoded(codec=codec.for_shape(shape), data=data, size=size)


def _labels(name: str) -> list[Encoded]:
    package = {"compresso": compresso, "crackle": crackle}[name]
    found = []
    for dtype in ("u1", "u2", "u4", "u8"):
        data = segments(SHAPE_ZYX, dtype)
        raw = bytes(package.compress(data.T.copy("F")))
        found.append(_encoded(name, data.dtype, 1, raw))
    return found


def _fpzip() -> list[Encoded]:
    found = []
    for dtype in ("f4", "f8"):
        data = np.random.default_rng(0).normal(size=SHAPE_ZYX).astype(dtype)
        raw = bytes(fpzip.compress(data.T.copy("F"), order="F"))
        found.append(_encoded("fpzip", data.dtype, 1, raw))
    # As cloud-volume writes it: moved away from zero, channels before z.
    moved = (np.abs(data) + 2)[None].T.swapaxes(2, 3).astype("f4").copy("F")
    raw = bytes(fpzip.compress(moved, order="F"))
    return [*found, _encoded("kempressed", moved.dtype, 1, raw)]


def _jxl() -> list[Encoded]:
    depth, height, width = SHAPE_ZYX
    found = []
    for channels, itemsize in ((1, 1), (1, 2), (3, 1), (4, 1)):
        size = depth * height * width * channels * itemsize
        bands = (channels,) if channels > 1 else ()
        shape = (depth * height, width, *bands)
        picture = np.frombuffer(pixels(size), f"u{itemsize}").reshape(shape)
        raw = bytes(imagecodecs.jpegxl_encode(picture, lossless=True))
        found.append(_encoded("jxl", picture.dtype, channels, raw))
    return found


ENCODINGS: tuple[Target, ...] = (
    codec_target(
        "compresso",
        lambda: _labels("compresso"),
        *("compresso", "labels", "apart", "apart_process"),
        sizes_vary=False,
        share=0.2,
    ),
    codec_target(
        "crackle",
        lambda: _labels("crackle"),
        *("crackle", "labels"),
        sizes_vary=False,
        share=0.2,
    ),
    codec_target("fpzip", _fpzip, "floats", sizes_vary=False, share=0.06),
    codec_target("jxl", _jxl, sizes_vary=False, share=0.3),
)
