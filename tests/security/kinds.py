"""Every kind of secret, planted where a person would give it, at a server that asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.reliability.volumes import files
from tests.servers.gcs import GcsServer
from tests.servers.http import RangeServer

import nb_remote as nbr
from nb_remote.dataset import Dataset

KINDS = (
    "password in the address",
    "token in the address",
    "signature in the address",
    "basic",
    "bearer",
    "header",
    "s3 key",
    "gcs token",
    "gcs service account",
)
PATIENCE_S = 10.0
_S3 = ("AKIAPLANTED0KEY00001", "planted-s3-secret/with+signs0123456789", "planted-s3-session-tok3n")


@dataclass(kw_only=True)
class Planted:
    """A private volume, and what must not come out of this process."""

    kind: str
    server: RangeServer
    address: str
    credentials: Any
    secrets: tuple[str, ...]

    def open(self, timeout: float = PATIENCE_S) -> Dataset:
        return nbr.open(self.address, credentials=self.credentials, timeout=timeout)


def plant(kind: str, serve: Callable[[RangeServer], RangeServer]) -> Planted:
    """Start a server that asks for a secret of this kind.

    Parameters
    ----------
    serve
        Starts a server that stops with the test.
    """
    objects = {f"lab/v/{key}": body for key, body in files(sharded=False).items()}
    word = f"planted-{KINDS.index(kind)}-w0rd-0123456789"
    credentials: Any = None
    secrets: tuple[str, ...] = (word,)
    match kind:
        case "password in the address":
            server = serve(RangeServer(objects, basic_auth=("me", word)))
            address = server.url_of("lab/v").replace("//", f"//me:{word}@")
        case "token in the address":
            server = serve(RangeServer(objects, token=word))
            address = f"{server.url_of('lab/v')}?token={word}"
        case "signature in the address":
            server = serve(RangeServer(objects))
            address = f"{server.url_of('lab/v')}?X-Amz-Credential=AKIA0&X-Amz-Signature={word}"
        case "basic":
            server = serve(RangeServer(objects, basic_auth=("me", word)))
            address, credentials = server.url_of("lab/v"), nbr.BasicAuth("me", word)
        case "bearer":
            server = serve(RangeServer(objects, bearer=word))
            address, credentials = server.url_of("lab/v"), nbr.BearerToken(word)
        case "header":
            server = serve(RangeServer(objects))
            address, credentials = server.url_of("lab/v"), nbr.HttpHeaders({"X-Auth-Token": word})
        case "s3 key":
            server = serve(RangeServer(objects))
            address, credentials = f"s3+{server.url}/lab/v", nbr.S3Credentials(*_S3)
            secrets = _S3
        case "gcs token":
            google = GcsServer(objects)
            google.valid.add(word)
            server = serve(google)
            address = "gs://lab/v"
            credentials = nbr.GcsCredentials(token=word, endpoint=server.url)
        case _:
            google = GcsServer(objects)
            server = serve(google)
            account = google.service_account()
            address = "gs://lab/v"
            credentials = nbr.GcsCredentials(account, endpoint=server.url)
            # of the key the lines, since it may be written in several ways; and the token it gets
            lines = tuple(account["private_key"].splitlines()[2:5])
            secrets = (*lines, account["private_key_id"], "ya29.stub-1-c0ffee0123456789")
    return Planted(
        kind=kind, server=server, address=address, credentials=credentials, secrets=secrets
    )
