"""What a state of Neuroglancer says: plain values, before anything it names was looked at."""

import json
from dataclasses import dataclass, field
from typing import Any

from nb_remote.location.neuroglancer.units import nanometers

Rgb = tuple[int, int, int]
Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension of a coordinate space."""

    name: str
    """As written: plain names are shared by all layers, ``c'`` is a layer's own, ``c^`` a channel
    that shaders see."""
    scale: float
    """Size of one step, in `unit`."""
    unit: str
    """As written: an SI unit such as ``m`` or ``nm``, or empty."""

    @property
    def nanometers(self) -> float | None:
        """Size of one step in nanometres; None where it is no length."""
        return nanometers(self.scale, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTransform:
    """How the space of a source becomes that of the viewer.

    ``out[o] = Σ matrix[o][i] · in[i] + matrix[o][rank] · output[o].scale``, where ``out`` and
    ``in`` are physical: coordinate times scale.
    """

    output: tuple[Dimension, ...] | None
    """Dimensions that the source's become; None for its own."""
    input: tuple[Dimension, ...] | None
    """Dimensions of the source, whose scales replace its own; None for its own."""
    matrix: Matrix | None
    """One row per output dimension, one column per input dimension and the translation; None for
    the identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSource:
    """One data source of a layer."""

    url: str = field(repr=False)
    """As written, which may hold a token."""
    transform: SourceTransform | None = None
    subsources: tuple[tuple[str, bool], ...] = ()
    """Parts of the source, such as ``default`` or ``mesh``, and whether they are shown."""
    default_subsources: bool = True
    """Whether parts that `subsources` does not name are shown."""

    @property
    def shows_volume(self) -> bool:
        """Whether its voxels are shown, and not only meshes or the like."""
        return dict(self.subsources).get("default", self.default_subsources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The range of values that an ``invlerp`` control lays from dark to bright."""

    control: str
    """Name of the control: ``normalized`` where the layer has no shader of its own."""
    range: tuple[float, float] | None
    """Values drawn darkest and brightest, falling where the picture is inverted; None for the
    default, all values of an integer type."""
    window: tuple[float, float] | None
    """Ends between which the range may be moved."""
    channel: int | None
    """Channel it is for; None where it names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLayer:
    """One layer of a state. Values that the state leaves out are None."""

    number: int
    """Place among the layers of the state."""
    name: str
    kind: str
    """``image``, ``segmentation``, ``annotation``, ``mesh``, ``auto`` or what else is written."""
    sources: tuple[LinkSource, ...]
    visible: bool = True
    archived: bool = False
    """Not in the row of layers of the viewer, and not drawn."""
    opacity: float | None = None
    """From 0 to 1, of an image; Neuroglancer's default is 0.5."""
    blend: str | None = None
    """``default`` or ``additive``."""
    shader: str | None = None
    contrast: tuple[Contrast, ...] = ()
    colors: tuple[Rgb, ...] = ()
    """Values of the shader's color controls, in their order."""
    color_controls: tuple[str, ...] = ()
    """Names of those controls."""
    segments: tuple[int, ...] = ()
    """Selected ids that are shown."""
    hidden_segments: tuple[int, ...] = ()
    """Selected ids that are hidden."""
    segment_colors: tuple[tuple[int, Rgb], ...] = ()
    segment_default_color: Rgb | None = None
    color_seed: int | None = None
    selected_alpha: float | None = None
    """From 0 to 1; Neuroglancer's default is 0.5."""
    not_selected_alpha: float | None = None
    """From 0 to 1; Neuroglancer's default is 0."""
    saturation: float | None = None
    """Of the segments' colors, from 0 to 1; Neuroglancer's default is 1."""
    shows_zero: bool = False
    """Whether id 0 is drawn like any other."""
    shows_all_of_none: bool = True
    """Whether all segments are shown while none is selected."""
    merges: bool = False
    """Whether several ids are one segment (``equivalences``)."""
    local_dimensions: tuple[Dimension, ...] | None = None
    """Dimensions of its own, such as ``c'``; None for those of the source."""
    local_position: tuple[float, ...] | None = None
    """Position along them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """A state of Neuroglancer. Values that it leaves out are None."""

    dimensions: tuple[Dimension, ...] | None
    """Space that the position counts in; None for that of the first layer's data."""
    position: tuple[float, ...] | None
    """One number per dimension, in steps of its scale; voxels begin at whole numbers."""
    cross_section_scale: float | None
    """Canonical voxels per pixel: a canonical voxel is as large as the smallest of the displayed
    dimensions' steps."""
    orientation: tuple[float, float, float, float] | None
    """Unit quaternion (x y z w) by which slices are turned."""
    display_dimensions: tuple[str, ...] | None
    """Names of the dimensions drawn to the right, down and into the depth; None for the first."""
    layout: str | None
    """The first layout of slices in the page: ``xy``, ``xz``, ``yz``, ``4panel`` and the like."""
    layers: tuple[LinkLayer, ...]
    """Lowest first."""
    selected_layer: str | None
    title: str | None
    notes: tuple[str, ...]
    """What was left out because it makes no sense, one sentence each."""
    raw: str = field(repr=False)
    """The whole state as JSON, as it was but for its white space; may hold tokens."""

    def document(self) -> dict[str, Any]:
        """Return the whole state as new plain Python."""
        state: dict[str, Any] = json.loads(self.raw)
        return state
