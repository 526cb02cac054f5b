"""The kernel's end of the tile stream of one widget."""

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from nb_remote.errors import ErrorInfo, NbRemoteError
from nb_remote.infer.channels import Limits
from nb_remote.layer import Layer
from nb_remote.switching import process_switching
from nb_remote.tiles.address import Want
from nb_remote.tiles.encode import EncodedTile
from nb_remote.tiles.made import TileMaker
from nb_remote.tiles.sample import sample_contrast
from nb_remote.widget.outbox import Finished, Outbox
from nb_remote.widget.protocol import (
    AcceptedMessage,
    CloseMessage,
    FailedMessage,
    FailedTile,
    Stats,
    TileHeader,
    TilesMessage,
    ViewMessage,
)
from nb_remote.widget.session import Session, Tally

log = logging.getLogger("nb_remote.widget")

Send = Callable[[dict[str, Any], list[bytes]], None]
Sampled = Callable[[int, int, "tuple[Limits, Limits] | None"], None]

MAX_VIEWS = 16
"""Views of one widget that are remembered: far more than cells and browser tabs show at once."""


class Stream:
    """Serves the views of one widget. Every method runs on the IO loop only.

    Parameters
    ----------
    layers
        The dataset's layers, in the order the page numbers them.
    send
        Sends one custom message with its buffers.
    sampled
        Called with layer, channel and measured contrast limits.
    """

    def __init__(self, layers: Sequence[Layer], send: Send, sampled: Sampled) -> None:
        self._layers = tuple(layers)
        self._maker = TileMaker(layers)
        self._tally = Tally()
        self._send_message = send
        self._sampled = sampled
        self._outbox = Outbox(self._send_batch)
        self._sessions: dict[str, Session] = {}
        self._sampling: set[asyncio.Task[None]] = set()
        self._sampling_started = False

    def take(self, message: ViewMessage | CloseMessage) -> None:
        """Act on a message of the page."""
        if isinstance(message, CloseMessage):
            session = self._sessions.pop(message.view, None)
            if session is not None:
                session.close()
            return
        # In the order in which they were last heard of.
        session = self._sessions.pop(message.view, None)
        if session is None:
            session = Session(message.view, self._maker, self._outbox, self._tally)
            session.seq = message.seen
        self._sessions[message.view] = session
        self._forget_silent()
        if message.wants:
            process_switching().quicken()
        session.replace(self._only_known(message))
        accepted = AcceptedMessage(
            kind="accepted",
            view=message.view,
            rid=message.rid,
            generation=message.generation,
            stats=self.stats(),
        )
        self._send_message(asdict(accepted), [])
        self._start_sampling()

    def close(self) -> None:
        """Drop the wants of every view."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        for task in self._sampling:
            task.cancel()

    def _forget_silent(self) -> None:
        """Drop views that a page left without a word, as it does when it is loaded anew.

        One that speaks again after all is taken as new.
        """
        while len(self._sessions) > MAX_VIEWS:
            self._sessions.pop(next(iter(self._sessions))).close()

    def stats(self) -> Stats:
        """Return the counters. Any thread may ask."""
        sources = {layer.source for layer in self._layers}
        # Folders of one address share its meter.
        counts = [meter.counts() for meter in {source.meter for source in sources}]
        return Stats(
            requests=sum(one.requests for one in counts),
            bytes=sum(one.received_bytes for one in counts),
            in_flight=sum(one.in_flight for one in counts),
            missing_chunks=sum(source.missing_chunks for source in sources),
            tiles_sent=self._tally.sent,
            tiles_ahead=self._tally.ahead,
            tiles_ahead_used=self._tally.used,
            tiles_ready=self._maker.hits,
            tiles_cancelled=self._tally.cancelled,
        )

    def _only_known(self, message: ViewMessage) -> ViewMessage:
        shown = self._known(message.wants[: message.visible])
        ahead = self._known(message.wants[message.visible :])
        warm = self._known(message.warm)
        return replace(message, wants=shown + ahead, visible=len(shown), warm=warm)

    def _known(self, wants: tuple[Want, ...]) -> tuple[Want, ...]:
        known: list[Want] = []
        for want in wants:
            try:
                self._maker.check(want)
            except ValueError as error:
                log.warning("the page wants a tile that does not exist: %s", error)
            else:
                known.append(want)
        return tuple(known)

    def _start_sampling(self) -> None:
        """Once, with the first want-list: the coarsest chunks are being fetched for it anyway."""
        if self._sampling_started:
            return
        self._sampling_started = True
        for index, layer in enumerate(self._layers):
            if layer.category != "color" or layer.problem is not None:
                continue
            for channel, known in enumerate(layer.channels):
                if known.contrast_limits is None and (known.visible or channel == 0):
                    task = asyncio.get_running_loop().create_task(self._sample(index, channel))
                    self._sampling.add(task)
                    task.add_done_callback(self._sampling.discard)

    async def _sample(self, index: int, channel: int) -> None:
        layer = self._layers[index]
        try:
            measured = await sample_contrast(layer.inferred, layer.source, channel)
        except NbRemoteError as error:
            # The tiles of that level fail with the same error, where the person sees it.
            log.info("contrast of %s could not be sampled: %s", layer.name, error)
            measured = None
        self._sampled(index, channel, measured)

    def _send_batch(self, view: str, batch: list[Finished]) -> None:
        session = self._sessions.get(view)
        if session is None:
            return
        process_switching().quicken()
        seq = session.next_seq(batch)
        done = [(one.want, one.outcome) for one in batch if isinstance(one.outcome, EncodedTile)]
        buffers = [tile.data for _, tile in done if tile.enc != "const"]
        numbers = itertools.count()
        message: TilesMessage | FailedMessage
        if done:
            message = TilesMessage(
                kind="tiles",
                view=view,
                seq=seq,
                generation=session.generation,
                tiles=tuple(
                    _header(want, tile, -1 if tile.enc == "const" else next(numbers))
                    for want, tile in done
                ),
                stats=self.stats(),
            )
        else:
            message = FailedMessage(
                kind="failed",
                view=view,
                generation=session.generation,
                tiles=tuple(
                    FailedTile(want=one.want, error=one.outcome)
                    for one in batch
                    if isinstance(one.outcome, ErrorInfo)
                ),
                stats=self.stats(),
            )
        self._send_message(asdict(message), buffers)


def _header(want: Want, tile: EncodedTile, buffer: int) -> TileHeader:
    return TileHeader(
        want=want,
        enc=tile.enc,
        buffer=buffer,
        height=tile.height,
        width=tile.width,
        dtype=tile.dtype,
        value=tile.value,
        missing=tile.missing,
    )
