"""A real brain: the MNI152 T1 template and the tissues derived from it, from the package nilearn.

The voxels are read from the files that nilearn carries; nothing is downloaded and
nothing is resampled. nilearn's arrays run x to the right, y to the front and z to the
top of the head. Here they are stored z, y, x with y and z turned round, a rotation
by half a turn about x: rows run from the nose backwards and slices from the top of
the head down, so that all three planes stand upright on a screen, with the person's
right on the right (the neurological convention; the template itself is exactly
symmetric).
"""

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nb_remote.samples.pyramid import Axis, Channel, Label, write_image, write_labels

AXES = tuple(Axis(name=name, step=1.0, unit="millimeter") for name in "zyx")

TISSUES = (
    Label(value=1, name="grey matter", rgba=(230, 120, 60, 255)),
    Label(value=2, name="white matter", rgba=(90, 170, 255, 255)),
    Label(value=3, name="other, mostly cerebrospinal fluid", rgba=(80, 200, 120, 255)),
)


def write(folder: Path) -> None:
    """Write the template as ``brain`` and its tissues as the label image ``tissue``."""
    template = read_template()
    # 0.1 % and 99.9 % of the brain's voxels: contrast is spent on tissue, not on the black around
    low, high = np.percentile(template[template > 0], (0.1, 99.9))
    channel = Channel(label="T1", color="FFFFFF", window=(float(low), float(high)))
    write_image(folder, template, name="brain", axes=AXES, channels=[channel])
    write_labels(folder, read_tissues(template), name="tissue", axes=AXES, labels=TISSUES)


def read_template() -> npt.NDArray[np.uint8]:
    """T1-weighted intensity, z y x; 0 outside the brain."""
    from nilearn.datasets import load_mni152_template

    return to_screen(_to_bytes(load_mni152_template(resolution=1)))


def read_tissues(template: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Likeliest tissue of every voxel of the brain, z y x; 0 outside.

    The maps give the probabilities of grey and of white matter; what is missing to one
    is the third class. Of equal probabilities the smaller label wins.
    """
    from nilearn.datasets import load_mni152_gm_template, load_mni152_wm_template

    grey = to_screen(_to_bytes(load_mni152_gm_template(resolution=1))).astype(np.int16)
    white = to_screen(_to_bytes(load_mni152_wm_template(resolution=1))).astype(np.int16)
    likeliest = np.argmax([grey, white, 255 - grey - white], axis=0).astype(np.uint8) + 1
    return np.where(template > 0, likeliest, 0).astype(np.uint8)


def to_screen(array_xyz: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """From nilearn's x y z (right, front, top) to z y x with y and z turned round."""
    return np.ascontiguousarray(array_xyz.transpose(2, 1, 0)[::-1, ::-1, :])


class _Image(Protocol):
    dataobj: npt.ArrayLike


def _to_bytes(image: _Image) -> npt.NDArray[np.uint8]:
    """Undo nilearn's division by the maximum: the files hold bytes from 0 to 255."""
    unit_interval: npt.NDArray[np.float32] = np.asarray(image.dataobj)
    return np.rint(unit_interval * 255).astype(np.uint8)
