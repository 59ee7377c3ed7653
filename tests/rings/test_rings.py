"""The doorbell with a real Redis: rung, frozen, away and back."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from redis import Redis

import rings
from rings import doorbell, hub, knocking
from tests.house import House

pytestmark = [pytest.mark.worker, pytest.mark.timeout(120)]


# A queue of its own: knocks of one test may still be on their way in the next.
QUEUE = "knocked-at"


@pytest.fixture
def redis(house: House, settings: Any) -> Iterator[Redis]:
    house.without("train", "web")
    client = Redis.from_url(settings.REDIS_URL)
    client.flushall()
    _speak_again()
    yield client
    client.close()


def _speak_again() -> None:
    """Forget an earlier failure: after one, a process keeps quiet for a while."""
    if doorbell._doorbell is not None:
        doorbell._doorbell._quiet_until = 0.0


async def soon(claim: Callable[[], bool], *, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not claim():
            await asyncio.sleep(0.01)


@pytest.fixture
async def bell(redis: Redis) -> AsyncIterator[hub.Bell]:
    """A bell that has been told that the subscription is up."""
    async with hub.listening("run:1") as bell:
        assert await bell.wait(10)
        yield bell


async def test_a_ring_reaches_its_topic_and_no_other(bell: hub.Bell) -> None:
    async with hub.listening("run:2") as other:
        assert rings.publish("run:1")
        assert await bell.wait(5)
        assert not await other.wait(0.1)


async def test_rings_that_nobody_waited_for_are_one(bell: hub.Bell) -> None:
    for _ in range(50):
        rings.publish("run:1")
    heard = 0
    while await bell.wait(0.3):
        heard += 1
    assert 1 <= heard < 50


async def test_every_bell_rings_when_redis_comes_back(house: House, bell: hub.Bell) -> None:
    house.kill("redis")
    assert not await bell.wait(0.3)
    house.need("redis")
    assert await bell.wait(10)
    _speak_again()
    rings.publish("run:1")
    assert await bell.wait(5)


async def test_joining_does_not_wait_for_redis(house: House, redis: Redis) -> None:
    house.freeze("redis")
    began = time.monotonic()
    async with hub.listening("run:1") as bell:
        assert time.monotonic() - began < hub.ANSWER_SECONDS / 2
        assert not await bell.wait(0.1)
    house.thaw("redis")


async def test_without_watchers_nobody_listens(redis: Redis) -> None:
    async with hub.listening("run:1") as bell:
        await bell.wait(10)
        assert redis.pubsub_numpat() == 1
    await soon(lambda: redis.pubsub_numpat() == 0)


def test_f08_ringing_a_frozen_redis_costs_a_fifth_of_a_second_once(house: House, redis: Redis) -> None:
    assert rings.publish("run:1")
    house.freeze("redis")
    began = time.monotonic()
    assert not rings.publish("run:1")
    assert time.monotonic() - began < 1.0
    began = time.monotonic()
    assert not any(rings.publish("run:1") for _ in range(100))
    assert time.monotonic() - began < 5 * doorbell.TIMEOUT_SECONDS
    house.thaw("redis")


def test_f08_knocking_never_waits(house: House, redis: Redis) -> None:
    house.freeze("redis")
    began = time.monotonic()
    for _ in range(200):
        rings.knock("labs.work", "train")
    assert time.monotonic() - began < 0.1
    assert not rings.is_silent("train")
    house.thaw("redis")


def test_a_knock_lies_in_its_queue_until_it_is_heard(house: House, redis: Redis) -> None:
    assert rings.is_silent(QUEUE)
    rings.knock("labs.work", QUEUE)
    house.until(lambda: redis.llen(QUEUE), what="the knock to arrive")
    assert not rings.is_silent(QUEUE)


def test_knocks_go_on_after_redis_was_away(house: House, redis: Redis) -> None:
    house.kill("redis")
    rings.knock("labs.work", QUEUE)
    house.need("redis")
    redis.flushall()

    def arrived() -> bool:
        rings.knock("labs.work", QUEUE)
        return bool(redis.llen(QUEUE))

    house.until(arrived, what="a knock to arrive")


def test_the_first_knock_after_a_restart_of_redis_arrives(house: House, redis: Redis) -> None:
    rings.knock("labs.work", QUEUE)
    house.until(lambda: redis.llen(QUEUE), what="the knock that opens the connection")
    house.kill("redis")
    house.need("redis")
    redis.flushall()
    rings.knock("labs.work", QUEUE)
    house.until(lambda: redis.llen(QUEUE), seconds=10, what="the first knock after the restart")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_knocker_that_died_is_replaced(house: House, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(knocking, "_send", lambda *unused: 1 / 0)
        rings.knock("labs.work", QUEUE)
        house.until(lambda: knocking._knocker is None or not knocking._knocker.is_alive, what="the thread to die")
    rings.knock("labs.work", QUEUE)
    house.until(lambda: redis.llen(QUEUE), what="the knock to arrive")
