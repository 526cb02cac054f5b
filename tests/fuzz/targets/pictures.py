"""Pictures as chunks, written by Pillow."""

import io
from dataclasses import replace

import numpy as np
import PIL.Image

from nb_remote.codecs.image import ImageCodec
from tests.fuzz.target import Target
from tests.fuzz.targets.decoding import Encoded, codec_target, pixels

SHAPE_ZYX = (6, 15, 17)


def _picture(kind: str, mode: str, **options: object) -> Encoded:
    depth, height, width = SHAPE_ZYX
    channels, itemsize = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}.get(mode, 1), 1 + (mode == "I;16")
    size = depth * height * width * channels * itemsize
    bands = (channels,) if channels > 1 else ()
    samples = np.frombuffer(pixels(size), f"<u{itemsize}").reshape(depth * height, width, *bands)
    out = io.BytesIO()
    PIL.Image.fromarray(samples).save(out, kind, **options)
    codec = ImageCodec(name=kind.lower(), channels=channels, itemsize=itemsize)
    return Encoded(codec=codec.for_shape((channels, *SHAPE_ZYX)), data=out.getvalue(), size=size)


def _jpeg() -> list[Encoded]:
    return [
        *(_picture("JPEG", mode, quality=q) for mode in ("L", "RGB") for q in (30, 95)),
        _picture("JPEG", "RGB", progressive=True),
        _picture("JPEG", "L", optimize=True, restart_marker_rows=1),
    ]


def _png() -> list[Encoded]:
    modes = ("L", "LA", "RGB", "RGBA", "I;16")
    valid = [_picture("PNG", mode, compress_level=level) for mode in modes for level in (0, 6)]
    bomb = io.BytesIO()
    PIL.Image.new("L", (8000, 8000)).save(bomb, "PNG", compress_level=1)
    return [*valid, replace(valid[0], data=bomb.getvalue())]


PICTURES: tuple[Target, ...] = (
    codec_target("jpeg", _jpeg, "image", sizes_vary=False, share=2),
    codec_target("png", _png, "image", sizes_vary=False, share=2),
)
