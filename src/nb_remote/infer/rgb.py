"""Whether three channels look like the colours of one picture."""

import re

from nb_remote.infer.layer import InferredLayer

_RGB = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
_NAMES = (("red", "green", "blue"), ("r", "g", "b"))


def looks_like_rgb(layer: InferredLayer) -> bool:
    """Whether a layer has three uint8 channels that the metadata or its name call RGB.

    WEBKNOSSOS makes three layers of any three channels, and so does this package; one layer of
    ``uint24`` shows the picture as it is.
    """
    channels = layer.channels
    if layer.dtype.name != "uint8" or len(channels) != len(_RGB) or layer.category.value != "color":
        return False
    if all(one.color.origin == "metadata" for one in channels):
        return tuple(one.color.value for one in channels) == _RGB
    names = tuple(one.name.value.strip().lower() for one in channels)
    return names in _NAMES or "rgb" in re.split(r"[^a-z]+", layer.name.value.lower())
