"""A real stained section in colour: the immunohistochemistry image of the package scikit-image.

It is a flat image with three channels, read from the file that scikit-image carries.
The size of its pixels is not published with it, so the metadata names no unit.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from nb_remote.samples.pyramid import Axis, Channel, write_image

AXES = tuple(Axis(name=name) for name in "cyx")

CHANNELS = (
    Channel(label="red", color="FF0000", window=(0, 255)),
    Channel(label="green", color="00FF00", window=(0, 255)),
    Channel(label="blue", color="0000FF", window=(0, 255)),
)


def write(folder: Path) -> None:
    """Write the image as ``histology``."""
    write_image(folder, read(), name="histology", axes=AXES, channels=CHANNELS)


def read() -> npt.NDArray[np.uint8]:
    """The image, c y x."""
    from skimage import data

    pixels: npt.NDArray[np.uint8] = np.asarray(data.immunohistochemistry())  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
