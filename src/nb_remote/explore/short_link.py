"""Short links: addresses that only redirect to a viewer's page, with the state in its fragment."""

import aiohttp
from yarl import URL

from nb_remote.errors import NbRemoteError
from nb_remote.location.location import Location
from nb_remote.location.neuroglancer.link import Link, link_of
from nb_remote.store.exchanges import HttpExchanges
from nb_remote.store.limits import StoreLimits
from nb_remote.store.redirects import STATUSES

_MARKS = ("!", "%21")
"""How the fragment of a viewer's link begins."""


async def followed(location: Location, limits: StoreLimits, *, trusted: bool) -> Link | None:
    """Return the link that an address redirects to, or None where it leads to none.

    Nobody is told who asks. As many redirects are followed as for data, and to public hosts only;
    the viewer's own page is not asked.

    Parameters
    ----------
    trusted
        Whether a person named the address.

    Raises
    ------
    InvalidAddress
        It leads to a link, but what that says can't be understood.
    """
    if location.scheme not in ("http", "https") or location.zip_path is not None:
        return None
    looking = _Looking(location, limits=limits, trusted=trusted)
    try:
        text = await looking.target()
    except (NbRemoteError, aiohttp.ClientError, OSError):
        return None  # whoever asked for data was told what is wrong
    finally:
        await looking.close()
    return None if text is None else link_of(text)


class _Looking(HttpExchanges):
    """Follows an address until a redirect has the fragment of a link."""

    _found: str | None = None

    async def target(self) -> str | None:
        async with self._answer(""):
            return self._found

    def _leads_on(self, response: aiohttp.ClientResponse) -> bool:
        target = response.headers.get("Location", "")
        _, _, fragment = target.partition("#")
        if response.status in STATUSES and fragment.startswith(_MARKS):
            page = response.url.join(URL(target.partition("#")[0], encoded=True))
            self._found = f"{page.with_user(None)}#{fragment}"
            return False
        return super()._leads_on(response)
