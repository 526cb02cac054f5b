"""The dialects that are tried, in order, and the formats that are only named."""

from dataclasses import dataclass

from nb_remote.dialects.base import Dialect
from nb_remote.dialects.ome import OmeZarr04
from nb_remote.dialects.plain_zarr2 import PlainZarr2

# Those that read meaning stand before those that only see an array: an OME-Zarr level opened by
# itself is an array, but a group with multiscales is never just its arrays.
DIALECTS: tuple[Dialect, ...] = (OmeZarr04(), PlainZarr2())


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFormat:
    """A format that is recognised by its document, so that the answer can name it."""

    name: str
    probe: str


# Asked for only when no dialect matched, so they cost nothing where it matters.
UNREAD_FORMATS: tuple[UnreadFormat, ...] = (
    UnreadFormat(name="Zarr v3 or OME-Zarr 0.5", probe="zarr.json"),
    UnreadFormat(name="Neuroglancer precomputed", probe="info"),
    UnreadFormat(name="N5", probe="attributes.json"),
    UnreadFormat(name="WEBKNOSSOS dataset", probe="datasource-properties.json"),
)

GROUP_KEY = ".zgroup"
"""Asked for beside them: a group that says nothing of itself is better called one."""
