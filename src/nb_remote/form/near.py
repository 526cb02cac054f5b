"""An address that may have been meant, of one that holds nothing."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nb_remote.form.entries import Entry
from nb_remote.location.local import address_of
from nb_remote.location.parse import Address, parse_address


def address_near(entry: Entry, near: str) -> Address:
    """Return the address to look at instead, with the credentials where they belong to it.

    Parameters
    ----------
    entry
        The one that failed.
    near
        One of `Entry.near`: as shown, so without query and credentials.
    """
    assert isinstance(entry.what, Address)  # noqa: S101  (what names several has none near)
    own = entry.what.location
    if own.is_local:  # named by a person, and what lies beside it was found there
        return address_of(Path(unquote(urlsplit(near).path)))
    address = parse_address(near)
    if own.origin != address.location.origin:
        return address  # nothing secret goes to another server
    location = replace(address.location, query=own.query, region=own.region)
    return Address(location=location, credentials=entry.what.credentials)
