"""What Google Cloud Storage means when it brings no object: it says so in XML, or in JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nb_remote.errors import AccessDenied, CredentialsRefused, NbRemoteError, NotFound
from nb_remote.store.answers import status_error

Asker: TypeAlias = Literal["nobody", "token", "account"]
"""Who asks: nobody, an access token that a person passed, or an account that renews its tokens."""

_CODE = re.compile(r"<Code>([A-Za-z]{1,64})</Code>")
_PAYER_CODES = frozenset({"UserProjectInvalid", "UserProjectAccountProblem"})

_WHO_MAY = (
    "Pass credentials=nb_remote.GcsCredentials('key.json'), or GcsCredentials.default() to use "
    "what gcloud has."
)
_MAYBE_MISSING = (
    "A bucket that may not be listed answers so for what does not exist, too: check the address."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a body says; a stranger's words, so they are compared and never shown."""

    code: str
    """Name of the cause; empty where there is none."""
    text: str
    """All words, in lower case."""

    @classmethod
    def of(cls, body: bytes) -> "Said":
        """Read an answer in XML or JSON, or anything else."""
        text = body.decode("utf-8", errors="replace")
        found = _CODE.search(text)
        if not found and text.lstrip().startswith("{"):
            try:
                error = json.loads(text).get("error")
            except (ValueError, RecursionError):
                error = None
            text = str(error["message"]) if isinstance(error, dict) and "message" in error else text
        return cls(code=found[1] if found else "", text=text.lower())

    @property
    def no_bucket(self) -> bool:
        """Whether the bucket itself does not exist."""
        return self.code == "NoSuchBucket" or "the specified bucket does not exist" in self.text


def no_bucket(bucket: str) -> NotFound:
    """Return the error for a bucket that is not there: its objects are not just missing.

    Parameters
    ----------
    bucket
        Its address.
    """
    return NotFound(
        f"there is no bucket {bucket.rstrip('/').rpartition('/')[2]!r}",
        where=bucket,
        hint="Check the name of the bucket; if it was there before, it was deleted or renamed.",
    )


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, *, asker: Asker, where: str, bucket: str
) -> NbRemoteError:
    """Return the error for an answer that brings no object, with what to try.

    Parameters
    ----------
    where
        Address of the object.
    bucket
        Address of its bucket, for what is true of all its objects.
    """
    said = Said.of(body)
    error: NbRemoteError | None = None
    if status in (400, 401, 403):
        error = _about_payment(said, asker, bucket)
    if error is None and status in (401, 403):
        error = _about_access(status, said, asker, bucket if status == 401 else where)
    return error or status_error(status, headers, where, named=asker != "nobody")


def _about_payment(said: Said, asker: Asker, where: str) -> CredentialsRefused | None:
    missing = said.code == "UserProjectMissing" or "requester pays bucket" in said.text
    if missing:
        add = "add requester_pays='your-project' to the credentials."
        if asker == "nobody":
            add = "pass GcsCredentials('key.json', requester_pays='your-project')."
        return CredentialsRefused(
            "the bucket lets those pay who read from it (requester pays)",
            where=where,
            hint=f"If you agree, {add}",
        )
    denied = said.code in _PAYER_CODES or "serviceusage.services.use" in said.text
    if denied or "billing account" in said.text:
        return CredentialsRefused(
            "the project that is to pay for reading can't be used",
            where=where,
            hint="Check requester_pays=: the project needs billing, and the account the role "
            "Service Usage Consumer (roles/serviceusage.serviceUsageConsumer) in it.",
        )
    return None


def _about_access(status: int, said: Said, asker: Asker, where: str) -> AccessDenied:
    if "organization's policy" in said.text:
        return AccessDenied(
            "a policy of the organisation that owns the bucket refuses requests from here",
            where=where,
            hint="Ask its administrators; VPC Service Controls let in certain networks only.",
        )
    if status == 403 and "storage.objects.list" in said.text:
        # The right to read is there, else that would be what is missing.
        return AccessDenied(
            "the object seems to be missing, which is told only to those who may list the bucket",
            where=where,
            hint="Check the address; where chunks were left out, pass missing_on_403=True.",
        )
    if asker == "nobody":
        return AccessDenied(
            "the object is not public" if status == 401 else "the object is not public, or missing",
            where=where,
            hint=f"{_WHO_MAY} {_MAYBE_MISSING}",
        )
    if status == 401 and asker == "token":
        return CredentialsRefused(
            "the access token is not valid, or has expired",
            where=where,
            hint="Get a new one, for example with `gcloud auth print-access-token`; a service "
            "account and GcsCredentials.default() renew theirs by themselves.",
        )
    if status == 401:
        return CredentialsRefused(
            "Google Cloud Storage does not accept the token that the credentials were given",
            where=where,
            hint="Check that the account is not disabled and belongs to this server.",
        )
    return AccessDenied(
        "these credentials may not read the object, or it is missing",
        where=where,
        hint="The account needs the role Storage Object Viewer (roles/storage.objectViewer) on the "
        f"bucket. {_MAYBE_MISSING}",
    )
