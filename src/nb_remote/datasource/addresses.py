"""How a datasource names what lies at a location."""

from nb_remote.location.local import local_path
from nb_remote.location.location import Location


def written_path(location: Location, key: str) -> str:
    """Return the address of `key` below a location as a datasource has it.

    A folder of this machine is named by its absolute path: WEBKNOSSOS takes that and ``file://``,
    its Python package only the former.
    """
    if location.is_local and location.zip_path is None:
        return (local_path(location) / key).as_posix()
    return location.display(key)


def written_paths(location: Location, key: str) -> tuple[str, ...]:
    """Return all addresses that a datasource may have for it, the usual one first."""
    return tuple(dict.fromkeys((written_path(location, key), location.display(key))))
