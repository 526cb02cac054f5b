"""Work with huge remote volumes in a notebook: detect, look, compute; never download.

>>> import nb_remote as nbr
>>> ds = nbr.open("https://example.org/image.zarr")  # doctest: +SKIP
>>> ds.view()  # doctest: +SKIP
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from nb_remote import samples
from nb_remote.dataset import Dataset
from nb_remote.datasource.model import DataSource
from nb_remote.datasource.neuroglancer.exported import NeuroglancerState
from nb_remote.datasource.problems import BadDatasource
from nb_remote.diagnosis import Diagnosis, diagnose
from nb_remote.errors import (
    AccessDenied,
    BadCredentials,
    BadMetadata,
    CorruptChunk,
    InvalidAddress,
    InvalidCorrection,
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
from nb_remote.location.credentials import BasicAuth, BearerToken, HttpHeaders
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.provided import ProvidedCredentials, register_credentials
from nb_remote.location.s3_credentials import S3Credentials

if TYPE_CHECKING:
    from nb_remote.form.widget import AddRemoteDataset

__version__ = version("nb-remote")

__all__ = [
    "AccessDenied",
    "AddRemoteDataset",
    "BadCredentials",
    "BadDatasource",
    "BadMetadata",
    "BasicAuth",
    "BearerToken",
    "CorruptChunk",
    "DataSource",
    "Dataset",
    "Diagnosis",
    "GcsCredentials",
    "HttpHeaders",
    "InvalidAddress",
    "InvalidCorrection",
    "Layer",
    "NbRemoteError",
    "NeuroglancerState",
    "NotFound",
    "NotRecognised",
    "ProvidedCredentials",
    "S3Credentials",
    "ServerFailed",
    "Throttled",
    "TimedOut",
    "TooLarge",
    "Unreachable",
    "UnsupportedCodec",
    "diagnose",
    "open",
    "register_credentials",
    "samples",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (a module may hold anything)
    """Import the form when it is asked for: the command line needs no widgets."""
    if name == "AddRemoteDataset":
        from nb_remote.form.widget import AddRemoteDataset  # noqa: PLC0415  (that is the point)

        return AddRemoteDataset
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
