"""From the address to who may read there: what exploring tells of each step on the way."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from nb_remote.diagnosis.report import Step
from nb_remote.errors import (
    AccessDenied,
    BadCredentials,
    CredentialsRefused,
    InvalidAddress,
    NbRemoteError,
    NotConnected,
    NotFound,
    NotProtected,
    NotRecognised,
    ServerFailed,
    Throttled,
    TimedOut,
    UnknownHost,
    Unreachable,
)
from nb_remote.explore.reasons import DID_YOU_MEAN
from nb_remote.location.credentials import Anonymous
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.location import Location
from nb_remote.location.parse import Address
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.redact import redact
from nb_remote.store.answers import LOGIN_HINT
from nb_remote.store.json_document import WEB_PAGE

_WAY = ("address", "name", "connection", "tls", "server", "access", "bucket")
_AT: dict[type[NbRemoteError], str] = {
    UnknownHost: "name",
    NotConnected: "connection",
    NotProtected: "tls",
}
_CODES: dict[type[NbRemoteError], str] = {
    UnknownHost: "unknown-host",
    NotConnected: "not-connected",
    NotProtected: "tls",
    BadCredentials: "bad-credentials",
    CredentialsRefused: "credentials-refused",
    NotRecognised: "not-a-dataset",
}
_GIVE = (
    "Pass credentials=nb_remote.BasicAuth(user, password) or "
    "credentials=nb_remote.BearerToken(token)."
)
_OLD_LINK = (
    "The address carries a query, perhaps a signature or token that has expired: get a new link."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far exploring came."""

    address: Address
    error: NbRemoteError | None
    """What ended it; None where something was found."""
    server: str | None
    """What the server calls itself; None where none has answered."""
    asked: Location
    """The address with the server and region of its bucket, as far as they were found out."""
    seen: bool = False
    """Whether any document was there, or said to be missing."""

    @property
    def anonymous(self) -> bool:
        """Whether it was asked without credentials."""
        match self.address.credentials:
            case S3Credentials() as keys:
                return not keys.signs
            case GcsCredentials() as account:
                return not account.proves
            case credentials:
                return isinstance(credentials, Anonymous)

    @property
    def failed_at(self) -> str:
        """Name of the step that failed; ``formats`` where the way there is free, else empty."""
        error = self.error
        if error is None:
            return ""
        if self.seen or error.hint.startswith(DID_YOU_MEAN):
            return "formats"
        if isinstance(error, AccessDenied | BadCredentials):
            return "formats" if self.address.location.is_local else "access"
        if self.server is None:
            if isinstance(error, InvalidAddress):
                return "address"
            if isinstance(error, Unreachable | TimedOut | ServerFailed | Throttled):
                return _AT.get(type(error), "server")
        elif isinstance(error, Unreachable | TimedOut | ServerFailed | Throttled):
            return "server"
        elif isinstance(error, NotFound) and self.address.location.is_bucket:
            return "bucket"
        return "formats"

    @property
    def may_be_beside(self) -> bool:
        """Whether what was refused may be no more than a name that does not exist."""
        return (
            self.failed_at == "access"
            and self.server is not None
            and isinstance(self.error, AccessDenied)
            and not isinstance(self.error, CredentialsRefused)
            and self.error.hint != LOGIN_HINT
        )


def way_there(reached: Reached) -> list[Step]:
    """Return the steps from the address to the documents, up to the one that failed."""
    location = reached.address.location
    at = reached.failed_at
    remote = [name for name in _WAY if name != "bucket" or location.is_bucket]
    steps: list[Step] = []
    for name in _WAY[:1] if location.is_local else remote:
        if name == at and reached.error is not None:
            return [*steps, failure(name, reached.error, reached)]
        steps.append(_passed(name, reached))
    return steps


def failure(name: str, error: NbRemoteError, reached: Reached) -> Step:
    """Return a step that failed, with the cause's code and what to try."""
    code = _code(error, reached)
    hints = [error.hint]
    if code in ("credentials-needed", "access-denied") and reached.anonymous:
        if reached.address.location.scheme in ("http", "https"):
            hints = [one for one in hints if one != LOGIN_HINT] + [_GIVE]
        if reached.address.location.query:
            hints.append(_OLD_LINK)
    trail = error.trail if isinstance(error, NotRecognised) else ()
    return Step(
        name=name,
        outcome="failed",
        found=error.text,
        code=code,
        hint=" ".join(one for one in hints if one),
        details=tuple(f"{d.format}: {d.reason}" for d in trail),
    )


def _code(error: NbRemoteError, reached: Reached) -> str:
    if error.hint.startswith(DID_YOU_MEAN):
        return "near-miss"
    if WEB_PAGE in error.text:
        return "web-page"
    if isinstance(error, AccessDenied) and error.hint == LOGIN_HINT:
        return "credentials-needed"
    if isinstance(error, NotFound) and reached.failed_at == "bucket":
        return "no-bucket"
    if isinstance(error, AccessDenied) and type(error) not in _CODES and not reached.anonymous:
        return "credentials-not-enough"
    return _CODES.get(type(error), error.code)


def _passed(name: str, reached: Reached) -> Step:
    unasked = reached.server is None and reached.failed_at == "access"
    if unasked and name in ("name", "connection", "tls", "server"):
        return Step(name=name, outcome="skipped", found="nothing was asked")
    url = urlsplit(reached.asked.url())
    host = url.hostname or ""
    match name:
        case "address":
            return Step(name=name, outcome="ok", found=_understood(reached.address))
        case "name":
            known = f"{host} is an address" if _is_number(host) else f"the name {host} is known"
            return Step(name=name, outcome="ok", found=known)
        case "connection":
            port = url.port or (443 if url.scheme == "https" else 80)
            return Step(name=name, outcome="ok", found=f"the host takes connections at port {port}")
        case "tls" if url.scheme == "http":
            return Step(name=name, outcome="skipped", found="plain http:// is not protected")
        case "tls":
            return Step(name=name, outcome="ok", found="the connection is protected")
        case "server":
            itself = f", and calls itself {redact(reached.server)}" if reached.server else ""
            return Step(name=name, outcome="ok", found=f"the server answers{itself}")
        case "access":
            return Step(name=name, outcome="ok", found=_accepted(reached))
        case _:
            return _bucket(reached)


def _understood(address: Address) -> str:
    location = address.location
    parts = [location.display()]
    if location.is_bucket:
        server = f" of {location.endpoint}" if location.endpoint else ""
        parts = [f"bucket {location.host}{server}, key {location.path or '(all)'}"]
    if location.zip_path is not None:
        parts.append("in a zip file")
    if location.format_hint:
        parts.append(f"pasted as {location.format_hint}")
    if location.query:
        parts.append("with a query that is sent along and never shown")
    return ", ".join(parts)


def _accepted(reached: Reached) -> str:
    if reached.anonymous:
        return "no credentials were passed, and none were asked for"
    return f"{type(reached.address.credentials).__name__} was not refused"


def _bucket(reached: Reached) -> Step:
    location = reached.address.location
    there = f"the bucket {location.host} is there"
    region = reached.asked.region
    if location.region and region and location.region != region:
        found = f"{there}, but in region {region}, not {location.region}"
        hint = f"Nothing has to be done; region={region!r} saves a request."
        return Step(name="bucket", outcome="warning", found=found, hint=hint)
    where = f", in region {region}" if region else ""
    return Step(name="bucket", outcome="ok", found=f"{there}{where}")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
