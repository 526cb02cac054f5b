"""The interpreter's switch interval is shortened for a while, and given back."""

import asyncio
import sys

import pytest

from nb_remote import switching
from nb_remote.switching import BRISK_S, Switching

USUAL_S = 0.004


@pytest.fixture(autouse=True)
def usual_interval(monkeypatch):
    before = sys.getswitchinterval()
    sys.setswitchinterval(USUAL_S)
    monkeypatch.setattr(switching, "LINGER_S", 0.02)
    yield
    sys.setswitchinterval(before)


async def until_over(one):
    async with asyncio.timeout(10):
        while one.quickened:  # noqa: ASYNC110  (its end has no event)
            await asyncio.sleep(0.005)


def test_the_interval_is_short_while_somebody_waits_and_as_before_afterwards():
    async def scenario():
        one = Switching()
        for _ in range(3):
            one.quicken()
            assert sys.getswitchinterval() == pytest.approx(BRISK_S)
            await asyncio.sleep(0.01)
        await until_over(one)
        assert sys.getswitchinterval() == pytest.approx(USUAL_S)
        one.quicken()
        assert one.quickened
        await until_over(one)

    asyncio.run(scenario())
    assert sys.getswitchinterval() == pytest.approx(USUAL_S)


def test_a_shorter_interval_of_the_persons_own_stays():
    async def scenario():
        sys.setswitchinterval(BRISK_S / 2)
        one = Switching()
        one.quicken()
        assert not one.quickened

    asyncio.run(scenario())
    assert sys.getswitchinterval() == pytest.approx(BRISK_S / 2)


def test_what_somebody_sets_meanwhile_stays():
    async def scenario():
        one = Switching()
        one.quicken()
        sys.setswitchinterval(0.01)
        await until_over(one)

    asyncio.run(scenario())
    assert sys.getswitchinterval() == pytest.approx(0.01)
