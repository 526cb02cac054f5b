"""The image that a label image belongs to, where the label image was opened by its own address.

Writers leave units out of label images: they are those of the image.
"""

from collections.abc import Callable
from dataclasses import replace

from nb_remote.containers.nodes import ZarrNodes
from nb_remote.dialects.base import Documents, FoundLayer, RawImage
from nb_remote.dialects.ome_metadata import (
    Json,
    Multiscale,
    is_multiscale,
    ome_attributes,
    parse_multiscales,
)
from nb_remote.errors import BadMetadata, NbRemoteError
from nb_remote.location.relative import join_key
from nb_remote.store.base import Store

_USUAL = "../../"
"""What the specification has writers state: ``labels/cells`` lies below its image."""


async def with_image(
    layers: list[FoundLayer],
    attributes: Json,
    documents: Documents,
    nodes_in: Callable[[Store], ZarrNodes],
) -> list[FoundLayer]:
    """Add what the image says to label images without units; costs a round trip only then.

    Parameters
    ----------
    layers
        What was found at the address itself.
    attributes
        Of the address.
    nodes_in
        Makes the nodes of a store, in the label image's version of Zarr.
    """
    bare = [one for one in layers if _lacks_units(one)]
    above = documents.above() if bare and documents.above is not None else None
    path = None if above is None else _path_above(documents.store, above, attributes)
    if above is None or path is None:
        return layers
    image = await _image(nodes_in(above), path)
    if image is None:
        return layers
    return [replace(one, image=image) if one in bare else one for one in layers]


def _lacks_units(layer: FoundLayer) -> bool:
    if not layer.is_label or not layer.levels or layer.axes is None:
        return False
    return not any(axis.unit for axis in layer.axes if axis.kind in ("space", ""))


def _path_above(store: Store, above: Store, attributes: Json) -> str | None:
    """Where the image lies below the folder above; None when it is stated to lie elsewhere."""
    here, top = _parts(store), _parts(above)
    names = here[len(top) :]
    label = attributes.get("image-label")
    source = label.get("source") if isinstance(label, dict) else None
    stated = source.get("image") if isinstance(source, dict) else None
    if not isinstance(stated, str) or not stated:
        if names[-2:-1] != ["labels"]:
            return None
        stated = _USUAL
    parts = [part for part in stated.split("/") if part != "."]
    up = parts.count("..")
    if up > len(names):
        return None
    try:  # which refuses what still goes up behind them
        return join_key("/".join(names[: len(names) - up]), "/".join(parts[up:]))
    except BadMetadata:
        return None


def _parts(store: Store) -> list[str]:
    location = store.location
    path = location.path if location.zip_path is None else location.zip_path
    return path.split("/") if path else []


async def _image(nodes: ZarrNodes, path: str) -> RawImage | None:
    try:
        attributes = ome_attributes(await nodes.attributes(path))
        if attributes is None or not is_multiscale(attributes):
            return None
        first = parse_multiscales(attributes, where="")[0]
    except NbRemoteError:
        return None  # the label image is shown all the same, with units that are assumed
    if not isinstance(first, Multiscale) or first.axes is None:
        return None
    return RawImage(axes=first.axes, scale=first.datasets[0].scale)
