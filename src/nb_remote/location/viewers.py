"""Links of web viewers: which part of them is the address of the data."""

from urllib.parse import parse_qsl, urlsplit

from nb_remote.redact import redact

_PARAMETERS = ("source", "image_url", "image", "fileToLoad", "url", "zarr", "store", "imageUrl")
"""vizarr, ome-ngff-validator, Avivator, itk-vtk-viewer and others name the data so."""
_SCHEMES = ("https://", "http://", "s3://", "gs://")
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
}
"""Hosts of pages, and where on them the address of the data is found."""


def viewer_hint(url: str) -> str:
    """Return what a link of a viewer leads to, as a sentence; empty where it is none."""
    try:
        parts = urlsplit(url)
        fields = dict(parse_qsl(parts.query, max_num_fields=50))
    except ValueError:
        return ""
    for name in _PARAMETERS:
        data = fields.get(name, "")
        if data.startswith(_SCHEMES) and data.isprintable():
            # No question mark behind the address: it would pass for the beginning of a query.
            shown = redact(data[:500])
            return f"Did you mean {shown} instead? That is what the viewer at this address shows."
    host = (parts.hostname or "").lower()
    return _PAGES.get(host.removeprefix("www."), "")
