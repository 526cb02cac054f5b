"""Signs requests for S3: AWS Signature Version 4, for GET without a body.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from yarl import URL

_ALGORITHM = "AWS4-HMAC-SHA256"
_EMPTY_BODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class S3Keys:
    """What requests are signed with; secret."""

    key: str
    secret: str
    token: str | None = None


class Signer:
    """Signs for one region. The key that is derived for a day is kept: it is half of the work."""

    def __init__(self, keys: S3Keys, region: str) -> None:
        self._keys = keys
        self._region = region
        self._day = ""
        self._day_key = b""

    def headers(
        self, url: URL, extra: Mapping[str, str] | None = None, *, now: float | None = None
    ) -> dict[str, str]:
        """Return the headers that prove who asks for `url`, `extra` included; secret.

        Parameters
        ----------
        extra
            Further headers to sign, with names in lower case.
        now
            Seconds since 1970; None for the clock's.
        """
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        signed = {
            "host": _host(url),
            "x-amz-content-sha256": _EMPTY_BODY,
            "x-amz-date": moment,
            **(extra or {}),
        }
        if self._keys.token:
            signed["x-amz-security-token"] = self._keys.token
        names = sorted(signed)
        request = "\n".join(
            [
                "GET",
                url.raw_path or "/",
                _canonical_query(url.raw_query_string),
                *(f"{name}:{signed[name].strip()}" for name in names),
                "",
                ";".join(names),
                _EMPTY_BODY,
            ]
        )
        scope = f"{moment[:8]}/{self._region}/s3/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashed}"
        signature = _hmac(self._key_of(moment[:8]), text).hex()
        del signed["host"]  # the client sends it itself
        signed["Authorization"] = (
            f"{_ALGORITHM} Credential={self._keys.key}/{scope}, "
            f"SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return signed

    def _key_of(self, day: str) -> bytes:
        if day != self._day:
            derived = f"AWS4{self._keys.secret}".encode()
            for part in (day, self._region, "s3", "aws4_request"):
                derived = _hmac(derived, part)
            self._day, self._day_key = day, derived
        return self._day_key


def _host(url: URL) -> str:
    host = url.raw_host or ""
    host = f"[{host}]" if ":" in host else host
    return host if url.is_default_port() else f"{host}:{url.port}"


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    pairs = (part.partition("=")[::2] for part in query.split("&"))
    coded = (
        (quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~"))
        for name, value in pairs
    )
    return "&".join(f"{name}={value}" for name, value in sorted(coded))


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
