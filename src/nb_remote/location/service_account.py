"""The JSON that Google gives out for a service account: read and checked before it is used."""

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from nb_remote.errors import BadCredentials
from nb_remote.location.origins import is_this_machine
from nb_remote.redact import remember_secret

Given: TypeAlias = str | PathLike[str] | Mapping[str, Any] | bytes | bytearray | memoryview
"""A file, its contents, or what it says."""

GOOGLE_TOKEN_SERVER = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)

# One with a 4096 bit key has 4 KiB.
_MOST_BYTES = 2**16
_HINT = (
    "In the Google Cloud console, a key of type JSON is made under IAM, Service accounts, Keys; "
    "pass that file as it is."
)
_OTHER_KINDS = {
    "authorized_user": "a login of gcloud",
    "external_account": "a workload identity",
    "external_account_authorized_user": "a workforce identity",
    "impersonated_service_account": "a service account that is impersonated",
}


def service_account_text(given: Given, *, endpoint: str) -> str:
    """Return the JSON of a service account in one spelling; secret.

    Parameters
    ----------
    endpoint
        Server of the buckets where a person named one: its token server may then be this machine.

    Raises
    ------
    BadCredentials
        When it is no such JSON, or its key can't be used.
    """
    said = _said(given)
    kind = said.get("type")
    if kind in _OTHER_KINDS:
        raise BadCredentials(
            f"this is {_OTHER_KINDS[kind]}, not the key of a service account",
            hint="Use GcsCredentials.default(), which finds it where gcloud keeps it.",
        )
    if "installed" in said or "web" in said:
        raise BadCredentials("this is the client of an app, not a service account", hint=_HINT)
    for name in ("client_email", "private_key"):
        if kind != "service_account" or not isinstance(said.get(name), str) or not said[name]:
            missing = f": it has no {name}" if kind == "service_account" else ""
            raise BadCredentials(f"this is not the key of a service account{missing}", hint=_HINT)
    said["token_uri"] = said.get("token_uri") or GOOGLE_TOKEN_SERVER
    _check_token_server(said["token_uri"], endpoint)
    for text in (said["private_key"], json.dumps(said["private_key"])[1:-1]):
        remember_secret(text)
    remember_secret(str(said.get("private_key_id", "")))
    _check_key(said)
    text = json.dumps(said, sort_keys=True)
    remember_secret(text)
    return text


def _said(given: Given) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, bytes | bytearray | memoryview):
        text = bytes(given)
    elif isinstance(given, str) and given.lstrip().startswith("{"):
        text = given.encode()
    elif isinstance(given, str | PathLike):
        text = _read(given)
    else:
        raise TypeError(
            "service_account takes the path of a JSON file, the bytes of one, or a dict, "
            f"not {type(given).__name__}"
        )
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise BadCredentials("this is not the JSON of a service account", hint=_HINT)
    return said


def _read(given: str | PathLike[str]) -> bytes:
    if isinstance(given, str) and given.startswith("ya29."):
        raise BadCredentials("this is an access token", hint="Pass it as token=.")
    try:
        with Path(given).expanduser().open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        reason = "there is no such file"
    except (OSError, ValueError, RuntimeError):
        reason = "the file can't be read"
    else:
        if len(text) <= _MOST_BYTES:
            return text
        reason = f"the file has more than {_MOST_BYTES} bytes"
    # A text that is no name of a file may be a secret that was passed by mistake.
    shown = str(given) if not isinstance(given, str) or given.lower().endswith(".json") else ""
    raise BadCredentials(f"no key of a service account: {reason}", where=shown, hint=_HINT)


def _check_token_server(address: object, endpoint: str) -> None:
    """Refuse what would get a signed request to where nobody expects one."""
    parts = urlsplit(address) if isinstance(address, str) and address.isprintable() else None
    if parts is not None and parts.hostname and "@" not in parts.netloc:
        if parts.scheme == "https":
            return
        if parts.scheme == "http" and endpoint and is_this_machine(parts.netloc):
            return
    raise BadCredentials(
        "the key of the service account names a token server that is not asked over https",
        hint=f"Google's own has token_uri {GOOGLE_TOKEN_SERVER}; where does this file come from? "
        "One on this machine needs endpoint=, too.",
    )


def _check_key(said: dict[str, Any]) -> None:
    from google.auth.crypt import RSASigner  # noqa: PLC0415  (takes 0.1 s, needed for few)

    try:
        # Some other kinds of keys are noticed only when they sign.
        RSASigner.from_service_account_info(said).sign(b"")  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001  (of several libraries; their texts may quote the key)
        usable = False
    else:
        usable = True
    if not usable:
        raise BadCredentials(
            "the private key of the service account is broken or incomplete", hint=_HINT
        )
