"""Neighbouring ranges of one object that are wanted at the same moment become one request."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

from nb_remote.errors import CorruptChunk
from nb_remote.priority import Urgency, context_of, current_urgency
from nb_remote.store.base import Store

MAX_GAP_BYTES = 256 * 2**10
"""Unwanted bytes between two ranges that are read along: at 10 MB/s they take 26 ms, about the
30 ms that another round trip takes to a store on the same continent."""
MAX_MERGED_BYTES = 4 * 2**20
"""Largest merged request: a 64th of the store's 256 MiB in flight, so that 64 can run at once."""


@dataclass(slots=True, eq=False)
class _Want:
    start: int
    stop: int
    answer: "asyncio.Future[bytes | None]"
    urgency: Urgency


@dataclass(slots=True)
class _Group:
    start: int
    stop: int
    wants: list[_Want] = field(default_factory=list)


class RangeMerger:
    """Collects ranges until the loop's next turn. Used on the IO loop only.

    All chunks of one read that wait for the same index wake in one turn of the loop, so no time
    passes for collecting; ranges that come later are requests of their own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, list[_Want]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def get(self, key: str, start: int, stop: int) -> bytes | None:
        """Return the bytes ``start:stop`` of the object, or None where it does not exist."""
        loop = asyncio.get_running_loop()
        want = _Want(start, stop, loop.create_future(), current_urgency())
        if key not in self._waiting:
            self._waiting[key] = []
            loop.call_soon(self._flush, key)
        self._waiting[key].append(want)
        return await want.answer

    def _flush(self, key: str) -> None:
        wants = [one for one in self._waiting.pop(key) if not one.answer.done()]
        for group in _grouped(wants):
            self._begin(key, group)

    def _begin(self, key: str, group: _Group) -> None:
        # As urgent as the most urgent who waits for it, also when one becomes more urgent later.
        urgency = Urgency(min(want.urgency.priority for want in group.wants))
        task = asyncio.get_running_loop().create_task(
            self._read(key, group), context=context_of(urgency)
        )
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        abandon = partial(_abandon, group, task)
        for want in group.wants:
            want.urgency.followers.add(urgency)
            want.answer.add_done_callback(abandon)
            want.answer.add_done_callback(partial(_unfollow, want.urgency, urgency))

    async def _read(self, key: str, group: _Group) -> None:
        try:
            whole = await self._store.get_range(key, group.start, group.stop)
        except CorruptChunk as error:
            if len(group.wants) == 1:
                _fail(group, error)
            else:
                # One range beyond the end must not take its neighbours along. Each is a request
                # of its own now, which ends when the one who asked leaves.
                for want in group.wants:
                    if not want.answer.done():
                        self._begin(key, _Group(want.start, want.stop, [want]))
            return
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits
            _fail(group, error)
            return
        for want in group.wants:
            if not want.answer.done():
                part = slice(want.start - group.start, want.stop - group.start)
                want.answer.set_result(None if whole is None else whole[part])


def _grouped(wants: list[_Want]) -> list[_Group]:
    groups: list[_Group] = []
    for want in sorted(wants, key=lambda one: (one.start, one.stop)):
        last = groups[-1] if groups else None
        if (
            last is not None
            and want.start - last.stop <= MAX_GAP_BYTES
            and max(want.stop, last.stop) - last.start <= MAX_MERGED_BYTES
        ):
            last.stop = max(last.stop, want.stop)
            last.wants.append(want)
        else:
            groups.append(_Group(want.start, want.stop, [want]))
    return groups


def _fail(group: _Group, error: Exception) -> None:
    for want in group.wants:
        if not want.answer.done():
            want.answer.set_exception(error)


def _abandon(group: _Group, task: "asyncio.Task[None]", _: "asyncio.Future[bytes | None]") -> None:
    """End a request for which nobody waits any more."""
    if all(want.answer.cancelled() for want in group.wants):
        task.cancel()


def _unfollow(asker: Urgency, request: Urgency, _: "asyncio.Future[bytes | None]") -> None:
    asker.followers.discard(request)
