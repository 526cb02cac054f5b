"""Requests in flight of the process: bounded for each host and in all, the most urgent next.

Stores that ask the same host share its bound. Within one priority they take turns, so that one
that reads without end does not keep another one waiting.
"""

import asyncio
from collections import OrderedDict, deque
from contextvars import ContextVar, Token
from types import TracebackType

from nb_remote.priority import Priority, current_urgency

MOST_IN_ALL = 256
"""Requests at once of this process, to whatever hosts: four hosts at their usual 64, and as many
descriptors as macOS gives a process."""

_here: dict[asyncio.AbstractEventLoop, "Turns"] = {}
"""By loop, because a child process starts anew with a loop of its own."""
_current: ContextVar["Turn | None"] = ContextVar("nb_remote_turn", default=None)


def process_turns() -> "Turns":
    """Return the turns that all stores on the running loop share."""
    loop = asyncio.get_running_loop()
    if loop not in _here:
        _here[loop] = Turns(MOST_IN_ALL)
    return _here[loop]


async def move_to(host: str) -> None:
    """Take the turn that the caller holds to another host: one that it was redirected to.

    A turn is held at one host at a time, so that hosts which send to each other never wait for
    each other. Without a turn nothing happens.
    """
    turn = _current.get()
    # Tasks that outlive a read have its context, but its turn no more.
    if turn is not None and turn.is_held and not turn.is_at(host):
        await turn.move_to(host)


class Share:
    """What one store takes of the turns. Used on the IO loop only.

    Parameters
    ----------
    most
        Turns that it may hold at one host. The host's bound is that of its most generous store.
    turns
        Where they are taken; None for those of the process.
    """

    __slots__ = ("_turns", "held", "most")

    def __init__(self, most: int, turns: "Turns | None" = None) -> None:
        self.most = most
        self.held = 0
        """Turns that it holds now."""
        self._turns = turns

    def turn(self, host: str) -> "Turn":
        """Return a turn at a host, to be held for an ``async with`` block."""
        return Turn(self, self._turns or process_turns(), host)


class Turn:
    """The right to have one request in flight."""

    __slots__ = ("_at", "_host", "_share", "_token", "_turns", "is_held")

    def __init__(self, share: Share, turns: "Turns", host: str) -> None:
        self._share = share
        self._turns = turns
        self._host = host
        self._at: _Host | None = None
        self._token: Token[Turn | None] | None = None
        self.is_held = False
        """Whether its block goes on."""

    async def __aenter__(self) -> None:
        at = self._turns.take_free(self._share, self._host)
        self._at = at or await self._turns.take(self._share, self._host)
        self._token = _current.set(self)
        self.is_held = True

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.is_held = False
        if self._token is not None:
            _current.reset(self._token)
        self._give_back()

    def is_at(self, host: str) -> bool:
        """Whether it is held at that host."""
        return self._at is not None and self._at.name == host

    async def move_to(self, host: str) -> None:
        """Give the turn back where it is held, and wait for one at another host."""
        self._give_back()
        self._at = await self._turns.take(self._share, host)

    def _give_back(self) -> None:
        at, self._at = self._at, None
        if at is not None:
            self._turns.give_back(self._share, at)


class Turns:
    """Turns at many hosts. Used on the IO loop only.

    Parameters
    ----------
    most
        Turns that can be held at once, at all hosts together.
    """

    def __init__(self, most: int) -> None:
        self.free = most
        """Turns nobody holds."""
        self._hosts: dict[str, _Host] = {}
        """Those where a turn is held or waited for."""
        self._waited_for: dict[str, _Host] = {}

    async def take(self, share: Share, name: str) -> "_Host":
        """Wait for a turn at a host."""
        host = self.take_free(share, name)
        if host is None:
            host = self._hosts[name]
            await self._wait(share, host)
        return host

    def take_free(self, share: Share, name: str) -> "_Host | None":
        """Take a turn at a host; None where it has to be waited for."""
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host(name)
        if share.most > host.most:
            host.most = share.most
            self._serve()
        # Whoever waits here has no room, else it would have been served before.
        if not self.free or not host.has_room(share):
            return None
        self.free -= 1
        host.start(share)
        return host

    def give_back(self, share: Share, host: "_Host") -> None:
        """Let somebody else have a turn that was taken."""
        self.free += 1
        host.stop(share)
        if self._waited_for:
            self._serve()
        if not host.held and host.name not in self._waited_for:
            self._hosts.pop(host.name, None)

    async def _wait(self, share: Share, host: "_Host") -> None:
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waited_for[host.name] = host
        urgency = current_urgency()
        place = _Place(host, share, granted)
        place.rise(urgency.priority)
        urgency.followers.add(place)
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():  # in the same moment: give it back
                self.give_back(share, host)
            raise
        finally:
            urgency.followers.discard(place)

    def _serve(self) -> None:
        """Grant all turns that can be granted, the most urgent first."""
        while self.free:
            best: tuple[tuple[Priority, int], Share, _Host] | None = None
            for host in tuple(self._waited_for.values()):
                first = host.first()
                if first is None:
                    if not host.is_waited_for:
                        self._forget(host)
                    continue
                priority, share = first
                # Hosts that answer slowly hold most turns: whoever holds few comes first.
                rank = (priority, host.held)
                if best is None or rank < best[0]:
                    best = (rank, share, host)
            if best is None:
                return
            (priority, _), share, host = best
            self.free -= 1
            host.start(share)
            host.grant(priority, share)

    def _forget(self, host: "_Host") -> None:
        del self._waited_for[host.name]
        if not host.held:
            self._hosts.pop(host.name, None)


class _Host:
    """Turns at one host: who holds them, and who waits."""

    __slots__ = ("_held_by", "_waiting", "held", "most", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.held = 0
        self.most = 0
        self._held_by: dict[Share, int] = {}
        self._waiting: dict[Priority, OrderedDict[Share, deque[asyncio.Future[None]]]] = {
            priority: OrderedDict() for priority in sorted(Priority)
        }

    @property
    def is_waited_for(self) -> bool:
        return any(self._waiting.values())

    def has_room(self, share: Share) -> bool:
        return self.held < self.most and self._held_by.get(share, 0) < share.most

    def start(self, share: Share) -> None:
        self.held += 1
        share.held += 1
        self._held_by[share] = self._held_by.get(share, 0) + 1

    def stop(self, share: Share) -> None:
        self.held -= 1
        share.held -= 1
        if self._held_by[share] == 1:
            del self._held_by[share]
        else:
            self._held_by[share] -= 1

    def queue(self, priority: Priority, share: Share, granted: "asyncio.Future[None]") -> None:
        self._waiting[priority].setdefault(share, deque()).append(granted)

    def first(self) -> tuple[Priority, Share] | None:
        """Return who is served next here; None where nobody waits or none has room."""
        for priority, stores in self._waiting.items():
            for share, queue in tuple(stores.items()):
                # Done are those who gave up, and the old places of those who rose.
                while queue and queue[0].done():
                    queue.popleft()
                if not queue:
                    del stores[share]
                elif self.has_room(share):
                    return priority, share
        return None

    def grant(self, priority: Priority, share: Share) -> None:
        """Grant the turn of whoever `first` said; the other stores come before its next."""
        stores = self._waiting[priority]
        stores[share].popleft().set_result(None)
        stores.move_to_end(share)


class _Place:
    """Somebody's place in the queues: whoever becomes more urgent queues once more."""

    def __init__(self, host: _Host, share: Share, granted: "asyncio.Future[None]") -> None:
        self._host = host
        self._share = share
        self._granted = granted

    def rise(self, priority: Priority) -> None:
        self._host.queue(priority, self._share, self._granted)
