"""Stands where the page is: sends want-lists to a stream and keeps what comes back."""

import threading
import zlib

import numpy as np

from nb_remote.threads import io_loop
from nb_remote.widget.incoming import parse_message
from nb_remote.widget.stream import Stream

PATIENCE_S = 10


class Page:
    """What the page would receive."""

    def __init__(self, dataset):
        self.messages = []
        self.sampled = []
        self._changed = threading.Condition()
        self.stream = Stream(dataset.layers, self._receive, self._on_sampled)
        self._rid = 0

    def want(self, *wants, view="v", seen=0, again=False, generation=1, ahead=(), warm=(), used=0):
        self._rid += 1
        more = {"visible": len(wants), "warm": [list(one) for one in warm], "used": used}
        message = {"kind": "view", "view": view, "rid": self._rid, "generation": generation}
        message |= {"seen": seen, "again": again, "wants": [list(one) for one in (*wants, *ahead)]}
        message |= more
        io_loop().call_soon_threadsafe(self.stream.take, parse_message(message))

    def close_view(self, view="v"):
        message = parse_message({"kind": "close", "view": view})
        io_loop().call_soon_threadsafe(self.stream.take, message)

    def until(self, fact):
        with self._changed:
            assert self._changed.wait_for(fact, PATIENCE_S), self.messages

    def of_kind(self, kind):
        return [content for content, _ in self.messages if content["kind"] == kind]

    def tiles(self):
        return {
            tuple(header["want"]): self._samples(header, buffers)
            for content, buffers in self.messages
            if content["kind"] == "tiles"
            for header in content["tiles"]
        }

    @staticmethod
    def _samples(header, buffers):
        shape = (header["height"], header["width"])
        if header["enc"] == "const":
            return np.full(shape, header["value"], header["dtype"])
        data = buffers[header["buffer"]]
        if header["enc"] == "deflate-raw":
            data = zlib.decompress(data, -zlib.MAX_WBITS)
        return np.frombuffer(data, header["dtype"]).reshape(shape)

    def _receive(self, content, buffers):
        with self._changed:
            self.messages.append((content, buffers))
            self._changed.notify_all()

    def _on_sampled(self, *what):
        with self._changed:
            self.sampled.append(what)
            self._changed.notify_all()
