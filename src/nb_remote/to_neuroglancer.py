"""Datasets and views as states of Neuroglancer: the export's methods."""

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nb_remote.datasource.neuroglancer.export import ToExport, export_state
from nb_remote.datasource.neuroglancer.exported import VIEWER, NeuroglancerState
from nb_remote.datasource.neuroglancer.looks import Looks

if TYPE_CHECKING:
    from nb_remote.datasource.space import DatasetSpace
    from nb_remote.infer.layer import BrokenLayer
    from nb_remote.layer import Layer


class ToNeuroglancer:
    """What a dataset can be in Neuroglancer. A subclass has `layers`, `space` and `broken`."""

    if TYPE_CHECKING:
        space: DatasetSpace
        broken: tuple[BrokenLayer, ...]

        @property
        def layers(self) -> tuple[Layer, ...]:
            """All layers."""

    def neuroglancer_state(self, base: str = VIEWER) -> NeuroglancerState:
        """Return the state of Neuroglancer that shows this dataset.

        What was opened by a link keeps all that the link said, understood or not. Secrets are left
        out: a viewer in a browser reads what everybody may read.

        Parameters
        ----------
        base
            Page of the viewer that is to show it; what it can't reach depends on it.

        Returns
        -------
        NeuroglancerState
            ``.json()``, ``.to_dict()``, ``.link()``; `warnings` say what a browser will not show.

        Raises
        ------
        ValueError
            The dataset has no layer.
        """
        return state_of(self.layers, self.space, self.broken, None, base)

    def neuroglancer_link(self, base: str = VIEWER) -> str:
        """Return a link to Neuroglancer that shows this dataset.

        Parameters
        ----------
        base
            Page of the viewer, for example one of your own.

        Warns
        -----
        UserWarning
            For each thing that a browser there can't reach or show.
        """
        state = self.neuroglancer_state(base)
        for one in state.warnings:
            warnings.warn(one, UserWarning, stacklevel=2)
        return state.link(base)


def state_of(
    layers: "Sequence[Layer]",
    space: "DatasetSpace",
    broken: "Sequence[BrokenLayer]",
    traits: Mapping[str, Any] | None,
    base: str,
) -> NeuroglancerState:
    """Return the state of layers that look as a view's traits say; None for how one begins."""
    if not layers:
        raise ValueError("a dataset without layers is nothing that Neuroglancer could show")
    return export_state(
        [
            ToExport(
                name=one.name,
                layer=one.inferred,
                location=one.source.location,
                is_anonymous=one.source.is_anonymous,
            )
            for one in layers
        ],
        space,
        None if traits is None else Looks.of(traits),
        broken=[one.name for one in broken],
        base=base,
    )
