"""What lies at an address that is no volume in pieces: files and stores that are only named.

Asked only where nothing was recognised, beside the search for something below.
"""

import asyncio
from dataclasses import dataclass

from nb_remote.errors import NbRemoteError
from nb_remote.redact import redact
from nb_remote.store.base import Store
from nb_remote.store.json_document import read_json

_FIRST_BYTES = 16
_CONVERT = (
    "Volumes are read that are cut into chunks: convert it, for example to OME-Zarr, or ask for an "
    "address at which it lies as one."
)
_ZIP = b"PK\x03\x04"
_FILES = (
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"II*\0", "a TIFF file"),
    (b"MM\0*", "a TIFF file"),
    (b"II+\0", "a BigTIFF file"),
    (b"MM\0+", "a BigTIFF file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"ZISRAWFILE", "a CZI file"),
    (b"\xda\xce\xbe\x0a", "an ND2 file"),
    (b"\x5c\x01\0\0", "a NIfTI or Analyze file"),
    (b"\0\0\x01\x5c", "a NIfTI or Analyze file"),
    (b"\x1c\x02\0\0", "a NIfTI file"),
    (b"NRRD", "an NRRD file"),
    (b"WKW", "a file of WKW chunks"),
    (_ZIP, "a zip file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"CDF", "a NetCDF file"),
    (b"%PDF", "a PDF document"),
)
"""How files begin, and what they are."""
_ENDINGS = {
    ".ims": "an Imaris file (HDF5)",
    ".nwb": "an NWB file (HDF5)",
    ".nii.gz": "a NIfTI file",
    ".mrc": "an MRC file",
    ".rec": "an MRC file",
    ".map": "an MRC file",
    ".lif": "a LIF file",
    ".oib": "an OIB file",
    ".oif": "an OIF file",
    ".klb": "a KLB file",
    ".tar": "a tar file",
}
"""Names that say more than the first bytes, where there are some."""
_STORES = (
    ("manifest.ocdbt", b"\x0c\xdb\x3a\x2a", "an OCDBT database of tensorstore"),
    ("repo", b"ICE\xf0\x9f\xa7\x8aCHUNK", "an Icechunk repository"),
)
"""Stores in which Zarr may lie in pieces of their own, and how one of their files begins."""
_ICECHUNK_REF = "refs/branch.main/ref.json"
_SERVICES = {
    "/api/node/": "DVID",
    "/render-ws/": "the render web service",
    "/segmentation/api/": "a graph server (graphene)",
    "/ocp/ca/": "ndstore",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What lies there, for people, and what to try instead."""

    text: str
    hint: str = _CONVERT


async def what_lies_there(store: Store) -> Named | None:
    """Look at the object at the address itself and at what marks other stores; None for nothing.

    Nothing is raised: what can't be asked is not named.
    """
    if store.location.zip_path is not None:
        return None
    starts = [("", _FIRST_BYTES), *((key, len(magic)) for key, magic, _ in _STORES)]
    icechunk, (begin, *marks) = await asyncio.gather(
        _json(store, _ICECHUNK_REF),
        asyncio.gather(*(_begin(store, key, count) for key, count in starts)),
    )
    for found, (_, magic, what) in zip(marks, _STORES, strict=True):
        if found == magic:
            return _store(what)
    if isinstance(icechunk, dict) and "snapshot" in icechunk:
        return _store("an Icechunk repository")
    if begin is None:
        return _service(store)
    if begin.lstrip()[:1] in (b"{", b"["):
        return _json_file(await _json(store, ""))
    return _file(begin, store.location.path.lower())


def _store(what: str) -> Named:
    hint = "Arrays in it are in no files of their own: export them, for example as Zarr v3."
    return Named(text=f"this is {what}, which can't be read", hint=hint)


def _service(store: Store) -> Named | None:
    path = f"/{store.location.path}/"
    name = next((name for part, name in _SERVICES.items() if part in path), None)
    if name is None:
        return None
    hint = "Export the data, for example as Neuroglancer precomputed or OME-Zarr."
    return Named(
        text=f"this looks like an address of {name}, a service that can't be read", hint=hint
    )


def _file(begin: bytes, path: str) -> Named | None:
    by_name = next((what for end, what in _ENDINGS.items() if path.endswith(end)), None)
    by_bytes = next((what for magic, what in _FILES if begin.startswith(magic)), None)
    what = by_name or by_bytes
    if what is None:
        return None
    if begin.startswith(_ZIP):
        hint = "If a volume lies in it, write |zip: behind the address."
        return Named(text=f"this is {what}, but not by its name", hint=hint)
    return Named(text=f"this is {what}, which can't be read")


def _json_file(document: object) -> Named | None:
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("refs"), dict):
        return Named(
            text="these are references of kerchunk to chunks in other files, which can't be read"
        )
    layers = document.get("layers")
    if isinstance(layers, list):
        sources = [source for one in layers if (source := _source(one))]
        hint = "Paste the address of one layer's data source instead."
        if sources:
            hint = f"Its layers are {', '.join(sources[:5])}: paste the address of one."
        return Named(text="this is a state of Neuroglancer, not a volume", hint=hint)
    if isinstance(document.get("scales"), list):
        hint = "Give the address of the folder, with this file in it as info."
        return Named(text="this is the info of a precomputed volume under another name", hint=hint)
    return None


def _source(layer: object) -> str:
    source = layer.get("source") if isinstance(layer, dict) else None
    if isinstance(source, list) and source:
        source = source[0]
    if isinstance(source, dict):
        source = source.get("url")
    return redact(source[:200]) if isinstance(source, str) and source.isprintable() else ""


async def _begin(store: Store, key: str, count: int) -> bytes | None:
    try:
        return await store.get_range(key, 0, count)
    except NbRemoteError:
        return None


async def _json(store: Store, key: str) -> object:
    try:
        return await read_json(store, key)
    except NbRemoteError:
        return None
