"""Finds out which server an ``s3://`` address means where its text leaves that open."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import aiohttp
from yarl import URL

from nb_remote.location.location import Location
from nb_remote.store.address_guard import is_public
from nb_remote.store.bucket_listing import is_bucket_answer
from nb_remote.store.s3_answers import Refusal

Peek = Callable[[URL], Awaitable[Refusal]]
"""Asks without credentials, and without following redirects."""

# What a server that answers in https has done by then; one that speaks http only may stay silent.
_PATIENCE_S = 1.0
_NOT_HERE = frozenset({"NoSuchBucket", "InvalidBucketName", "NoSuchKey"})


async def settled(location: Location, peek: Peek) -> tuple[Location, str]:
    """Return what an address means, and the endpoint with its protocol (empty for Amazon's).

    Nothing that is asked here carries credentials.
    """
    if location.may_be_endpoint:
        other = location.as_endpoint
        with suppress(aiohttp.ClientError, OSError):
            endpoint, reply = await _protocol_of(other, peek)
            if is_bucket_answer(reply.body) and reply.code not in _NOT_HERE:
                return other, endpoint
        return replace(location, may_be_endpoint=False), ""
    if location.endpoint and "://" not in location.endpoint:
        endpoint, _ = await _protocol_of(location, peek)
        return location, endpoint
    return location, location.endpoint


async def _protocol_of(location: Location, peek: Peek) -> tuple[str, Refusal]:
    """Ask in https; in http only where the host lies in a private network and speaks no TLS."""
    endpoint = location.endpoint
    protected = asyncio.ensure_future(_ask(location, f"https://{endpoint}", peek))
    try:
        done, _ = await asyncio.wait({protected}, timeout=_PATIENCE_S)
        if done and protected.exception() is None:
            return f"https://{endpoint}", protected.result()
        if done and isinstance(protected.exception(), aiohttp.ClientConnectorCertificateError):
            protected.result()  # it does speak https: to go on without would hide a forgery
        if await _is_private(endpoint):
            with suppress(aiohttp.ClientError, OSError):
                return f"http://{endpoint}", await _ask(location, f"http://{endpoint}", peek)
        return f"https://{endpoint}", await protected
    finally:
        protected.cancel()


async def _ask(location: Location, endpoint: str, peek: Peek) -> Refusal:
    bucket = replace(location, endpoint=endpoint, path="", query="").url()
    return await peek(URL(f"{bucket}?list-type=2&max-keys=1", encoded=True))


async def _is_private(host_port: str) -> bool:
    """Whether a host has no address on the internet, this machine's among them."""
    url = URL(f"http://{host_port}/")
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        found = await loop.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
        return bool(found) and not any(is_public(str(one[4][0])) for one in found)
    return False
