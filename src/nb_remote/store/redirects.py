"""Where a redirect may lead, and whether credentials go along."""

from dataclasses import dataclass

from yarl import URL

from nb_remote.errors import ServerFailed

STATUSES = frozenset({301, 302, 303, 307, 308})
# Object stores and their front ends need one or two; browsers allow 20.
MOST_HOPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One address to ask."""

    url: URL
    """Full address; secret, its query may carry a signature."""
    home: bool
    """Whether it lies at the origin the location names: credentials go only there."""

    @property
    def host(self) -> str:
        """Its host, with the port where it is not the usual one."""
        return self.url.host_port_subcomponent or ""


def next_hop(current: Hop, target: str | None, *, home: URL, where: str) -> Hop:
    """Return where a redirect leads.

    Parameters
    ----------
    current
        The address that answered.
    target
        The ``Location`` header of its answer.
    home
        Any address at the location's own origin.
    where
        Address for the error, without secrets.

    Raises
    ------
    ServerFailed
        When the redirect names nothing, leaves HTTP, or falls back from https to http.
    """
    try:
        url = current.url.join(URL(target or "", encoded=False)).with_fragment(None)
    except ValueError:
        url = URL()
    if not target or not url.host:
        raise _refused("the server redirects to nowhere", where)
    if url.scheme not in ("http", "https"):
        raise _refused(f"the server redirects to {url.scheme}://, which is not followed", where)
    if current.url.scheme == "https" and url.scheme == "http":
        raise _refused("the server redirects from https to unprotected http", where)
    return Hop(url=url.with_user(None), home=is_home(url, home))


def viewer_link(asked: URL, target: str | None) -> str | None:
    """Return where a redirect leads when that is a link of a viewer, with its state behind ``#!``.

    Such is no address of data: short links lead there. None for any other redirect.
    """
    page, _, fragment = (target or "").partition("#")
    if not fragment.startswith(("!", "%21")):
        return None
    try:
        url = asked.join(URL(page, encoded=False)).with_user(None)
    except ValueError:
        return None
    return f"{url}#{fragment}" if url.scheme in ("http", "https") else None


def is_home(url: URL, home: URL) -> bool:
    """Whether `url` has the origin of `home`, or is its https form on the default ports."""
    if url.host != home.host:
        return False
    if url.scheme == home.scheme:
        return url.port == home.port
    upgraded = (home.scheme, url.scheme) == ("http", "https")
    return upgraded and home.port == 80 and url.port == 443


def _refused(text: str, where: str) -> ServerFailed:
    return ServerFailed(
        text, where=where, hint="Paste the address it should lead to, if you trust it."
    )
