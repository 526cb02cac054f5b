"""bzip2, one or several streams."""

from bz2 import BZ2Decompressor
from collections.abc import Mapping
from dataclasses import dataclass

from nb_remote.codecs.base import Bytes, CodecType, Compressor, damaged
from nb_remote.codecs.streams import read_streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Bz2(Compressor):
    """bzip2 streams; decoding stops at the asked byte."""

    name: str = "bz2"

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        try:
            return read_streams(self.name, BZ2Decompressor, data, size, stop)
        except (OSError, ValueError) as error:
            raise damaged(self.name, error) from None


def _parse(_config: Mapping[str, object]) -> Bz2:
    return Bz2()


BZ2 = CodecType(name="bz2", parse=_parse)
