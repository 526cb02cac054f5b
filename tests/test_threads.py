"""One loop, one bridge, one pool; nothing deadlocks, nothing outlives the interpreter."""

import asyncio
import contextvars
import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from nb_remote.errors import TimedOut
from nb_remote.threads import (
    decode_pool,
    in_decode_pool,
    in_file_pool,
    in_patient_thread,
    io_loop,
    run,
    submit,
)

PATIENCE_S = 5

colour = contextvars.ContextVar("colour", default="none")


async def thread_name():
    return threading.current_thread().name


def test_everything_runs_on_one_named_daemon_thread():
    assert run(thread_name()) == "nb-remote-io"
    assert submit(thread_name()).result(PATIENCE_S) == "nb-remote-io"
    (thread,) = (t for t in threading.enumerate() if t.name == "nb-remote-io")
    assert thread.daemon


def test_many_threads_get_the_same_loop():
    loops = []
    barrier = threading.Barrier(8)

    def ask():
        barrier.wait(PATIENCE_S)
        loops.append(io_loop())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(loops) == 8
    assert len(set(map(id, loops))) == 1


def test_run_works_where_another_loop_runs():
    async def cell():
        return run(thread_name())

    assert asyncio.run(cell()) == "nb-remote-io"


def test_results_and_errors_come_through():
    async def fail():
        raise LookupError("no")

    async def answer():
        return 42

    assert run(answer()) == 42
    with pytest.raises(LookupError):
        run(fail())


def test_the_deadline_cancels_and_is_told():
    ended = threading.Event()

    with pytest.raises(TimedOut, match=r"0\.05 s"):
        run(wait_for_ever(ended), deadline=0.05)
    assert ended.wait(PATIENCE_S)


def test_a_timeout_of_the_work_itself_is_not_the_deadline():
    async def own_timeout():
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        run(own_timeout(), deadline=5)


def test_an_interrupt_cancels_the_work():
    started, ended = threading.Event(), threading.Event()

    def interrupt():
        started.wait(PATIENCE_S)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    helper = threading.Thread(target=interrupt)
    helper.start()
    with pytest.raises(KeyboardInterrupt):
        run(wait_for_ever(ended, started))
    helper.join(PATIENCE_S)
    assert ended.wait(PATIENCE_S)


def test_waiting_on_the_loop_itself_is_refused():
    async def nested():
        return run(thread_name())

    with pytest.raises(RuntimeError, match="on its own IO loop"):
        run(nested(), deadline=PATIENCE_S)


def test_waiting_in_the_decode_pool_is_refused():
    with pytest.raises(RuntimeError, match="in its decode pool"):
        decode_pool().submit(lambda: run(thread_name())).result(PATIENCE_S)


def test_the_decode_pool_has_named_threads_one_per_core():
    cores = os.cpu_count()
    barrier = threading.Barrier(cores)

    def name():
        barrier.wait(PATIENCE_S)
        return threading.current_thread().name

    names = {f.result(PATIENCE_S) for f in [decode_pool().submit(name) for _ in range(cores)]}
    assert names == {f"nb-remote-decode-{number}" for number in range(cores)}


def test_context_travels_to_the_loop_and_into_the_pool():
    async def on_loop():
        return colour.get(), await in_decode_pool(colour.get)

    token = colour.set("green")
    try:
        assert run(on_loop()) == ("green", "green")
    finally:
        colour.reset(token)


def test_work_for_the_pool_takes_arguments():
    async def ask():
        return await in_decode_pool(sorted, [3, 1, 2], reverse=True)

    assert run(ask()) == [3, 2, 1]


def in_fresh_interpreter(program):
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore::DeprecationWarning", "-c",
         textwrap.dedent(program)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def test_who_waits_for_seconds_holds_back_no_files():
    over = threading.Event()

    async def race():
        waiting = asyncio.ensure_future(in_patient_thread(over.wait, PATIENCE_S))
        files = await asyncio.gather(*(in_file_pool(lambda n=n: n) for n in range(100)))
        assert not waiting.done()
        over.set()
        return files, await waiting

    assert run(race(), deadline=PATIENCE_S) == (list(range(100)), True)


def test_importing_starts_no_thread():
    done = in_fresh_interpreter(
        """
        import threading, nb_remote.threads
        print([t.name for t in threading.enumerate()])
        """
    )
    assert done.stdout.strip() == "['MainThread']", done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_gets_its_own_loop_and_pool():
    done = in_fresh_interpreter(
        """
        import os, sys
        from nb_remote.threads import run, in_decode_pool
        async def pid(): return os.getpid(), await in_decode_pool(os.getpid)
        assert run(pid()) == (os.getpid(),) * 2
        child = os.fork()
        if not child:
            os._exit(0 if run(pid(), deadline=5) == (os.getpid(),) * 2 else 1)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_interpreter_ends_quietly_with_work_under_way():
    done = in_fresh_interpreter(
        """
        import asyncio
        from nb_remote.threads import submit, run
        async def wait():
            try: await asyncio.Event().wait()
            finally: print("let go", flush=True)
        future = submit(wait())
        run(asyncio.sleep(0.01))
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "let go\n", "")


def test_the_interpreter_does_not_wait_for_who_waits():
    done = in_fresh_interpreter(
        """
        import threading
        from nb_remote.threads import in_patient_thread, run, submit
        started = threading.Event()
        def wait():
            started.set()
            threading.Event().wait(600)
        future = submit(in_patient_thread(wait))
        started.wait(5)
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


async def wait_for_ever(ended, started=None):
    try:
        if started:
            started.set()
        await asyncio.Event().wait()
    finally:
        ended.set()
