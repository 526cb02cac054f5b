"""The threads of nb-remote: one IO loop, a pool to decode, one for files, one synchronous bridge.

Nothing else in the package makes event loops or threads. Both are made when they
are first needed, and again in a child process after a fork.
"""

import asyncio
import atexit
import contextlib
import contextvars
import functools
import itertools
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar, cast

from nb_remote.batches import Batches
from nb_remote.errors import TimedOut

T = TypeVar("T")
P = ParamSpec("P")

IO_THREAD_NAME = "nb-remote-io"
DECODE_THREAD_PREFIX = "nb-remote-decode"
FILE_THREAD_PREFIX = "nb-remote-file"
PATIENT_THREAD_NAME = "nb-remote-patient"
_CORES = os.cpu_count() or 1
# Name look-ups of the IO loop; a few, because one may hang as long as the
# system's resolver does and must not stop the others.
_HELPER_THREADS = 4
# Files of this machine: a drive in the network takes milliseconds for each, whatever the cores.
_FILE_THREADS = 16

# Long enough to cost nothing, short enough for a person who presses stop.
_LOOK_UP_SECONDS = 0.2
# At exit, tasks that were cancelled get this long to let go of their connections.
_EXIT_SECONDS = 1.0


class _Threads:
    """The loop and the pool of this process. Any thread may ask for them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.thread: threading.Thread | None = None
        self.pool: ThreadPoolExecutor | None = None
        self.batches: Batches | None = None
        """Calls from the loop into the pool; made on the loop only."""
        self.file_pool: ThreadPoolExecutor | None = None
        self.file_batches: Batches | None = None
        """The same for files."""
        self.closers: set[Callable[[], Coroutine[Any, Any, None]]] = set()
        """What the loop still has to close at exit; touched on the loop only."""
        self.here = threading.local()
        """Its `role` says which thread this is; absent on all threads that may wait."""


_threads = _Threads()


def io_loop() -> asyncio.AbstractEventLoop:
    """Return the one IO loop; it runs in a daemon thread of its own."""
    if _threads.loop is None:
        with _threads.lock:
            if _threads.loop is None:
                _threads.loop = _start_loop()
    return _threads.loop


def decode_pool() -> ThreadPoolExecutor:
    """Return the pool for work that costs CPU time: one thread per core."""
    if _threads.pool is None:
        with _threads.lock:
            if _threads.pool is None:
                _threads.pool = _make_pool(_CORES, DECODE_THREAD_PREFIX, "in its decode pool")
    return _threads.pool


async def in_decode_pool(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `fn` in the decode pool, in a copy of the caller's context.

    When the caller is cancelled, a call that has not started yet never will.
    """
    call = functools.partial(contextvars.copy_context().run, fn, *args, **kwargs)
    loop = asyncio.get_running_loop()
    if loop is not _threads.loop:
        return await loop.run_in_executor(decode_pool(), call)
    if _threads.batches is None:
        _threads.batches = Batches(loop, decode_pool(), _CORES)
    result: T = await _threads.batches.submit(call)
    return result


async def in_file_pool(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `fn`, which waits for files of this machine, in a few threads. Call it on the loop.

    When the caller is cancelled, a call that has not started yet never will.
    """
    loop = asyncio.get_running_loop()
    call = functools.partial(fn, *args, **kwargs)
    if loop is not _threads.loop:
        return await loop.run_in_executor(_file_pool(), call)
    if _threads.file_batches is None:
        _threads.file_batches = Batches(loop, _file_pool(), _FILE_THREADS)
    result: T = await _threads.file_batches.submit(call)
    return result


async def in_patient_thread(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `fn`, which may wait for seconds, in a thread of its own. Call it on the loop.

    It holds back no other call, and the interpreter doesn't wait for it in the end, as it does
    for pools.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(cast("T", result))
        else:
            done.set_exception(error)

    def work() -> None:
        result, error = None, None
        try:
            result = fn(*args, **kwargs)
        except BaseException as failure:  # noqa: BLE001  (raised again where it is awaited)
            error = failure
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=work, name=PATIENT_THREAD_NAME, daemon=True).start()
    return await done


def _file_pool() -> ThreadPoolExecutor:
    if _threads.file_pool is None:
        _threads.file_pool = _make_pool(_FILE_THREADS, FILE_THREAD_PREFIX, "in its file pool")
    return _threads.file_pool


def close_at_exit(close: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Let the loop run `close` before it ends with the interpreter. Call it on the loop."""
    _threads.closers.add(close)


def closed_already(close: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Take back what was given to `close_at_exit`. Call it on the loop."""
    _threads.closers.discard(close)


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
    role = getattr(_threads.here, "role", "")
    if role:
        coro.close()
        raise RuntimeError(
            f"a synchronous call of nb-remote can't wait {role}: it would wait for itself; "
            "use the async form there"
        )
    ticket = _Ticket()
    try:
        return _wait(submit(ticket.hold(coro if deadline is None else _bounded(coro, deadline))))
    except BaseException:
        io_loop().call_soon_threadsafe(ticket.withdraw)
        raise


def _wait(future: Future[T]) -> T:
    """Return the result, looking up now and then.

    A signal that arrives just before a thread falls asleep doesn't wake it (and on
    Windows none does), so an endless wait could miss an interrupt for ever.
    """
    while True:
        try:
            return future.result(_LOOK_UP_SECONDS)
        except TimeoutError:
            if future.done():  # the work's own result, or its own TimeoutError
                return future.result()


class _Ticket:
    """Lets the waiting thread give up; used on the loop.

    It exists before the work is submitted, because an interrupt may come at any
    moment, also between submitting and waiting.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[Any] | None = None
        self._withdrawn = False

    async def hold(self, coro: Coroutine[Any, Any, T]) -> T:
        if self._withdrawn:
            coro.close()
            raise asyncio.CancelledError
        self._task = asyncio.current_task()
        return await coro

    def withdraw(self) -> None:
        self._withdrawn = True
        if self._task is not None:
            self._task.cancel()


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
    _threads.thread = threading.Thread(
        target=_serve, args=(loop,), name=IO_THREAD_NAME, daemon=True
    )
    _threads.thread.start()
    return loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    _threads.here.role = "on its own IO loop"
    asyncio.set_event_loop(loop)
    loop.run_forever()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    tasks |= {loop.create_task(close()) for close in _threads.closers}
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=_EXIT_SECONDS))
    loop.close()


def _make_pool(threads: int, prefix: str, role: str) -> ThreadPoolExecutor:
    numbers = itertools.count()

    def enter() -> None:
        threading.current_thread().name = f"{prefix}-{next(numbers)}"
        _threads.here.role = role

    return ThreadPoolExecutor(threads, initializer=enter)


def _forget_after_fork() -> None:
    """Threads don't survive a fork, and a lock may have been held by one of them."""
    _threads.__init__()  # type: ignore[misc]


def _stop_at_exit() -> None:
    """Stop the loop while the interpreter is whole; a daemon thread would die anywhere."""
    if _threads.loop is not None and _threads.thread is not None:
        _threads.loop.call_soon_threadsafe(_threads.loop.stop)
        _threads.thread.join(2 * _EXIT_SECONDS)


atexit.register(_stop_at_exit)
if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_forget_after_fork)
