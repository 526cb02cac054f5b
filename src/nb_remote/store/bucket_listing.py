"""Listings of S3, GCS and what speaks like them.

They are a stranger's text: of bounded size, and no entity is expanded.
"""

import re
from typing import NoReturn
from urllib.parse import quote
from xml.parsers import expat

from nb_remote.store.base import MOST_NAMES
from nb_remote.store.index_page import direct_names

_AWS = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3[.-](?!website)(?:[a-z0-9.-]+\.)?amazonaws\.com(?:\.cn)?"
)
_GOOGLE = re.compile(r"(?:(?P<bucket>.+)\.)?storage\.googleapis\.com")
_BUCKET_NAME = re.compile(r"<BucketName>([^<]{1,255})</BucketName>")


def names_in_bucket(listing: bytes, prefix: str) -> tuple[str, ...] | None:
    """Return what S3's or GCS's XML lists directly below `prefix`; None where it is no listing."""
    try:
        root, texts = _texts(listing)
    except (expat.ExpatError, ValueError):
        return None
    if root != "ListBucketResult":
        return None
    keys = (text for place, text in texts if place in ("Contents/Key", "CommonPrefixes/Prefix"))
    return direct_names({key.removeprefix(prefix) for key in keys if key.startswith(prefix)})


def buckets_in(listing: bytes) -> tuple[str, ...]:
    """Return the buckets that S3's or GCS's XML lists; none where it is no such listing."""
    try:
        root, texts = _texts(listing, levels=3)
    except (expat.ExpatError, ValueError):
        return ()
    names = (text for place, text in texts if place == "Buckets/Bucket/Name")
    return tuple(sorted(names))[:MOST_NAMES] if root == "ListAllMyBucketsResult" else ()


def is_bucket(host: str) -> bool:
    """Whether a host is known to be S3 or GCS, which list in XML and have no index pages."""
    name = host.partition(":")[0]
    return bool(_AWS.fullmatch(name) or _GOOGLE.fullmatch(name))


def is_bucket_answer(body: bytes) -> bool:
    """Whether an answer is one of an S3-like store: a listing, or an error in XML."""
    start = body[:1024]
    return b"<ListBucketResult" in start or (b"<Error>" in start and b"<Code>" in start)


def bucket_request(host: str, path: str, answer: bytes = b"") -> tuple[str, str, str]:
    """Return how to ask a store for what lies in a folder: path, query, and prefix of the keys.

    Parameters
    ----------
    path
        Of the folder, decoded.
    answer
        What the store said before; its errors name the bucket.
    """
    prefix = f"{path.strip('/')}/" if path.strip("/") else ""
    bucket = ""
    if not _bucket_in_host(host, prefix, answer):
        bucket, _, prefix = prefix.partition("/")
    query = f"list-type=2&delimiter=/&max-keys={MOST_NAMES}&prefix={quote(prefix, safe='/')}"
    return f"{quote(bucket)}/" if bucket else "", query, prefix


def _bucket_in_host(host: str, prefix: str, answer: bytes) -> bool:
    name = host.partition(":")[0]
    known = _AWS.fullmatch(name) or _GOOGLE.fullmatch(name)
    if known:
        return bool(known["bucket"])
    said = _BUCKET_NAME.search(answer[:4096].decode("utf-8", errors="replace"))
    return said is not None and said[1] != prefix.partition("/")[0]


def _texts(document: bytes, levels: int = 2) -> tuple[str, list[tuple[str, str]]]:
    """Return the root element's name, and place and text of each element so many levels below."""
    # As all stores write: a listing that names another encoding would choose a codec of Python's.
    parser = expat.ParserCreate("UTF-8")
    path: list[str] = []
    pieces: list[str] = []
    root: list[str] = []
    texts: list[tuple[str, str]] = []

    def refuse(*_: object) -> NoReturn:
        raise ValueError("a listing declares no types or entities")

    def begin(name: str, _: object) -> None:
        path.append(name.rpartition(":")[2])
        root[:] = path[:1]
        pieces.clear()

    def end(_: str) -> None:
        if len(path) == levels + 1:
            texts.append(("/".join(path[1:]), "".join(pieces)))
        path.pop()

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    parser.Parse(document, True)
    return root[0] if root else "", texts
