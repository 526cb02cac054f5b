"""Paths that data names: a stranger's path stays inside the location it came from."""

from nb_remote.errors import BadMetadata

# S3 and GCS allow keys of 1024 bytes; nothing longer can exist there.
MOST_KEY_CHARACTERS = 1024


def join_key(base_key: str, relative: str, *, where: str = "", field: str = "path") -> str:
    """Return the key of `relative` below `base_key`.

    ``./``, doubled and trailing slashes are dropped, so OME's ``"./scale0/image/"``
    and ``"scale0/image"`` are the same key.

    Parameters
    ----------
    base_key
        Key of the folder whose metadata names the path; empty for the location itself.
    relative
        The path as the metadata spells it. Never percent-decoded.
    where, field
        Address and field of the document, for the error.

    Raises
    ------
    BadMetadata
        When the path is an address, is absolute, or leaves `base_key`.
    """
    reason = _objection(relative)
    if reason:
        raise BadMetadata(
            f"the path {relative[:80]!r} {reason}",
            where=where,
            field=field,
            hint="Only paths inside the volume's own folder are followed.",
        )
    parts = [part for part in relative.split("/") if part not in ("", ".")]
    return "/".join([*([base_key] if base_key else []), *parts])


def require_inside(key: str, *, where: str) -> None:
    """Refuse a key that leads out of its location: the last gate before a request.

    Raises
    ------
    BadMetadata
        When a part of `key` is ``.`` or ``..``, or it is absolute.
    """
    if key.startswith("/") or "\\" in key or {".", ".."}.intersection(key.split("/")):
        raise BadMetadata(f"the key {key[:80]!r} leads out of its location", where=where)


def _objection(relative: str) -> str:
    if len(relative) > MOST_KEY_CHARACTERS:
        return f"has more than {MOST_KEY_CHARACTERS} characters"
    if not relative.isprintable():
        return "contains control characters"
    if "\\" in relative:
        return "contains a backslash"
    if "://" in relative or "::" in relative:
        return "is an address, not a path"
    if relative.startswith("/"):
        return "is absolute"
    if ".." in relative.split("/"):
        return "leaves its folder"
    return ""
