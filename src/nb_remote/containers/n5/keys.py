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
