"""A network between page and notebook server that can be cut."""

import asyncio
import contextlib
import copy
import threading
from urllib.parse import urlsplit


class Relay:
    """Passes connections on to a server; use as a context manager.

    Parameters
    ----------
    lab
        A running Jupyter server.

    Attributes
    ----------
    lab
        The same server, behind the relay.
    """

    def __init__(self, lab):
        self._port = urlsplit(lab.url).port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._writers = set()
        self._down = False
        self.lab = copy.copy(lab)

    def __enter__(self):
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._pass_on, "127.0.0.1", 0))
        port = self._server.sockets[0].getsockname()[1]
        self.lab.url = f"http://127.0.0.1:{port}/"
        return self

    def __exit__(self, *exception):
        self._server.close()
        self.cut()
        self._run(_all_others_ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self):
        """Break every connection, and each new one until `mend`."""
        self._down = True
        self._run(self._break_all())

    def mend(self):
        self._down = False

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _break_all(self):
        for writer in self._writers:
            writer.transport.abort()

    async def _pass_on(self, reader, writer):
        if self._down:
            writer.transport.abort()
            return
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._port)
        both = {writer, to_writer}
        self._writers |= both
        try:
            await asyncio.gather(_copy(reader, to_writer), _copy(to_reader, writer))
        finally:
            self._writers -= both


async def _copy(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _all_others_ended():
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)
