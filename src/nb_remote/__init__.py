"""Work with huge remote volumes in a notebook: detect, look, compute; never download.

>>> import nb_remote as nbr
>>> ds = nbr.open("https://example.org/image.zarr")  # doctest: +SKIP
>>> ds.view()  # doctest: +SKIP
"""

from importlib.metadata import version

from nb_remote import samples
from nb_remote.dataset import Dataset
from nb_remote.errors import (
    AccessDenied,
    BadMetadata,
    CorruptChunk,
    InvalidAddress,
    NbRemoteError,
    NotFound,
    NotRecognised,
    ServerFailed,
    Throttled,
    TimedOut,
    TooLarge,
    Unreachable,
    UnsupportedCodec,
)
from nb_remote.explore import open_dataset as open  # noqa: A004  (nbr.open is how it reads)
from nb_remote.layer import Layer

__version__ = version("nb-remote")

__all__ = [
    "AccessDenied",
    "BadMetadata",
    "CorruptChunk",
    "Dataset",
    "InvalidAddress",
    "Layer",
    "NbRemoteError",
    "NotFound",
    "NotRecognised",
    "ServerFailed",
    "Throttled",
    "TimedOut",
    "TooLarge",
    "Unreachable",
    "UnsupportedCodec",
    "open",
    "samples",
]
