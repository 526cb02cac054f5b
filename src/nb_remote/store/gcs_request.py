"""The requests of google-auth, made on our own loop within our own bounds."""

import asyncio
import ssl
from collections.abc import Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass
from time import monotonic

import aiohttp
from google.auth.exceptions import TransportError
from google.auth.transport import Request
from yarl import URL

from nb_remote.errors import NbRemoteError, TimedOut
from nb_remote.store.answers import status_error
from nb_remote.store.body import read_body
from nb_remote.store.client import HttpClient
from nb_remote.store.failures import typed_error
from nb_remote.store.limits import StoreLimits
from nb_remote.threads import io_loop

_MOST_BYTES = 2**16


class Failed(TransportError):
    """An exchange that failed, in the form that google-auth expects; holds the typed error."""

    def __init__(self, error: NbRemoteError) -> None:
        super().__init__(str(error))  # type: ignore[no-untyped-call]
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What google-auth wants to know of an answer."""

    status: int
    """Of HTTP."""
    headers: Mapping[str, str]
    """Of the answer."""
    data: bytes
    """The body."""


class TokenRequest(Request):
    """What google-auth makes its requests with; called in a thread, never on the loop.

    Parameters
    ----------
    anywhere
        Whether a person named where to ask; else only public hosts are asked.
    answered_before
        Whether a token server has answered before, so that a failure may pass.
    seconds
        Until no further request is made.
    """

    def __init__(
        self,
        limits: StoreLimits,
        *,
        anywhere: bool,
        answered_before: bool,
        tls: ssl.SSLContext | None,
        seconds: float,
    ) -> None:
        self._client = HttpClient(limits, home_is_trusted=anywhere, on_sent=_uncounted, tls=tls)
        self._answered_before = answered_before
        self._ends_at = monotonic() + seconds
        self.where = ""
        """The server that was asked last, without its query."""
        self.answered = False
        """Whether one has answered."""

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> Answer:
        """Ask, and wait for the answer.

        Raises
        ------
        Failed
            When there is none, or one that says that the server failed.
        """
        left = self._ends_at - monotonic()
        if left <= 0:
            raise TimedOut("the time for an access token is over", where=self.where)
        seconds = left if timeout is None else min(left, timeout)
        asked = self._ask(url, method, body, dict(headers or {}), seconds)
        try:
            # The loop ends by itself in time; it may be gone when the interpreter ends.
            return asyncio.run_coroutine_threadsafe(asked, io_loop()).result(seconds + 1)
        except (CancelledError, TimeoutError):
            error = TimedOut("the exchange was given up", where=self.where)
        raise Failed(error)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(
        self, url: str, method: str, body: bytes | None, headers: dict[str, str], seconds: float
    ) -> Answer:
        where = self.where = str(URL(url).with_query(None).with_user(None))
        try:
            async with asyncio.timeout(seconds):
                return await self._answer(url, method, body, headers, where)
        except NbRemoteError as failure:
            error = failure
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            reached = self._answered_before or self.answered
            error = typed_error(
                failure
                if isinstance(failure, aiohttp.ClientError | OSError)
                else aiohttp.InvalidURL(""),
                where=where,
                answered_before=reached,
            )
            error.transient = error.transient and reached
        raise Failed(_about_tokens(error))

    async def _answer(
        self, url: str, method: str, body: bytes | None, headers: dict[str, str], where: str
    ) -> Answer:
        session = await self._client.session(home=True, host=URL(url).host_port_subcomponent or "")
        async with session.request(
            method,
            url,
            data=body,
            headers={**headers, "Accept-Encoding": "identity"},
            allow_redirects=False,  # a signed request goes nowhere else
        ) as response:
            self.answered = True
            said = await read_body(response, limit=_MOST_BYTES, where=where, received=_uncounted)
            status = response.status
            # google-auth would try these again itself, after seconds of sleep.
            if 300 <= status < 400 or status in (408, 429) or (status >= 500 and method == "POST"):
                raise status_error(status, response.headers, where)
            return Answer(status=status, headers=dict(response.headers), data=said)


def _about_tokens(error: NbRemoteError) -> NbRemoteError:
    """Say that it is about the token, which people did not know was asked for."""
    said = type(error)(f"no access token: {error.text}", where=error.where, hint=error.hint)
    said.transient, said.retry_after_s = error.transient, error.retry_after_s
    return said


def _uncounted(_: int = 0) -> None:
    """Requests for tokens are none for data."""
