"""The index page of a web server: the links on it that lead directly below it."""

from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from nb_remote.location.relative import MOST_KEY_CHARACTERS
from nb_remote.store.base import MOST_NAMES

MOST_TAGS = 2**17
"""A listing of a mebibyte has half as many; nothing but ``<`` would take 3 s to parse."""


class _Links(HTMLParser):
    """Collects where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def names_in_page(page: bytes, url: str) -> tuple[str, ...] | None:
    """Return what an index page lists directly below its own address, or None where nothing.

    Parameters
    ----------
    url
        The page's own address, after redirects.
    """
    if page.count(b"<") > MOST_TAGS:
        return None
    links = _Links()
    # So Python's parser says that a marked section (``<![…``) is none.
    with suppress(AssertionError):
        links.feed(page.decode("utf-8", errors="replace"))
    here = urlsplit(url)
    folder = unquote(here.path[: here.path.rfind("/") + 1])
    names: set[str] = set()
    for link in links.found:
        try:
            target = urlsplit(urljoin(url, link.strip()))
        except ValueError:
            continue
        # Links with a query sort the page; those without a path lead back to it.
        if (target.scheme, target.netloc) != (here.scheme, here.netloc):
            continue
        path = unquote(target.path)
        if "?" in link or "#" in link or not path.startswith(folder):
            continue
        names.add(path.removeprefix(folder))
    return direct_names(names) or None


def direct_names(names: set[str]) -> tuple[str, ...]:
    """Return the sorted names of direct members: a stranger names parts of keys, nothing else."""
    kept = [
        name
        for name in names
        if (part := name.removesuffix("/"))
        and part not in (".", "..")
        and "/" not in part
        and "\\" not in part
        and part.isprintable()
        and len(part) <= MOST_KEY_CHARACTERS
    ]
    return tuple(sorted(kept)[:MOST_NAMES])
