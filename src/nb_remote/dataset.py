"""A dataset: layers from one or several addresses in one space."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nb_remote.arrays.source import Source
from nb_remote.datasource.build import build_datasource
from nb_remote.datasource.model import DataSource, dataset_name_problem
from nb_remote.datasource.space import DatasetSpace, unify
from nb_remote.errors import InvalidCorrection, NbRemoteError
from nb_remote.infer.corrections import corrected, correction_of, labels_follow
from nb_remote.infer.geometry import Triple
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.infer.names import unique_names
from nb_remote.layer import Layer
from nb_remote.recipe import Recipe, call, correction_call, joined_recipe
from nb_remote.to_neuroglancer import ToNeuroglancer

if TYPE_CHECKING:
    from nb_remote.widget.view import View


class Dataset(ToNeuroglancer, Mapping[str, Layer]):
    """Layers by name, in one space. Made by `nb_remote.open`; shows itself as a table.

    It never changes: `corrected`, `without`, `ordered`, `named` and `joined` return another one,
    which reads from the same sources and shares their caches.

    Parameters
    ----------
    found
        Each inferred layer with the source it is read from.
    broken
        Layers of which only the failure is known.
    failures
        Addresses that could not be opened at all.
    name
        What WEBKNOSSOS is to call it, and how that is known; a plain text comes from the metadata.
        Empty until somebody named it.
    recipe
        How it was made, in Python; None where nobody wrote it down.
    """

    def __init__(
        self,
        found: tuple[tuple[InferredLayer, Source], ...],
        broken: tuple[BrokenLayer, ...] = (),
        failures: tuple[NbRemoteError, ...] = (),
        name: str | Inferred[str] = "",
        recipe: Recipe | None = None,
    ) -> None:
        if isinstance(name, str):
            name = Inferred(name, "metadata" if name else "assumed")
        self.inferred_name: Inferred[str] = name
        """Name of the dataset, and how it is known."""
        self.recipe = recipe
        """How it was made; see `python`."""
        self._inferred = labels_follow([layer for layer, _ in found])
        found = tuple(zip(self._inferred, (source for _, source in found), strict=True))
        self._found = found
        self.broken = broken
        """Layers that were listed but could not be understood, with the reason."""
        self.failures = failures
        """Why some of the addresses could not be opened."""
        self.space: DatasetSpace = unify(self._inferred)
        """The space that all layers share."""
        names = unique_names(
            (layer.name.value for layer in self._inferred),
            chosen=(layer.name.origin == "user" for layer in self._inferred),
        )
        self._layers = {
            name: Layer(
                name, layer, placement, source, None if recipe is None else recipe.layer(name)
            )
            for name, (layer, source), placement in zip(
                names, found, self.space.layers, strict=True
            )
        }

    @property
    def name(self) -> str:
        """Name of the dataset, empty when nobody gave it one."""
        return self.inferred_name.value

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

    def corrected(self, layer_name: str, /, **fields: Any) -> "Dataset":  # noqa: ANN401  (Correction checks them)
        """Return this dataset with other values for properties of one layer.

        What depends on them is inferred again, and the table shows them with the origin ``user``.
        A later correction adds to the earlier ones. Label images without units take the image's.

        Parameters
        ----------
        layer_name
            Which layer, as it is called now.
        **fields
            Values of `nb_remote.infer.correction.Correction`: ``name``, ``category``,
            ``voxel_size_xyz`` and ``unit``, ``axes``, ``bounding_box``, ``translation_xyz``,
            ``mags``, ``largest_segment_id``, ``is_rgb``; and per channel number
            ``contrast_limits``, ``colors``, ``visible``, ``inverted``.

        Raises
        ------
        KeyError
            There is no such layer.
        InvalidCorrection
            A value is impossible, or another layer was given that name; says what is allowed.
        TypeError
            A field that doesn't exist.
        """
        correction = correction_of(fields)
        layer = self[layer_name]
        found = [
            # The same layer may be there twice.
            (corrected(one, correction), source) if name == layer.name else (one, source)
            for name, (one, source) in zip(self._layers, self._found, strict=True)
        ]
        chosen = [one.name.value for one, _ in found if one.name.origin == "user"]
        if correction.name is not None and chosen.count(correction.name) > 1:
            raise InvalidCorrection(
                f"another layer was given the name {correction.name!r}", field="name"
            )
        return self._changed(
            tuple(found), self.broken, self.inferred_name, correction_call(layer_name, correction)
        )

    def without(self, *names: str) -> "Dataset":
        """Return this dataset without some of its layers, broken ones among them.

        Raises
        ------
        KeyError, InvalidCorrection
            There is no such layer, or none would be left.
        """
        self._check_known(names)
        left = [
            one for one, name in zip(self._found, self._layers, strict=True) if name not in names
        ]
        if not left:
            raise InvalidCorrection("a dataset keeps at least one layer", field="layers")
        broken = tuple(one for one in self.broken if one.name not in names)
        return self._changed(tuple(left), broken, self.inferred_name, call("without", *names))

    def ordered(self, *names: str) -> "Dataset":
        """Return this dataset with these layers first, in this order; the others follow as before.

        A name that no layer has is a `KeyError` that lists those there are.
        """
        self._check_known(names)
        by_name = dict(zip(self._layers, self._found, strict=True))
        order = dict.fromkeys((*(one for one in names if one in by_name), *by_name))
        found = tuple(by_name[name] for name in order)
        return self._changed(found, self.broken, self.inferred_name, call("ordered", *names))

    def named(self, name: str) -> "Dataset":
        """Return this dataset under another name, the one that WEBKNOSSOS is to give it.

        Raises
        ------
        InvalidCorrection
            WEBKNOSSOS would refuse the name; says why.
        """
        if problem := dataset_name_problem(name):
            raise InvalidCorrection(problem, field="name")
        chosen = Inferred(name, "user")
        return self._changed(self._found, self.broken, chosen, call("named", name))

    def joined(self, *others: "Dataset | Layer") -> "Dataset":
        """Return one dataset of this one's layers and those of others, opened at any time.

        Names that occur twice get ``_2``, ``_3``, …, except one that a person chose. What is
        broken or failed in any of them stays listed. The name of the dataset is that of this one
        where a person chose it or all have the same, else it is open.
        """
        found, broken, failures = [*self._found], [*self.broken], [*self.failures]
        names = {self.name}
        recipes: list[Recipe | None] = [self.recipe]
        for other in others:
            recipes.append(other.recipe)
            if isinstance(other, Layer):
                found.append((other.inferred, other.source))
                continue
            found += other._found  # noqa: SLF001  (of the same class)
            broken += other.broken
            failures += other.failures
            names.add(other.name)
        keeps = self.inferred_name.origin == "user" or len(names) == 1
        name = self.inferred_name if keeps else Inferred("", "assumed")
        return Dataset(tuple(found), tuple(broken), tuple(failures), name, joined_recipe(recipes))

    def python(self) -> str:
        """Return Python text that makes this dataset again, without the form.

        It opens the addresses as they were given and repeats every correction. Secrets are never
        in it: for passwords, tokens and queries of addresses it asks when it is run (`getpass`).
        A dataset of parts that `nb_remote.open` did not open has none (`ValueError`).
        """
        if self.recipe is None:
            raise ValueError("how this dataset was made is not known; open it with nb_remote.open")
        return self.recipe.python()

    def _changed(
        self,
        found: tuple[tuple[InferredLayer, Source], ...],
        broken: tuple[BrokenLayer, ...],
        name: Inferred[str],
        change: str,
    ) -> "Dataset":
        recipe = None if self.recipe is None else self.recipe.then(change)
        return Dataset(found, broken, self.failures, name, recipe)

    def _check_known(self, names: Iterable[str]) -> None:
        broken = {one.name for one in self.broken}
        for name in names:
            if name not in self._layers and name not in broken:
                raise self._unknown(name)

    def _unknown(self, name: str) -> KeyError:
        known = [*self._layers, *(one.name for one in self.broken)]
        return KeyError(f"no layer {name!r}; there are {', '.join(map(repr, known))}")

    def view(self, **traits: Any) -> "View":  # noqa: ANN401  (the view checks them)
        """Return the slice canvas for this dataset.

        Parameters
        ----------
        **traits
            Initial values of the view's traits, for example ``position=(x, y, z)``, ``zoom=2.0``,
            ``plane="xz"``, ``contrast_limits=(0, 200)``, ``opacity={"cells": 0.2}``; `View`
            lists them all. A dataset that was opened by a Neuroglancer link begins as the link
            shows it.

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
        raise self._unknown(name)

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
