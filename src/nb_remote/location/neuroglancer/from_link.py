"""What a layer keeps of the link that it came with."""

from dataclasses import dataclass

from nb_remote.location.neuroglancer.state import Dimension, LinkLayer, LinkState


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSpace:
    """The space that a link's position counts in, as the dataset has it."""

    dimensions: tuple[Dimension, ...]
    axes: tuple[str, ...]
    """What each dimension is: ``x``, ``y``, ``z``, or its own name."""
    shift_nm_xyz: tuple[float, float, float]
    """What is added to a length of the link to make it one of the dataset. Neuroglancer lays the
    corner of an OME image half a voxel below 0, nb-remote at 0."""
    centred: bool
    """Whether whole numbers are centres of voxels, as in Neuroglancer's OME images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromLink:
    """The link that a layer came with, and which of its layers it is."""

    state: LinkState
    space: LinkSpace
    number: int
    """Place among the layers of the state."""

    @property
    def layer(self) -> LinkLayer:
        """What the link says of the layer."""
        return self.state.layers[self.number]
