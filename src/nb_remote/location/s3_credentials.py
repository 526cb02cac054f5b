"""Who asks at S3: a key pair, a profile, the environment's chain, or nobody."""

from dataclasses import dataclass, fields
from typing import ClassVar, Self

from nb_remote.location.credentials import Private
from nb_remote.location.origins import normal_endpoint
from nb_remote.redact import remember_secret


@dataclass(frozen=True, slots=True, repr=False)
class S3Credentials(Private):
    """Credentials for ``s3://`` addresses, and how a bucket is to be asked.

    Without key, profile or `default` requests are not signed: then it only says where
    (`endpoint`) or how (`requester_pays`) to ask.
    """

    key: str | None = None
    """Access key id."""
    secret: str | None = None
    """Secret access key; secret."""
    token: str | None = None
    """Session token of temporary keys; secret."""
    profile: str | None = None
    """Name of a profile in the AWS configuration files, instead of a key."""
    endpoint: str = ""
    """Server that is not Amazon's: ``https://host``, ``http://host:port`` or ``host:port``."""
    region: str = ""
    """Region of the bucket; found out where it is not given."""
    requester_pays: bool = False
    """Agree to pay for what is read."""
    allow_plain_http: bool = False
    """Consent to sign requests that go unprotected over ``http://`` to another machine. The secret
    itself is never sent; key id, session token and data are."""
    from_environment: bool = False
    """Look for keys as the AWS tools do; see `default`."""

    schemes: ClassVar[frozenset[str]] = frozenset({"s3"})

    def __post_init__(self) -> None:
        if bool(self.key) != bool(self.secret):
            raise ValueError("S3Credentials needs key and secret, both or none")
        if self.token and not self.key:
            raise ValueError("a session token of S3Credentials needs its key and secret")
        if (bool(self.key), bool(self.profile), self.from_environment).count(True) > 1:
            raise ValueError("S3Credentials takes a key, a profile or the environment, not several")
        for text in (self.key, self.secret, self.token, self.profile, self.region):
            if text is not None and not text.isprintable():
                raise ValueError("S3Credentials takes printable text on one line")
        object.__setattr__(self, "endpoint", normal_endpoint(self.endpoint or ""))
        object.__setattr__(self, "region", self.region or "")
        for text in (self.key, self.secret, self.token):
            remember_secret(text or "")

    @classmethod
    def default(
        cls,
        *,
        endpoint: str = "",
        region: str = "",
        requester_pays: bool = False,
        allow_plain_http: bool = False,
    ) -> Self:
        """Use what the AWS tools find: environment, configuration files, the machine's role."""
        return cls(
            endpoint=endpoint,
            region=region,
            requester_pays=requester_pays,
            allow_plain_http=allow_plain_http,
            from_environment=True,
        )

    @property
    def signs(self) -> bool:
        """Whether requests are signed."""
        return bool(self.key or self.profile or self.from_environment)

    @property
    def travels(self) -> bool:
        """Whether another process can find the keys itself, or a person chose to share them."""
        return self.shared or not self.key

    def headers(self) -> dict[str, str]:
        """Return no headers: each request is signed on its own."""
        return {}

    def _masked(self) -> str:
        said = {one.name: getattr(self, one.name) for one in fields(self) if one.init}
        shown = [f"{name}=***" for name in ("key", "secret", "token") if said.pop(name)]
        shown += [f"{name}={value!r}" for name, value in said.items() if value]
        return f"{type(self).__name__}({', '.join(shown)})"
