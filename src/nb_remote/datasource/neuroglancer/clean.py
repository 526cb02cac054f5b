"""What came with a link, without what is secret in it."""

import re
from typing import Any
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[a-z][a-z\d+.-]*://[^\s\"'<>]*")
_OPTION = re.compile(r"dimension_separator=(?:\.|/|%2[fF])")


def cleaned(value: Any) -> tuple[Any, bool]:  # noqa: ANN401  (JSON may be anything)
    """Return JSON whose addresses have no user name and no query, and whether one had.

    Texts that are no addresses stay as they are.
    """
    if isinstance(value, dict):
        pairs = {key: cleaned(one) for key, one in value.items()}
        return {key: one for key, (one, _) in pairs.items()}, any(had for _, had in pairs.values())
    if isinstance(value, list):
        found = [cleaned(one) for one in value]
        return [one for one, _ in found], any(had for _, had in found)
    if isinstance(value, str) and _ADDRESS.fullmatch(value.strip()):
        clean = clean_address(value)
        return clean, clean != value
    return value, False


def clean_address(url: str) -> str:
    """Return an address of a data source without user name and query."""
    first, pipe, steps = url.partition("|")
    start, mark, rest = first.rpartition("://")
    rest, hash_mark, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    kept = f"?{query}" if _OPTION.fullmatch(query) else ""
    authority = authority.rpartition("@")[2]
    return f"{start}{mark}{authority}{slash}{path}{kept}{hash_mark}{fragment}{pipe}{steps}"


def hosts_in(value: Any) -> set[str]:  # noqa: ANN401  (JSON may be anything)
    """Return the hosts of all web addresses in JSON."""
    if isinstance(value, dict):
        return set().union(*(hosts_in(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(hosts_in(one) for one in value))
    if isinstance(value, str) and _ADDRESS.fullmatch(value.strip()):
        return {urlsplit(one).netloc for one in re.findall(r"https?://[^\s|]+", value)}
    return set()
