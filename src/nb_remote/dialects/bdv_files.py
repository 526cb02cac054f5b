"""Where BigDataViewer's XML files lie, and where they say that the images do."""

from dataclasses import replace
from typing import NoReturn

from nb_remote.dialects.base import Documents, Moved
from nb_remote.dialects.bdv_project import MOST_BYTES, BdvProject, parse_project
from nb_remote.errors import BadMetadata, NbRemoteError, NotRecognised
from nb_remote.location.location import Location
from nb_remote.location.nearby import above, below, names_between
from nb_remote.store.base import Store
from nb_remote.threads import in_decode_pool

_ENDING = ".xml"
N5_LOADERS = ("bdv.n5", "bdv.n5.s3")
"""In a folder, and in a bucket."""
ZARR_LOADERS = (
    "bdv.multimg.zarr",
    "bdv.ome.zarr",
    "bdv.zarr",
    "ome.zarr",
    "bdv.ome.zarr.s3",
    "ome.zarr.s3",
)
"""A container of OME-Zarr images, and one such image; the last ones are MoBIE's."""
_IN_BUCKET = ".s3"
_TRY = "Give the address of the container with the images, for example …/dataset.n5."


def is_project_file(location: Location) -> bool:
    """Whether an address is that of an XML file; those in zip files are read beside containers."""
    return location.path.lower().endswith(_ENDING) and location.zip_path is None


async def follow_project(store: Store) -> None:
    """Read the file at the location itself, and go where it says that the images are.

    Returns when there is no such file.

    Raises
    ------
    Moved
        Always when it is a BigDataViewer file that names a container.
    NotRecognised
        It is other XML, or its images are in no format that is read.
    """
    where = store.location.display()
    raw = await store.get("", limit=MOST_BYTES)
    if raw is None:
        return
    project = await in_decode_pool(parse_project, raw, where=where)
    if project is None:
        raise NotRecognised(
            "this is an XML file, but none of BigDataViewer's", where=where, hint=_TRY
        )
    target, path = _target(project, store.location)
    raise Moved(
        "the images of this BigDataViewer file lie at an address that can't be read",
        target=target,
        path=path,
        about=project,
        where=where,
        hint=_TRY,
    )


async def project_beside(
    documents: Documents, *, up: int = 0
) -> tuple[BdvProject | None, list[str]]:
    """Read the file beside a container, which has its name; and say what is wrong with it.

    Parameters
    ----------
    up
        How many folders above the address the container is.
    """
    higher = documents.above() if documents.above is not None else None
    names = names_between(higher.location, documents.store.location) if higher is not None else ()
    if higher is None or len(names) <= up:
        return None, []
    *folders, container = names[: len(names) - up]
    stem = container.rpartition(".")[0] or container
    key = "/".join([*folders, f"{stem}{_ENDING}"])
    where = higher.location.display(key)
    try:
        raw = await higher.get(key, limit=MOST_BYTES)
        if raw is None:
            return None, []
        project = await in_decode_pool(parse_project, raw, where=where)
    except BadMetadata as error:
        return None, [f"{stem}{_ENDING} beside it is not used: {error.text}"]
    except NbRemoteError:
        return None, []
    if project is None or container not in (_last(path) for _, path in project.paths):
        return None, []
    return project, []


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _target(project: BdvProject, file: Location) -> tuple[str, str | None]:
    """Address of the container, and its path from the file's folder where it lies in there."""
    path = _said(project)
    if "://" in path:
        return path, None
    if path.startswith("/") or "\\" in path or project.base.startswith("/"):
        raise NotRecognised(
            "this BigDataViewer file names a folder on its writer's machine",
            where=project.file,
            hint=_TRY,
        )
    top, names = above(file, len(file.display()))
    folder = list(names[:-1])
    steps = [*folder]
    for step in f"{project.base}/{path}".split("/"):
        if step == ".." and steps:
            steps.pop()
        elif step == "..":
            raise BadMetadata("the path of the images leaves the host", where=project.file)
        elif step not in ("", "."):
            steps.append(step)
    inside = steps[: len(folder)] == folder and len(steps) > len(folder)
    address = below(replace(top, query=""), "/".join(steps)).display()
    return address, "/".join(steps[len(folder) :]) if inside else None


def _said(project: BdvProject) -> str:
    """Path or address of the container, as the file says it."""
    said = dict(project.paths)
    if project.loader.endswith(_IN_BUCKET):
        parts = [said.get(key, "").strip("/") for key in ("ServiceEndpoint", "BucketName", "Key")]
        path = "/".join(parts) if all(parts) else ""
    else:
        path = said.get("n5" if project.loader == N5_LOADERS[0] else "zarr", "")
        if path and said.get("s3bucket"):
            path = f"s3://{said['s3bucket'].strip('/')}/{path.strip('/')}"
    if not path or project.loader not in (*N5_LOADERS, *ZARR_LOADERS):
        _refuse(project)
    return path


def _refuse(project: BdvProject) -> NoReturn:
    raise NotRecognised(
        f"this BigDataViewer file keeps its images in {project.loader or 'a format without name'}, "
        "which is not read",
        where=project.file,
        hint="Files in bdv.n5 and OME-Zarr are: BigStitcher and BigDataViewer resave as them.",
    )
