"""What proves who is asking: private objects that never show or save what they hold."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Protocol, Self

from nb_remote.redact import remember_secret

_WEB = frozenset({"http", "https"})


class Credentials(Protocol):
    """What proves who is asking at one address, and is sent to no other."""

    @property
    def schemes(self) -> frozenset[str]:
        """Schemes of the addresses that they are for."""

    @property
    def allow_plain_http(self) -> bool:
        """Whether they may be sent unprotected to another machine."""

    @property
    def endpoint(self) -> str:
        """Server that they name for buckets; empty for none."""

    @property
    def region(self) -> str:
        """Region that they name for buckets; empty for none."""

    @property
    def travels(self) -> bool:
        """Whether they may be pickled: they hold no secret, or a person chose to share it."""

    def headers(self) -> dict[str, str]:
        """Return the request headers; secret, for stores only."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Private:
    """Masks `repr`, and refuses to be pickled or copied unless a person chose to share."""

    schemes: ClassVar[frozenset[str]] = _WEB
    """Schemes of the addresses that they are for."""

    shared: bool = field(default=False, init=False, compare=False)
    """Whether they are pickled with their secret; see `shared_with_workers`."""

    def shared_with_workers(self) -> Self:
        """Return the same credentials, but such that are pickled **with their secret**.

        dask sends them to its workers in the graph of every array that is read with them. So the
        scheduler and all workers hold the secret, as does whatever keeps the graph, and on the
        way it is as well protected as the cluster's connections, which are not encrypted unless
        you set up TLS. Nothing else that leaves the kernel holds it: no repr, error, log, saved
        notebook or exported JSON.

        `nb_remote.ProvidedCredentials`, a profile or the environment of the workers need no such
        trust.
        """
        one = object.__new__(type(self))
        for each in fields(self):
            object.__setattr__(one, each.name, getattr(self, each.name))
        object.__setattr__(one, "shared", True)
        return one

    @property
    def endpoint(self) -> str:
        """None: the address names it."""
        return ""

    @property
    def region(self) -> str:
        """None: the address names it."""
        return ""

    @property
    def travels(self) -> bool:
        """Whether a person chose to share the secret."""
        return self.shared

    def _masked(self) -> str:
        return f"{type(self).__name__}(***)"

    def __repr__(self) -> str:
        return f"{self._masked()}.shared_with_workers()" if self.shared else self._masked()

    def __reduce__(self) -> tuple[object, ...]:
        if not self.travels:
            raise TypeError(
                f"{type(self).__name__} can't be pickled: credentials stay in this process. "
                "Create them again where they are needed, or choose to send the secret along with "
                "credentials.shared_with_workers()."
            )
        given = {one.name: getattr(self, one.name) for one in fields(self) if one.init}
        return _made_again, (type(self), given, self.shared)

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        return self.__reduce__()


def _made_again(kind: type[Private], given: dict[str, Any], shared: bool) -> Private:  # noqa: FBT001
    """Make pickled credentials in another process, which then knows what to hide, too."""
    one = kind(**given)
    return one.shared_with_workers() if shared else one


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymous:
    """No credentials at all, and no search for default ones."""

    schemes: ClassVar[frozenset[str]] = frozenset({"http", "https", "s3", "gs", "file"})
    allow_plain_http: ClassVar[bool] = True
    endpoint: ClassVar[str] = ""
    region: ClassVar[str] = ""
    travels: ClassVar[bool] = True

    def headers(self) -> dict[str, str]:
        """Return no headers."""
        return {}


@dataclass(frozen=True, slots=True, repr=False)
class BasicAuth(Private):
    """User name and password for HTTP basic authentication."""

    username: str
    """Name to log in with."""
    password: str
    """Password; secret."""
    allow_plain_http: bool = field(default=False, kw_only=True)
    """Consent to send it unprotected over ``http://`` to another machine."""

    def __post_init__(self) -> None:
        if ":" in self.username:
            raise ValueError("a user name for basic authentication can't contain a colon")
        remember_secret(self.password)
        remember_secret(self._encoded())

    def headers(self) -> dict[str, str]:
        """Return the ``Authorization`` header.

        A plain header, because aiohttp forwards its own ``BasicAuth`` object to
        other origins after a redirect.
        """
        return {"Authorization": f"Basic {self._encoded()}"}

    def _encoded(self) -> str:
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True, repr=False)
class BearerToken(Private):
    """A token that is sent as ``Authorization: Bearer``."""

    token: str
    """The token; secret."""
    allow_plain_http: bool = field(default=False, kw_only=True)
    """Consent to send it unprotected over ``http://`` to another machine."""

    def __post_init__(self) -> None:
        _require_header_text(self.token)
        remember_secret(self.token)

    def headers(self) -> dict[str, str]:
        """Return the ``Authorization`` header."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class HttpHeaders(Private):
    """Secret headers of another kind, for example ``X-Auth-Token``."""

    values: Mapping[str, str]
    """Header values by header name; secret."""
    allow_plain_http: bool = field(default=False, kw_only=True)
    """Consent to send it unprotected over ``http://`` to another machine."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", dict(self.values))
        for name, value in self.values.items():
            _require_header_text(name)
            _require_header_text(value)
            remember_secret(value)

    def headers(self) -> dict[str, str]:
        """Return a copy of the headers."""
        return dict(self.values)


def _require_header_text(text: str) -> None:
    """A line break would let a token add headers of its own."""
    if not text or not text.isprintable():
        raise ValueError("a header name, header value or token must be printable text on one line")
