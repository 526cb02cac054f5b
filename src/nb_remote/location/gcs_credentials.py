"""Who asks at Google Cloud Storage: a service account, a token, what gcloud has, or nobody."""

import json
import re
from dataclasses import dataclass, fields
from typing import ClassVar, Self

from nb_remote.errors import BadCredentials
from nb_remote.location.credentials import Private
from nb_remote.location.origins import normal_endpoint
from nb_remote.location.service_account import Given, service_account_text
from nb_remote.redact import remember_secret

_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,99}")


@dataclass(frozen=True, slots=True, repr=False)
class GcsCredentials(Private):
    """Credentials for ``gs://`` addresses; they are used to read, and for nothing else.

    Give a service account or a token, or use `default`. With neither, requests are anonymous:
    then it only says where to ask (`endpoint`).
    """

    service_account: Given | None = None
    """Key of a service account: path of its JSON file, the file's bytes, or a dict; secret. Kept as
    text, so the file is read once."""
    token: str | None = None
    """Access token, for example of ``gcloud auth print-access-token``; secret. It is never renewed,
    and ends after an hour."""
    requester_pays: str | bool = ""
    """Google Cloud project that agrees to pay for what is read; True for the service account's."""
    endpoint: str = ""
    """Server that is not Google's, for example an emulator: ``http://host:port``."""
    allow_plain_http: bool = False
    """Consent to send tokens unprotected over ``http://`` to another machine."""
    from_environment: bool = False
    """Look for credentials as Google's tools do; see `default`."""

    schemes: ClassVar[frozenset[str]] = frozenset({"gs"})

    def __post_init__(self) -> None:
        given = (self.service_account is not None, bool(self.token), self.from_environment)
        if given.count(True) > 1:
            raise BadCredentials(
                "GcsCredentials takes a service account, a token or the environment, not several"
            )
        object.__setattr__(self, "endpoint", normal_endpoint(self.endpoint or ""))
        if self.token:
            if not (self.token.isascii() and self.token.isprintable()) or " " in self.token:
                raise BadCredentials("an access token is one word of printable characters")
            remember_secret(self.token)
        if self.service_account is not None:
            text = service_account_text(self.service_account, endpoint=self.endpoint)
            object.__setattr__(self, "service_account", text)
        self._check_payer(named=any(given))

    def _check_payer(self, *, named: bool) -> None:
        payer = self.requester_pays
        if not payer:
            return
        if not named:
            raise BadCredentials(
                "whoever pays for what is read has to say who they are",
                hint="Give service_account= or token= too, or use GcsCredentials.default().",
            )
        if payer is True and not self.project and not self.from_environment:
            raise BadCredentials(
                "it is not known which project pays",
                hint="Name it: requester_pays='my-project'.",
            )
        if isinstance(payer, str) and not _PROJECT.fullmatch(payer):
            raise BadCredentials("requester_pays takes the id of a Google Cloud project")

    @classmethod
    def default(
        cls,
        *,
        requester_pays: str | bool = "",
        endpoint: str = "",
        allow_plain_http: bool = False,
    ) -> Self:
        """Use what Google's tools find: ``GOOGLE_APPLICATION_CREDENTIALS``, gcloud, the machine."""
        return cls(
            requester_pays=requester_pays,
            endpoint=endpoint,
            allow_plain_http=allow_plain_http,
            from_environment=True,
        )

    @property
    def project(self) -> str:
        """Project that pays, as far as it is known before anything is asked; empty for none."""
        if isinstance(self.requester_pays, str):
            return self.requester_pays
        return self.home_project if self.requester_pays else ""

    @property
    def home_project(self) -> str:
        """Project that a service account belongs to, or that pays; empty where none is known."""
        if isinstance(self.requester_pays, str) and self.requester_pays:
            return self.requester_pays
        if not isinstance(self.service_account, str):
            return ""
        project = json.loads(self.service_account).get("project_id")
        return project if isinstance(project, str) and _PROJECT.fullmatch(project) else ""

    @property
    def proves(self) -> bool:
        """Whether requests say who is asking."""
        return bool(self.service_account or self.token or self.from_environment)

    @property
    def travels(self) -> bool:
        """Whether another process can find them itself, or a person chose to share them."""
        return self.shared or (not self.service_account and not self.token)

    def headers(self) -> dict[str, str]:
        """Return no headers: the token is fetched when it is needed."""
        return {}

    def _masked(self) -> str:
        said = {one.name: getattr(self, one.name) for one in fields(self) if one.init}
        shown = [f"{name}=***" for name in ("service_account", "token") if said.pop(name)]
        shown += [f"{name}={value!r}" for name, value in said.items() if value]
        return f"{type(self).__name__}({', '.join(shown)})"
