"""What a run will cost: told by such runs here once there are any, by arithmetic before."""

import pytest
from django.utils import timezone

from accounts.models import User
from labs.costs import cost_of
from labs.models import Lab, Run
from labs.models.runs import State
from nets.specs import TrainSpec
from tests.labs.conftest import submit


def ended(run: Run, **summary: float) -> None:
    """End a run with a summary."""
    values = {"state": State.FINISHED, "reason": "completed", "ended_at": timezone.now(), "summary": summary}
    Run.objects.filter(pk=run.pk).update(**values)


@pytest.mark.django_db
def test_before_any_run_the_ledger_guesses_and_a_larger_network_costs_more() -> None:
    small, large = cost_of(TrainSpec()), cost_of(TrainSpec(arch="threeblock"))
    assert not small.is_measured
    assert 0 < small.seconds < large.seconds
    assert small.memory_bytes < large.memory_bytes


@pytest.mark.django_db
@pytest.mark.parametrize(("batch_size", "steps"), [(1, 1257), (32, 40), (1257 - 1000, 5), (1024, 2)])
def test_the_last_batch_of_an_epoch_counts_though_it_is_smaller(batch_size: int, steps: int) -> None:
    assert cost_of(TrainSpec(epochs=1, batch_size=batch_size)).steps == steps


def test_such_runs_on_this_server_are_better_than_a_guess(learner: User, lab: Lab) -> None:
    for seconds in (2.0, 4.0, 30.0):
        ended(submit(learner, lab), seconds=seconds, steps=40)
    cost = cost_of(TrainSpec(epochs=2))
    assert cost.is_measured
    assert cost.seconds == pytest.approx(80 * 0.1)


def test_runs_of_another_kind_and_runs_without_a_step_say_nothing(learner: User, lab: Lab) -> None:
    ended(submit(learner, lab, batch_size=64), seconds=9.0, steps=20)
    ended(submit(learner, lab), seconds=0.0, steps=0)
    ended(submit(learner, lab))
    assert not cost_of(TrainSpec()).is_measured
