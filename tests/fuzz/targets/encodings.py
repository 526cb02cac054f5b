"""Encodings whose packages damaged data bring down: those run in processes of their own.

Each input costs a process where the package dies of it, so there are few of them.
"""

import compresso
import crackle
import fpzip
import imagecodecs
import numpy as np

from nb_remote.codecs.fpzip import Fpzip
from nb_remote.codecs.jxl import JpegXl
from nb_remote.codecs.labels import Labels
from tests.fuzz.target import Target
from tests.fuzz.targets.decoding import Encoded, codec_target, pixels
from tests.fuzz.targets.shaped import segments

SHAPE_ZYX = (7, 12, 13)


def _labels(name: str) -> list[Encoded]:
    package = {"compresso": compresso, "crackle": crackle}[name]
    found = []
    for dtype in ("u1", "u2", "u4", "u8"):
        data = segments(SHAPE_ZYX, dtype)
        codec = Labels(name=name, dtype=data.dtype).for_shape(SHAPE_ZYX)
        raw = bytes(package.compress(data.T.copy("F")))
        found.append(Encoded(codec=codec, data=raw, size=data.nbytes))
    return found


def _fpzip() -> list[Encoded]:
    found = []
    for dtype in ("f4", "f8"):
        data = np.random.default_rng(0).normal(size=SHAPE_ZYX).astype(dtype)
        codec = Fpzip(name="fpzip", dtype=data.dtype).for_shape(SHAPE_ZYX)
        raw = bytes(fpzip.compress(data.T.copy("F"), order="F"))
        found.append(Encoded(codec=codec, data=raw, size=data.nbytes))
    return found


def _jxl() -> list[Encoded]:
    depth, height, width = SHAPE_ZYX
    found = []
    for channels, itemsize in ((1, 1), (1, 2), (3, 1), (4, 1)):
        size = depth * height * width * channels * itemsize
        bands = (channels,) if channels > 1 else ()
        shape = (depth * height, width, *bands)
        picture = np.frombuffer(pixels(size), f"u{itemsize}").reshape(shape)
        raw = bytes(imagecodecs.jpegxl_encode(picture, lossless=True))
        codec = JpegXl(channels=channels, itemsize=itemsize).for_shape((channels, *SHAPE_ZYX))
        found.append(Encoded(codec=codec, data=raw, size=size))
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
    codec_target("fpzip", _fpzip, sizes_vary=False, share=0.06),
    codec_target("jxl", _jxl, sizes_vary=False, share=0.3),
)
