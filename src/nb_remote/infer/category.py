"""Whether a layer is an image or a segmentation."""

from typing import Literal

import numpy as np

from nb_remote.infer.inferred import Inferred

Category = Literal["color", "segmentation"]

_SEGMENTATION_NAMES = ("segmentation", "labels")
"""Names that WEBKNOSSOS takes as a segmentation, too."""


def infer_category(
    name: str,
    dtype: np.dtype[np.generic],
    *,
    is_label: bool,
    stated: Category | None = None,
) -> Inferred[Category]:
    """Decide between image (``color``) and segmentation.

    Only integers can be a segmentation, whatever the metadata or the name say.
    """
    integer = dtype.kind in "iu"
    if stated == "segmentation" and not integer:
        return Inferred("color", "assumed", f"called a segmentation, but {dtype} holds no ids")
    if stated is not None:
        return Inferred(stated, "metadata", "")
    if is_label and integer:
        return Inferred("segmentation", "metadata", "listed as a label image")
    if is_label:
        return Inferred("color", "assumed", f"listed as a label image, but {dtype} holds no ids")
    if name.lower() in _SEGMENTATION_NAMES and integer:
        return Inferred("segmentation", "name", f"because of the name {name!r}")
    return Inferred("color", "assumed", "")


_ELEMENT_CLASSES = {"float32": "float", "float64": "double"}


def element_class(dtype: np.dtype[np.generic], category: Category) -> str:
    """WEBKNOSSOS's name of a data type; signed labels count as unsigned of the same width.

    The name is only descriptive where WEBKNOSSOS has no class for it (``bool``, ``float16``).
    """
    if category == "segmentation" and dtype.kind == "i":
        return f"uint{dtype.itemsize * 8}"
    return _ELEMENT_CLASSES.get(dtype.name, dtype.name)
