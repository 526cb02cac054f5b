"""Directories of zip files, and files in them."""

import asyncio
import io
import zipfile
from dataclasses import dataclass, replace
from random import Random

from nb_remote.errors import NbRemoteError
from nb_remote.store.limits import StoreLimits
from nb_remote.store.zipped import ZippedStore
from tests.fuzz.mutations import spoiled_bytes
from tests.fuzz.target import Target, require
from tests.fuzz.targets.chunks import Objects
from tests.fuzz.targets.decoding import pixels

_LIMIT = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A zip file, and the name of a file in it."""

    data: bytes
    name: str
    start: int = 0
    stop: int = 1


def make(random: Random, prepared: list[Archive]) -> Archive:
    """Spoil the file, more at its end, where the directory lies."""
    one = random.choice(prepared)
    half = random.choice([0, len(one.data) // 2, max(0, len(one.data) - 300)])
    data = one.data[:half] + spoiled_bytes(random, one.data[half:], [two.data for two in prepared])
    start, stop = sorted(random.sample(range(500), 2))
    return replace(one, data=data, start=start, stop=stop)


def check(case: Archive) -> None:
    """Files are read within their limit, ranges are exact, and names are names."""
    asyncio.run(_read(case))


async def _read(case: Archive) -> None:
    store = ZippedStore(Objects({"": case.data}), Objects.location, StoreLimits(), lambda: False)
    names = await store.names("")
    for name in names or ():
        require(name.strip("/") not in ("", ".", ".."), f"{name!r} is no name")
    part = whole = None
    try:
        part = await store.get_range(case.name, case.start, case.stop)
    finally:
        whole = await store.get(case.name, limit=_LIMIT)
    require(whole is None or len(whole) <= _LIMIT, "more than the limit")
    if part is not None:
        require(len(part) == case.stop - case.start, f"{len(part)} bytes of a range")
        require(whole is not None and part == whole[case.start : case.stop], "another part")


def _written(method: int, *, large: bool = False, comment: bytes = b"") -> list[Archive]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        file.writestr("a/", b"")
        for name in ("zarr.json", "a/0.0", "a/\u00e9"):
            with file.open(name, "w", force_zip64=large) as entry:
                entry.write(pixels(900, seed=len(name)))
        file.writestr("bomb", bytes(2**20))
        file.comment = comment
    names = ("zarr.json", "a/0.0", "a/\u00e9", "bomb", "missing")
    return [Archive(data=out.getvalue(), name=name) for name in names]


def _archives() -> list[Archive]:
    return [
        *_written(zipfile.ZIP_DEFLATED),
        *_written(zipfile.ZIP_DEFLATED, large=True, comment=b"a comment"),
    ]


ARCHIVES: tuple[Target, ...] = (
    Target(
        name="zip",
        prepare=_archives,
        make=make,
        check=check,
        refusals=(NbRemoteError,),
        share=3,
    ),
)
