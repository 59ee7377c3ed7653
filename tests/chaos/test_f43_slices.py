"""Fault 43: a run of an hour while others wait. It is sliced, everyone gets a turn, and it ends as if it never was."""

from functools import partial

import pytest

from accounts.models import User
from labs import following
from labs.artifacts import latest_weights
from labs.models import Lab, Run
from nets import events
from tests.house import House
from tests.labs.conftest import SHORT, points, state_of, submit

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]

SLICE_SECONDS = 3


@pytest.fixture
def sliced(house: House) -> House:
    """The house of this file: its worker gives a run three seconds while others wait."""
    # A busy machine may miss beats: the lease of the other tests would end the turn before its slice does.
    house.environment |= {"STRIDE_SLICE_SECONDS": str(SLICE_SECONDS), "STRIDE_LEASE_SECONDS": "60"}
    house.need("train")
    return house


def has_finished(run: Run) -> bool:
    return state_of(run) == "finished"


def test_f43_a_long_run_is_sliced_for_one_who_waits_and_goes_on(
    sliced: House, learner: User, other: User, lab: Lab
) -> None:
    long = submit(learner, lab, epochs=200)
    sliced.until(lambda: points(long) > 2, what="points of the long run")
    short = submit(other, lab, **SHORT)
    sliced.until(lambda: state_of(short) == "finished", seconds=90, what="the short run, in the middle of the long one")
    assert state_of(long) in ("queued", "running")
    sliced.until(lambda: long.chunks.filter(attempt=2).exists(), what="the long run to go on")
    first = long.turns.get(attempt=1)
    assert first.ended_at is not None
    assert (first.ended_at - first.began_at).total_seconds() >= SLICE_SECONDS
    counted = events.columns(following.all_events(long))["step"]
    assert counted == list(range(1, len(counted) + 1))
    assert Run.objects.get(pk=long.pk).losses == 0


def test_f43_two_runs_that_take_turns_end_with_the_weights_of_one_that_was_alone(
    sliced: House, learner: User, other: User, lab: Lab
) -> None:
    alone = submit(learner, lab, epochs=24)
    sliced.until(lambda: state_of(alone) == "finished", seconds=120, what="the run that nobody interrupts")
    both = [submit(owner, lab, epochs=24) for owner in (learner, other)]
    for run in both:
        sliced.until(partial(has_finished, run), seconds=200, what="both runs to finish")
    hashes = {weights.sha256 for run in (alone, *both) if (weights := latest_weights(run))}
    assert len(hashes) == 1
    assert any(run.turns.count() > 1 for run in both)
