"""Watchers of one run share one reading, and each gets everything after its own place."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

import rings
from accounts.models import User
from labs import following, queueing, watching
from labs.models import Lab, Run
from labs.recording import Recorder
from labs.watching import Watcher
from tests.house import House
from tests.labs.conftest import submit
from tests.labs.test_recording import steps

pytestmark = [pytest.mark.worker, pytest.mark.timeout(120)]

PATIENCE = 10.0


@pytest.fixture
def recorder(house: House, learner: User, lab: Lab) -> Recorder:
    """The worker of a run, played by the test."""
    house.without("train")
    submit(learner, lab)
    run = queueing.claim(worker="the test")
    assert run is not None
    return Recorder(run)


@sync_to_async
def say(recorder: Recorder, *numbers: int) -> None:
    for number in numbers:
        recorder.add(steps(number))
        recorder.flush()


async def heard(watcher: Watcher, *, until: int) -> list[int]:
    """Take frames up to chunk `until`; return their steps."""
    told: list[int] = []
    async with asyncio.timeout(PATIENCE):
        while (news := await watcher.next_letter(timeout=PATIENCE)) is not None:
            told += [n for event in news.frame["events"] if event["type"] == "steps" for n in event["step"]]
            if news.frame["seq"] >= until:
                return told
    raise AssertionError("Nothing came.")


async def test_who_joins_late_gets_what_came_before(recorder: Recorder) -> None:
    await say(recorder, 1, 2, 3)
    async with Watcher(recorder.run.pk, after=3) as early:
        await early.next_letter(timeout=PATIENCE)
        await say(recorder, 4)
        assert await heard(early, until=4) == [4]
        async with Watcher(recorder.run.pk, after=1) as late:
            assert await heard(late, until=4) == [2, 3, 4]


async def test_who_lags_behind_the_memory_misses_nothing(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "REMEMBERED_PIECES", 4)
    async with Watcher(recorder.run.pk, after=0) as quick, Watcher(recorder.run.pk, after=0) as slow:
        await slow.next_letter(timeout=PATIENCE)
        for number in range(1, 11):
            await say(recorder, number)
            await heard(quick, until=number)
        assert await heard(slow, until=10) == list(range(1, 11))


async def test_twenty_watchers_cost_one_read_per_ring(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"shared": 0, "own": 0}
    _count(monkeypatch, watching, "_read_rows", counts, "shared")
    _count(monkeypatch, following, "frame_after", counts, "own")
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(_watch(recorder, number))
        while counts["own"] < 20 or not counts["shared"]:
            await asyncio.sleep(0.01)
        for number in range(1, 31):
            await say(recorder, number)
    assert counts["own"] == 20
    assert counts["shared"] <= 30 + 5


async def _watch(recorder: Recorder, number: int) -> None:
    async with Watcher(recorder.run.pk, after=0) as watcher:
        assert await heard(watcher, until=30) == list(range(1, 31))


def _count(patch: pytest.MonkeyPatch, module: Any, name: str, counts: dict[str, int], key: str) -> None:
    true = getattr(module, name)

    def counting(*arguments: Any) -> Any:
        counts[key] += 1
        return true(*arguments)

    patch.setattr(module, name, counting)


async def test_a_run_that_goes_away_ends_its_watchers(recorder: Recorder) -> None:
    async with Watcher(recorder.run.pk, after=0) as watcher:
        await watcher.next_letter(timeout=PATIENCE)
        await sync_to_async(Run.objects.filter(pk=recorder.run.pk).delete)()
        await sync_to_async(rings.publish)(f"run:{recorder.run.pk}")
        with pytest.raises(Run.DoesNotExist):
            await watcher.next_letter(timeout=PATIENCE)


async def test_without_news_nothing_is_told(recorder: Recorder) -> None:
    async with Watcher(recorder.run.pk, after=0) as watcher:
        assert await watcher.next_letter(timeout=PATIENCE) is not None
        assert await watcher.next_letter(timeout=0.3) is None
        assert watcher.still()["state"] == "running"
