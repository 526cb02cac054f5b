"""What one page view wants and was sent."""

from collections.abc import Callable

from nb_remote.errors import NbRemoteError
from nb_remote.tiles.address import Want
from nb_remote.tiles.encode import EncodedTile
from nb_remote.tiles.schedule import TileScheduler
from nb_remote.widget.outbox import Finished, Outbox
from nb_remote.widget.protocol import ViewMessage

Deliver = Callable[[Want, EncodedTile | NbRemoteError], None]


class Session:
    """One view of a widget, from its first want-list to its close. Runs on the IO loop only.

    Parameters
    ----------
    view
        The page's name of the view.
    make_scheduler
        Makes the scheduler, given where finished tiles go.
    outbox
        Where they go.
    """

    def __init__(
        self,
        view: str,
        make_scheduler: Callable[[Deliver], TileScheduler[EncodedTile]],
        outbox: Outbox,
    ) -> None:
        self._view = view
        self._outbox = outbox
        self._scheduler = make_scheduler(self._finished)
        self._queued: set[Want] = set()
        self._sent: dict[Want, int] = {}
        self.generation = 0
        self.seq = 0

    def replace(self, message: ViewMessage) -> None:
        """Take a new want-list.

        What is on its way to the page is not read again, unless it says that it may be lost.
        """
        self.generation = message.generation
        keep = frozenset(message.wants)
        self._outbox.drop(self._view, keep)
        self._queued &= keep
        if message.again:
            self._sent.clear()
        else:
            self._sent = {want: seq for want, seq in self._sent.items() if seq > message.seen}
        self._scheduler.replace(
            tuple(w for w in message.wants if w not in self._sent and w not in self._queued)
        )

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

    def _finished(self, want: Want, result: EncodedTile | NbRemoteError) -> None:
        self._queued.add(want)
        outcome = result.info if isinstance(result, NbRemoteError) else result
        self._outbox.put(self._view, Finished(want=want, outcome=outcome))
