"""Checksums at one end of the data: verified, then taken off.

`numcodecs` has the arithmetic of HDF5's (fletcher32, jenkins lookup3); the others are those of
zlib and of google-crc32c, which zarr itself uses.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import google_crc32c
import numpy as np
from numcodecs.fletcher32 import Fletcher32
from numcodecs.jenkins import jenkins_lookup3

from nb_remote.codecs.base import Bytes, Codec, CodecType, damaged, wrong_size

_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """Four bytes, little-endian, in front of the data or behind them."""

    name: str
    at_start: bool
    seed: int = 0
    """Only jenkins_lookup3 has one."""

    def encoded_size(self, size: int) -> int:
        """See `Codec.encoded_size`."""
        return size + _BYTES

    def encoded_stop(self, size: int, stop: int) -> int:  # noqa: ARG002  (it covers all bytes)
        """See `Codec.encoded_stop`."""
        return size + _BYTES

    def decoded_size(self, encoded: int) -> int:
        """See `Codec.decoded_size`."""
        return encoded - _BYTES

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:  # noqa: ARG002
        """See `Codec.decode`."""
        if len(data) != size + _BYTES:
            raise wrong_size(self.name, len(data) - _BYTES, size)
        view = memoryview(data)
        stored, body = (
            (view[:_BYTES], view[_BYTES:]) if self.at_start else (view[-_BYTES:], view[:-_BYTES])
        )
        if int.from_bytes(stored, "little") != _SUMS[self.name](body, self.seed):
            raise damaged(self.name, "the checksum does not match")
        return body


def _crc32c(body: memoryview, _seed: int) -> int:
    # It takes an array, but no memoryview.
    return int(google_crc32c.value(np.frombuffer(body, np.uint8)))


def _fletcher32(body: memoryview, _seed: int) -> int:
    if not body:
        return 0
    # The function itself is not public: the codec gives the data back with it behind them.
    return int.from_bytes(Fletcher32().encode(body)[-_BYTES:], "little")


_SUMS: dict[str, Callable[[memoryview, int], int]] = {
    "crc32c": _crc32c,
    "crc32": lambda body, _: zlib.crc32(body),
    "adler32": lambda body, _: zlib.adler32(body),
    "fletcher32": _fletcher32,
    "jenkins_lookup3": lambda body, seed: int(jenkins_lookup3(body, seed)),
}


def _placed(name: str, usual: str) -> CodecType:
    """One of the checksums that may lie at either end."""

    def parse(config: Mapping[str, object]) -> Codec:
        location = config.get("location", usual)
        if location not in ("start", "end"):
            raise ValueError("location must be start or end")
        return Checksum(name=name, at_start=location == "start")

    return CodecType(name=name, parse=parse)


def _parse_fletcher32(_config: Mapping[str, object]) -> Codec:
    return Checksum(name="fletcher32", at_start=False)


def _parse_jenkins(config: Mapping[str, object]) -> Codec:
    seed, prefix = config.get("initval", 0), config.get("prefix")
    if type(seed) is not int or not 0 <= seed < 2**32:
        raise ValueError("initval must be an integer of 32 bits")
    if prefix is not None:
        raise ValueError("a prefix can't be read")  # bytes, which JSON does not have
    return Checksum(name="jenkins_lookup3", at_start=False, seed=seed)


# Where numcodecs puts them when nothing is said.
CHECKSUMS = (
    _placed("crc32c", "end"),
    _placed("crc32", "start"),
    _placed("adler32", "start"),
    CodecType(name="fletcher32", parse=_parse_fletcher32),
    CodecType(name="jenkins_lookup3", parse=_parse_jenkins),
)
