"""What a dialect does: say whether the documents at an address are its own, and list the layers.

A dialect gives arrays their raw meaning (which levels belong together, what the
metadata call them). What the values mean for a person (voxel size, category) is
decided in `infer`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from nb_remote.containers.base import StoredArray
from nb_remote.dialects.affine import Affine
from nb_remote.errors import Declined, NbRemoteError, NotRecognised
from nb_remote.store.base import Store

DataFormat = Literal["zarr", "zarr3", "n5", "neuroglancerPrecomputed"]
"""WEBKNOSSOS's names of storage formats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The probed documents of one address: JSON, None where there is none, or why it failed."""

    store: Store
    found: Mapping[str, object]
    """Key → parsed JSON, None (404), or the `NbRemoteError` that reading it raised."""
    elsewhere: Callable[[str], Store] | None = None
    """Opens the store of an address that the documents name, as a stranger's: raises
    `InvalidAddress` for one that may not be followed. None where nothing else may be read."""
    above: Callable[[], Store | None] | None = None
    """Opens a folder that the address lies in, a few up on the same host: documents there may say
    what a member leaves out. None where the address is all there is."""
    about: object = None
    """`Moved.about` of the document that led here."""

    def json(self, key: str) -> object:
        """Parsed JSON of `key`, or None when there is none or it could not be read."""
        value = self.found.get(key)
        return None if isinstance(value, NbRemoteError) else value

    def why_not(self, key: str) -> str:
        """Return the sentence that says why `key` gave nothing."""
        value = self.found.get(key)
        return value.text if isinstance(value, NbRemoteError) else f"there is no {key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAxis:
    """An axis as the metadata describe it."""

    name: str
    """As written; empty when the metadata name none."""
    kind: str
    """``space``, ``time``, ``channel`` or empty, as written."""
    unit: str
    """As written; empty when absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawImage:
    """The image that a label image belongs to, where only its metadata were read."""

    axes: tuple[RawAxis, ...]
    scale: tuple[float, ...] | None
    """Size of its finest voxel per axis, in the axes' units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLevel:
    """One scale level: its array and where the metadata place it."""

    array: StoredArray
    scale: tuple[float, ...] | None
    """Size of a voxel per stored axis, in the axes' units; None when not given."""
    translation: tuple[float, ...] | None
    """Centre of the first voxel per stored axis, in the axes' units (its corner where the layer is
    `FoundLayer.corner_based`); None when not given."""
    relative: bool = False
    """`scale` and `translation` count finest voxels: how large those are is not known."""
    by_shape: bool = False
    """`scale` follows from the shapes alone: how large the voxels are compared with the finest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawChannel:
    """A channel as the metadata describe it; None where they say nothing."""

    name: str | None = None
    color: tuple[int, int, int] | None = None
    window: tuple[float, float] | None = None
    """Contrast limits: what is shown black and what white."""
    window_range: tuple[float, float] | None = None
    """Ends between which the window may move."""
    visible: bool = True
    inverted: bool = False


SegmentColor = tuple[int, tuple[int, int, int, int]]
"""A segment id and the colour that the metadata give it: red, green, blue, opacity, 0 to 255."""


XYZ = tuple[int, int, int]
Matrix = tuple[tuple[float, float, float, float], ...]
"""Four rows of four numbers, the translation in the last column."""
StoredMatrix = tuple[tuple[float, ...], ...]
"""A row for each stored axis, of a number for each stored axis and a last one that moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a dataset's own file says of a layer, where other formats only have arrays.

    It counts in voxels of mag 1, which need not exist as a level.
    """

    voxel_size_xyz: tuple[float, float, float]
    """Size of a voxel of mag 1, in the axes' units."""
    top_left_xyz: XYZ
    """Lowest voxel of the bounding box."""
    size_xyz: XYZ
    """Extent of the bounding box."""
    array_corner_xyz: XYZ = (0, 0, 0)
    """First voxel of the arrays."""
    largest_segment_id: int | None = None
    transform: Affine | None = None
    """Affine that turns or shears: from voxels of mag 1 of the layer to those of the dataset, both
    counted from the dataset's corner; None where there is none."""
    is_rgb: bool = False
    """Its three channels are red, green and blue of one picture (``uint24``)."""
    dataset: Mapping[str, object] = field(default_factory=dict)
    """The file without its layers and without credentials."""
    entries: tuple["StatedEntry | None", ...] = ()
    """What the file has for each channel, None for one that it doesn't show; one for all channels
    where it doesn't take them apart."""
    mag_of_key: Mapping[str, XYZ] = field(default_factory=dict)
    """Key of a level's array → mag that the file gives it."""


@dataclass(frozen=True, slots=True)
class StatedEntry:
    """A layer as a dataset's own file has it."""

    position: int
    """Among the layers of the file."""
    document: Mapping[str, object]
    """Its entry, without credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLayer:
    """One stored pyramid, before anything is inferred."""

    name: str
    """As the metadata call it, else the address's last part."""
    named_by_metadata: bool
    path: str
    """Where it lies relative to the address; empty for the address itself."""
    data_format: DataFormat
    axes: tuple[RawAxis, ...] | None
    """In the stored order, or None when the metadata say nothing."""
    levels: tuple[RawLevel, ...]
    """As listed, which should be finest first."""
    channels: tuple[RawChannel, ...] = ()
    is_label: bool = False
    """The metadata say that this is a label image."""
    category: Literal["color", "segmentation"] | None = None
    """What the metadata say of it in so many words; None where they don't."""
    corner_based: bool = False
    """Translations name the corner of the first voxel instead of its centre."""
    transform: StoredMatrix | None = None
    """Affine that turns or shears, and follows the scale and the translation of every level: in the
    axes' units, and of corners or centres as these are."""
    segment_colors: tuple[SegmentColor, ...] = ()
    """Colours of single segments, where the metadata give some."""
    parent: str | None = None
    """`name` of the image that this label image belongs to."""
    image: RawImage | None = None
    """That image where it is not opened itself, and was asked for what this layer leaves out."""
    axes_assumed: str = ""
    """Why `axes` are only what such data usually have; empty when the metadata name them."""
    stated: Stated | None = None
    """Box and voxel size in so many words; None where they follow from the levels."""
    meshes: str | None = None
    """Folder of its segments' meshes below `path`; None where the metadata name none there."""
    target: str | None = None
    """Address that the arrays' keys are relative to, when the documents name another one than
    their own; opened as `Documents.elsewhere` does."""
    notes: tuple[str, ...] = field(default=())
    """What is odd about it, one sentence each."""
    problem: NbRemoteError | None = None
    """Why the layer can't be read at all; then it may have no levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a dialect found at an address."""

    format: str
    """The dialect's name, with the version that the metadata state."""
    layers: tuple[FoundLayer, ...]
    dataset_name: str = ""
    """As the documents call the whole; empty where they don't."""


class Moved(NotRecognised):
    """What lies there says that the data lie elsewhere.

    Parameters
    ----------
    target
        The address, as a stranger wrote it.
    about
        What the document says of the data, for the dialect that reads them.
    path
        Where they lie below the folder of the document; None where that is not below it.
    """

    code = "moved"

    def __init__(
        self,
        text: str,
        *,
        target: str,
        where: str,
        hint: str,
        about: object = None,
        path: str | None = None,
    ) -> None:
        super().__init__(text, where=where, hint=hint)
        self.target = target
        self.about = about
        self.path = path


class Dialect(Protocol):
    """One convention of laying out volumes."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def probes(self) -> tuple[str, ...]:
        """Documents that decide, asked for at every address in one round trip."""

    async def explore(self, documents: Documents) -> Found | Declined:
        """Say what lies there, or why it is something else.

        Raises
        ------
        Moved
            It is this dialect, and says where the data are now.
        NbRemoteError
            It is this dialect, but nothing of it can be used.
        """
