"""Whether some voxels look like ids or like an image, where nothing else says what they are."""

from dataclasses import dataclass

import numpy as np

from nb_remote.chunks.decode import Block
from nb_remote.infer.category import Category
from nb_remote.infer.layer import InferredLayer

_FEWEST_PAIRS = 500
"""Neighbours that have to be compared before anything is said: a block of about 20 by 20."""
_ALIKE_IDS = 0.75
"""Neighbours within objects that are equal, at least: objects from about eight voxels across."""
_ALIKE_IMAGE = 0.3
"""Neighbours in an image that are equal, at most: photographs and micrographs of eight bits have 2
to 46 %, of more bits next to none. Objects of two voxels across, as coarse levels have, come down
to 40 %."""
_SMOOTH = 0.5
"""Step between unequal neighbours against that between any two voxels: in images it is small."""
_STAIRS = 0.9
"""Steps that lead to the next value there is: a smooth image of few grey values has hardly any
other, while objects that touch have any numbers."""
_FEW_VALUES = 8
"""Up to as many different values are classes, even where they follow each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texture:
    """What neighbouring voxels have to do with each other, background left out."""

    values: int
    """Different values, background counted."""
    pairs: int
    """Neighbours compared: at least one of the two is no background."""
    alike: float
    """Share of `pairs` that are equal."""
    step: float
    """Median difference of unequal neighbours, as a share of that of any two voxels."""
    stairs: float
    """Share of unequal neighbours whose values follow each other among those there are."""


def is_open(layer: InferredLayer) -> bool:
    """Whether nothing but voxels can say what a layer is.

    Integers of 8 bits are left out: nearly all of them are images, and masks of 8 bits have names.
    """
    return (
        layer.category.origin == "assumed"
        and layer.dtype.kind in "iu"
        and layer.dtype.itemsize > 1
        and len(layer.channels) == 1
        and not any(one.window or one.color for one in layer.found.channels)
        and layer.problem is None
    )


def texture_of(samples: Block) -> Texture:
    """Measure some voxels.

    Parameters
    ----------
    samples
        Integers of up to three dimensions, as they lie beside each other. The value that is most
        frequent counts as background.
    """
    block = np.squeeze(np.asarray(samples))
    values, flat, counts = np.unique(block, return_inverse=True, return_counts=True)
    ranks = flat.reshape(block.shape)
    background = int(np.argmax(counts))
    pairs = alike = 0
    steps: list[np.ndarray[tuple[int], np.dtype[np.intp]]] = []
    others: list[np.ndarray[tuple[int], np.dtype[np.intp]]] = []
    for axis in range(block.ndim):
        first = np.moveaxis(ranks, axis, 0)[:-1].ravel()
        second = np.moveaxis(ranks, axis, 0)[1:].ravel()
        same = first == second
        outside = same & (first == background)
        pairs += int(same.size - np.count_nonzero(outside))
        alike += int(np.count_nonzero(same & ~outside))
        touching = ~same & (first != background) & (second != background)
        steps.append(first[touching])
        others.append(second[touching])
    one, other = np.concatenate(steps or [flat[:0]]), np.concatenate(others or [flat[:0]])
    # As floats: differences of unsigned integers would wrap around.
    size = values.astype(np.float64)
    return Texture(
        values=len(values),
        pairs=pairs,
        alike=alike / pairs if pairs else 0.0,
        step=_relative_step(size[one], size[other]),
        stairs=float(np.mean(np.abs(one - other) == 1)) if one.size else 0.0,
    )


def _relative_step(
    one: np.ndarray[tuple[int], np.dtype[np.float64]],
    other: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> float:
    """Compare the steps with those to a voxel further on in the same list, which is anywhere."""
    if one.size < _FEWEST_PAIRS:
        return 1.0
    anywhere = np.abs(one - np.random.default_rng(0).permutation(other))
    usual = float(np.median(anywhere))
    return float(np.median(np.abs(one - other))) / usual if usual else 1.0


def looks_like(samples: Block) -> tuple[Category, str] | None:
    """Say what some voxels look like, and why.

    Returns
    -------
    tuple or None
        The category and the reason in words; None when these voxels don't tell, as where there is
        background alone.
    """
    if np.size(samples) < _FEWEST_PAIRS:
        return None
    found = texture_of(samples)
    if found.pairs < _FEWEST_PAIRS:
        return None
    share = f"{found.alike:.0%} of neighbouring voxels are equal"
    smooth = found.stairs > _STAIRS and found.values > _FEW_VALUES
    if found.alike >= _ALIKE_IDS and not smooth:
        return "segmentation", f"{share}, as within objects"
    if found.alike <= _ALIKE_IMAGE and found.step <= _SMOOTH and found.values > _FEW_VALUES:
        return "color", f"only {share}, and the others are close, as in images"
    return None
