"""The least a widget can do: answers a request with as many buffers as it asks for."""

import os

import anywidget

TILES_A_MESSAGE = 4


class Bare(anywidget.AnyWidget):
    """Keeps its model where the benchmark finds it."""

    _esm = """
    export default {
      render({ model, el }) {
        el.textContent = "bare";
        window.bareModel = model;
      },
    };
    """

    def __init__(self):
        super().__init__()
        self.on_msg(self._answer)

    def _answer(self, _widget, content, _buffers):
        left = content["tiles"]
        while left:
            count = min(TILES_A_MESSAGE, left)
            self.send({"rid": content["rid"]}, [os.urandom(content["size"]) for _ in range(count)])
            left -= count
