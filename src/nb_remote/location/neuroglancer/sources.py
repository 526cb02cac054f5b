"""The address that a layer of a link reads from → `Address`, or why nothing is read from it."""

import re

from nb_remote.errors import InvalidAddress
from nb_remote.location.neuroglancer.state import LinkLayer, LinkSource
from nb_remote.location.parse import Address, parse_address
from nb_remote.location.services import SERVICES, STORES
from nb_remote.redact import redact

_KINDS = {
    "annotation": "annotations are not shown",
    "mesh": "meshes are not shown",
    "single_mesh": "meshes are not shown",
    "new": "the layer is not finished",
}
_STEPS = {
    "nifti": "NIfTI files are not supported",
    "gzip": "files that are compressed as a whole are not supported",
    "ocdbt": "OCDBT databases are not supported",
    "icechunk": "Icechunk repositories are not supported",
    "byte-range": "parts of files are not supported",
    "deepzoom": "Deep Zoom pictures are not supported",
    "obj": "meshes are not shown",
    "vtk": "meshes are not shown",
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_RELATIVE = re.compile(r"(?:(?:zarr[23]?|n5|precomputed)://)?(?:\.{0,2}/|\.{1,2}$)")
_STEP = re.compile(r"\|([A-Za-z][A-Za-z0-9-]*):")
_PART = re.compile(r"#type=(mesh|skeletons?)\b")
_LOGIN = "middleauth+"


def why_not(layer: LinkLayer) -> str:
    """Return why nothing of a layer is read, whatever lies at its addresses; else nothing."""
    if layer.kind in _KINDS:
        return _KINDS[layer.kind]
    return "" if layer.sources else "the layer names no address of data"


def address_of_source(source: LinkSource) -> Address:
    """Return where the volume of a source lies, without asking anybody.

    Raises
    ------
    InvalidAddress
        It is none that can be read from; says why.
    """
    shown = redact(source.url[:200])
    if not source.shows_volume:
        raise InvalidAddress("the link does not show its voxels", where=shown)
    url = source.url.strip().rstrip("| ")
    scheme = _SCHEME.match(url)
    if url.startswith("#"):
        raise InvalidAddress("the link has this address commented out", where=shown)
    if scheme is not None and scheme[1].lower() in SERVICES:
        name = scheme[1].lower()
        hint = STORES.get(name, "") if name != "local" else ""
        raise InvalidAddress(SERVICES[name], where=shown, hint=hint)
    if _RELATIVE.match(url):
        raise InvalidAddress(
            "the address is relative to the page of the viewer, which nobody else knows",
            where=shown,
        )
    for step in _STEP.findall(url):
        if step.lower() in _STEPS:
            raise InvalidAddress(_STEPS[step.lower()], where=shown)
    if _PART.search(url):
        raise InvalidAddress("meshes and skeletons are not shown", where=shown)
    return parse_address(without_login(url))


def without_login(url: str) -> str:
    """Return an address of CAVE's as the one that is really asked; who asks is told apart from it.

    ``middleauth+https://host`` and ``precomputed://middleauth+https://host`` alike.
    """
    return re.sub(rf"^((?:[a-z0-9-]+://)?){re.escape(_LOGIN)}(https?://)", r"\1\2", url)
