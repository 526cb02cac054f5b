"""Whether a layer is an image or a segmentation."""

import re
from typing import Literal

import numpy as np

from nb_remote.infer.inferred import Inferred

Category = Literal["color", "segmentation"]

_EXACT_NAMES = ("segmentation", "labels")
"""Names that WEBKNOSSOS takes as a segmentation, too."""
_ID_WORDS = frozenset(
    (
        "seg",
        "segs",
        "segment",
        "segments",
        "segmentation",
        "segmentations",
        "label",
        "labels",
        "labelmap",
        "mask",
        "masks",
        "instance",
        "instances",
        "watershed",
        "supervoxel",
        "supervoxels",
        "agglomeration",
        "agglomerated",
    )
)
"""What people call volumes of ids; as whole words, because *segway* and *unlabelled* are none."""
_VALUE_WORDS = frozenset(
    (
        "raw",
        "image",
        "images",
        "img",
        "em",
        "intensity",
        "prob",
        "probs",
        "probability",
        "probabilities",
        "pred",
        "prediction",
        "predictions",
        "affinity",
        "affinities",
        "boundary",
        "boundaries",
        "distance",
        "dist",
        "score",
        "scores",
    )
)
"""Beside an id word these say that the values are measured: ``mask_probability`` has no ids."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

_UNLIKELY_IMAGES = ("uint32", "uint64", "int64")
"""No camera writes them and WEBKNOSSOS shows no image of 64 bits, while tools that label write
``uint32`` and 64 bits. ``int32`` is left out: reconstructions and sums of images are that, too."""


def infer_category(
    name: str,
    dtype: np.dtype[np.generic],
    *,
    is_label: bool,
    stated: Category | None = None,
    hint: Category | None = None,
    is_image: str = "",
    folders: tuple[str, ...] = (),
) -> Inferred[Category]:
    """Decide between image (``color``) and segmentation.

    Only integers can be a segmentation, whatever the metadata or the name say.

    Parameters
    ----------
    name
        Of the layer, as the metadata or the address give it.
    dtype
        Of the voxels.
    is_label
        The metadata list it as a label image.
    stated
        What the metadata say in so many words.
    hint
        What says it from outside, as a link does that names the layer.
    is_image
        What in the metadata usually only images have; empty for nothing.
    folders
        Names of the folders that it lies in, below the address that was opened.
    """
    integer = dtype.kind in "iu"
    if hint is not None and (hint == "color" or integer):
        return Inferred(hint, "metadata", "the link says so")
    if "segmentation" in (hint, stated) and not integer:
        return Inferred("color", "assumed", f"called a segmentation, but {dtype} holds no ids")
    if stated is not None:
        return Inferred(stated, "metadata", "")
    if is_label and integer:
        return Inferred("segmentation", "metadata", "listed as a label image")
    if is_label:
        return Inferred("color", "assumed", f"listed as a label image, but {dtype} holds no ids")
    if not integer:
        return Inferred("color", "assumed", "")
    if said_by := _name_of_ids(name, folders):
        return Inferred("segmentation", "name", f"because of the name {said_by!r}")
    if is_image:
        return Inferred("color", "assumed", is_image)
    if dtype.name in _UNLIKELY_IMAGES and not _words(name) & _VALUE_WORDS:
        return Inferred("segmentation", "assumed", f"images are hardly ever {dtype}")
    return Inferred("color", "assumed", "")


def _name_of_ids(name: str, folders: tuple[str, ...]) -> str:
    """Return the name that says that these are ids; empty where none does."""
    words = _words(name)
    if name.lower() in _EXACT_NAMES or (words & _ID_WORDS and not words & _VALUE_WORDS):
        return name
    if words & _VALUE_WORDS:
        return ""
    return next((one for one in reversed(folders) if one.lower() in _EXACT_NAMES), "")


def _words(name: str) -> set[str]:
    """Return the words of a name, also where capitals part them."""
    return {one.lower() for one in _WORD.findall(name)}


_ELEMENT_CLASSES = {"float32": "float", "float64": "double"}


def element_class(dtype: np.dtype[np.generic], category: Category) -> str:
    """WEBKNOSSOS's name of a data type; signed labels count as unsigned of the same width.

    The name is only descriptive where WEBKNOSSOS has no class for it (``bool``, ``float16``).
    """
    if category == "segmentation" and dtype.kind == "i":
        return f"uint{dtype.itemsize * 8}"
    return _ELEMENT_CLASSES.get(dtype.name, dtype.name)
