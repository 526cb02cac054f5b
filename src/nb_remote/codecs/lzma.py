"""LZMA: .xz, .lzma, or raw with the filters that the metadata name."""

import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from nb_remote.codecs.base import Bytes, CodecType, Compressor, damaged
from nb_remote.codecs.streams import read_streams

_MAX_MEMORY = 128 * 2**20
"""Twice what the highest preset needs; data can ask for 4 GiB."""
_MAX_PRESET = 9
# https://docs.python.org/3/library/lzma.html#specifying-custom-filter-chains
_FILTER_OPTIONS = frozenset(
    [
        "id",
        "preset",
        "dict_size",
        "lc",
        "lp",
        "pb",
        "mode",
        "nice_len",
        "mf",
        "depth",
        "dist",
        "start_offset",
    ]
)
_MAX_FILTERS = 4
Filter = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lzma(Compressor):
    """LZMA streams; decoding stops at the asked byte."""

    format: int
    """One of the ``lzma.FORMAT_…``."""
    filters: tuple[Filter, ...] = ()
    """Of raw data, which don't say it themselves."""
    name: str = "lzma"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        try:
            return read_streams(self.name, self._stream, data, size, stop)
        except (lzma.LZMAError, MemoryError, ValueError) as error:
            raise damaged(self.name, error) from None

    def _stream(self) -> lzma.LZMADecompressor:
        if self.format == lzma.FORMAT_RAW:
            return lzma.LZMADecompressor(self.format, filters=[dict(one) for one in self.filters])
        return lzma.LZMADecompressor(self.format, memlimit=_MAX_MEMORY)


def _parse(config: Mapping[str, object]) -> Lzma:
    kind = config.get("format", lzma.FORMAT_XZ)
    if type(kind) is not int or not lzma.FORMAT_AUTO <= kind <= lzma.FORMAT_RAW:
        raise ValueError("format must be one of lzma's")
    if kind != lzma.FORMAT_RAW:
        return Lzma(format=kind)
    filters = config.get("filters")
    if not isinstance(filters, list) or not 0 < len(filters) <= _MAX_FILTERS:
        raise ValueError(f"raw data need a list of up to {_MAX_FILTERS} filters")
    codec = Lzma(format=kind, filters=tuple(_filter(one) for one in filters))
    try:
        codec._stream()  # noqa: SLF001  (lzma itself knows which filters go together)
    except (lzma.LZMAError, MemoryError, OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"impossible filters ({error})") from None
    return codec


def _filter(value: object) -> Filter:
    if not isinstance(value, dict) or not value.keys() <= _FILTER_OPTIONS:
        raise ValueError("a filter has an option that lzma does not have")
    if any(type(option) is not int for option in value.values()):
        raise ValueError("options of filters must be integers")
    options = cast("dict[str, int]", value)
    if options.get("dict_size", 0) > _MAX_MEMORY:
        raise ValueError(f"dict_size is larger than {_MAX_MEMORY}")
    if not 0 <= options.get("preset", 0) & ~lzma.PRESET_EXTREME <= _MAX_PRESET:
        raise ValueError(f"preset is larger than {_MAX_PRESET}")
    return tuple(sorted(options.items()))


LZMA = CodecType(name="lzma", parse=_parse)
