"""Links of web viewers and pages about data: which address of the data they lead to."""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from nb_remote.redact import redact

_PARAMETERS = ("source", "image_url", "image", "fileToLoad", "url", "zarr", "store", "imageUrl")
"""vizarr, ome-ngff-validator, Avivator, itk-vtk-viewer and others name the data so."""
_SCHEMES = ("https://", "http://", "s3://", "gs://")
_ARCHIVE = (
    "This is a page of the BioImage Archive: its OME-Zarr images lie below "
    "https://uk1s3.embassy.ebi.ac.uk/bia-integrator-data/."
)
_SHARED = (
    "What is shared at this place is shown on pages and is no folder of files: download it and "
    "pass pathlib.Path of it, or put it on a web server or into a bucket."
)
_ATLAS = (
    "This is a page of the Human Organ Atlas: its volumes lie in the bucket "
    "gs://ucl-hip-ct-35a68e99feaae8932b1d44da0358940b, under the address on the page of each scan."
)
_CONSOLE = (
    "This is the console of Amazon: open the folder in it and paste that address, or write "
    "s3://BUCKET/FOLDER."
)
_PAGES = {
    "openorganelle.janelia.org": (
        "This is a page of OpenOrganelle: on it, the button beside a volume copies its address."
    ),
    "webknossos.org": (
        "This is a page of WEBKNOSSOS: give the address of the dataset's own data, such as its "
        "layers as Zarr (dataset settings, Sharing)."
    ),
    "idr.openmicroscopy.org": (
        "This is a page of the IDR: its OME-Zarr images lie at https://uk1s3.embassy.ebi.ac.uk/idr/."
    ),
    "bossdb.org": "This is a page of BossDB: on it, each channel has an address of its data.",
    "ebi.ac.uk": _ARCHIVE,
    "human-organ-atlas.esrf.fr": _ATLAS,
    "human-organ-atlas.esrf.eu": _ATLAS,
    "zenodo.org": (
        "This is a page of Zenodo: a zip file of a record opens with the address of its Download "
        "button, which ends with files/NAME.zip."
    ),
    "dandiarchive.org": (
        "This is a page of DANDI: an image in Zarr opens with its address in the bucket, "
        "s3://dandiarchive/zarr/IDENTIFIER/."
    ),
    "registry.opendata.aws": (
        "This is a page about a bucket, which it names as arn:aws:s3:::BUCKET: that is s3://BUCKET."
    ),
    "doi.org": (
        "This leads to the page of a publication or a record: paste the address of the data that "
        "is named there."
    ),
    "github.com": (
        "This is a page of GitHub: files lie at "
        "https://raw.githubusercontent.com/OWNER/REPOSITORY/BRANCH/…"
    ),
    **dict.fromkeys(
        (
            "drive.google.com",
            "dropbox.com",
            "onedrive.live.com",
            "1drv.ms",
            "app.box.com",
            "app.globus.org",
        ),
        _SHARED,
    ),
}
"""Hosts of pages, and where on them the address of the data is found."""
_CONSOLES = re.compile(r"(?:[a-z0-9-]+\.)*console\.aws\.amazon\.com")
_VIEWERS = re.compile(r"(?:[a-z0-9-]*neuroglancer[a-z0-9-]*|ngl?|spelunker)\..+")
_GITHUB = re.compile(r"/([^/]+/[^/]+)/(?:tree|blob|raw)/(.+)")
_QUILT = re.compile(r"/b/([^/]+)/tree/(.*)")
_EMPIAR = re.compile(r"/empiar/(?:entry/)?(?:EMPIAR-)?(\d{4,6})/?", re.IGNORECASE)
_LAST = ".,;:)]\"'>"


def viewer_hint(url: str) -> str:
    """Return what a link of a viewer leads to, as a sentence; empty where it is none.

    So is said of pages about data, and of addresses that end with a sentence's punctuation.
    """
    try:
        parts = urlsplit(url)
        fields = dict(parse_qsl(parts.query, max_num_fields=50))
    except ValueError:
        return ""
    for name in _PARAMETERS:
        data = fields.get(name, "")
        if data.startswith(_SCHEMES) and data.isprintable():
            return _meant(data[:500], "That is what the viewer at this address shows.")
    host = (parts.hostname or "").lower().removeprefix("www.")
    if (data_of := _MOVED.get(host)) is not None and (data := data_of(parts)):
        return _meant(data[:500], "That is where the files of this page lie.")
    if _VIEWERS.fullmatch(host) and parts.path in ("", "/"):
        return (
            "This is the page of a viewer without anything to show: copy the whole link, with all "
            "that stands behind '#!'."
        )
    if _CONSOLES.fullmatch(host):
        return _CONSOLE
    return _PAGES.get(host, "") or _end_of_sentence(parts.path)


def _meant(data: str, why: str) -> str:
    # No question mark behind the address: it would pass for the beginning of a query.
    return f"Did you mean {redact(data)} instead? {why}"


def _of_github(parts: SplitResult) -> str:
    found = _GITHUB.fullmatch(parts.path)
    return f"https://raw.githubusercontent.com/{found[1]}/{found[2]}" if found else ""


def _of_quilt(parts: SplitResult) -> str:
    found = _QUILT.fullmatch(parts.path)
    return f"s3://{found[1]}/{found[2]}" if found else ""


def _of_empiar(parts: SplitResult) -> str:
    found = _EMPIAR.fullmatch(parts.path)
    return f"https://ftp.ebi.ac.uk/empiar/world_availability/{found[1]}/data/" if found else ""


_MOVED: dict[str, Callable[[SplitResult], str]] = {
    "github.com": _of_github,
    "open.quiltdata.com": _of_quilt,
    "ebi.ac.uk": _of_empiar,
}
"""Hosts of pages that show the files of an address which follows from their own."""


def _end_of_sentence(path: str) -> str:
    last = unquote(path.rstrip("/"))[-1:]
    if not last or last not in _LAST:
        return ""
    return f"The address ends with '{last}': leave that out if it belongs to the text around it."
