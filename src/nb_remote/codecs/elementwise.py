"""Filters that store each voxel as another number: delta, astype, fixedscaleoffset, quantize.

`numcodecs` has the arithmetic. Here the configuration is validated, which comes from the
server, and the sizes. The beginning of the input is enough for the beginning of the output.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numcodecs
import numpy as np

from nb_remote.codecs.base import Bytes, Codec, CodecType, check_length, damaged
from nb_remote.codecs.number_type import number_type

Number = int | float
_MAX_DIGITS = 308
"""Decimal digits beyond which a double is 0 or infinite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elementwise:
    """Voxels of one type, each stored as a number of another."""

    name: str
    encoded: np.dtype[np.generic]
    """Type of the stored numbers, byte order included."""
    decoded: np.dtype[np.generic]
    """Type of what comes out, byte order included."""
    options: tuple[tuple[str, Number], ...] = ()
    """What else numcodecs wants to know."""

    def encoded_size(self, size: int) -> int:
        """See `Codec.encoded_size`."""
        if size % self.decoded.itemsize:
            raise ValueError(f"{size} bytes are no whole number of {self.decoded.name} voxels")
        return size // self.decoded.itemsize * self.encoded.itemsize

    def encoded_stop(self, size: int, stop: int) -> int:  # noqa: ARG002  (elements stand alone)
        """See `Codec.encoded_stop`."""
        return -(-stop // self.decoded.itemsize) * self.encoded.itemsize

    def decoded_size(self, encoded: int) -> int | None:  # noqa: ARG002  (never around a compressor)
        """See `Codec.decoded_size`."""
        return None

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        check_length(self, data, size, stop)
        needed = np.frombuffer(data, np.uint8, count=self.encoded_stop(size, stop))
        try:
            # What a number becomes in a type that does not have it is numcodecs' business.
            with np.errstate(all="ignore"):
                decoded = np.asarray(_MAKERS[self.name](self).decode(needed))
        except (ArithmeticError, TypeError, ValueError) as error:
            raise damaged(self.name, error) from None
        return np.ascontiguousarray(decoded, self.decoded).view(np.uint8).data


_MAKERS: dict[str, Callable[[Elementwise], Any]] = {
    "delta": lambda step: numcodecs.Delta(step.decoded, step.encoded),
    "astype": lambda step: numcodecs.AsType(step.encoded, step.decoded),
    "quantize": lambda step: numcodecs.Quantize(
        **dict(step.options), dtype=step.decoded, astype=step.encoded
    ),
    "fixedscaleoffset": lambda step: numcodecs.FixedScaleOffset(
        **dict(step.options), dtype=step.decoded, astype=step.encoded
    ),
}


def _tried(step: Elementwise) -> Codec:
    """Return it after one voxel was decoded: not every pair of types has the arithmetic."""
    with np.errstate(all="ignore"):
        try:
            _MAKERS[step.name](step).decode(np.zeros(step.encoded.itemsize, np.uint8))
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ValueError(f"numcodecs can't do it ({error})") from None
    return step


def _types(config: Mapping[str, object]) -> tuple[np.dtype[np.generic], np.dtype[np.generic]]:
    """Stored type and type of the voxels, which are the same when only one is given."""
    decoded = number_type(config.get("dtype"))
    stored = config.get("astype")
    return decoded if stored is None else number_type(stored), decoded


def _finite(config: Mapping[str, object], key: str) -> Number:
    value = config.get(key)
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
            return value
    except OverflowError:  # an integer of hundreds of digits
        pass
    raise ValueError(f"{key} must be a finite number")


def _parse_delta(config: Mapping[str, object]) -> Codec:
    encoded, decoded = _types(config)
    return _tried(Elementwise(name="delta", encoded=encoded, decoded=decoded))


def _parse_astype(config: Mapping[str, object]) -> Codec:
    encoded = number_type(config.get("encode_dtype"))
    decoded = number_type(config.get("decode_dtype"))
    return _tried(Elementwise(name="astype", encoded=encoded, decoded=decoded))


def _parse_fixedscaleoffset(config: Mapping[str, object]) -> Codec:
    encoded, decoded = _types(config)
    scale, offset = _finite(config, "scale"), _finite(config, "offset")
    if scale == 0:
        raise ValueError("scale must not be 0")
    options = (("scale", scale), ("offset", offset))
    return _tried(
        Elementwise(name="fixedscaleoffset", encoded=encoded, decoded=decoded, options=options)
    )


def _parse_quantize(config: Mapping[str, object]) -> Codec:
    encoded, decoded = _types(config)
    digits = config.get("digits")
    if type(digits) is not int or abs(digits) > _MAX_DIGITS:
        raise ValueError(f"digits must be an integer of at most {_MAX_DIGITS}")
    if encoded.kind != "f" or decoded.kind != "f":
        raise ValueError("only floats are quantized")
    options = (("digits", digits),)
    return _tried(Elementwise(name="quantize", encoded=encoded, decoded=decoded, options=options))


ELEMENTWISE = (
    CodecType(name="delta", parse=_parse_delta),
    CodecType(name="fixedscaleoffset", parse=_parse_fixedscaleoffset),
    CodecType(name="astype", parse=_parse_astype),
    CodecType(name="quantize", parse=_parse_quantize),
)
