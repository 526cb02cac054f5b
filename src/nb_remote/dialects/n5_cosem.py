"""COSEM's ``transform``, as OpenOrganelle writes it beside the levels and into ``multiscales``.

Schema: https://github.com/janelia-cellmap/cellmap-schemas (multiscale/cosem.py). Its lists run
against ``dimensions`` (z first), unless ``order`` is ``F``; ``translate`` is the centre of the
first voxel.
"""

from dataclasses import dataclass
from typing import cast

from nb_remote.dialects.n5_values import Json, Numbers, numbers, positive, usable_names
from nb_remote.dialects.values import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """Where a level lies, axes in the order of ``dimensions``."""

    axes: tuple[str, ...] | None
    """Names, or None where they don't tell x from y."""
    units: tuple[str, ...]
    scale: Numbers
    translation: Numbers | None
    """Centre of the first voxel."""


def parse_transform(value: object, ndim: int) -> Transform | None:
    """Translate a ``transform``; None where it is none for an array of `ndim` axes."""
    if not isinstance(value, dict):
        return None
    meta = cast("Json", value)
    step = 1 if meta.get("order") == "F" else -1
    scale = positive(meta.get("scale"))
    if scale is None or len(scale) != ndim:
        return None
    translate = numbers(meta.get("translate"))
    if translate is not None and len(translate) != ndim:
        translate = None
    names, units = _texts(meta.get("axes")), _texts(meta.get("units"))
    return Transform(
        axes=usable_names(names[::step], ndim),
        units=tuple(units[::step]),
        scale=scale[::step],
        translation=None if translate is None else translate[::step],
    )


def _texts(value: object) -> list[str]:
    return [shown(one) for one in value] if isinstance(value, list) else []
