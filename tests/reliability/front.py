"""A port in front of servers that speak TLS: hands connections on, or breaks their handshake."""

import asyncio
import contextlib
import socket
import struct
import threading
from typing import Self

from tests.servers.http import PATIENCE_S

WAYS = ("cut", "reset", "silent", "plain")
"""What becomes of a connection that is handed to nobody: closed, reset, left without an answer, or
answered without protection."""


class Front:
    """Passes connections to a port of loopback, or breaks them off. `to` may change at any time."""

    def __init__(self, to: int | str) -> None:
        self.to: int | str = to
        """A port, or one of `WAYS`."""
        self.accepted = 0
        """Connections so far."""
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def drop(self) -> None:
        """Reset all connections that stand."""

        async def dropped() -> None:
            for writer in tuple(self._open):
                writer.transport.abort()

        asyncio.run_coroutine_threadsafe(dropped(), self._loop).result(PATIENCE_S)

    async def _serve(self) -> None:
        tasks: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.accepted += 1
            task = asyncio.ensure_future(self._pass(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if isinstance(self.to, str):
                await self._break(self.to, reader, writer)
                return
            there, back = await asyncio.open_connection("127.0.0.1", self.to)
            try:
                await asyncio.gather(_copy(reader, back), _copy(there, writer))
            finally:
                back.close()
        except OSError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _break(
        self, how: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(2**16)  # what the client says first
        if how == "reset":
            plain = writer.get_extra_info("socket")
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif how == "plain":
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        elif how == "silent":
            await reader.read()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(2**16):
            target.write(piece)
            await target.drain()
    target.close()
