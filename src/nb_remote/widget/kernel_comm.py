"""Keeps requests answered while a cell runs, where the kernel can."""

from typing import Any


def answer_on_the_asking_subshell(comm: Any) -> None:  # noqa: ANN401  (comms have no types)
    """Undo ipykernel 7.4's routing of a comm's messages to the shell that last published on it.

    A cell that sets a trait of the view publishes from the main shell; 7.4 then sends every
    request of the page to that shell, where it waits until the cell ends. Routing by the request's
    own subshell, as 7.0 to 7.3 do, lets tiles arrive meanwhile. Kernels without the fault, and
    those that repaired it, have no such method and are left alone.
    """
    if comm is not None and hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001  (no public way)
