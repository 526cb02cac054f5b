"""Keeps requests answered while a cell runs, where the kernel can."""

import functools
import sys
from typing import Any

LOOK_AGAIN_S = 0.25
"""How long a request may be overlooked: less than what the page calls busy (`js/src/rpc.ts`)."""


def answer_on_the_asking_subshell(comm: Any) -> None:  # noqa: ANN401  (comms have no types)
    """Undo ipykernel 7.4's routing of a comm's messages to the shell that last published on it.

    A cell that sets a trait of the view publishes from the main shell; 7.4 then sends every
    request of the page to that shell, where it waits until the cell ends. Routing by the request's
    own subshell, as 7.0 to 7.3 do, lets tiles arrive meanwhile. Kernels without the fault, and
    those that repaired it, have no such method and are left alone.
    """
    if comm is not None and hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001  (no public way)


def look_for_overlooked_requests() -> None:
    """Have the kernel look again for requests, where it may overlook them.

    ipykernel 7.0 to 7.3 write replies past the stream that reads requests from the same socket. A
    request that arrives in that moment, such as the first want-list when its cell has just ended,
    stays unread until another client connects (ipykernel issue 1554, repaired in 7.4 by 1529).
    """
    kernel = _kernel()
    thread = getattr(kernel, "shell_channel_thread", None)
    # Where it is repaired, the thread knows the stream and not the socket.
    if thread is not None and hasattr(thread, "_shell_socket"):
        _look_again_and_again(kernel.shell_stream, thread.io_loop)


@functools.cache  # once per stream
def _look_again_and_again(stream: Any, loop: Any) -> None:  # noqa: ANN401  (zmq's and tornado's)
    def look() -> None:
        if stream.closed():
            return
        # Flushing drops what nobody receives yet.
        if stream.receiving():
            stream.flush()
        loop.call_later(LOOK_AGAIN_S, look)

    loop.add_callback(look)


def _kernel() -> Any:  # noqa: ANN401
    """Return the ipykernel this runs in, or None; without importing it where there is none."""
    module = sys.modules.get("ipykernel.kernelbase")
    return module.Kernel.instance() if module is not None and module.Kernel.initialized() else None
