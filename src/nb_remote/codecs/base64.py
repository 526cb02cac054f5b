"""Base64 (RFC 4648), which some writers put around compressed data in text files."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from nb_remote.codecs.base import Bytes, CodecType, check_length, damaged, wrong_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Base64:
    """Three bytes as four letters."""

    name: str = "base64"

    def encoded_size(self, size: int) -> int:
        """See `Codec.encoded_size`."""
        return -(-size // 3) * 4

    def encoded_stop(self, size: int, stop: int) -> int:  # noqa: ARG002  (groups stand alone)
        """See `Codec.encoded_stop`."""
        return -(-stop // 3) * 4

    def decoded_size(self, encoded: int) -> int | None:  # noqa: ARG002  (its last letters tell)
        """See `Codec.decoded_size`."""
        return None

    def decode(self, data: Bytes, size: int, stop: int) -> Bytes:
        """See `Codec.decode`."""
        check_length(self, data, size, stop)
        try:
            decoded = binascii.a2b_base64(
                memoryview(data)[: self.encoded_stop(size, stop)], strict_mode=True
            )
        except binascii.Error as error:
            raise damaged(self.name, error) from None
        if not stop <= len(decoded) <= size:
            raise wrong_size(self.name, len(decoded), size)
        return decoded


def _parse(_config: Mapping[str, object]) -> Base64:
    return Base64()


BASE64 = CodecType(name="base64", parse=_parse)
