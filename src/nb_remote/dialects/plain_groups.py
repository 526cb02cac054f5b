"""What consolidated metadata list below an address: OME-Zarr images, and arrays by themselves."""

from dataclasses import replace

from nb_remote.containers.base import StoredArray
from nb_remote.containers.nodes import ZarrNodes
from nb_remote.dialects.base import Found, FoundLayer
from nb_remote.dialects.ome_collections import MAX_IMAGES, Member, read_members
from nb_remote.dialects.ome_images import broken
from nb_remote.dialects.ome_metadata import is_multiscale, ome_attributes
from nb_remote.dialects.plain_array import array_layer
from nb_remote.errors import BadMetadata, Declined, NbRemoteError

MAX_ARRAYS = 32
"""Arrays of one group that become layers: more can't be told apart in one view."""
_MAX_DESCRIBED = 12
"""Arrays that are not drawn, but named in a note."""
_ENCODED = "encoding-type"
"""Attribute by which AnnData and SpatialData mark tables, data frames, matrices and shapes."""
_RANKS = ("a scalar", "1-D")


async def explore_group(nodes: ZarrNodes, name: str, key: str) -> Found | Declined:
    """Make a layer of every image and array that consolidated metadata list.

    Parameters
    ----------
    name
        The format's name.
    key
        The document that lists them.
    """
    images = [
        path
        for path, attributes in nodes.listed_groups().items()
        if is_multiscale(ome_attributes(attributes))
    ]
    images = [path for path in images if not any(_inside(path, other) for other in images)]
    arrays = [
        path for path in nodes.listed_arrays() if not any(_inside(path, one) for one in images)
    ]
    if not images and not arrays:
        return Declined(format=name, looked_at=(key,), reason=f"{key} lists no arrays")
    tables, arrays = _tables(nodes, arrays)
    layers, notes = await _arrays(nodes, arrays)
    notes += [
        f"not drawn: {name} (a table of {count} {_plural(count)})" for name, count in tables.items()
    ]
    members = [Member(path=path, title=path.replace("/", "-")) for path in images[:MAX_IMAGES]]
    if len(images) > MAX_IMAGES:
        notes.append(_first_of(MAX_IMAGES, "images", images))
    layers = [*await read_members(nodes, members), *layers]
    if not layers:
        reason = f"a group of arrays that are no volumes: {'; '.join(notes)}"
        return Declined(format=name, looked_at=(key,), reason=reason)
    first = next((n for n, one in enumerate(layers) if one.levels), 0)
    layers[first] = replace(layers[first], notes=(*notes, *layers[first].notes))
    return Found(format=name, layers=tuple(layers))


async def _arrays(nodes: ZarrNodes, paths: list[str]) -> tuple[list[FoundLayer], list[str]]:
    """Layers of the arrays that have x and y, and what is said of the others."""
    described: list[str] = []
    drawn: list[FoundLayer] = []
    left: list[str] = []
    for path in paths:
        if len(drawn) >= MAX_ARRAYS:
            left.append(path)
            continue
        one = await _array(nodes, path)
        rank = nodes.listed_rank(path)
        # Tables keep names and dates: what could never be drawn has not failed.
        if isinstance(one, BadMetadata) and rank is not None and rank < 2:
            described.append(f"{path} ({_RANKS[rank]}, no numbers)")
        elif isinstance(one, NbRemoteError):
            drawn.append(broken(nodes, path, path, one))
        elif len(one.shape) < 2:
            extent = f" of {one.shape[0]}" if one.shape else ""
            described.append(f"{path} ({_RANKS[len(one.shape)]}, {one.dtype}{extent})")
        else:
            attributes = nodes.listed_attributes(path)
            drawn.append(
                array_layer(one, name=path, data_format=nodes.data_format, attributes=attributes)
            )
    notes: list[str] = []
    if described:
        more = len(described) - _MAX_DESCRIBED
        rest = f" and {more} more" if more > 0 else ""
        notes.append(f"not drawn: {', '.join(described[:_MAX_DESCRIBED])}{rest}")
    if left:
        notes.append(_first_of(MAX_ARRAYS, "arrays", paths, left[0]))
    return drawn, notes


def _tables(nodes: ZarrNodes, paths: list[str]) -> tuple[dict[str, int], list[str]]:
    """Return the tables with the number of their arrays, and the arrays that belong to none."""
    groups = {path for path, one in nodes.listed_groups().items() if _ENCODED in _fields(one)}
    tables: dict[str, int] = {}
    others: list[str] = []
    for path in paths:
        above = [one for one in groups if _inside(path, one)]
        if above or _ENCODED in _fields(nodes.listed_attributes(path)):
            table = min(above, key=len, default="the group itself")
            tables[table] = tables.get(table, 0) + 1
        else:
            others.append(path)
    return tables, others


def _fields(attributes: object) -> dict[str, object]:
    return attributes if isinstance(attributes, dict) else {}


async def _array(nodes: ZarrNodes, path: str) -> StoredArray | NbRemoteError:
    try:
        return await nodes.array(path)
    except NbRemoteError as problem:
        return problem


def _plural(count: int) -> str:
    return "array" if count == 1 else "arrays"


def _inside(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")


def _first_of(count: int, what: str, paths: list[str], example: str = "") -> str:
    return (
        f"the first {count} of {len(paths)} {what} are shown; open others by their address, "
        f"for example …/{example or paths[count]}"
    )
