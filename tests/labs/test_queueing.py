"""Who is served next, and that nobody is served twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from labs import estimates, fairness, queueing
from labs.fairness import Serving, Waiting
from labs.models import Lab, Run
from tests.labs.conftest import submit
from tests.labs.racing import claimed_by_racers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _many(settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = settings.STRIDE_RUNNING_RUNS = 100


def claim() -> Run | None:
    return queueing.claim(worker="test")


def test_an_empty_queue_gives_nothing() -> None:
    assert claim() is None


def test_a_claim_raises_the_fence_and_sets_a_lease(learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    before = timezone.now()
    claimed = claim()
    assert claimed is not None
    assert (claimed.pk, claimed.state, claimed.fence, claimed.worker) == (run.pk, "running", 1, "test")
    assert claimed.lease_until is not None
    assert claimed.lease_until > before
    assert claimed.started_at is not None


def test_second_delivery_claims_nothing(learner: User, lab: Lab) -> None:
    submit(learner, lab)
    assert claim() is not None
    assert claim() is None


def test_f17_fifty_runs_of_one_learner_let_another_go_next(learner: User, other: User, lab: Lab) -> None:
    for _ in range(50):
        submit(learner, lab)
    late = submit(other, lab)
    assert estimates.wait_of(late.pk).ahead == 1
    first, second = claim(), claim()
    assert first is not None
    assert first.owner == learner
    assert second is not None
    assert second.pk == late.pk


def test_the_owner_served_longest_ago_goes_first(learner: User, other: User, lab: Lab) -> None:
    for owner, hours in ((learner, 1), (other, 2)):
        old = submit(owner, lab)
        served = timezone.now() - timedelta(hours=hours)
        Run.objects.filter(pk=old.pk).update(state="cancelled", heartbeat_at=served, ended_at=timezone.now())
    submit(learner, lab)
    waited_longer = submit(other, lab)
    claimed = claim()
    assert claimed is not None
    assert claimed.pk == waited_longer.pk


def test_a_priority_counts_until_its_date(learner: User, other: User, lab: Lab) -> None:
    submit(learner, lab)
    urgent = submit(other, lab)
    Run.objects.filter(pk=urgent.pk).update(priority_until=timezone.now() - timedelta(seconds=1))
    assert estimates.queue_order()[0] != urgent.pk
    Run.objects.filter(pk=urgent.pk).update(priority_until=timezone.now() + timedelta(hours=1))
    assert estimates.queue_order()[0] == urgent.pk
    claimed = claim()
    assert claimed is not None
    assert claimed.pk == urgent.pk


def test_the_order_that_is_shown_is_the_order_of_the_claims(learner: User, other: User, guest: User, lab: Lab) -> None:
    for owner in (learner, learner, other, learner, guest, other):
        submit(owner, lab)
    shown = estimates.queue_order()
    served = []
    while (run := claim()) is not None:
        served.append(run.pk)
        Run.objects.filter(pk=run.pk).update(state="cancelled", ended_at=timezone.now())
    assert served == shown


def test_runs_that_are_being_served_count_for_their_owner() -> None:
    queue = [Waiting("a2", "anna"), Waiting("b1", "ben")]
    for owners in (("anna", "cleo"), ("cleo", "anna")):
        running = [Serving(owner, seconds=place + 1.0) for place, owner in enumerate(owners)]
        assert list(fairness.forecast(queue, running=running, served={})) == ["b1", "a2"]


@pytest.mark.django_db(transaction=True)
def test_four_racing_claimers_never_share_a_run(learner: User, other: User, lab: Lab) -> None:
    runs = {str(submit(owner, lab).pk) for owner in (learner, other) * 40}
    claimed = claimed_by_racers()
    assert sorted(claimed) == sorted(runs)
    assert Run.objects.filter(state="running", fence=1).count() == len(runs)
