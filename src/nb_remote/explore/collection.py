"""Makes one dataset of what lies in several folders: names that say where each layer is from."""

from collections import Counter
from dataclasses import replace

from nb_remote.explore.below import Below, Child, Layers
from nb_remote.infer.inferred import Inferred
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.infer.names import layer_name


def layers_of(below: Below) -> Layers:
    """Return the layers of all folders under names of their own; the first one has the notes."""
    counted = Counter(
        one.name.value
        for child in below.children
        for one in child.layers
        if isinstance(one, InferredLayer) and one.name.origin == "metadata"
    )
    layers = [one for child in below.children for one in _named(child, counted)]
    first = next((n for n, one in enumerate(layers) if isinstance(one, InferredLayer)), None)
    if first is not None and isinstance(one := layers[first], InferredLayer):
        layers[first] = replace(one, notes=(*below.notes, *one.notes))
    return tuple(layers)


def _named(child: Child, counted: Counter[str]) -> Layers:
    """Name a folder's layers after it, but for those whose metadata name them as nothing else."""
    title = layer_name(child.path.replace("/", "-"))
    named: list[InferredLayer | BrokenLayer] = []
    for number, one in enumerate(child.layers):
        if isinstance(one, BrokenLayer):
            named.append(replace(one, name=f"{title}-{one.name}" if number else title))
        elif (
            one.name.origin == "metadata"
            and counted[one.name.value] == 1
            and not one.path.startswith("labels/")  # which of the images they belong to is said
        ):
            named.append(one)
        else:
            name = f"{title}-{one.name.value}" if number else title
            named.append(replace(one, name=Inferred(name, "name")))
    return tuple(named)
