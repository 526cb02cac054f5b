"""Calls in batches: every one is made once or never, whoever asks, cancels or fails."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from nb_remote.batches import CALLS_A_TURN, Batches

MANY = 5 * CALLS_A_TURN
PATIENCE_S = 20


def in_a_loop(scenario, threads=2):
    async def bounded():
        with ThreadPoolExecutor(threads) as pool:
            batches = Batches(asyncio.get_running_loop(), pool, threads)
            async with asyncio.timeout(PATIENCE_S):
                return await scenario(batches)

    return asyncio.run(bounded())


def test_every_call_is_made_once_and_answered():
    async def scenario(batches):
        made = []
        futures = [batches.submit(lambda n=n: made.append(n) or n) for n in range(MANY)]
        assert await asyncio.gather(*futures) == list(range(MANY))
        assert sorted(made) == list(range(MANY))

    in_a_loop(scenario)


def test_what_is_asked_for_after_a_rest_is_made_too():
    async def scenario(batches):
        for n in range(MANY):
            assert await batches.submit(lambda n=n: n) == n

    in_a_loop(scenario)


def test_a_call_that_is_cancelled_before_its_turn_is_never_made():
    async def scenario(batches):
        gate, made = threading.Event(), []
        first = batches.submit(gate.wait)
        rest = [batches.submit(lambda n=n: made.append(n)) for n in range(MANY)]
        for future in rest[::2]:
            future.cancel()
        gate.set()
        assert await first
        await asyncio.gather(*rest[1::2])
        assert made == list(range(MANY))[1::2]

    in_a_loop(scenario, threads=1)


@pytest.mark.parametrize(
    ("raised", "seen"),
    [(ValueError("no"), ValueError), (StopIteration(), RuntimeError), (SystemExit(3), SystemExit)],
    ids=repr,
)
def test_an_error_reaches_its_caller_and_no_other(raised, seen):
    def fails():
        raise raised

    async def scenario(batches):
        good, bad, late = (batches.submit(one) for one in (int, fails, int))
        with pytest.raises(seen):
            await bad
        assert (await good, await late) == (0, 0)

    in_a_loop(scenario)


def test_others_in_the_pool_get_their_turn():
    """A thread gives way after some calls, however many more are waiting."""

    async def scenario(batches):
        gate, order = threading.Event(), []
        futures = [batches.submit(gate.wait)]
        futures += [batches.submit(lambda n=n: order.append(n)) for n in range(MANY)]
        other = batches._pool.submit(order.append, "other")
        gate.set()
        await asyncio.gather(*futures, asyncio.wrap_future(other))
        assert order.index("other") <= CALLS_A_TURN

    in_a_loop(scenario, threads=1)
