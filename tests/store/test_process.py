"""Stores belong to the process that opened them, and end with it without a word."""

import os
import subprocess
import sys
import textwrap

import pytest


def in_fresh_interpreter(program, *arguments):
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore::DeprecationWarning", "-c",
         textwrap.dedent(program), *arguments],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def test_a_store_that_nobody_closed_ends_quietly_with_the_interpreter(serve):
    server = serve({"a": b"x"})
    server.fail("silent", "hang")
    done = in_fresh_interpreter(
        """
        import asyncio, sys
        from nb_remote.location.parse import parse_address
        from nb_remote.store.open import open_store
        from nb_remote.threads import run, submit
        store = open_store(parse_address(sys.argv[1]).location)
        print(run(store.get("a", limit=9)))
        reading = submit(store.get("silent", limit=9))
        while not store.meter.counts().in_flight:
            run(asyncio.sleep(0))
        """,
        server.url,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "b'x'\n", "")
    server.wait_for(lambda: server.open_connections == 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_has_to_open_its_own_store(serve):
    server = serve({"a": b"x"})
    done = in_fresh_interpreter(
        """
        import os, sys
        from nb_remote.location.parse import parse_address
        from nb_remote.store.open import open_store
        from nb_remote.threads import run
        location = parse_address(sys.argv[1]).location
        store = open_store(location)
        run(store.get("a", limit=9))
        child = os.fork()
        if not child:
            try:
                run(store.get("a", limit=9), deadline=5)
            except RuntimeError as error:
                print(error, run(open_store(location).get("a", limit=9), deadline=5), flush=True)
            os._exit(0)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """,
        server.url,
    )
    assert done.returncode == 0
    assert done.stdout == "this store belongs to another process; open one here b'x'\n"
