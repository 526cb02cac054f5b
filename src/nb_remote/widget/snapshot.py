"""The picture that a saved notebook keeps of a view, for readers without a kernel.

A view that is the output of a cell gets a second output below it: empty at first, later
the last picture that the page sent, as HTML and PNG. While the view is live the page hides it;
where no kernel runs it is what there is to see. It is an output of its own because
updating the widget's would make the canvas anew.
"""

import base64
import logging
import math
import struct
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from nb_remote.redact import redact
from nb_remote.widget.protocol import MAX_SNAPSHOT_BYTES, SnapshotMessage

log = logging.getLogger("nb_remote.widget")

Buffer = bytes | bytearray | memoryview
Bundle = Mapping[str, Any]
"""MIME type → content."""

MAX_SIDE = 8192
"""Pixels: more than a canvas across two 4K screens."""
_MAX_DISPLAYS = 16
"""Outputs of one view that are kept up to date: showing it in a loop must not fill the memory."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# JupyterLab shows a widget without kernel as an error, in the output above; the caption says more.
_NO_ERROR_ABOVE = (
    "<style>.jp-OutputArea-child:has(> .lm-Panel):not(:has(.nbr))"
    ":has(+ .jp-OutputArea-child .{}) {{ display: none; }}</style>"
)
_LIVE_AGAIN = "Saved picture of a live view: run the cell to look around in it."


def png_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, having looked at its chunks but not at its pixels.

    Raises
    ------
    ValueError
        It is too large, not a PNG, or something follows it.
    """
    if len(data) > MAX_SNAPSHOT_BYTES:
        raise ValueError(f"a picture may have {MAX_SNAPSHOT_BYTES} bytes, not {len(data)}")
    if not data.startswith(_SIGNATURE) or data[8:16] != b"\0\0\0\x0dIHDR" or len(data) < 33:
        raise ValueError("the picture is not a PNG")
    width, height = struct.unpack(">II", data[16:24])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ValueError(f"a picture may have {MAX_SIDE} pixels a side, not {width} × {height}")
    start, kind = len(_SIGNATURE), b""
    while start + 12 <= len(data) and kind != b"IEND":
        length, kind = struct.unpack(">I4s", data[start : start + 8])
        start += 12 + length
    if kind != b"IEND" or start != len(data):
        raise ValueError("the picture is cut off or followed by something")
    return width, height


class Snapshots:
    """Shows a view with its picture below it. Any thread may call.

    Parameters
    ----------
    names
        Names of the layers, in the order the page numbers them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._lock = threading.Lock()
        self._displays: tuple[str, ...] = ()
        self._class = ""
        self._last: Bundle | None = None

    def display(self, model_id: str, widget: tuple[Bundle, Bundle] | None) -> None:
        """Publish the widget's own output, and below it the one that takes its pictures."""
        if widget is None:
            return
        name = uuid.uuid4().hex
        with self._lock:
            self._class = f"nbr-of-{model_id}"
            self._displays = (*self._displays, name)[-_MAX_DISPLAYS:]
            bundle = self._last
        empty = {"text/html": f'<div class="nbr-snapshot {self._class}"></div>'}
        _publish(widget[0], widget[1])
        _publish(bundle or empty, display_id=name)

    def keep(self, message: SnapshotMessage, buffers: Sequence[Buffer]) -> None:
        """Take a picture of the page, or refuse it."""
        try:
            bundle = self._bundle(message, buffers)
        except ValueError as error:
            log.warning("a picture of the page was refused: %s", error)
            return
        with self._lock:
            displays = self._displays
            if bundle == self._last:
                return
            self._last = bundle
        for name in displays:
            _publish(bundle, display_id=name, update=True)

    def _bundle(self, message: SnapshotMessage, buffers: Sequence[Buffer]) -> dict[str, Any]:
        if len(buffers) != 1 or not self._displays:
            raise ValueError(f"{len(buffers)} buffers for {len(self._displays)} outputs")
        data = bytes(buffers[0])
        png_size(data)
        picture = base64.b64encode(data).decode("ascii")
        where = self._caption(message)
        return {
            "image/png": picture,
            "text/html": (
                f'<figure class="nbr-snapshot {self._class}" style="margin:0">'
                f'<img src="data:image/png;base64,{picture}" width="{message.width}" '
                f'alt="{where}" style="max-width:100%;height:auto">'
                f"<figcaption>{where}.<br><small>{_LIVE_AGAIN}</small></figcaption>"
                f"{_NO_ERROR_ABOVE.format(self._class)}</figure>"
            ),
        }

    def _caption(self, message: SnapshotMessage) -> str:
        names = [self._names[at] for at in message.layers if at < len(self._names)]
        x, y, z = map(math.floor, message.position)
        shown = f"{', '.join(names) or 'No layer'}: {message.plane} plane"
        text = f"{shown} around voxel x {x}, y {y}, z {z}"
        if message.failed:
            text += f"; {message.failed} tiles could not be read"
        return escape(redact(text))


def _publish(bundle: Bundle, metadata: Bundle | None = None, **how: Any) -> None:  # noqa: ANN401
    # Only IPython displays views, so it is there.
    from IPython import display as ipython  # noqa: PLC0415

    publish: Callable[..., object] = ipython.display
    publish(dict(bundle), metadata=dict(metadata or {}), raw=True, **how)
