"""A run that is killed twice, at steps that nobody chose, ends with the very weights of one that was left alone."""

import random

import pytest

from accounts.models import User
from labs import following
from labs.artifacts import CHECKPOINT, latest_weights
from labs.models import Lab, Run
from nets import events
from tests.house import House
from tests.labs.conftest import state_of, submit

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]

EPOCHS = 16
STEPS = EPOCHS * 40


def has_passed(run: Run, step: int) -> bool:
    """Whether the run has told this step, and has a checkpoint to go on from."""
    return Run.objects.get(pk=run.pk).step >= step and run.artifacts.filter(kind=CHECKPOINT).exists()


def test_f14_a_run_killed_twice_at_random_ends_with_the_weights_of_one_that_never_was(
    house: House, learner: User, lab: Lab
) -> None:
    house.need("train", "sweeper")
    alone = submit(learner, lab, epochs=EPOCHS)
    house.until(lambda: state_of(alone) == "finished", seconds=120, what="the run that nobody kills")
    killed = submit(learner, lab, epochs=EPOCHS)
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    steps = sorted(chance.randrange(STEPS // 8, STEPS * 7 // 8) for _ in range(2))
    for attempt, step in enumerate(steps, start=1):
        what = f"step {step} of attempt {attempt} (seed {seed})"
        house.until(lambda step=step: has_passed(killed, step), seconds=120, what=what)  # type: ignore[misc]
        house.until(killed.chunks.filter(attempt=attempt).exists, what=what)
        house.kill_children("train")
        house.until(killed.chunks.filter(attempt=attempt + 1).exists, seconds=60, what=f"an attempt after {what}")
    house.until(lambda: state_of(killed) == "finished", seconds=120, what="the killed run to finish")
    told = following.all_events(killed)
    assert Run.objects.get(pk=killed.pk).fence == 3
    assert len([event for event in told if event["type"] == "resumed"]) >= 1
    first, second = latest_weights(alone), latest_weights(killed)
    assert first is not None
    assert second is not None
    assert first.sha256 == second.sha256, f"seed {seed}, killed after steps {steps}"
    assert events.columns(told) == events.columns(following.all_events(alone))
