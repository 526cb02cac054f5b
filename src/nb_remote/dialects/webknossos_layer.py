"""An entry of ``dataLayers`` → what it says, before any array is looked at."""

from dataclasses import dataclass
from typing import Literal, cast

from nb_remote.containers.base import MAX_NDIM, shortened
from nb_remote.containers.precomputed.fields import whole
from nb_remote.dialects.base import XYZ, DataFormat, Matrix, RawChannel, StatedEntry
from nb_remote.dialects.ome_metadata import MAX_LEVELS
from nb_remote.dialects.values import shown
from nb_remote.dialects.webknossos_paths import Place, place_of, usual_places
from nb_remote.dialects.webknossos_secrets import without_secrets
from nb_remote.dialects.webknossos_values import (
    Json,
    color,
    compose,
    pair,
    parse_affine,
    parse_box,
    parse_id,
    parse_mag,
)
from nb_remote.errors import BadMetadata, NbRemoteError, UnsupportedCodec
from nb_remote.location.location import Location

FORMATS: dict[str, DataFormat] = {
    "zarr": "zarr",
    "zarr3": "zarr3",
    "n5": "n5",
    "neuroglancerPrecomputed": "neuroglancerPrecomputed",
    "precomputed": "neuroglancerPrecomputed",
}
"""``dataFormat`` as written → ours; ``precomputed`` is an older name."""
MOST_NAME_CHARACTERS = 255
"""A name is a folder in WEBKNOSSOS, and file systems stop at 255."""
_CATEGORIES: dict[str, Literal["color", "segmentation"]] = {
    "color": "color",
    "segmentation": "segmentation",
    "mask": "segmentation",
}


@dataclass(frozen=True, slots=True)
class MagEntry:
    """A scale level as the file lists it."""

    mag: XYZ
    places: tuple[Place, ...]
    """Where its array may lie, the likeliest first."""
    axis_order: tuple[tuple[str, int], ...]
    """Position by axis name; empty when the file says nothing."""
    channel: int | None
    """The one that the layer shows of the array's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerEntry:
    """A layer as the file lists it."""

    name: str
    data_format: DataFormat
    category: Literal["color", "segmentation"] | None
    element_class: str
    """As written; empty when absent."""
    channels: int | None
    """``numChannels``."""
    top_left_xyz: XYZ
    size_xyz: XYZ
    mags: tuple[MagEntry, ...]
    extra_axes: tuple[tuple[str, int, int], ...]
    """Name, position and upper bound (0 when not given) of the axes beside x, y, z and channel."""
    transformation: Matrix | None
    largest_segment_id: int | None
    view: RawChannel
    notes: tuple[str, ...]
    stated: StatedEntry
    """The entry itself."""


def parse_layer(meta: Json, number: int, home: Location, where: str) -> LayerEntry:
    """Translate an entry; what is odd about it is noted, what is impossible raises.

    Parameters
    ----------
    number
        Position of the entry in the document.
    home, where
        Address of the dataset and, to show, of its document.

    Raises
    ------
    BadMetadata, InvalidAddress
        It has no usable name, box or level.
    UnsupportedCodec
        It is stored in a way that can't be read.
    """
    at = f"dataLayers[{number}]"
    name = meta.get("name")
    if not isinstance(name, str) or not name.strip():
        raise _wrong(f"{at}.name", f"must be text, not {shortened(name)}", where)
    data_format = _format(meta.get("dataFormat"), at, where)
    corner, size = parse_box(meta.get("boundingBox"), f"{at}.boundingBox", where)
    notes: list[str] = []
    mags = _mags(meta, name, at, home, where, notes)
    transformation = _transformation(meta.get("coordinateTransformations"), notes)
    _note_what_is_not_shown(meta, notes)
    stated = meta.get("category")
    category = _CATEGORIES.get(stated) if isinstance(stated, str) else None
    if category is None:
        notes.append(f"the category {shortened(stated)} is none that is known")
    element_class = meta.get("elementClass")
    return LayerEntry(
        name=shown(name, MOST_NAME_CHARACTERS),
        data_format=data_format,
        category=category,
        element_class=shown(element_class),
        channels=whole(meta.get("numChannels", meta.get("num_channels"))),
        top_left_xyz=corner,
        size_xyz=size,
        mags=mags,
        extra_axes=_extra_axes(meta.get("additionalAxes"), notes),
        transformation=transformation,
        largest_segment_id=parse_id(meta.get("largestSegmentId")),
        view=_view(meta),
        notes=tuple(notes),
        stated=StatedEntry(number, cast("Json", without_secrets(meta)[0])),
    )


def _format(value: object, at: str, where: str) -> DataFormat:
    if value == "wkw":
        raise UnsupportedCodec(
            "the layer is stored as WKW, which can't be read",
            where=where,
            codec="wkw",
            hint="Have it converted with WEBKNOSSOS's own tools, for example "
            'webknossos.Dataset.open(…).copy_dataset(…, data_format="zarr3").',
        )
    if not isinstance(value, str) or value not in FORMATS:
        raise _wrong(
            f"{at}.dataFormat", f"must be {', '.join(FORMATS)}, not {shortened(value)}", where
        )
    return FORMATS[value]


def _mags(
    meta: Json, name: str, at: str, home: Location, where: str, notes: list[str]
) -> tuple[MagEntry, ...]:
    field = next((one for one in ("mags", "resolutions", "wkwResolutions") if one in meta), "mags")
    listed = meta.get(field)
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_LEVELS:
        raise _wrong(f"{at}.{field}", f"must be a list of 1 to {MAX_LEVELS} levels", where)
    mags: dict[XYZ, MagEntry] = {}
    failed: NbRemoteError | None = None
    for number, one in enumerate(listed):
        try:
            entry = _mag(one, name, f"{at}.{field}[{number}]", home, where)
        except NbRemoteError as error:
            failed = failed or error
            notes.append(f"level {number} is left out: {error.text}")
            continue
        if entry.mag in mags:
            notes.append(f"mag {list(entry.mag)} is listed twice: the first one is read")
        mags.setdefault(entry.mag, entry)
    if not mags:
        raise failed or _wrong(f"{at}.{field}", "is empty", where)
    return tuple(mags.values())


def _mag(value: object, name: str, at: str, home: Location, where: str) -> MagEntry:
    if not isinstance(value, dict) or "x" in value:
        value = {"mag": value}
    meta = cast("Json", value)
    key = next((one for one in ("mag", "resolution") if one in meta), "mag")
    mag = parse_mag(meta.get(key), f"{at}.{key}", where)
    path = meta.get("path")
    if path is None:
        places = usual_places(name, mag, where=where, field=f"{at}.path")
    elif isinstance(path, str) and path:
        places = (place_of(path, home, where=where, field=f"{at}.path"),)
    else:
        raise _wrong(f"{at}.path", f"must be text, not {shortened(path)}", where)
    return MagEntry(
        mag, places, _axis_order(meta.get("axisOrder"), at, where), whole(meta.get("channelIndex"))
    )


def _axis_order(value: object, at: str, where: str) -> tuple[tuple[str, int], ...]:
    if value is None or value == {}:
        return ()
    order = cast("Json", value) if isinstance(value, dict) else {}
    found = {name: whole(order[name]) for name in "xyzc" if order.get(name) is not None}
    positions = list(found.values())
    if (
        not {"x", "y"} <= found.keys()
        or any(n is None or not 0 <= n < MAX_NDIM for n in positions)
        or len(set(positions)) != len(positions)
    ):
        text = f"must place at least x and y on different axes, not {shortened(value)}"
        raise _wrong(f"{at}.axisOrder", text, where)
    return tuple(sorted(cast("dict[str, int]", found).items()))


def _extra_axes(value: object, notes: list[str]) -> tuple[tuple[str, int, int], ...]:
    axes: list[tuple[str, int, int]] = []
    for one in value if isinstance(value, list) else []:
        name = shown(one.get("name")) if isinstance(one, dict) else ""
        index = whole(one.get("index")) if isinstance(one, dict) else None
        if not name or index is None or len(axes) == MAX_NDIM:
            notes.append(f"a further axis is left out: {shortened(one)} does not say which it is")
            continue
        bounds = one.get("bounds")
        upper = whole(bounds[1]) if isinstance(bounds, list) and len(bounds) == 2 else None
        axes.append((name, index, upper or 0))
    return tuple(axes)


def _transformation(value: object, notes: list[str]) -> Matrix | None:
    """Return all transformations as one matrix, or None; those that are none are noted."""
    listed = value if isinstance(value, list) else []
    total: Matrix | None = None
    for one in listed:
        kind = one.get("type") if isinstance(one, dict) else None
        matrix = parse_affine(one.get("matrix")) if kind == "affine" else None
        if matrix is None:
            notes.append(
                f"a transformation ({shortened(kind)}) is not followed: the layer is shown as if "
                "it had none"
            )
            return None
        total = matrix if total is None else compose(total, matrix)
    return total


def _note_what_is_not_shown(meta: Json, notes: list[str]) -> None:
    attachments = meta.get("attachments")
    listed = cast("Json", attachments) if isinstance(attachments, dict) else {}
    kinds = [shown(key) for key, one in listed.items() if one]
    if meta.get("mappings"):
        kinds.append("mappings")
    if kinds:
        notes.append(f"beside the voxels there are {', '.join(kinds[:8])}, which are not shown")


def _view(meta: Json) -> RawChannel:
    """How the layer is shown at first: what its administrator chose goes before the default."""
    both = (meta.get("defaultViewConfiguration"), meta.get("adminViewConfiguration"))
    view: Json = {}
    for one in both:
        view |= cast("Json", one) if isinstance(one, dict) else {}
    return RawChannel(
        color=color(view.get("color")),
        window=pair(view.get("intensityRange")),
        window_range=pair([view.get("min"), view.get("max")]),
        visible=view.get("isDisabled") is not True,
        inverted=view.get("isInverted") is True,
    )


def _wrong(field: str, text: str, where: str) -> BadMetadata:
    return BadMetadata(f"{field} {text}", where=where, field=field)
