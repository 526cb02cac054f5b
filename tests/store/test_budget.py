"""The byte budget: never more than the total, in order, and never lost."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from nb_remote.store.budget import ByteBudget
from nb_remote.threads import run


@given(
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 3), st.booleans()), max_size=20),
)
def test_the_total_is_kept_and_comes_back_also_after_cancellation(total, readers):
    async def scenario():
        budget = ByteBudget(total)
        held = 0

        async def reader(size, steps):
            nonlocal held
            async with budget.reserve(size):
                held += min(size, total)
                assert held <= total
                try:
                    for _ in range(steps):
                        await asyncio.sleep(0)
                finally:
                    held -= min(size, total)

        tasks = [asyncio.ensure_future(reader(size, steps)) for size, steps, _ in readers]
        await asyncio.sleep(0)
        for task, (_, _, cancel) in zip(tasks, readers, strict=True):
            if cancel:
                task.cancel()
                await asyncio.sleep(0)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(r is None or isinstance(r, asyncio.CancelledError) for r in results)
        assert budget.free == total

    run(scenario(), deadline=5)


def test_a_small_reader_does_not_overtake_a_large_one():
    async def scenario():
        budget = ByteBudget(10)
        order = []

        async def reader(size):
            async with budget.reserve(size):
                order.append(size)
                await asyncio.sleep(0)

        await asyncio.gather(reader(8), reader(9), reader(1))
        return order

    assert run(scenario(), deadline=5) == [8, 9, 1]
