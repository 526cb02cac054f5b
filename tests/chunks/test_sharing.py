"""Work that several wait for is done once, and ends with the last who waits."""

import asyncio

import pytest

from nb_remote.sharing import SharedWork

PATIENCE_S = 5.0


class Work:
    """Counts how often it was begun and cancelled; ends when told to."""

    def __init__(self):
        self.begun = self.cancelled = 0
        self.started = asyncio.Event()
        self.done = asyncio.Event()
        self.error = None

    async def __call__(self):
        self.begun += 1
        self.started.set()
        try:
            await self.done.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return self.begun


def in_a_loop(test):
    """Run an async test with a deadline, and see that it leaves no task behind."""

    def run():
        async def bounded():
            async with asyncio.timeout(PATIENCE_S):
                await test()
                await asyncio.sleep(0)
                assert asyncio.all_tasks() == {asyncio.current_task()}

        asyncio.run(bounded())

    run.__name__ = test.__name__
    return run


async def waiting(shared, work, count, key="k"):
    tasks = [asyncio.create_task(shared.get(key, work)) for _ in range(count)]
    await work.started.wait()
    await asyncio.sleep(0)
    return tasks


async def ended(task):
    with pytest.raises(asyncio.CancelledError):
        await task


@in_a_loop
async def test_identical_work_is_done_once():
    shared, work = SharedWork(), Work()
    tasks = await waiting(shared, work, 5)
    work.done.set()
    assert await asyncio.gather(*tasks) == [1] * 5
    assert work.begun == 1


@in_a_loop
async def test_different_keys_are_different_work():
    shared, work = SharedWork(), Work()
    work.done.set()
    assert [await shared.get(key, work) for key in "ab"] == [1, 2]


@in_a_loop
async def test_finished_work_is_not_remembered():
    shared, work = SharedWork(), Work()
    work.done.set()
    assert [await shared.get("k", work) for _ in range(2)] == [1, 2]


@in_a_loop
async def test_one_who_leaves_does_not_take_the_work_from_the_others():
    shared, work = SharedWork(), Work()
    first, second, third = await waiting(shared, work, 3)
    first.cancel()
    third.cancel()
    await ended(first)
    await ended(third)
    work.done.set()
    assert await second == 1
    assert (work.begun, work.cancelled) == (1, 0)


@in_a_loop
async def test_the_last_who_leaves_ends_the_work():
    shared, work = SharedWork(), Work()
    tasks = await waiting(shared, work, 2)
    for task in tasks:
        task.cancel()
        await ended(task)
    await asyncio.sleep(0)
    assert work.cancelled == 1


@in_a_loop
async def test_who_comes_after_the_last_has_left_begins_anew():
    shared, work = SharedWork(), Work()
    (only,) = await waiting(shared, work, 1)
    only.cancel()
    await ended(only)
    again = asyncio.create_task(shared.get("k", work))
    await asyncio.sleep(0)
    work.done.set()
    assert await again == 2
    assert work.cancelled == 1


@in_a_loop
async def test_an_error_reaches_everyone_who_waits():
    shared, work = SharedWork(), Work()
    tasks = await waiting(shared, work, 3)
    work.error = LookupError("gone")
    work.done.set()
    got = await asyncio.gather(*tasks, return_exceptions=True)
    assert got == [work.error] * 3


@in_a_loop
async def test_a_failure_is_not_remembered():
    shared, work = SharedWork(), Work()
    work.done.set()
    work.error = LookupError("gone")
    with pytest.raises(LookupError):
        await shared.get("k", work)
    work.error = None
    assert await shared.get("k", work) == 2


@in_a_loop
async def test_an_error_that_nobody_waits_for_any_more_is_not_reported():
    reports = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
    shared, entered = SharedWork(), asyncio.Event()

    async def fails_when_cancelled():
        entered.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise LookupError("while giving up") from None

    task = asyncio.create_task(shared.get("k", fails_when_cancelled))
    await entered.wait()
    task.cancel()
    await ended(task)
    await asyncio.sleep(0)
    del task
    import gc

    gc.collect()
    assert reports == []
