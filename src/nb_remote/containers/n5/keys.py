"""How N5 names blocks: a folder per axis, in the order of ``dimensions``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKeys:
    """``dataset/gx/gy/gz``. See `nb_remote.chunks.layout.KeyNames`."""

    prefix: str
    """Folder of the dataset with a trailing slash, or empty."""
    declared: bool = True
    """The names are certain: there is only one way to write them."""

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds block `index` (stored axis order)."""
        return self.prefix + "/".join(map(str, index))

    def other(self) -> "BlockKeys":
        """Return the names to try otherwise, which are the same."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKeys:
    """Datasets of one kind as an array with one axis more, the last: ``group/timepoint3/s0/gx/gy``.

    See `nb_remote.chunks.layout.KeyNames`.
    """

    prefix: str
    """Folder that the members lie in, with a trailing slash, or empty."""
    members: tuple[str, ...]
    """Folder of each place along the last axis, within `prefix`."""
    declared: bool = True
    """The names are certain: there is only one way to write them."""

    def key(self, index: tuple[int, ...]) -> str:
        """Name of the object that holds block `index` (stored axis order)."""
        *place, member = index
        return f"{self.prefix}{self.members[member]}/" + "/".join(map(str, place))

    def other(self) -> "MemberKeys":
        """Return the names to try otherwise, which are the same."""
        return self
