"""What one page view wants and was sent."""

from collections.abc import Awaitable
from dataclasses import dataclass

from nb_remote.errors import NbRemoteError
from nb_remote.tiles.address import Want
from nb_remote.tiles.encode import EncodedTile
from nb_remote.tiles.made import TileMaker
from nb_remote.tiles.schedule import Purpose, TileScheduler
from nb_remote.widget.outbox import Finished, Outbox
from nb_remote.widget.protocol import ViewMessage


@dataclass(slots=True)
class Tally:
    """What was done for the views of one widget. Changed on the IO loop only."""

    sent: int = 0
    ahead: int = 0
    used: int = 0
    cancelled: int = 0


class Session:
    """One view of a widget, from its first want-list to its close. Runs on the IO loop only.

    Parameters
    ----------
    view
        The page's name of the view.
    maker
        Reads tiles.
    outbox
        Where finished ones go.
    tally
        Where they are counted.
    """

    def __init__(self, view: str, maker: TileMaker, outbox: Outbox, tally: Tally) -> None:
        self._view = view
        self._maker = maker
        self._outbox = outbox
        self._tally = tally
        self._scheduler = TileScheduler(self._make, maker.chunks, self._finished)
        self._steps = 0
        """Lists in a row that went through slices."""
        self._queued: set[Want] = set()
        self._sent: dict[Want, int] = {}
        self._used = 0
        self.generation = 0
        self.seq = 0

    @property
    def pending(self) -> int:
        """Tiles being read, waiting to be, or not sent yet."""
        return self._scheduler.pending + len(self._queued)

    def replace(self, message: ViewMessage) -> None:
        """Take a new want-list.

        What is on its way to the page is not read again, unless it says that it may be lost.
        """
        self.generation = message.generation
        self._tally.used += max(0, message.used - self._used)
        self._used = message.used
        keep = frozenset(message.wants)
        self._tally.cancelled += self._outbox.drop(self._view, keep)
        self._queued &= keep
        if message.again:
            self._sent.clear()
        else:
            self._sent = {want: seq for want, seq in self._sent.items() if seq > message.seen}
        self._steps = self._steps + 1 if message.warm else 0
        dropped = self._scheduler.cancelled
        self._scheduler.replace(
            self._not_under_way(message.wants[: message.visible]),
            self._not_under_way(message.wants[message.visible :]),
            [want for want in message.warm if not self._maker.has(want)],
        )
        self._tally.cancelled += self._scheduler.cancelled - dropped

    def next_seq(self, batch: list[Finished]) -> int:
        """Number the next tiles message and remember what is in it."""
        self.seq += 1
        for one in batch:
            self._queued.discard(one.want)
            self._sent[one.want] = self.seq
        return self.seq

    def close(self) -> None:
        """Drop everything the view wanted."""
        self._scheduler.close()
        self._outbox.drop(self._view)

    def _not_under_way(self, wants: tuple[Want, ...]) -> list[Want]:
        return [one for one in wants if one not in self._sent and one not in self._queued]

    def _make(self, want: Want, purpose: Purpose) -> Awaitable[EncodedTile]:
        # The first step may be the only one, and somebody waits for it. Later ones wait for the
        # neighbours too: tiles made alone would be dropped with the next step, again and again.
        steps = 1 if purpose is not Purpose.SHOW else 2
        return self._maker.make(want, with_neighbours=self._steps >= steps)

    def _finished(self, want: Want, result: EncodedTile | NbRemoteError, purpose: Purpose) -> None:
        if isinstance(result, EncodedTile):
            self._tally.sent += 1
            self._tally.ahead += purpose is Purpose.SEND
        self._queued.add(want)
        outcome = result.info if isinstance(result, NbRemoteError) else result
        self._outbox.put(self._view, Finished(want=want, outcome=outcome))
