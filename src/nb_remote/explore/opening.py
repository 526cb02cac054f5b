"""From pasted addresses to a dataset: all are asked at the same time, and none stops another."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from nb_remote.arrays.source import Source
from nb_remote.dataset import Dataset
from nb_remote.datasource.model import DataSource
from nb_remote.errors import InvalidAddress, NbRemoteError
from nb_remote.explore.described import Described, explore_described, taken_apart
from nb_remote.explore.linked import explore_link
from nb_remote.explore.patience import Patience
from nb_remote.explore.recognise import Exploration
from nb_remote.explore.short_link import explore_or_follow
from nb_remote.infer.layer import BrokenLayer, InferredLayer
from nb_remote.location.given import GivenCredentials
from nb_remote.location.neuroglancer.granted import Granted, Opened, opened_addresses
from nb_remote.location.parse import Address
from nb_remote.recipe import Recipe, opened
from nb_remote.threads import run

_TOLD = 5
"""Layers whose reasons are told where nothing opens."""


def open_dataset(
    *addresses: Opened | DataSource,
    credentials: GivenCredentials = None,
    missing_on_403: bool | Sequence[bool] = False,
    trusted_hosts: Iterable[str] = (),
    timeout: float | None = None,
) -> Dataset:
    """Open remote volumes as one dataset. Reads metadata; voxels are streamed when asked for.

    Only where nothing else tells an image from a segmentation, one chunk of a coarse level is read.

    Parameters
    ----------
    *addresses
        Addresses of OME-Zarr images, Zarr v2 and v3 arrays, N5 containers, Neuroglancer
        precomputed volumes or WEBKNOSSOS datasets over ``https://``, ``http://``, ``s3://`` or
        ``gs://``. What people paste is understood: trailing slashes, a header file at the end
        (``…/.zattrs``), a format in front (``zarr://…``), a zip file (``….zip``,
        ``…|zip:folder/``), a page of a bucket's console. A `pathlib.Path` opens a folder or zip
        file of this machine; text never does. Several addresses give several layers.
        A link of Neuroglancer opens what it shows, as it shows it; so does the state of a viewer
        as JSON text or dict.
        A WEBKNOSSOS `DataSource`, its JSON as text or dict, or the address of its file
        (``….json``) opens the layers that it names.
    credentials
        `BasicAuth`, `BearerToken`, `HttpHeaders`, `S3Credentials` or `GcsCredentials`: one for all
        addresses that it fits, a list with one for each address (None for one without), or a dict
        by address; for what a link or a datasource names a dict by host,
        ``{"https://host": …, "gs://bucket": …}``, because data must not choose who gets a secret.
        Without credentials everything is read anonymously; keys that lie on this machine are only
        used by ``S3Credentials(profile=…)`` and the `default` of both.
    missing_on_403
        Take chunks that the server refuses (403) for missing, as S3 refuses what does not exist to
        whoever may not list the bucket. One for all addresses, or one for each. By default a
        refused chunk is an error. What could be read before has to stay readable, so that an
        expired login is not mistaken for empty data.
    trusted_hosts
        Hosts that the data may lead to (by redirects, or mags that lie elsewhere) although they are
        in a private network or on this machine, such as ``["minio.lab:9000"]``. They get no
        credentials. Public hosts need not be named.
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
    patience = Patience.of(timeout, trusted_hosts)
    each = [missing_on_403] * len(addresses) if isinstance(missing_on_403, bool) else missing_on_403
    if len(each) != len(addresses):
        raise TypeError(f"missing_on_403 has {len(each)} values for {len(addresses)} addresses")
    bounds = [
        replace(patience, limits=replace(patience.limits, missing_on_403=missing))
        for missing in each
    ]
    given = credentials
    described, credentials, granted = taken_apart(addresses, credentials)
    others = [one for one, document in zip(addresses, described, strict=True) if document is None]
    parsed = iter(opened_addresses(cast("Sequence[Opened]", others), credentials))
    asked = [
        (document or next(parsed), bound) for document, bound in zip(described, bounds, strict=True)
    ]
    meant = [
        (None, None)
        if isinstance(one, Described) or one.link is not None
        else (one.location, one.credentials)
        for one, _ in asked
    ]
    recipe = opened(
        addresses,
        meant,
        given,
        missing_on_403=missing_on_403,
        trusted_hosts=sorted(patience.limits.trusted_hosts),
        timeout=timeout,
    )
    return _assemble(run(_explore_all(asked, granted)), recipe)


async def _explore_all(
    asked: Sequence[tuple[Address | Described, Patience]], granted: Granted
) -> list[Exploration | NbRemoteError]:
    return await asyncio.gather(*(_explore_one(one, patience, granted) for one, patience in asked))


async def _explore_one(
    address: Address | Described, patience: Patience, granted: Granted
) -> Exploration | NbRemoteError:
    if isinstance(address, Described):
        return await explore_described(address, granted, patience)
    if address.link is not None:
        try:
            return await explore_link(address.link.link, address.link.granted, patience)
        except NbRemoteError as error:
            return error
    source = Source(address.location, address.credentials, patience.limits, granted=granted)
    found = await explore_or_follow(source, patience)
    if isinstance(found, NbRemoteError):
        await source.close()  # nobody will ask it anything again
    return found


def _assemble(explored: list[Exploration | NbRemoteError], recipe: Recipe) -> Dataset:
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
        raise failures[0] if failures else _most_telling(broken)
    names = {one.dataset_name for one in explored if isinstance(one, Exploration)}
    # One dataset keeps its name; several together are a new one.
    name = names.pop() if len(names) == 1 else ""
    return Dataset(tuple(found), tuple(broken), tuple(failures), name, recipe)


def _most_telling(broken: list[BrokenLayer]) -> NbRemoteError:
    """Return why the first layer failed that was asked for, and what is wrong with the others."""
    # What was asked says more than what was never an address of voxels.
    first, *others = sorted(broken, key=lambda one: isinstance(one.problem, InvalidAddress))
    problem = first.problem.alone()
    if others:
        said = ", ".join(f"{one.name} ({one.problem.text})" for one in others[:_TOLD])
        more = f" and {len(others) - _TOLD} more" if len(others) > _TOLD else ""
        hint = f"{problem.hint} No other layer can be read either: {said}{more}."
        problem.hint = hint.strip()
    return problem
