"""The threads of nb-remote: one IO loop, one decode pool, one synchronous bridge.

Nothing else in the package makes event loops or threads. Both are made when they
are first needed, and again in a child process after a fork.
"""

import asyncio
import atexit
import contextvars
import functools
import itertools
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from nb_remote.errors import TimedOut

T = TypeVar("T")
P = ParamSpec("P")

IO_THREAD_NAME = "nb-remote-io"
DECODE_THREAD_PREFIX = "nb-remote-decode"
# Name look-ups of the IO loop; a few, because one may hang as long as the
# system's resolver does and must not stop the others.
_HELPER_THREADS = 4

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_pool: ThreadPoolExecutor | None = None
_here = threading.local()


def io_loop() -> asyncio.AbstractEventLoop:
    """Return the one IO loop; it runs in a daemon thread of its own."""
    global _loop
    if _loop is None:
        with _lock:
            if _loop is None:
                _loop = _start_loop()
    return _loop


def decode_pool() -> ThreadPoolExecutor:
    """Return the pool for work that costs CPU time: one thread per core."""
    global _pool
    if _pool is None:
        with _lock:
            if _pool is None:
                numbers = itertools.count()
                _pool = ThreadPoolExecutor(
                    os.cpu_count() or 1,
                    initializer=lambda: _enter_pool(f"{DECODE_THREAD_PREFIX}-{next(numbers)}"),
                )
    return _pool


async def in_decode_pool(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `fn` in the decode pool, in a copy of the caller's context.

    When the caller is cancelled, a call that has not started yet never will.
    """
    call = functools.partial(contextvars.copy_context().run, fn, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(decode_pool(), call)


def submit(coro: Coroutine[Any, Any, T]) -> Future[T]:
    """Start `coro` on the IO loop, in the caller's context, without waiting for it."""
    return asyncio.run_coroutine_threadsafe(coro, io_loop())


def run(coro: Coroutine[Any, Any, T], *, deadline: float | None = None) -> T:
    """Run `coro` on the IO loop and wait for its result: the one synchronous bridge.

    An interrupt (Ctrl+C, the kernel's stop button) cancels `coro`.

    Parameters
    ----------
    deadline
        Seconds until `coro` is cancelled and `TimedOut` raised; None waits for ever.

    Raises
    ------
    RuntimeError
        When called on the IO loop or in the decode pool, where waiting would deadlock.
    TimedOut
        When the deadline passed.
    """
    role = getattr(_here, "role", "")
    if role:
        coro.close()
        raise RuntimeError(
            f"a synchronous call of nb-remote can't wait {role}: it would wait for itself; "
            "use the async form there"
        )
    future = submit(coro if deadline is None else _bounded(coro, deadline))
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


async def _bounded(coro: Coroutine[Any, Any, T], deadline: float) -> T:
    scope = asyncio.timeout(deadline)
    try:
        async with scope:
            return await coro
    except TimeoutError:
        if not scope.expired():
            raise
    raise TimedOut(f"nothing came back within {deadline:g} s")


def _start_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    helpers = ThreadPoolExecutor(_HELPER_THREADS, thread_name_prefix=f"{IO_THREAD_NAME}-helper")
    loop.set_default_executor(helpers)
    thread = threading.Thread(target=_serve, args=(loop,), name=IO_THREAD_NAME, daemon=True)
    thread.start()
    return loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    _here.role = "on its own IO loop"
    asyncio.set_event_loop(loop)
    loop.run_forever()


def _enter_pool(name: str) -> None:
    threading.current_thread().name = name
    _here.role = "in its decode pool"


def _forget_after_fork() -> None:
    """Threads don't survive a fork, and a lock may have been held by one of them."""
    global _lock, _loop, _pool, _here
    _lock = threading.Lock()
    _loop = None
    _pool = None
    _here = threading.local()


def _stop_at_exit() -> None:
    """Stop the loop while the interpreter is whole; a daemon thread would die anywhere."""
    if _loop is not None:
        _loop.call_soon_threadsafe(_loop.stop)


atexit.register(_stop_at_exit)
if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_forget_after_fork)
