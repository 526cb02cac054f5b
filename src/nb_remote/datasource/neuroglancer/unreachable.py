"""What of a layer a viewer in a browser can't reach or read, said before somebody tries."""

import ipaddress
from urllib.parse import urlsplit

from nb_remote.codecs.base import Codec
from nb_remote.codecs.n5_block import N5Block
from nb_remote.infer.layer import InferredLayer
from nb_remote.location.location import Location
from nb_remote.location.origins import is_this_machine

_TYPES = {"uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "float32"}
_NOT_OME = ("OME-Zarr 0.1", "OME-Zarr 0.2", "OME-Zarr 0.3")
_CODECS = {
    "zarr": {"blosc", "gzip", "zlib", "zstd"},
    "zarr3": {"blosc", "gzip", "zlib", "zstd", "crc32c"},
    "n5": {"N5 block", "blosc", "gzip", "zlib", "zstd"},
}
"""What Neuroglancer decodes; of precomputed volumes all but what cloud-volume added."""
_OF_CLOUDVOLUME = {"crackle", "fpzip", "kempressed", "zfpc"}


def warnings_of(
    name: str, layer: InferredLayer, location: Location, *, is_anonymous: bool, base: str
) -> tuple[str, ...]:
    """Return what keeps a viewer from showing a layer, one sentence each.

    Parameters
    ----------
    is_anonymous
        Whether nothing secret is needed to read it, as far as is known.
    base
        Address of the viewer's page.
    """
    found = [*_unreached(location, base), *_unread(layer)]
    if not is_anonymous and not location.is_local:
        found.append(
            "it is read with credentials or a query, which are not in the link: a browser gets it "
            "only where everybody may read it"
        )
    return tuple(f"{name}: {one}" for one in found)


def _unreached(location: Location, base: str) -> list[str]:
    if location.is_local:
        return ["it lies on this machine, where no page of a browser reads files"]
    found: list[str] = []
    host = location.endpoint.rpartition("://")[2] or ("" if location.is_bucket else location.host)
    if is_this_machine(host):
        found.append("it is served by this machine: only a browser on it reaches that")
    elif _is_private(host):
        found.append("it is in a private network: only a browser in that reaches it")
    if location.url().startswith("http://") and base.startswith("https://"):
        found.append("it is read over http://, which browsers refuse on a page of https://")
    if location.endpoint:
        found.append("buckets elsewhere than at Amazon need a viewer of 2025 or later")
    if location.zip_path is not None:
        found.append("zip files need a viewer of 2025 or later")
    return found


def _unread(layer: InferredLayer) -> list[str]:
    found: list[str] = []
    dtype = layer.dtype.name
    if dtype == "int64" and layer.data_format == "zarr":
        found.append("Neuroglancer reads int64 as uint64: negative numbers become large ones")
    elif dtype not in _TYPES:
        found.append(f"Neuroglancer does not read {dtype}")
    if layer.format.startswith(_NOT_OME):
        found.append(f"Neuroglancer does not read {layer.format}")
    if layer.format.startswith("WEBKNOSSOS"):
        found.append("Neuroglancer does not read datasets of WEBKNOSSOS as one volume")
    layout = layer.arrays[0].layout
    names = _decoders(layout.codecs) if layout is not None else set()
    known = _CODECS.get(layer.data_format)
    missing = names & _OF_CLOUDVOLUME if known is None else names - known
    return [*found, *(f"Neuroglancer does not decode {one}" for one in sorted(missing))]


def _decoders(codecs: tuple[Codec, ...]) -> set[str]:
    """Names of what chunks are encoded with; of N5's blocks what is in them."""
    return {
        one.inner.name if isinstance(one, N5Block) and one.inner is not None else one.name
        for one in codecs
    }


def _is_private(host_port: str) -> bool:
    host = urlsplit(f"//{host_port}").hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and "." not in host
