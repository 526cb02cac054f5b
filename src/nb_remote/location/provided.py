"""Credentials by name: each process gets them from a provider of its own, so none is sent."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import ClassVar, TypeAlias

from nb_remote.errors import BadCredentials, NbRemoteError
from nb_remote.location.credentials import Credentials

Provider: TypeAlias = Callable[[], Credentials]
"""Returns credentials that are valid now; it may wait, and is called in a thread of its own."""

ENTRY_POINTS = "nb_remote.credentials"
"""Group in which an installed package may name its providers."""

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ProvidedCredentials:
    """Credentials that a provider registered as `name` gives wherever data are read.

    It holds a name and no secret, so it travels to dask workers with the arrays; the notebook and
    each worker get the credentials from their own `register_credentials`.
    """

    name: str
    """What the provider is registered as."""

    schemes: ClassVar[frozenset[str]] = frozenset({"http", "https", "s3", "gs"})
    """Any: what is provided has to fit the address, which is seen when it is needed."""
    endpoint: ClassVar[str] = ""
    region: ClassVar[str] = ""
    travels: ClassVar[bool] = True
    # Consent is asked of what is provided, before anything of it is sent.
    allow_plain_http: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _check_name(self.name)

    def headers(self) -> dict[str, str]:
        """Return no headers: what is provided has them."""
        return {}


class _Registry:
    """Providers by name. Any thread may register and ask."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.providers: dict[str, Provider] = {}


_registry = _Registry()


def register_credentials(name: str, provider: Provider) -> None:
    """Let ``ProvidedCredentials(name)`` get its credentials from `provider`, in this process.

    Run it in the notebook and on each dask worker: in a ``WorkerPlugin``, a ``--preload`` module,
    or a module that both import. A package that is installed on all of them may instead name the
    provider as an entry point of the group ``nb_remote.credentials``.

    Parameters
    ----------
    name
        What `ProvidedCredentials` are asked for. A provider that was registered before as the same
        name is replaced, also for what is open.
    provider
        Called without arguments when credentials are first needed, and again when a server no
        longer accepts them; it returns `BasicAuth`, `BearerToken`, `HttpHeaders`, `S3Credentials`
        or `GcsCredentials`. It runs in a thread and may wait up to 30 seconds. What it
        raises is not shown, as it may quote a secret, unless it is an error of nb_remote.

    Raises
    ------
    TypeError
        `provider` can't be called.
    ValueError
        `name` is no printable text on one line.
    """
    _check_name(name)
    if not callable(provider):
        raise TypeError(
            "a provider is called for credentials, which may end; to give some that exist write "
            "register_credentials(name, lambda: credentials)"
        )
    with _registry.lock:
        _registry.providers[name] = provider


def provider_of(name: str) -> Provider:
    """Return the provider that is registered as `name`, by a call or by an installed package.

    Raises
    ------
    BadCredentials
        When there is none, or the package that names it can't be loaded.
    """
    with _registry.lock:
        provider = _registry.providers.get(name)
    return provider or _of_a_package(name)


def _of_a_package(name: str) -> Provider:
    for entry in entry_points(group=ENTRY_POINTS, name=name):
        try:
            loaded: Provider = entry.load()
        except NbRemoteError:
            raise
        except Exception as failure:  # noqa: BLE001  (of a stranger's code; its text may quote secrets)
            text = f"{entry.value} can't be loaded ({type(failure).__name__})"
        else:
            with _registry.lock:
                return _registry.providers.setdefault(name, loaded)
        raise BadCredentials(f"the provider of the credentials {name!r}, {text}") from None
    raise BadCredentials(
        f"no provider of the credentials {name!r} is registered in this process",
        hint=f"Run nb_remote.register_credentials({name!r}, provider) in it. On dask workers that "
        "is done by a WorkerPlugin or a --preload module, for those that start later, too.",
    )


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError(
            f"the name of provided credentials is printable text of up to {_LONGEST_NAME} "
            "characters on one line"
        )
