"""Files of this machine: what a person passed as a path, read by a few threads."""

import errno
import heapq
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from nb_remote.errors import AccessDenied, CorruptChunk, NbRemoteError, NotFound, Unreachable
from nb_remote.location.local import local_path
from nb_remote.location.location import Location
from nb_remote.location.relative import require_inside
from nb_remote.store.answers import too_short
from nb_remote.store.base import MOST_NAMES, PrivateStore
from nb_remote.store.body import too_large
from nb_remote.store.budget import ByteBudget
from nb_remote.store.limits import StoreLimits
from nb_remote.store.meter import Meter
from nb_remote.threads import in_file_pool

T = TypeVar("T")

# Nothing of that name can exist there: as good as a 404.
_MISSING = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL}
# What another moment may bring: too many open files, a server of files that changed or is busy.
_PASSING = {errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ESTALE, errno.EBUSY}
# Without O_NONBLOCK, opening a named pipe waits until somebody writes into it.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
# Entries of a folder that are looked at: a folder of chunks may hold millions.
_MOST_ENTRIES = 100 * MOST_NAMES


class LocalStore(PrivateStore):
    """Read-only files below a folder of this machine, or one file. Writes nothing.

    The location is the person's own, so symbolic links in it are followed wherever they lead.
    Keys come from data and never leave the folder by themselves (`require_inside`).

    Parameters
    ----------
    location
        Made by `location_of_path`; the empty key means the location itself, where it is a file.
    meter
        Counts every read as a request.
    """

    def __init__(
        self, location: Location, *, limits: StoreLimits | None = None, meter: Meter | None = None
    ) -> None:
        super().__init__(location)
        self.meter = meter or Meter()
        self.ranges_ignored = False
        """Never: a file is read where it is asked for."""
        self.server: str | None = None
        """There is none."""
        self._path = local_path(location)
        limits = limits or StoreLimits()
        self._budget = ByteBudget(limits.bytes_in_flight)
        self._fair_share = limits.bytes_in_flight // limits.in_flight
        self._closed = False

    async def get(self, key: str, *, limit: int) -> bytes | None:
        """Return the whole file, or None where it does not exist."""

        def part(size: int, where: str) -> tuple[int, int]:
            if size > limit:
                raise too_large(size, limit, where)
            return 0, size

        return await self._read(key, part, min(limit, self._fair_share))

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """Return exactly the bytes ``start:stop``, or None where the file does not exist."""
        if not 0 <= start < stop:
            raise ValueError(f"not a range of bytes: {start} to {stop}")

        def part(size: int, where: str) -> tuple[int, int]:
            if size < stop:
                raise CorruptChunk(
                    f"the file has {size} bytes, but bytes {start} to {stop} were asked for",
                    where=where,
                )
            return start, stop

        return await self._read(key, part, stop - start)

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        """Return exactly the last `length` bytes, or None where the file does not exist."""
        if length <= 0:
            raise ValueError(f"not a range of bytes: the last {length}")

        def part(size: int, where: str) -> tuple[int, int]:
            if size < length:
                raise too_short(size, length, where)
            return size - length, size

        return await self._read(key, part, length)

    async def names(self, folder: str) -> tuple[str, ...] | None:
        """Return what lies directly in a folder, hidden files too; nothing where there is none."""
        where = self._checked(folder)
        return await self._counted(where, lambda: _names(self._file(folder))) or ()

    async def close(self) -> None:
        """Read no more; there is nothing to let go of."""
        self._closed = True

    async def _read(
        self, key: str, part: Callable[[int, str], tuple[int, int]], size: int
    ) -> bytes | None:
        where = self._checked(key)
        async with self._budget.reserve(size):
            body = await self._counted(where, lambda: _read(self._file(key), part, where))
        if body is None:
            self.meter.missed()
        else:
            self.meter.received(len(body))
        return body

    async def _counted(self, where: str, work: Callable[[], T | None]) -> T | None:
        """Do the work in a thread; None means that nothing of that name exists."""

        def attempt() -> T | None:
            try:
                found = _unless_missing(work)
                if found is None:
                    self._require_location()
            except OSError as problem:
                if isinstance(problem, NbRemoteError):
                    raise
                raise _typed(problem, where) from None
            return found

        self.meter.began()
        self.meter.sent()
        try:
            return await in_file_pool(attempt)
        except NbRemoteError:
            self.meter.failed()
            raise
        finally:
            self.meter.ended()

    def _checked(self, key: str) -> str:
        if self._closed:
            raise RuntimeError("this store is closed")
        where = self.location.display(key)
        require_inside(key, where=where)
        return where

    def _file(self, key: str) -> str:
        # Joined as text: on Windows a key such as "C:/x" would replace the whole path otherwise.
        return f"{self._path}/{key}" if key else str(self._path)

    def _require_location(self) -> None:
        """Tell a missing file from a missing folder: a drive may have been taken away."""
        if self._path.is_dir():
            return
        where = self.location.display()
        if self._path.exists():
            raise NotFound(
                "this is a file, neither the folder of a volume nor a zip file",
                where=where,
                hint="Give the folder that holds the volume's metadata, or a .zip file.",
            )
        near = next(one for one in (*self._path.parents, Path()) if one.exists())
        raise NotFound(
            "there is no such folder or file", where=where, hint=f"There is {str(near)!r}."
        )


def _unless_missing(work: Callable[[], T | None]) -> T | None:
    try:
        return work()
    except NbRemoteError:
        raise
    except ValueError:  # a name with a null byte is no name at all
        return None
    except OSError as problem:
        if problem.errno not in _MISSING:
            raise
        return None


@contextmanager
def _opened(file: str) -> Iterator[tuple[int, int]]:
    """Open a regular file for the block, and give its descriptor and size; else `OSError`."""
    descriptor = os.open(file, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, "not a file")
        yield descriptor, status.st_size
    finally:
        os.close(descriptor)


def _read(file: str, part: Callable[[int, str], tuple[int, int]], where: str) -> bytes:
    with _opened(file) as (descriptor, size):
        start, stop = part(size, where)
        os.lseek(descriptor, start, os.SEEK_SET)
        pieces: list[bytes] = []
        missing = stop - start
        while missing:
            piece = os.read(descriptor, missing)
            if not piece:
                text = f"the file ended {missing} bytes early while it was read"
                raise CorruptChunk(text, where=where, hint="Is somebody writing it?")
            pieces.append(piece)
            missing -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _names(folder: str) -> tuple[str, ...]:
    above = f"{os.path.realpath(folder)}{os.sep}"
    with os.scandir(folder) as entries:
        found = (
            f"{one.name}/" if _is_folder(one) else one.name
            for one in islice(entries, _MOST_ENTRIES)
            if not _leads_up(one, above)
        )
        return tuple(heapq.nsmallest(MOST_NAMES, found))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself, or to where nothing may be looked at
        return False


def _leads_up(entry: "os.DirEntry[str]", above: str) -> bool:
    """Whether this is a link to a folder that it lies in: all there would be found once more."""
    return entry.is_symlink() and above.startswith(f"{os.path.realpath(entry.path)}{os.sep}")


def _typed(problem: OSError, where: str) -> NbRemoteError:
    if problem.errno in (errno.EACCES, errno.EPERM):
        return AccessDenied(
            "this machine does not let you read the file",
            where=where,
            hint="Check the permissions of the file and of the folders above it.",
        )
    said = os.strerror(problem.errno) if problem.errno else type(problem).__name__
    error = Unreachable(
        f"the file can't be read: {said}", where=where, hint="Check the disk or network drive."
    )
    return error.as_transient() if problem.errno in _PASSING else error
