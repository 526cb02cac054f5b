"""Every message between page and kernel, and the scene the page draws.

This file is the source: ``js/src/protocol.ts`` is generated from it by
``make protocol`` and a test fails when the two differ. Only ``bool``, ``int``,
``float``, ``str``, ``None``, ``Literal``, ``tuple[T, ...]``, fixed tuples, unions and the
dataclasses below may appear.

Page to kernel: `ViewMessage` (at most one unanswered, at most 20 a second, none
while the want-list is unchanged), `CloseMessage`, and `SnapshotMessage` (at most one in
ten seconds). Kernel to page: `AcceptedMessage`, `TilesMessage` (at most 256 KiB or 4
tiles, whichever comes first, at least one tile), `FailedMessage`. No message has a key ``id``:
ipykernel 7.4 keeps an entry for each such reply for ever.

A *want* names one tile: ``(layer, level, plane, channel, slice, row, column,
*extra)``. ``plane`` is 0 for xy, 1 for xz, 2 for yz. ``slice``, ``row`` and ``column``
count in the level's own grid: ``slice`` in voxels along the plane's normal, ``row``
and ``column`` in tiles of `Scene.tile_size` voxels. ``extra`` has one index per
entry of `SceneLayer.extra_axes`.
"""

from dataclasses import dataclass
from typing import Literal

from nb_remote.errors import ErrorInfo
from nb_remote.tiles.address import Want

PROTOCOL_VERSION = 1

MAX_SNAPSHOT_BYTES = 262144
"""Of the PNG: a saved notebook holds it twice, in base64 (PNG and HTML)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Counters of one widget since it was made."""

    requests: int
    """Requests sent to the stores."""
    bytes: int
    """Bytes of bodies received."""
    in_flight: int
    """Requests under way."""
    missing_chunks: int
    """Chunks that do not exist (404) and were read as fill value."""
    tiles_sent: int
    """Tiles read for the page, those ahead included."""
    tiles_ahead: int
    """Of them, tiles that were not in view yet."""
    tiles_ahead_used: int
    """Of those, tiles that came into view, as far as the page has told."""
    tiles_ready: int
    """Tiles that had been made beforehand, together with those of neighbouring slices."""
    tiles_cancelled: int
    """Tiles that were no longer wanted while they were read or waited to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewMessage:
    """Page → kernel: all that this view wants now, most urgent first, instead of what it wanted."""

    kind: Literal["view"]
    rid: int
    """Counts up per view; comes back in `AcceptedMessage`."""
    view: str
    """Names one view of the model: several cells may show the same widget."""
    generation: int
    """Counts up when the want-list changes."""
    seen: int
    """Highest `TilesMessage.seq` this view has received."""
    again: bool
    """True after a silence: what was sent may be lost, send it again."""
    wants: tuple[Want, ...]
    visible: int
    """So many of the wants are in view; the others will be, if the motion goes on."""
    warm: tuple[Want, ...]
    """Tiles farther along the motion through slices, to be made ready and not sent."""
    used: int
    """Tiles that were sent before they were in view, and have come into view since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseMessage:
    """Page → kernel: this view is gone, drop its wants."""

    kind: Literal["close"]
    view: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotMessage:
    """Page → kernel: the canvas at rest, a PNG in the message's one buffer."""

    kind: Literal["snapshot"]
    view: str
    position: tuple[float, float, float]
    """Point at the centre of the canvas, x y z in dataset voxels."""
    plane: Literal["xy", "xz", "yz"]
    layers: tuple[int, ...]
    """Layers that are shown."""
    failed: int
    """Tiles in view that could not be read."""
    width: int
    """Width of the canvas in CSS pixels; the PNG may have more or fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedMessage:
    """Kernel → page: the view message `rid` is being worked on."""

    kind: Literal["accepted"]
    view: str
    rid: int
    generation: int
    stats: Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class TileHeader:
    """One tile of a `TilesMessage`."""

    want: Want
    enc: Literal["raw", "deflate-raw", "const", "runs"]
    """``raw``: little-endian samples, rows one after the other. ``deflate-raw``: the same,
    deflated. ``runs``: the sample of each run of equal ones, then the index of the last sample of
    each (uint16). ``const``: all samples are `value`, there is no buffer."""
    buffer: int
    """Index into the message's buffers; -1 for ``const``."""
    height: int
    """Rows in this tile, at most `Scene.tile_size`."""
    width: int
    """Samples per row."""
    dtype: str
    """``uint8`` to ``uint64``, ``int8`` to ``int64``, ``float32``, ``float64``; bool as uint8."""
    value: str
    """For ``const``: the value as decimal text, exact for 64 bit (or ``nan``, ``inf``)."""
    missing: bool
    """True when a chunk under this tile does not exist, so that fill value is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TilesMessage:
    """Kernel → page: some of the wanted tiles, in the message's buffers."""

    kind: Literal["tiles"]
    view: str
    seq: int
    """Counts up per view."""
    generation: int
    tiles: tuple[TileHeader, ...]
    stats: Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTile:
    """A tile that could not be read; asked for again only when the person does."""

    want: Want
    error: ErrorInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedMessage:
    """Kernel → page: tiles that could not be read."""

    kind: Literal["failed"]
    view: str
    generation: int
    tiles: tuple[FailedTile, ...]
    stats: Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneLevel:
    """One scale level, placed in dataset space (voxel corners, finest voxels)."""

    shape_xyz: tuple[int, int, int]
    """Voxels of this level; 1 where the array has no such axis."""
    factor_xyz: tuple[float, float, float]
    """Size of one voxel of this level in dataset voxels."""
    offset_xyz: tuple[float, float, float]
    """Corner of its first voxel in dataset voxels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneChannel:
    """One channel of a layer."""

    name: str
    color: tuple[int, int, int]
    """Red, green, blue, 0 to 255."""
    visible: bool
    inverted: bool
    contrast_range: tuple[float, float] | None
    """Ends of the contrast slider; None until the coarsest level was sampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneAxis:
    """An axis that is neither x, y, z nor channel, for example time."""

    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneLayer:
    """One layer as the page draws it."""

    name: str
    category: Literal["color", "segmentation"]
    dtype: str
    levels: tuple[SceneLevel, ...]
    """Finest first."""
    channels: tuple[SceneChannel, ...]
    """At least one."""
    extra_axes: tuple[SceneAxis, ...]
    segment_colors: tuple[tuple[str, str], ...]
    """Segment id, decimal text, and the colour ``#rrggbbaa`` that the metadata give it; all others
    have Neuroglancer's. At most 10000."""
    problem: ErrorInfo | None
    """Set when the layer can't be drawn; its other fields may then be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that the page needs to know before the first tile."""

    protocol: int
    tile_size: int
    voxel_size_nm_xyz: tuple[float, float, float]
    """Dataset voxel, nanometres."""
    voxel_size_known: bool
    """False when the voxel size was assumed: the scale bar then counts voxels."""
    lower_xyz: tuple[float, float, float]
    """Lower corner of the dataset's bounding box, dataset voxels."""
    upper_xyz: tuple[float, float, float]
    """Upper corner, exclusive."""
    layers: tuple[SceneLayer, ...]
