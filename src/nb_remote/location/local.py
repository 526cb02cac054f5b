"""Places on this machine: made of paths that a person passes, never of text or data."""

import os
import re
from os import PathLike
from pathlib import Path
from urllib.parse import quote

from nb_remote.errors import InvalidAddress
from nb_remote.location.credentials import Anonymous
from nb_remote.location.location import ZIP_ENDINGS, Location
from nb_remote.location.parse import HEADER_FILES, Address, parse_address

_MARK = b"PK\x03\x04"
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):[/\\]")


def address_of(place: str | PathLike[str]) -> Address:
    """Return what a person means by an address (text) or by a path of this machine.

    Raises
    ------
    InvalidAddress
        When it is neither.
    TypeError
        When it is no text and no path.
    """
    if isinstance(place, str):
        return parse_address(place)
    return Address(location=location_of_path(place), credentials=Anonymous())


def location_of_path(path: PathLike[str]) -> Location:
    """Return the location of a folder or zip file of this machine, whether it exists or not.

    ``~`` means the home folder, a relative path starts at the current folder. A header file at the
    end means its folder. A path that leads into a zip file means the folder in it. Symbolic links
    are the person's own and are followed where files are opened.

    Raises
    ------
    InvalidAddress
        When the path is really an address, or can't be written as text.
    """
    if isinstance(path, str):
        raise TypeError("a local path has to be given as pathlib.Path, not as text")
    text = os.fspath(path)
    if not isinstance(text, str):
        raise TypeError(f"paths made of bytes are not supported: {text!r}")
    given = Path(text)
    _refuse_addresses(given)
    try:
        # `resolve` would rename what links lead to; it is needed where '..' is to mean anything.
        whole = given.expanduser()
        whole = whole.resolve() if ".." in whole.parts else whole.absolute()
    except RuntimeError:
        raise InvalidAddress("there is no such home folder", where=text) from None
    _refuse_unwritable(whole)
    inside: str | None = None
    zip_file = next((one for one in (whole, *whole.parents) if _is_zip_file(one)), None)
    if zip_file is not None:
        parts = whole.relative_to(zip_file).parts
        inside = "/".join(parts[:-1] if parts and parts[-1] in HEADER_FILES else parts)
        whole = zip_file
    elif whole.name in HEADER_FILES and not whole.is_dir():
        whole = whole.parent
    return Location(scheme="file", host="", path=whole.as_posix().lstrip("/"), zip_path=inside)


def local_path(location: Location) -> Path:
    """Return the path that `location_of_path` was given, spelled out."""
    root = "" if os.name == "nt" else "/"  # on Windows the path begins with a drive
    return Path(root, location.path)


def _is_zip_file(path: Path) -> bool:
    """Tell a zip file by its name or its first bytes: no text says ``|zip:`` here."""
    try:
        if not path.is_file():
            return False
        if path.name.lower().endswith(ZIP_ENDINGS):
            return True
        with path.open("rb") as file:
            return file.read(len(_MARK)) == _MARK
    except OSError:  # whoever reads it says why it can't be read
        return False


def _refuse_addresses(path: Path) -> None:
    found = _URL.match(str(path))
    if found and not path.exists():
        raise InvalidAddress(
            f"{found[1]}: is an address, not a path of this machine",
            where=str(path),
            hint="Pass it as text, without pathlib.Path.",
        )


def _refuse_unwritable(path: Path) -> None:
    try:
        quote(str(path))
    except UnicodeEncodeError:
        shown = str(path).encode(errors="replace").decode()
        raise InvalidAddress(
            "the path can't be written as text",
            where=shown,
            hint="Rename it, or reach it by a symbolic link with another name.",
        ) from None
