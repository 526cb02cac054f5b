"""The codecs of the allow-list, on data of the libraries that define them."""

import base64
import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numcodecs
import numcodecs.blosc
import numcodecs.fletcher32
import numcodecs.lz4
import numpy as np
import xxhash
import zstandard

from nb_remote.codecs.allowed import parse_codec
from nb_remote.codecs.lz4_java import Lz4Java
from nb_remote.codecs.small_types import SmallType
from tests.fuzz.target import MIB, Target
from tests.fuzz.targets.decoding import Encoded, codec_target, pixels

SIZES = (1, 24, 1000, 4096, 40_000)


def _encoded(name: str, encode: Callable[[bytes], bytes], **config: object) -> list[Encoded]:
    codec = parse_codec(name, config, where="https://example.org/v/.zarray")
    contents = [pixels(size, seed=size) for size in SIZES] + [bytes(30_000)]
    return [Encoded(codec=codec, data=bytes(encode(one)), size=len(one)) for one in contents]


def _with_bomb(name: str, compressor: Any, mib: int, found: list[Encoded]) -> list[Encoded]:
    """Add few bytes that decode to more than there is memory for."""
    parts = [compressor.compress(bytes(MIB)) for _ in range(mib)]
    bomb = b"".join((*parts, compressor.flush()))
    codec = parse_codec(name, {}, where="")
    return [*found, Encoded(codec=codec, data=bomb, size=1000)]


def _numcodecs(name: str, codec: numcodecs.abc.Codec, **config: object) -> list[Encoded]:
    return _encoded(name, lambda data: bytes(codec.encode(np.frombuffer(data, np.uint8))), **config)


def _blosc() -> list[Encoded]:
    found = []
    for inner in ("lz4", "zstd", "blosclz", "zlib", "lz4hc"):
        for shuffle in (0, 1, 2):
            codec = numcodecs.Blosc(cname=inner, clevel=5, shuffle=shuffle, blocksize=4096)
            for typesize in (1, 2, 8):
                data = pixels(24_000, seed=typesize)
                raw = codec.encode(np.frombuffer(data, f"u{typesize}"))
                parsed = parse_codec("blosc", {}, where="")
                found.append(Encoded(codec=parsed, data=bytes(raw), size=len(data)))
    return found + _numcodecs("blosc", numcodecs.Blosc(cname="lz4"))


def _zstd() -> list[Encoded]:
    def streamed(data: bytes) -> bytes:
        made = zstandard.ZstdCompressor(level=3, write_checksum=True).compressobj()
        return made.compress(data) + made.flush()

    frame = zstandard.ZstdCompressor(level=1).compress
    two = _encoded(
        "zstd", lambda data: frame(data[: len(data) // 2]) + frame(data[len(data) // 2 :])
    )
    large = zstandard.ZstdCompressor(level=19).compress
    found = _encoded("zstd", frame) + _encoded("zstd", streamed) + two + _encoded("zstd", large)
    return _with_bomb("zstd", zstandard.ZstdCompressor(level=1).compressobj(), 512, found)


def _gzip() -> list[Encoded]:
    def members(data: bytes) -> bytes:
        return b"".join(gzip.compress(data[at : at + 9000]) for at in range(0, len(data), 9000))

    found = _encoded("gzip", gzip.compress) + _encoded("gzip", members)
    return _with_bomb("gzip", zlib.compressobj(wbits=31), 72, found)


def _zlib() -> list[Encoded]:
    return _with_bomb("zlib", zlib.compressobj(), 72, _encoded("zlib", zlib.compress))


def _bz2() -> list[Encoded]:
    return _with_bomb("bz2", bz2.BZ2Compressor(), 64, _encoded("bz2", bz2.compress))


def _lzma() -> list[Encoded]:
    raw = [{"id": lzma.FILTER_DELTA, "dist": 2}, {"id": lzma.FILTER_LZMA2, "preset": 1}]
    alone = lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE)  # noqa: E731
    return [
        *_encoded("lzma", lzma.compress),
        *_encoded("lzma", lambda data: lzma.compress(data[:9]) + lzma.compress(data[9:])),
        *_encoded("lzma", alone, format=lzma.FORMAT_ALONE),
        *_encoded(
            "lzma",
            lambda data: lzma.compress(data, format=lzma.FORMAT_RAW, filters=raw),
            format=lzma.FORMAT_RAW,
            filters=raw,
        ),
    ]


def lz4_java_chunks() -> list[Encoded]:
    """As lz4-java lays it out: blocks with a header each, and an empty one at the end.

    And bare blocks, as z5 writes them.
    """

    def header(method: int, stored: int, length: int, checksum: int) -> bytes:
        return b"LZ4Block" + struct.pack("<BiiI", method | 2, stored, length, checksum)

    def encode(data: bytes) -> bytes:
        out = b""
        for at in range(0, len(data), 4096):
            block = data[at : at + 4096]
            checksum = xxhash.xxh32_intdigest(block, 0x9747B28C) & 0xFFFFFFF
            packed = bytes(numcodecs.lz4.compress(block))[4:]
            method, body = (0x20, packed) if len(packed) < len(block) else (0x10, block)
            out += header(method, len(body), len(block), checksum) + body
        return out + header(0x10, 0, 0, 0)

    contents = [pixels(size, seed=size) for size in SIZES] + [bytes(30_000)]
    bare = [bytes(numcodecs.lz4.compress(one))[4:] for one in contents]
    written = [
        *zip(map(encode, contents), contents, strict=True),
        *zip(bare, contents, strict=True),
    ]
    return [Encoded(codec=Lz4Java(), data=raw, size=len(one)) for raw, one in written]


def _checksums() -> list[Encoded]:
    import google_crc32c

    def crc32c(data: bytes) -> bytes:
        return data + struct.pack("<I", google_crc32c.value(data))

    fletcher = numcodecs.fletcher32.Fletcher32()
    return [
        *_encoded("crc32c", crc32c),
        *_encoded("crc32", lambda data: struct.pack("<I", zlib.crc32(data)) + data),
        *_encoded("adler32", lambda data: struct.pack("<I", zlib.adler32(data)) + data),
        *_encoded(
            "adler32", lambda data: data + struct.pack("<I", zlib.adler32(data)), location="end"
        ),
        *_encoded("fletcher32", lambda data: bytes(fletcher.encode(data))),
        *_encoded("jenkins_lookup3", lambda data: bytes(numcodecs.JenkinsLookup3().encode(data))),
    ]


def _elementwise() -> list[Encoded]:
    found = []
    types = ["<u1", "<i2", "<u4", "<i8", "<f4", "<f8", ">u2", ">f4"]
    for voxel in types:
        for stored in types:
            options = {"dtype": voxel, "astype": stored}
            kinds = {
                "delta": options,
                "fixedscaleoffset": options | {"scale": 10, "offset": 1.5},
                "astype": {"encode_dtype": stored, "decode_dtype": voxel},
                "quantize": options | {"digits": 2},
            }
            for name, config in kinds.items():
                if name == "quantize" and "f" not in voxel:
                    continue
                try:
                    codec = parse_codec(name, config, where="")
                except ValueError:
                    continue  # not every pair has the arithmetic
                count = 120
                data = pixels(count * np.dtype(stored).itemsize)
                size = count * np.dtype(voxel).itemsize
                found.append(Encoded(codec=codec, data=data, size=size))
    return found


def _small_types() -> list[Encoded]:
    found = []
    for name in ("bfloat16", "int2", "uint4", "float8_e4m3fn", "float8_e5m2"):
        for order in "<>":
            codec = SmallType(name=name, order=order)
            data = pixels(500 * codec.stored.itemsize)
            found.append(Encoded(codec=codec, data=data, size=500 * codec.decoded.itemsize))
    return found


def _packbits() -> list[Encoded]:
    codec = numcodecs.PackBits()

    def encode(data: bytes) -> bytes:
        return bytes(codec.encode(np.frombuffer(data, np.uint8) % 2 == 1))

    return _encoded("packbits", encode)


def _shuffle() -> list[Encoded]:
    found = []
    for element in (1, 2, 3, 4, 8, 16):
        codec = parse_codec("shuffle", {"elementsize": element}, where="")
        data = pixels(element * 500)
        raw = bytes(numcodecs.Shuffle(element).encode(np.frombuffer(data, np.uint8)))
        found.append(Encoded(codec=codec, data=raw, size=len(data)))
    return found


CODECS: tuple[Target, ...] = (
    codec_target("blosc", _blosc, share=3),
    # A frame may say that its window is 128 MiB, which is reserved and never touched.
    codec_target("zstd", _zstd, headroom=176 * MIB),
    codec_target("gzip", _gzip, "inflate", "fast_inflate", share=2),
    codec_target("zlib", _zlib, "inflate", "fast_inflate"),
    codec_target("lz4", lambda: _numcodecs("lz4", numcodecs.LZ4()), share=2),
    codec_target("lz4_java", lz4_java_chunks, share=2),
    codec_target("bz2", _bz2, "bz2", "streams"),
    # Data may ask for as much as the codec allows, 128 MiB.
    codec_target("lzma", _lzma, "lzma", "streams", headroom=176 * MIB),
    codec_target("checksums", _checksums, "checksum"),
    codec_target("elementwise", _elementwise, "elementwise", "number_type", sizes_vary=False),
    codec_target("small_types", _small_types, sizes_vary=False),
    codec_target("shuffle", _shuffle, sizes_vary=False),
    codec_target("packbits", _packbits),
    codec_target("bitround", lambda: _encoded("bitround", bytes, keepbits=4)),
    codec_target("base64", lambda: _encoded("base64", base64.b64encode)),
)
