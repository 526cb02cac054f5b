"""Chunks computed on request: a few at a time, and the latest kept."""

import os
import threading
from collections import OrderedDict
from concurrent.futures import Future

from nb_remote.samples.bands import Box
from nb_remote.samples.procedural import Procedural, compute

KEPT_BYTES = 256 * 2**20
"""About 1 200 image chunks: what a few screens at every zoom touch."""


class ComputedChunks:
    """Answers for every procedural volume. `read` may be called from any thread.

    It computes in the caller's thread, with as many at once as there are cores: more would only
    need more memory. A chunk that is asked for twice at the same time is computed once.
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self.computed = 0
        """Chunks computed so far."""
        self._limit = kept_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, Box], bytes] = OrderedDict()
        self._under_way: dict[tuple[str, Box], Future[bytes]] = {}
        self._volumes: dict[str, Procedural] = {}
        self._lock = threading.Lock()
        self._cores = threading.BoundedSemaphore(os.cpu_count() or 1)

    def read(self, volume: str, key: str) -> bytes | None:
        """Return the object `key` of the volume at the address `volume`, or None."""
        found = self._volume(volume)
        if found is None:
            return None
        if key in found.documents:
            return found.documents[key]
        wanted = found.chunk(key)
        if wanted is None:
            return None
        # The same voxels have the same bytes in volumes of all sizes.
        with self._lock:
            content = self._kept.get(wanted)
            if content is not None:
                self._kept.move_to_end(wanted)
                return content
            mine = wanted not in self._under_way
            answer = self._under_way.setdefault(wanted, Future())
        if mine:
            self._compute(wanted, answer)
        return answer.result()

    def _volume(self, name: str) -> Procedural | None:
        with self._lock:
            if name not in self._volumes:
                made = Procedural.named(name)
                if made is None:
                    return None
                if len(self._volumes) >= 64:  # whoever asks for all sizes fills no memory
                    self._volumes.clear()
                self._volumes[name] = made
            return self._volumes[name]

    def _compute(self, wanted: tuple[str, Box], answer: Future[bytes]) -> None:
        try:
            with self._cores:
                content = compute(*wanted)
        except BaseException as error:
            with self._lock:
                del self._under_way[wanted]
            answer.set_exception(error)
            raise
        with self._lock:
            self.computed += 1
            del self._under_way[wanted]
            self._kept[wanted] = content
            self._bytes += len(content)
            while self._bytes > self._limit:
                self._bytes -= len(self._kept.popitem(last=False)[1])
        answer.set_result(content)
