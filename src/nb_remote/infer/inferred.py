"""A value together with how it is known."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

T_co = TypeVar("T_co", covariant=True)

Origin = Literal["metadata", "name", "sampled", "assumed", "user"]


@dataclass(frozen=True, slots=True)
class Inferred(Generic[T_co]):
    """One inferred value."""

    value: T_co
    origin: Origin
    """``metadata``: the data say so. ``name``: read from a name. ``sampled``: measured on some of
    the data. ``assumed``: a default, as nothing says otherwise. ``user``: the person said so."""
    note: str = ""
    """What is worth knowing about how it came about; empty when nothing is."""
