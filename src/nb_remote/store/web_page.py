"""Tells web pages from data: some servers send one with status 200 for what isn't there."""


def is_web_page(body: bytes) -> bool:
    """Whether an object is HTML. No metadata and no chunk of voxels begin like it."""
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html"))
