"""Finds the keys that requests are signed with, where a person asks for a profile or the default.

botocore looks, as for all AWS tools, in a thread: it reads files, runs programs and may ask
servers. Nothing of it is used to read data.
"""

import asyncio
import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nb_remote.errors import CredentialsRefused
from nb_remote.location.origins import normal_endpoint
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.redact import remember_secret
from nb_remote.store.s3_signing import S3Keys

_LOOK_EVERY_S = 10.0
"""How often keys are asked whether they expire soon."""


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """What the AWS tools' configuration says."""

    keys: S3Keys
    region: str = ""
    endpoint: str = ""
    source: Any = None
    """botocore's credentials, which renew themselves; None for keys that were given."""


class KeyRing:
    """The keys of one store, renewed before they expire. Used on the IO loop only."""

    def __init__(self, asker: S3Credentials) -> None:
        self._asker = asker
        self._found: Found | None = None
        self._looked = 0.0
        self._looking = asyncio.Lock()

    async def current(self, where: str) -> Found:
        """Return keys that are valid now.

        Raises
        ------
        CredentialsRefused
            When there are none.
        """
        asker = self._asker
        if self._found is None:
            if asker.key and asker.secret:
                self._found = Found(S3Keys(asker.key, asker.secret, asker.token))
            else:
                self._found = await asyncio.to_thread(_find, asker, where)
        elif self._found.source is not None and time.monotonic() > self._looked + _LOOK_EVERY_S:
            self._looked = time.monotonic()
            # Until then the old ones are used, so that a slow renewal keeps nobody waiting.
            self._found = await asyncio.to_thread(_renewed, self._found, where)
        return self._found

    async def look_again(self, used: Mapping[str, str], where: str) -> bool:
        """Look anew after a request with the headers `used` was refused, for its keys had expired.

        Returns
        -------
        bool
            Whether there are others now.
        """
        if self._asker.key:
            return False
        async with self._looking:
            if not self._signed(used):  # somebody else has looked
                return True
            self._found = await asyncio.to_thread(_find, self._asker, where)
            return not self._signed(used)

    def _signed(self, used: Mapping[str, str]) -> bool:
        if self._found is None:
            return True
        keys = self._found.keys
        same_token = used.get("x-amz-security-token") == keys.token
        return same_token and f"Credential={keys.key}/" in used.get("Authorization", "")


def _find(asker: S3Credentials, where: str) -> Found:
    import botocore.session  # noqa: PLC0415  (0.1 s that only profiles need)
    from botocore.exceptions import BotoCoreError, ProfileNotFound  # noqa: PLC0415

    try:
        with _quiet():
            session = botocore.session.Session(profile=asker.profile)
            source = session.get_credentials()
            keys = None if source is None else _frozen(source)
            config = session.get_scoped_config()
            region = session.get_config_variable("region")
    except ProfileNotFound:
        raise _nothing(asker, where) from None
    except (BotoCoreError, OSError, ValueError) as failure:
        raise _failed(failure, where) from None
    if keys is None:
        raise _nothing(asker, where)
    return Found(keys, region or "", _endpoint(config), source)


def _renewed(found: Found, where: str) -> Found:
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    try:
        with _quiet():
            keys = _frozen(found.source)
    except (BotoCoreError, OSError, ValueError) as failure:
        raise _failed(failure, where) from None
    return Found(keys, found.region, found.endpoint, found.source)


def _frozen(source: Any) -> S3Keys:  # noqa: ANN401  (botocore has no types)
    frozen = source.get_frozen_credentials()
    for text in (frozen.access_key, frozen.secret_key, frozen.token):
        remember_secret(text or "")
    return S3Keys(frozen.access_key, frozen.secret_key, frozen.token or None)


def _endpoint(config: dict[str, Any]) -> str:
    """Return the server that a profile or the environment names for S3."""
    named = (
        os.environ.get("AWS_ENDPOINT_URL_S3")
        or os.environ.get("AWS_ENDPOINT_URL")
        or config.get("endpoint_url")
    )
    try:
        return normal_endpoint(str(named or ""))
    except ValueError:
        return ""


def _nothing(asker: S3Credentials, where: str) -> CredentialsRefused:
    if asker.profile:
        return CredentialsRefused(
            f"there is no AWS profile {asker.profile!r} with keys on this machine",
            where=where,
            hint="Check its name in the AWS configuration files.",
        )
    return CredentialsRefused(
        "no AWS credentials were found on this machine",
        where=where,
        hint="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or pass S3Credentials(key, secret).",
    )


def _failed(failure: Exception, where: str) -> CredentialsRefused:
    return CredentialsRefused(
        f"the AWS configuration gave no keys ({type(failure).__name__})",
        where=where,
        hint="Perhaps a login has expired: log in again, and open the dataset again.",
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep botocore from logging what it reads: at DEBUG that holds keys."""
    log = logging.getLogger("botocore")
    before = log.level
    if log.isEnabledFor(logging.DEBUG):
        log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.setLevel(before)
