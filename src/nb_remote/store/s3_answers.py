"""What S3 says where it brings no object: the code in the XML decides, not the status."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from nb_remote.errors import AccessDenied, CredentialsRefused, NbRemoteError, NotFound, Throttled
from nb_remote.location.location import Location
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.store.answers import retry_after, status_error

_CODE = re.compile(rb"<Code>\s*([A-Za-z0-9.]{1,64})\s*</Code>")
_REGION = re.compile(rb"<Region>\s*([a-z0-9-]{2,32})\s*</Region>")
_ENDPOINT = re.compile(rb"<Endpoint>[^<]*?s3[.-]([a-z]{2}(?:-[a-z]+)+-[0-9])\.[^<]*</Endpoint>")
_IN_ADDRESS = re.compile(r"//[^/?]*\bs3[.-]([a-z]{2}(?:-[a-z]+)+-[0-9]+)\.")
_REGION_NAME = re.compile(r"[a-z0-9-]{2,32}")

_OTHER_REGION = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
        "Redirect",
        "TemporaryRedirect",
    }
)
_SLOW_DOWN = frozenset(
    {"SlowDown", "RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequests"}
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
_WRONG_REGION_STATUSES = frozenset({301, 307, 400})

_GIVE_HINT = (
    "If it is private pass credentials=nb_remote.S3Credentials(key, secret) or "
    "S3Credentials(profile=…); else check the address."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer without an object."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """S3's name of the reason; empty where the answer is not S3's."""
        found = _CODE.search(self.body)
        return found[1].decode() if found else ""

    @property
    def expired(self) -> bool:
        """Whether temporary keys are no longer valid."""
        return self.code in _EXPIRED

    def other_region(self, asked: str) -> str:
        """Return the region to ask instead of `asked`; empty where that is not the matter."""
        code = self.code
        named = region_in(self.headers)
        if not named:
            found = _REGION.search(self.body) or _ENDPOINT.search(self.body)
            named = found[1].decode() if found else ""
        if code in _OTHER_REGION or (self.status in _WRONG_REGION_STATUSES and named != asked):
            return "" if code and code not in _OTHER_REGION and self.status == 400 else named
        return ""


def region_in(headers: Mapping[str, str]) -> str:
    """Return the region that an answer's headers name; empty for none."""
    named = headers.get("x-amz-bucket-region", "")
    if _REGION_NAME.fullmatch(named):
        return named
    found = _IN_ADDRESS.search(headers.get("Location", ""))
    return found[1] if found else ""


def refusal_error(
    refusal: Refusal, location: Location, asker: S3Credentials, where: str
) -> NbRemoteError:
    """Return the error that says what happened, and what to do about it."""
    code = refusal.code
    if code == "NoSuchBucket" or (code == "InvalidBucketName" and refusal.status == 400):
        return no_bucket(location)
    if code in _SLOW_DOWN or (refusal.status == 503 and not code):
        wait_s = retry_after(refusal.headers.get("Retry-After"))
        text = f"the server asks to slow down ({refusal.status} {code})".replace(" )", ")")
        return Throttled(text, where=where).as_transient(retry_after_s=wait_s)
    if code == "InvalidObjectState":
        hint = "Its owner has to restore it first."
        return AccessDenied("the object is in an archive", where=where, hint=hint)
    about_keys = _about_keys(refusal, asker, where)
    if about_keys is not None:
        return about_keys
    if refusal.status in (401, 403):
        return _denied(asker, where)
    error = status_error(refusal.status, refusal.headers, where)
    if code:
        error.text = f"{error.text}: {code}"
    return error


def no_bucket(location: Location) -> NotFound:
    """Return the error for a bucket that does not exist, which is not a missing object."""
    server = f"the server {location.endpoint}" if location.endpoint else "Amazon S3"
    return NotFound(
        f"{server} has no bucket {location.host!r}",
        where=location.display(),
        hint="Check its name; for another server write s3+https://host/bucket/… or pass "
        "S3Credentials(endpoint=…).",
    )


def _denied(asker: S3Credentials, where: str) -> AccessDenied:
    if not asker.signs:
        return AccessDenied(
            "the bucket is private, or the object does not exist and may not be listed",
            where=where,
            hint=_GIVE_HINT,
        )
    pays = "" if asker.requester_pays else " A bucket whose readers pay needs requester_pays=True."
    return AccessDenied(
        "these credentials may not read it, or it does not exist and they may not list the bucket",
        where=where,
        hint=f"Check the address, or ask the owner of the bucket for access.{pays}",
    )


def _about_keys(refusal: Refusal, asker: S3Credentials, where: str) -> CredentialsRefused | None:
    code = refusal.code
    if refusal.expired:
        again = "Log in again" if asker.profile or asker.from_environment else "Get new keys"
        text, hint = "the session token has expired", f"{again}, and open the dataset again."
    elif code in ("InvalidToken", "InvalidSecurity"):
        text = "the session token is not valid"
        hint = "It belongs to one key and secret: pass all three as they were given together."
    elif code == "InvalidAccessKeyId":
        text = "the server does not know the access key"
        hint = "Check it for typing mistakes; it may be of another server, or deleted."
        if not asker.token:
            hint += " Temporary keys need their session token, too."
    elif code == "SignatureDoesNotMatch":
        text = "the secret does not belong to the access key"
        hint = "Check the secret for typing mistakes."
    elif code in ("RequestTimeTooSkewed", "RequestExpired"):
        text = f"the clock of this machine is {_skew(refusal)}wrong"
        hint = "Signatures hold the time: set the clock, and open the dataset again."
    else:
        return None
    return CredentialsRefused(text, where=where, hint=hint)


def _skew(refusal: Refusal) -> str:
    try:
        theirs = parsedate_to_datetime(refusal.headers.get("Date", ""))
        minutes = round((datetime.now(UTC) - theirs).total_seconds() / 60)
    except (ValueError, TypeError):
        return ""
    return f"{abs(minutes)} minutes " if minutes else ""
