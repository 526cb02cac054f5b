"""What Neuroglancer writes around a URL: ``zarr://URL``, ``URL|zip:path|zarr3:``."""

import re
from dataclasses import dataclass

from nb_remote.errors import InvalidAddress

PREFIX_HINTS = {
    "zarr": "zarr",
    "zarr2": "zarr2",
    "zarr3": "zarr3",
    "n5": "n5",
    "precomputed": "precomputed",
}
PIPELINE_HINTS = {**PREFIX_HINTS, "neuroglancer-precomputed": "precomputed"}

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_ZIP = "zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A URL and what is to be done with what lies there."""

    url: str
    format_hint: str | None
    """Format named in front of the URL or behind it; None where none is."""
    names_zip: bool
    """Whether the text says that the URL leads to a zip file."""
    inner_path: str
    """Path of the volume below the URL, or inside the zip file; still percent-encoded."""


def split_pipeline(text: str, shown: str) -> Pipeline:
    """Take ``format://URL`` and ``URL|zip:path|format:path`` apart.

    Raises
    ------
    InvalidAddress
        When a step after a pipe is no known one, or they stand in an order that has no meaning.
    """
    url, *steps = (part.strip() for part in text.split("|"))
    hint, names_zip, paths = None, False, []
    for number, step in enumerate(steps):
        name, colon, path = step.partition(":")
        name = name.lower()
        if name == _ZIP and colon and number == 0:
            names_zip = True
        elif name in PIPELINE_HINTS and colon and number == len(steps) - 1:
            hint = PIPELINE_HINTS[name]
        else:
            raise _unsupported(steps, shown)
        if "?" in path:
            raise InvalidAddress(
                "a path after a pipe contains '?'",
                where=shown,
                hint="Put the query behind the address itself; a '?' in a name is written %3F.",
            )
        paths.append(path.lstrip("/") if "#" in path else path.strip("/"))
    url, prefix_hint = _split_prefix(url)
    return Pipeline(
        url=url,
        format_hint=hint or prefix_hint,
        names_zip=names_zip,
        inner_path="/".join(filter(None, paths)),
    )


def _split_prefix(url: str) -> tuple[str, str | None]:
    found = SCHEME.match(url)
    if found and found[1].lower() in PREFIX_HINTS:
        return url[found.end() :], PREFIX_HINTS[found[1].lower()]
    return url, None


def _unsupported(steps: list[str], shown: str) -> InvalidAddress:
    names = [f"{name}:" for name in (_ZIP, *PIPELINE_HINTS)]
    bare = next((one for one in steps if f"{one.lower()}:" in names), "")
    if bare:
        return InvalidAddress(
            f"the part '|{bare}' has no colon at its end",
            where=shown,
            hint=f"Did you mean |{bare.lower()}: instead?",
        )
    return InvalidAddress(
        f"the part {'|'.join(['', *steps])!r} is not supported in this version",
        where=shown,
        hint=f"Supported after a pipe: {', '.join(names)} (zip: first, the format last).",
    )
