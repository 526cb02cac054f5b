"""Which volumes stand for each row of each table of `docs/formats.md`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.formats import dataset_cases, n5_cases, precomputed_cases, zarr_cases
from tests.formats.one_volume import Case


@dataclass(frozen=True, kw_only=True)
class Volume:
    """One volume of a row."""

    label: str
    """Which one of the row; empty where there is only one."""
    make: Callable[[], Case]


def _single(cases: dict[str, Callable[[], Case]]) -> dict[str, tuple[Volume, ...]]:
    return {row: (Volume(label="", make=make),) for row, make in cases.items()}


def _encodings() -> dict[str, tuple[Volume, ...]]:
    """Every type of one channel, and every number of channels of one type."""
    found = {}
    for row, (kinds, counts, make) in precomputed_cases.ENCODINGS.items():
        pairs = [*((kind, counts[0]) for kind in kinds), *((kinds[-1], n) for n in counts[1:])]
        found[row] = tuple(
            Volume(label=f"{kind} {count}", make=partial(make, kind, count))
            for kind, count in pairs
        )
    return found


VOLUMES: dict[str, dict[str, tuple[Volume, ...]]] = {
    "Formats": _single(dataset_cases.FORMATS),
    "Zarr v2: codecs": _single(zarr_cases.ZARR2_CODECS),
    "Zarr v3: codecs": _single(zarr_cases.ZARR3_CODECS),
    "Zarr v2: data types": _single(zarr_cases.ZARR2_TYPES),
    "Zarr v3: data types": _single(zarr_cases.ZARR3_TYPES),
    "Zarr: features": _single(zarr_cases.FEATURES),
    "Precomputed: encodings": _encodings(),
    "Precomputed: features": _single(precomputed_cases.FEATURES),
    "N5: compressions": _single(n5_cases.COMPRESSIONS),
    "N5: data types": _single(n5_cases.TYPES),
    "N5: blocks": _single(n5_cases.BLOCKS),
}
"""By the heading of the table, then by the row's name without its backticks."""


def plain_name(name: str) -> str:
    return name.replace("`", "")
