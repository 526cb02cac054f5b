"""A single array without a convention around it, with its own axis names and units."""

from nb_remote.containers.base import StoredArray
from nb_remote.dialects.array_attributes import place_of
from nb_remote.dialects.base import DataFormat, FoundLayer, RawLevel
from nb_remote.dialects.values import shown


def array_layer(
    array: StoredArray, *, name: str, data_format: DataFormat, attributes: object = None
) -> FoundLayer:
    """Return the layer of one level that an array is by itself.

    Parameters
    ----------
    attributes
        Of the array: they may give axes, voxel size and place (see `array_attributes`).
    """
    names = array.dimension_names
    place = place_of(attributes, names, len(array.shape))
    notes = place.notes
    if place.axes is None and names and any(names):
        listed = ", ".join(shown(one) or "?" for one in names)
        notes = (f"the dimension names ({listed[:100]}) do not say which axes are x and y", *notes)
    return FoundLayer(
        name=name,
        named_by_metadata=False,
        path=array.key,
        data_format=data_format,
        axes=place.axes,
        levels=(RawLevel(array=array, scale=place.scale, translation=place.translation),),
        corner_based=place.corner_based,
        notes=notes,
        problem=array.problem,
    )
