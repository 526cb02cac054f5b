"""Gets access tokens from Google: google-auth in a thread, its requests on our own loop."""

import asyncio
import json
import re
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import google.auth
from google.auth import exceptions
from google.oauth2 import service_account

from nb_remote.errors import (
    BadCredentials,
    CredentialsRefused,
    NbRemoteError,
    ServerFailed,
    TimedOut,
)
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.store.gcs_request import Failed, TokenRequest
from nb_remote.store.gcs_token import Granted
from nb_remote.store.limits import StoreLimits
from nb_remote.threads import in_patient_thread

SCOPES = ("https://www.googleapis.com/auth/devstorage.read_only",)
EXCHANGE_S = 10.0
"""Seconds for one exchange, all requests of it included; Google needs about 0.2."""

# Where the server doesn't say when a token ends; one that ends before is replaced anyway.
_USUAL_LIFE_S = 600.0
_ERROR_NAME = re.compile(r"[a-z_]{1,40}")
_NEW_KEY = "Make a new key for the service account, and pass its JSON."
_LOG_IN = "Run `gcloud auth application-default login`, or pass GcsCredentials('key.json')."
# What Google's token server says, and what it means to a person.
_MEANINGS = (
    ("iat and exp", "The clock of this computer seems to be wrong."),
    ("short-lived", "The clock of this computer seems to be wrong."),
    ("account not found", "The service account was deleted. Make a new one, and a key for it."),
    ("disabled", "The account is disabled: its administrators can enable it."),
    ("signature", f"The key was deleted, or belongs to another account. {_NEW_KEY}"),
)


def exchange_for(
    credentials: GcsCredentials, limits: StoreLimits, tls: ssl.SSLContext | None
) -> Callable[[], Awaitable[Granted]]:
    """Return what gets tokens for credentials.

    Parameters
    ----------
    limits
        Bounds on the time that a token server is waited for.
    tls
        Context for https, or None for the system's trusted authorities.
    """
    if credentials.token:
        given = Granted(token=credentials.token, lifetime_s=float("inf"))

        async def passed_on() -> Granted:
            return given

        return passed_on
    return _Exchange(credentials, limits, tls).granted


class _Exchange:
    """Exchanges one account's key for access tokens. Used on the IO loop, one at a time."""

    def __init__(
        self, credentials: GcsCredentials, limits: StoreLimits, tls: ssl.SSLContext | None
    ) -> None:
        self._account = credentials.service_account
        self._limits = limits
        self._tls = tls
        # A key file may come from anyone: it leads to public hosts, but where a person named one.
        self._anywhere = bool(credentials.endpoint) or credentials.from_environment
        self._google: Any = None
        self._project = ""
        self._answered = False

    async def granted(self) -> Granted:
        """Get a token.

        Raises
        ------
        NbRemoteError
            When there is none to be had, with the cause and what to try.
        """
        seconds = min(EXCHANGE_S, self._limits.deadline_s)
        request = TokenRequest(
            self._limits,
            anywhere=self._anywhere,
            answered_before=self._answered,
            tls=self._tls,
            seconds=seconds,
        )
        scope = asyncio.timeout(seconds)
        try:
            async with scope:
                return await in_patient_thread(self._refresh, request)
        except TimeoutError:
            self._google = None  # a thread may still be busy with it
            if not scope.expired():
                raise
        finally:
            self._answered = self._answered or request.answered
            await request.close()
        error = TimedOut(f"no access token within {seconds:g} s", where=request.where)
        raise error.as_transient() if self._answered else error

    def _refresh(self, request: TokenRequest) -> Granted:
        error: NbRemoteError
        try:
            if self._google is None:
                self._google, self._project = self._found(request)
            self._google.refresh(request)
            return self._checked()
        except Failed as failure:
            error = failure.error
        except NbRemoteError as failure:
            error = failure
        except exceptions.DefaultCredentialsError:
            error = BadCredentials("no credentials were found on this machine", hint=_LOG_IN)
        except exceptions.RefreshError as failure:
            error = self._refused(failure, request.where)
        except Exception as failure:  # noqa: BLE001  (of many libraries; their texts may quote secrets)
            error = ServerFailed(
                f"no access token: the exchange failed ({type(failure).__name__})",
                where=request.where,
            )
        raise error

    def _found(self, request: TokenRequest) -> tuple[Any, str]:
        if isinstance(self._account, str):
            said = json.loads(self._account)
            account = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
                said, scopes=SCOPES
            )
            return account, str(said.get("project_id") or "")
        found, project = google.auth.default(scopes=SCOPES, request=request)
        return found, project or ""

    def _checked(self) -> Granted:
        token, expiry = self._google.token, self._google.expiry
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ServerFailed("the token server sent no access token")
        lifetime_s = _USUAL_LIFE_S
        if expiry is not None:
            lifetime_s = (expiry.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()
        return Granted(token=token, lifetime_s=lifetime_s, project=self._project)

    def _refused(self, failure: exceptions.RefreshError, where: str) -> NbRemoteError:
        said = failure.args[1] if len(failure.args) > 1 else None
        name, text = "", ""
        if isinstance(said, dict):
            name, text = str(said.get("error", "")), str(said.get("error_description", "")).lower()
        if self._account is None and not _ERROR_NAME.fullmatch(name):
            # A login that has to be renewed by hand, and the other kinds that gcloud knows.
            text = "what gcloud has is not accepted"
            return CredentialsRefused(text, where=where, hint=_LOG_IN)
        if not _ERROR_NAME.fullmatch(name):
            return ServerFailed("the token server sent no access token", where=where)
        usual = _LOG_IN if self._account is None else _NEW_KEY
        hint = next((meaning for words, meaning in _MEANINGS if words in text), usual)
        who = "these credentials" if self._account is None else "the service account"
        return CredentialsRefused(
            f"the token server does not accept {who} ({name})", where=where, hint=hint
        )
