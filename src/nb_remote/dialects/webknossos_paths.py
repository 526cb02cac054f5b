"""Where the arrays of a layer lie: ``path`` of its mags, or the folders that WEBKNOSSOS makes.

A path may lead out of the dataset: to another folder of the same server, or to an address
elsewhere. Which of these may be followed is decided where the store is opened.
"""

import posixpath
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from nb_remote.dialects.base import XYZ
from nb_remote.errors import BadMetadata, InvalidAddress, NbRemoteError
from nb_remote.location.location import Location
from nb_remote.location.parse import parse_address
from nb_remote.location.relative import MOST_KEY_CHARACTERS, join_key

_FILE = re.compile(r"file://(localhost)?(?=/)")
_OF_A_MACHINE = re.compile(r"file:|/|[A-Za-z]:[/\\]")
"""How a path begins that counts from the root of somebody's machine."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, and the address that it is counted from."""

    base: Location | None
    """None for the dataset's own address."""
    key: str
    """Relative to `base`."""


def place_of(path: str, home: Location, *, where: str, field: str) -> Place:
    """Return where a path leads.

    Raises
    ------
    BadMetadata
        It is a path of somebody's machine, or leads nowhere.
    InvalidAddress
        It is an address that can't be read from.
    """
    if _OF_A_MACHINE.match(path):
        return _on_this_machine(path, home, where, field)
    if "://" in path:
        return _elsewhere(path, home)
    if ".." not in path.split("/"):
        return Place(None, join_key("", path, where=where, field=field))
    plain = path.isprintable() and "\\" not in path and len(path) <= MOST_KEY_CHARACTERS
    resolved = posixpath.normpath(posixpath.join("/top", home.path, path))
    leaves = path.startswith("/") or not resolved.startswith("/top/")
    if leaves or not plain or home.is_local or home.zip_path is not None:
        raise BadMetadata(
            f"the path {path[:80]!r} leads out of what may be read",
            where=where,
            field=field,
            hint="Only paths on the server that holds the dataset are followed.",
        )
    return _placed(replace(home, path=resolved.removeprefix("/top/")), home)


def usual_places(layer: str, mag: XYZ, *, where: str, field: str) -> tuple[Place, ...]:
    """Return the folders that a mag without a path may have: ``2`` and ``2-2-2``, ``2-2-1``."""
    names = ["-".join(map(str, mag))]
    if len(set(mag)) == 1:
        names.insert(0, str(mag[0]))
    return tuple(
        Place(None, join_key("", f"{layer}/{name}", where=where, field=field)) for name in names
    )


def gather(places: list[tuple[Place, ...]], home: Location) -> tuple[str | None, list[list[str]]]:
    """Find one address for the arrays of a layer.

    Parameters
    ----------
    places
        Per mag: where its array may lie.

    Returns
    -------
    tuple
        The address, None for the dataset's own; and per mag the keys below it, none for one that
        lies on another server than the others.
    """
    if all(one.base is None for group in places for one in group):
        return None, [[one.key for one in group] for group in places]
    full = [[_full(one, home) for one in group] for group in places]
    # The dataset's own server, where a level lies there, else that of the first level.
    everywhere = [one for group in full for one in group]
    server = next((one for one in everywhere if _server(one) == _server(home)), everywhere[0])
    same = [[one for one in group if _server(one) == _server(server)] for group in full]
    parents = [posixpath.dirname(one.path) for group in same for one in group]
    top = posixpath.commonpath([f"/{one}" for one in parents]).strip("/")
    keys = [[one.path[len(top) :].strip("/") for one in group] for group in same]
    # The dataset's own query is added where the address is followed.
    query = "" if _server(server) == _server(home) else server.query
    return replace(server, path=top, query=query).text(), keys


def _on_this_machine(path: str, home: Location, where: str, field: str) -> Place:
    """Follow a whole path into the folder that a person opened, and nowhere else."""
    uri = _FILE.match(path)
    text = unquote(path[uri.end() :]) if uri else path
    whole = posixpath.normpath(text.replace("\\", "/")).lstrip("/")
    top = f"{home.path}/" if home.path else ""
    if home.is_local and home.zip_path is None and whole.startswith(top):
        return Place(None, join_key("", whole.removeprefix(top), where=where, field=field))
    raise InvalidAddress(
        f"the path {path[:80]!r} is absolute: data are never taken for a local path, unless it "
        "leads into the folder of a file that was opened on this machine",
        where=where,
        hint="Open the arrays themselves, nb_remote.open(pathlib.Path(…)), or save the "
        "datasource in a folder above them and open it there by its pathlib.Path.",
    )


def _elsewhere(path: str, home: Location) -> Place:
    try:
        location = parse_address(path).location
    except NbRemoteError as error:
        raise InvalidAddress(
            f"the path {error.where or 'given'!r} can't be read from: {error.text}",
            where=home.display(),
            hint="Open the arrays by an address that can be read from, or ask for a copy over "
            "https.",
        ) from None
    if location.is_local or location.zip_path is not None:
        raise InvalidAddress(
            "the path leads to files that data may not name", where=location.display()
        )
    return _placed(location, home)


def _placed(location: Location, home: Location) -> Place:
    if location.may_be_endpoint:  # data name no servers of buckets but the one they lie on
        other = location.as_endpoint
        same = other.origin == home.origin
        location = other if same else replace(location, may_be_endpoint=False)
    if location.origin == home.origin and not location.query:
        location = replace(location, query=home.query)
    inside = location.path.startswith(f"{home.path}/" if home.path else "")
    if inside and _server(location) == _server(home) and home.zip_path is None:
        return Place(None, location.path[len(home.path) :].strip("/"))
    folder, _, name = location.path.rpartition("/")
    return Place(replace(location, path=folder, format_hint=None), name)


def _full(place: Place, home: Location) -> Location:
    base = replace(place.base or home, format_hint=None)
    return replace(base, path="/".join(part for part in (base.path, place.key) if part))


def _server(location: Location) -> tuple[str, ...]:
    return (*location.origin, location.query)
