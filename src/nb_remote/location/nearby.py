"""Folders below and above a location: same host, same zip file, same query."""

from dataclasses import replace

from nb_remote.location.location import Location


def below(location: Location, folder: str) -> Location:
    """Return the location of a folder, whose name is relative and leads nowhere else."""
    if location.zip_path is not None:
        return replace(location, zip_path=_joined(location.zip_path, folder))
    return replace(location, path=_joined(location.path, folder))


def above(location: Location, steps: int) -> tuple[Location, tuple[str, ...]]:
    """Return the folder at most `steps` above, and the names that lead back down from there.

    Never above the root of the host, nor out of a zip file.
    """
    path = location.path if location.zip_path is None else location.zip_path
    parts = path.split("/") if path else []
    begin = max(len(parts) - steps, 0)
    kept = "/".join(parts[:begin])
    top = (
        replace(location, path=kept)
        if location.zip_path is None
        else replace(location, zip_path=kept)
    )
    return top, tuple(parts[begin:])


def names_between(top: Location, location: Location) -> tuple[str, ...]:
    """Return the names that lead from a folder above a location down to it."""
    start, path = (one.path if one.zip_path is None else one.zip_path for one in (top, location))
    return tuple(path[len(start) :].strip("/").split("/")) if path != start else ()


def _joined(path: str, folder: str) -> str:
    return f"{path}/{folder}" if path else folder
