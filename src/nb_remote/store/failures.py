"""From what aiohttp raises to the errors of nb-remote, with the cause named."""

import errno
import ssl

import aiohttp

from nb_remote.errors import (
    NbRemoteError,
    NotConnected,
    NotProtected,
    ServerFailed,
    TimedOut,
    UnknownHost,
    Unreachable,
)
from nb_remote.store.address_guard import REFUSAL


def typed_error(failure: Exception, *, where: str, answered_before: bool) -> NbRemoteError:
    """Return the typed error for a failed exchange.

    Parameters
    ----------
    failure
        What was raised. It is not chained: its text holds the full address.
    where
        Address for the error, without secrets.
    answered_before
        Whether this server has answered this store: then a refused connection is a
        hiccup worth another try, otherwise the address is wrong or the server down.
    """
    error = _by_cause(failure, where)
    if isinstance(failure, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        permanent = isinstance(failure, aiohttp.ClientSSLError) or REFUSAL in str(failure)
        return error if permanent or not answered_before else error.as_transient()
    return error


def _by_cause(failure: Exception, where: str) -> NbRemoteError:
    match failure:
        case aiohttp.ClientConnectorDNSError():
            return UnknownHost("the host name is unknown", where=where)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            text = _tls_text(failure)
            hint = next((hint for said, hint in _TLS_HINTS if said in text), _TLS_HINT)
            return NotProtected(text, where=where, hint=hint)
        case aiohttp.ClientConnectorError():
            return _connect_error(failure, where)
        case aiohttp.ConnectionTimeoutError():
            return NotConnected("the host does not answer to a connection attempt", where=where)
        case TimeoutError():
            return TimedOut("the server went silent", where=where).as_transient()
        case aiohttp.InvalidURL():
            return ServerFailed("the address is not one that can be asked", where=where)
        case aiohttp.ClientPayloadError():
            return Unreachable("the connection broke within the answer", where=where).as_transient()
        case aiohttp.ClientResponseError():
            return ServerFailed("the server does not answer in HTTP", where=where)
        case aiohttp.ClientConnectionError() | OSError():
            return Unreachable("the connection broke before the answer", where=where).as_transient()
        case _:
            return ServerFailed(f"the exchange failed ({type(failure).__name__})", where=where)


_TLS_HINT = (
    "Check the host name; a private certificate authority has to be trusted first: name the file "
    "of its certificate in SSL_CERT_FILE before Python starts."
)
_NO_TLS_HINT = "Perhaps it speaks http:// only."
_TLS_HINTS = (
    ("has expired", "Its owner has to renew it, unless the clock of this machine is wrong."),
    ("not yet valid", "Check the clock of this machine."),
    ("not valid for", "Check the host name: the certificate is of another one."),
    ("wrong version number", _NO_TLS_HINT),
)
"""What to try, by what OpenSSL says."""
_GUARD_HINT = (
    "Data may not lead into a private network by themselves. If you trust them, pass "
    "trusted_hosts=[{!r}] to nb_remote.open or AddRemoteDataset, or the address they lead to."
)


def _connect_error(failure: aiohttp.ClientConnectorError, where: str) -> Unreachable:
    if REFUSAL in str(failure):
        text = f"the address leads to a host that {REFUSAL}"
        host = failure.host if failure.port in (80, 443) else f"{failure.host}:{failure.port}"
        return Unreachable(text, where=where, hint=_GUARD_HINT.format(host))
    if where.startswith("https:") and isinstance(failure.os_error, ConnectionResetError):
        text = "the host breaks off the protected connection"
        return NotProtected(text, where=where, hint=_NO_TLS_HINT)
    reasons = {
        errno.ECONNREFUSED: "the host refuses the connection",
        errno.EHOSTUNREACH: "there is no route to the host",
        errno.ENETUNREACH: "there is no route to the host's network",
    }
    cause = failure.os_error.errno or 0
    return NotConnected(reasons.get(cause, "no connection to the host"), where=where)


def _tls_text(failure: Exception) -> str:
    cause = getattr(failure, "certificate_error", None) or getattr(failure, "os_error", failure)
    reason = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or "TLS failure"
    return f"no protected connection: {str(reason).lower().replace('_', ' ').rstrip('.')}"
