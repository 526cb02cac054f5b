"""What proves who is asking: private objects that never show or save what they hold."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, Protocol

from nb_remote.redact import remember_secret


class Credentials(Protocol):
    """Anything that adds headers to the requests of one origin, and to no other's."""

    def headers(self) -> dict[str, str]:
        """Return the request headers; secret, for stores only."""


class _Private:
    """Masks `repr` and refuses to be pickled or copied into a saved document."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} can't be pickled: credentials stay in this process. "
            "Create them again where they are needed."
        )

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        self.__reduce__()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymous:
    """No credentials at all, and no search for default ones."""

    def headers(self) -> dict[str, str]:
        """Return no headers."""
        return {}


@dataclass(frozen=True, slots=True, repr=False)
class BasicAuth(_Private):
    """User name and password for HTTP basic authentication."""

    username: str
    """Name to log in with."""
    password: str
    """Password; secret."""

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
class BearerToken(_Private):
    """A token that is sent as ``Authorization: Bearer``."""

    token: str
    """The token; secret."""

    def __post_init__(self) -> None:
        _require_header_text(self.token)
        remember_secret(self.token)

    def headers(self) -> dict[str, str]:
        """Return the ``Authorization`` header."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class HttpHeaders(_Private):
    """Secret headers of another kind, for example ``X-Auth-Token``."""

    values: Mapping[str, str]
    """Header values by header name; secret."""

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
