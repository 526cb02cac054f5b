"""The ``transpose`` codec: a permutation of axes."""

from typing import cast

from nb_remote.containers.base import shortened
from nb_remote.errors import BadMetadata


def transposed(axes: tuple[int, ...], order: object, where: str) -> tuple[int, ...]:
    """Return which stored axis lies at each place after one more transposition.

    Parameters
    ----------
    axes
        The same before it.
    order
        As in the metadata: a permutation, or ``"C"`` or ``"F"`` as before the final specification.

    Raises
    ------
    BadMetadata
        It is no permutation of these axes.
    """
    if order == "C":
        return axes
    if order == "F":
        return axes[::-1]
    integers = isinstance(order, list) and all(type(n) is int for n in order)
    if not integers or sorted(cast("list[int]", order)) != list(range(len(axes))):
        raise BadMetadata(
            f"transpose needs a permutation of {len(axes)} axes, not {shortened(order)}",
            where=where,
            field="codecs",
        )
    return tuple(axes[n] for n in cast("list[int]", order))
