"""Who asks, as it is said on the command line: by names and files, never by a secret itself."""

import argparse
import netrc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from nb_remote.errors import BadCredentials
from nb_remote.location.credentials import BasicAuth, BearerToken, Credentials
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.given import Place, fits
from nb_remote.location.local import address_of
from nb_remote.location.location import Location
from nb_remote.location.s3_credentials import S3Credentials

_WAYS = ("profile", "default_credentials", "token_file", "token_env", "netrc")
_MOST_BYTES = 2**16


def add_credentials(parser: argparse.ArgumentParser) -> None:
    """Add the options that say who asks."""
    group = parser.add_argument_group(
        "who asks",
        "Nobody, unless one of these is given. A secret is never written on the command line: "
        "other users of the machine see it there, and the shell keeps it.",
    )
    way = group.add_mutually_exclusive_group()
    way.add_argument(
        "--profile", metavar="NAME", type=_line, help="for s3://: a profile of the AWS tools"
    )
    way.add_argument(
        "--default-credentials",
        action="store_true",
        help="for s3:// what the AWS tools find here, for gs:// what gcloud and Google's tools do",
    )
    way.add_argument(
        "--token-file",
        metavar="FILE",
        type=Path,
        help="for https:// and gs://: the file that holds the token",
    )
    way.add_argument(
        "--token-env",
        metavar="VARIABLE",
        type=_line,
        help="the same: name of the environment variable that does",
    )
    way.add_argument(
        "--netrc",
        metavar="FILE",
        type=Path,
        help="for https://: the file that holds user and password of the host, in the form that "
        "curl reads, for example ~/.netrc",
    )
    group.add_argument(
        "--requester-pays",
        action="store_true",
        help="with --profile or --default-credentials: you pay for what is read",
    )


def credentials_of(
    options: argparse.Namespace, places: Sequence[Place]
) -> list[Credentials | None] | None:
    """Return who asks at each of the places; None where it was not said.

    Raises
    ------
    BadCredentials
        When a file or variable holds none, or they are for none of the places.
    InvalidAddress
        When a place is no address.
    """
    way = next((one for one in _WAYS if getattr(options, one)), "")
    signs = way in ("profile", "default_credentials")
    if options.requester_pays and not signs:
        raise BadCredentials(
            "whoever pays for what is read has to say who they are",
            hint="Give --profile or --default-credentials with --requester-pays.",
        )
    if not way:
        return None
    locations = [address_of(place).location for place in places]
    given = [next(_fitting(options, one), None) for one in locations]
    if options.netrc and not any(given) and any(map(_fits_netrc, locations)):
        raise BadCredentials(
            f"the file {options.netrc} holds no user and password for {_host(locations[0])}",
            hint=f"It needs a line: machine {_host(locations[0])} login USER password PASSWORD",
        )
    if not any(given):
        raise BadCredentials(
            f"--{way.replace('_', '-')} is not for such an address",
            where=locations[0].display(),
            hint="Profiles are for s3://, the default credentials for s3:// and gs://, tokens for "
            "https:// and gs://, a netrc file for https://.",
        )
    return given


def _fitting(options: argparse.Namespace, location: Location) -> Iterator[Credentials]:
    """Yield what the options make for such an address."""
    pays = options.requester_pays
    if options.profile:
        kinds: list[Credentials] = [S3Credentials(profile=options.profile, requester_pays=pays)]
    elif options.default_credentials:
        google = GcsCredentials.default(requester_pays=pays)
        kinds = [S3Credentials.default(requester_pays=pays), google]
    elif options.netrc:
        found = _of_netrc(options.netrc, location) if _fits_netrc(location) else None
        kinds = [] if found is None else [found]
    else:
        token = _token(options)
        kinds = [BearerToken(token), GcsCredentials(token=token)]
    yield from (one for one in kinds if fits(location, one))


def _token(options: argparse.Namespace) -> str:
    if options.token_env:
        holder = f"the environment variable {options.token_env}"
        text = os.environ.get(options.token_env, "")
    else:
        holder, text = f"the file {options.token_file}", _text(options.token_file)
    token = text.strip()
    if not token:
        raise BadCredentials(f"{holder} is empty or not there", hint="It has to hold the token.")
    if not token.isprintable():
        raise BadCredentials(f"{holder} holds more than a token", hint="A token is one line.")
    return token


def _fits_netrc(location: Location) -> bool:
    return location.scheme in BasicAuth.schemes


def _of_netrc(path: Path, location: Location) -> BasicAuth | None:
    """Return user and password of the host that is asked, as curl finds them: without its port."""
    _text(path)  # says why it can't be read
    try:
        found = netrc.netrc(str(path.expanduser())).authenticators(_host(location))
    except netrc.NetrcParseError:
        hint = "It holds lines such as: machine HOST login USER password PASSWORD"
        raise BadCredentials(f"the file {path} is no netrc", hint=hint) from None
    if found is None or not found[0] or not found[2]:
        return None
    if ":" in found[0]:
        raise BadCredentials(f"a user in the file {path} can't have a colon in the name")
    return BasicAuth(found[0], found[2])


def _host(location: Location) -> str:
    """Return a host without its port."""
    name, colon, port = location.host.rpartition(":")
    return (name if colon and "]" not in port else location.host).strip("[]")


def _text(path: Path) -> str:
    """Read a small file of a person."""
    try:
        with path.expanduser().open("rb") as file:
            body = file.read(_MOST_BYTES + 1)
        if len(body) <= _MOST_BYTES:
            return body.decode()
        reason = f"it has more than {_MOST_BYTES} bytes"
    except UnicodeDecodeError:
        reason = "it is no text"
    except (OSError, RuntimeError) as failure:
        reason = getattr(failure, "strerror", None) or "there is no such home folder"
    raise BadCredentials(f"the file {path} can't be read: {reason}")


def _line(text: str) -> str:
    if not text or not text.isprintable():
        raise ValueError(text)
    return text


_line.__name__ = "name"  # argparse: "invalid name value: ''"
