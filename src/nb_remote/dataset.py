"""A dataset: layers from one or several addresses in one space."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nb_remote.arrays.source import Source
from nb_remote.datasource.build import build_datasource
from nb_remote.datasource.model import DataSource
from nb_remote.datasource.space import DatasetSpace, unify
from nb_remote.errors import NbRemoteError
from nb_remote.infer.geometry import Triple
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.infer.names import unique_names
from nb_remote.layer import Layer

if TYPE_CHECKING:
    from nb_remote.widget.view import View


class Dataset(Mapping[str, Layer]):
    """Layers by name, in one space. Made by `nb_remote.open`; shows itself as a table.

    Parameters
    ----------
    found
        Each inferred layer with the source it is read from.
    broken
        Layers of which only the failure is known.
    failures
        Addresses that could not be opened at all.
    name
        What WEBKNOSSOS is to call it; empty until somebody named it.
    """

    def __init__(
        self,
        found: tuple[tuple[InferredLayer, Source], ...],
        broken: tuple[BrokenLayer, ...] = (),
        failures: tuple[NbRemoteError, ...] = (),
        name: str = "",
    ) -> None:
        self.name = name
        """Name of the dataset, empty when nobody gave it one."""
        self._inferred = tuple(layer for layer, _ in found)
        self.broken = broken
        """Layers that were listed but could not be understood, with the reason."""
        self.failures = failures
        """Why some of the addresses could not be opened."""
        self.space: DatasetSpace = unify(self._inferred)
        """The space that all layers share."""
        names = unique_names(layer.name.value for layer in self._inferred)
        self._layers = {
            name: Layer(name, layer, placement, source)
            for name, (layer, source), placement in zip(
                names, found, self.space.layers, strict=True
            )
        }

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers, in the order in which they were found."""
        return tuple(self._layers.values())

    @property
    def voxel_size_nm_xyz(self) -> Triple:
        """Voxel of the dataset (mag 1) along x, y, z in nanometres."""
        return self.space.voxel_size_nm_xyz.value

    @property
    def bounding_box(self) -> tuple[Triple, Triple]:
        """Lower and (exclusive) upper corner of all layers in dataset voxels, x y z."""
        boxes = [layer.bounding_box for layer in self.layers]
        lower = [min(box[0][n] for box in boxes) for n in range(3)]
        upper = [max(box[1][n] for box in boxes) for n in range(3)]
        return (lower[0], lower[1], lower[2]), (upper[0], upper[1], upper[2])

    @property
    def datasource(self) -> DataSource:
        """The WEBKNOSSOS datasource; ``.json()`` gives ``datasource-properties.json``."""
        return build_datasource(self._inferred, self.space, self.name)

    def view(self, **traits: Any) -> "View":  # noqa: ANN401  (the view checks them)
        """Return the slice canvas for this dataset.

        Parameters
        ----------
        **traits
            Initial values of the view's traits, for example ``position=(x, y, z)``, ``zoom=2.0``,
            ``plane="xz"``, ``contrast_limits=(0, 200)``, ``opacity={"cells": 0.2}``; `View`
            lists them all.

        Raises
        ------
        TypeError
            A trait that the view doesn't have.
        """
        from nb_remote.widget.view import View  # noqa: PLC0415  (the command line needs no widget)

        return View(self, **traits)

    def __getitem__(self, name: str) -> Layer:
        """Return the layer of that name.

        Raises
        ------
        KeyError
            There is none; the message lists the names.
        NbRemoteError
            The layer is listed in the data but could not be understood.
        """
        if name in self._layers:
            return self._layers[name]
        for one in self.broken:
            if one.name == name:
                raise one.problem
        names = [*self._layers, *(one.name for one in self.broken)]
        raise KeyError(f"no layer {name!r}; there are {', '.join(map(repr, names))}")

    def __contains__(self, name: object) -> bool:
        # Asking for a broken layer raises its own error, which is no answer here.
        return name in self._layers

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def __repr__(self) -> str:
        from nb_remote.summary import dataset_text  # noqa: PLC0415  (summary names this class)

        return dataset_text(self)

    def _repr_html_(self) -> str:
        from nb_remote.summary_html import dataset_html  # noqa: PLC0415  (as above)

        return dataset_html(self)
