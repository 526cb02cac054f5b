"""From pasted addresses to a dataset: all are asked at the same time, and none stops another."""

import asyncio
from os import PathLike

from nb_remote.arrays.source import Source
from nb_remote.dataset import Dataset
from nb_remote.errors import NbRemoteError
from nb_remote.explore.patience import Patience, explore_within
from nb_remote.explore.recognise import Exploration
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.location.given import GivenCredentials, addresses_of
from nb_remote.location.parse import Address
from nb_remote.threads import run


def open_dataset(
    *addresses: str | PathLike[str],
    credentials: GivenCredentials = None,
    timeout: float | None = None,
) -> Dataset:
    """Open remote volumes as one dataset. Reads metadata only; voxels are streamed when asked for.

    Parameters
    ----------
    *addresses
        Addresses of OME-Zarr images, Zarr v2 and v3 arrays, N5 containers, Neuroglancer
        precomputed volumes or WEBKNOSSOS datasets over ``https://``, ``http://`` or ``s3://``.
        What people paste is understood: trailing slashes, a header file at the end
        (``…/.zattrs``), a format in front (``zarr://…``), a zip file (``….zip``,
        ``…|zip:folder/``), a page of a bucket's console. A `pathlib.Path` opens a folder or zip
        file of this machine; text never does. Several addresses give several layers.
    credentials
        `BasicAuth`, `BearerToken`, `HttpHeaders` or `S3Credentials`: one for all addresses that it
        fits, a list with one for each address (None for one without), or a dict by address.
        Without credentials everything is read anonymously; keys that lie on this machine are only
        used by `S3Credentials.default` or ``S3Credentials(profile=…)``.
    timeout
        Seconds until a server that does not answer is given up; by default 8 without a byte.

    Returns
    -------
    Dataset
        Shows itself as a table in which every value carries its origin. With several addresses, one
        that fails is listed in `Dataset.failures` and the others are opened all the same.

    Raises
    ------
    InvalidAddress
        The text is not an address that can be read.
    NotRecognised
        Something answers, but it is no volume that is known; says per format why.
    NotFound, AccessDenied, Unreachable, TimedOut, ServerFailed
        The server's answer.
    BadMetadata
        It is a known format, but its metadata can't be used.

    Notes
    -----
    OME-Zarr: https://ngff.openmicroscopy.org/0.5/, Zarr v2:
    https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html
    """
    if not addresses:
        raise TypeError("give at least one address, for example nb_remote.open('https://…')")
    parsed = addresses_of(addresses, credentials)
    patience = Patience.of(timeout)
    return _assemble(run(_explore_all(parsed, patience)))


async def _explore_all(
    addresses: list[Address], patience: Patience
) -> list[Exploration | NbRemoteError]:
    sources = [Source(one.location, one.credentials, patience.limits) for one in addresses]
    return await asyncio.gather(*(explore_within(one, patience.deadline_s) for one in sources))


def _assemble(explored: list[Exploration | NbRemoteError]) -> Dataset:
    """Make one dataset of what was found; fails only when nothing at all can be used."""
    found: list[tuple[InferredLayer, Source]] = []
    broken: list[BrokenLayer] = []
    failures: list[NbRemoteError] = []
    for one in explored:
        if isinstance(one, NbRemoteError):
            failures.append(one)
            continue
        for layer in one.layers:
            if isinstance(layer, BrokenLayer):
                broken.append(layer)
            else:
                found.append((layer, one.source))
    if not found:
        raise [*failures, *(one.problem for one in broken)][0]
    names = {one.dataset_name for one in explored if isinstance(one, Exploration)}
    # One dataset keeps its name; several together are a new one.
    name = names.pop() if len(names) == 1 else ""
    return Dataset(tuple(found), tuple(broken), tuple(failures), name)
