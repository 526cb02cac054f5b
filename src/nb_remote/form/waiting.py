"""Waiting in a cell for what a person does in a form."""

import asyncio
import sys
from contextlib import suppress

import traitlets

from nb_remote.errors import NbRemoteError


async def wait_for_trait(owner: traitlets.HasTraits, name: str, within_s: float | None) -> object:
    """Return the value of a trait once it has one that is not None.

    Raises
    ------
    TimeoutError
        It had none within that many seconds.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Future[object] = loop.create_future()

    def tell(value: object) -> None:
        if not told.done():
            told.set_result(value)

    def changed(change: traitlets.Bunch) -> None:
        # The form sets it in a thread of its own; the cell may have given up meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, change.new)

    owner.observe(changed, name)
    try:
        value = getattr(owner, name)
        return value if value is not None else await asyncio.wait_for(told, within_s)
    finally:
        owner.unobserve(changed, name)


def refuse_to_wait_in_vain() -> None:
    """Refuse to wait where the kernel hears the page only once the waiting cell has ended.

    Raises
    ------
    NbRemoteError
        The kernel is older than ipykernel 7, and would wait for ever.
    """
    module = sys.modules.get("ipykernel.kernelbase")
    if module is None or not module.Kernel.initialized():
        return
    if not getattr(module.Kernel.instance(), "_supports_kernel_subshells", False):
        raise NbRemoteError(
            "this kernel hears the form only when no cell runs, so the cell would wait for ever",
            hint="Press Import, and use form.dataset in the next cell; or install ipykernel 7.",
        )
