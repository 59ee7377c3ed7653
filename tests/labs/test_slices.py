"""Time slices, quotas and the forecast of the queue: what a class of forty needs so that nobody waits for one run."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import roles
from accounts.models import Role, User
from labs import estimates, fairness, queueing, speeds, submission, transitions, turns
from labs.fairness import Serving, Waiting
from labs.leasing import Lease
from labs.models import Device, Lab, Run, Turn, Worker
from nets import events
from tests.labs.conftest import submit

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def device(db: None) -> Device:
    worker = Worker.objects.create(name="train@one", queue="train")
    return Device.objects.create(worker=worker, name="cpu", slots=1, memory_bytes=10**12)


def people(count: int) -> list[User]:
    return [User.objects.create_user(f"person{number}@example.org") for number in range(count)]


def claim(device: Device | None = None, *, now: datetime | None = None) -> Run | None:
    return queueing.claim(worker="test", device=device, now=now)


def must_claim(device: Device | None = None, *, now: datetime | None = None) -> Run:
    run = claim(device, now=now)
    assert run is not None
    return run


def used(owner: User, lab: Lab, *, began: datetime, seconds: float) -> Run:
    """Let an ended run of this person have held a device."""
    run = submit(owner, lab)
    run.fence, run.worker = 1, "w"
    turns.begin(run, now=began)
    turns.end(run, now=began + timedelta(seconds=seconds))
    Run.objects.filter(pk=run.pk).update(state="cancelled", ended_at=timezone.now())
    return run


# --- slices


def is_over(lease: Lease) -> bool:
    """Let the heart beat once; return whether the run is to go back."""
    lease.beat()
    return lease.is_slice_over


def test_f43_a_run_is_sliced_only_after_its_time_and_only_while_another_waits(
    learner: User, other: User, lab: Lab, settings: Any
) -> None:
    settings.STRIDE_SLICE_SECONDS = 1e-9
    submit(learner, lab)
    lease = Lease(must_claim())
    assert not is_over(lease), "nobody waits"
    submit(learner, lab)
    assert not is_over(lease), "one's own runs are no reason to put one's own run back"
    rival = submit(other, lab)
    assert is_over(lease)
    submission.request_stop(rival)
    assert not is_over(lease)
    settings.STRIDE_SLICE_SECONDS = 3600
    submit(other, lab)
    assert not is_over(Lease(Run.objects.running().get())), "its time is not up"


def test_f43_a_run_with_priority_yields_to_priority_alone(learner: User, other: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_SLICE_SECONDS = 1e-9
    urgent = {"priority_until": timezone.now() + HOUR}
    Run.objects.filter(pk=submit(learner, lab).pk).update(**urgent)
    lease = Lease(must_claim())
    rival = submit(other, lab)
    assert not is_over(lease)
    Run.objects.filter(pk=rival.pk).update(**urgent)
    assert is_over(lease)


def test_f43_nobody_yields_to_an_owner_who_has_more_running(learner: User, other: User, lab: Lab) -> None:
    submit(other, lab)
    must_claim()
    submit(learner, lab)
    mine = must_claim()
    submit(other, lab)
    assert not queueing.has_rivals(mine, now=timezone.now())


def test_f43_forty_wait_at_most_a_slice_each_for_an_hour_long_run() -> None:
    waiting = [Waiting(f"run{number}", f"person{number}", seconds=30.0) for number in range(40)]
    begins = fairness.forecast(waiting, running=[Serving("long", seconds=3600)], served={}, slice_seconds=120)
    assert [begin.seconds for begin in begins.values()] == [120 + 30.0 * place for place in range(40)]


def test_f43_long_runs_take_turns() -> None:
    waiting = [Waiting(name, name, seconds=3600) for name in ("ben", "cleo")]
    begins = fairness.forecast(waiting, running=[Serving("anna", seconds=3600)], served={}, slice_seconds=120)
    assert {name: begin.seconds for name, begin in begins.items()} == {"ben": 120, "cleo": 240}


# --- turns and quotas


def test_a_turn_lasts_from_claim_to_release(learner: User, lab: Lab) -> None:
    submit(learner, lab)
    run = must_claim()
    assert Turn.objects.get().ended_at is None
    assert transitions.give_back(run, fence=run.fence)
    first = Turn.objects.get()
    assert first.ended_at is not None
    assert first.ended_at >= first.began_at
    must_claim()
    assert list(Turn.objects.order_by("attempt").values_list("attempt", flat=True)) == [1, 2]


def test_a_lost_workers_turn_ends_with_its_last_heartbeat(learner: User, lab: Lab) -> None:
    submit(learner, lab)
    run = must_claim(now=timezone.now() - HOUR)
    beat = timezone.now() - HOUR / 2
    Run.objects.filter(pk=run.pk).update(heartbeat_at=beat)
    assert transitions.requeue_lost(run, condition=transitions.held_by(run.pk, run.fence))
    assert Turn.objects.get().ended_at == beat


def test_the_days_seconds_are_those_of_the_last_24_hours(learner: User, lab: Lab) -> None:
    now = timezone.now()
    used(learner, lab, began=now - 30 * HOUR, seconds=3600)
    used(learner, lab, began=now - 24.5 * HOUR, seconds=3600)
    used(learner, lab, began=now - HOUR, seconds=600)
    assert turns.seconds_of_a_day(learner, now=now) == pytest.approx(1800 + 600)
    freed = turns.free_again_at(learner, now=now, allowed=2000)
    assert turns.seconds_of_a_day(learner, now=freed) == pytest.approx(2000)


def test_f17_who_has_used_up_the_day_is_told_when_there_is_more(learner: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_DEVICE_SECONDS = 600.0
    used(learner, lab, began=timezone.now() - 22 * HOUR, seconds=900)
    with pytest.raises(submission.QuotaError) as refused:
        submit(learner, lab)
    assert str(refused.value) == (
        "Your runs have trained for about 15 min in the last 24 hours, and about 10 min is the most. "
        "Train again in about 2 h."
    )


def test_f17_a_run_that_is_known_to_take_more_than_is_left_is_refused(learner: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_DEVICE_SECONDS = 600.0
    old = used(learner, lab, began=timezone.now() - HOUR, seconds=300)
    old.worker, old.resolved = "train@one:17", {"device": "cpu"}
    speeds.learn(old, summary={"seconds": 40, "steps": 40})
    with pytest.raises(
        submission.QuotaError, match="This takes about 7 min, and you have about 5 min of training left"
    ):
        submit(learner, lab, epochs=10)
    assert submit(learner, lab).state == "queued"


@pytest.mark.parametrize(("role", "name"), [("guest", "GUEST_"), ("learner", ""), ("instructor", "INSTRUCTOR_")])
def test_each_role_has_a_quota_of_its_own(role: str, name: str, lab: Lab, settings: Any) -> None:
    owner = User.objects.create_guest() if role == "guest" else User.objects.create_user("ines@example.org")
    if role == "instructor":
        roles.grant_role(owner, Role.INSTRUCTOR)
    setattr(settings, f"STRIDE_{name}OPEN_RUNS", 3)
    setattr(settings, f"STRIDE_{name}RUNNING_RUNS", 1)
    for _ in range(3):
        submit(owner, lab)
    with pytest.raises(submission.QuotaError, match="3 is the most at once"):
        submit(owner, lab)
    must_claim()
    assert claim() is None, "the others wait until the first has ended"
    assert Run.objects.queued().count() == 2


def test_whoever_has_as_many_running_as_they_may_is_passed_over(
    learner: User, other: User, lab: Lab, settings: Any
) -> None:
    settings.STRIDE_RUNNING_RUNS = 1
    for owner in (learner, learner, other):
        submit(owner, lab)
    assert {must_claim().owner, must_claim().owner} == {learner, other}
    assert claim() is None


# --- the forecast against what happens


class _Room:
    """A room played in virtual time on real rows: real claims, real transitions, runs that last as they were drawn."""

    def __init__(self, device: Device, *, begun: datetime, slice_seconds: float) -> None:
        self.device, self.now, self.slice = device, begun, slice_seconds
        self.drawn: dict[Any, float] = {}
        self.left: dict[Any, float] = {}
        self.began: dict[Any, datetime] = {}
        self.busy: dict[Any, tuple[Run, datetime]] = {}

    def step(self) -> bool:
        """Claim what can be claimed, then go to the next end of a turn; False when nothing runs any more."""
        while (run := claim(self.device, now=self.now)) is not None:
            self.busy[run.pk] = (run, self.now)
            self.began.setdefault(run.pk, self.now)
        if not self.busy:
            return False
        pk, (run, since) = min(self.busy.items(), key=lambda item: self._end_of(*item[1]))
        self.now = self._end_of(run, since)
        Run.objects.filter(pk__in=self.busy).update(heartbeat_at=self.now)
        self.left[pk] -= (self.now - since).total_seconds()
        del self.busy[pk]
        self._release(run)
        return True

    def _end_of(self, run: Run, since: datetime) -> datetime:
        is_shared = queueing.has_rivals(run, now=self.now)
        seconds = min(self.left[run.pk], self.slice) if is_shared else self.left[run.pk]
        return max(self.now, since + timedelta(seconds=seconds))

    def _release(self, run: Run) -> None:
        if self.left[run.pk] > 1e-3:
            Run.objects.filter(pk=run.pk).update(step=run.total_steps * (1 - self.left[run.pk] / self.drawn[run.pk]))
            transitions.give_back(run, fence=run.fence)
        else:
            Run.objects.filter(pk=run.pk).update(
                state="finished", reason="completed", ended_at=self.now, device=None, lease_until=None
            )
        Turn.objects.filter(run=run, attempt=run.fence).update(ended_at=self.now)


@pytest.mark.parametrize("slots", [1, 3])
def test_f17_position_and_time_come_true_within_30_percent(
    device: Device, lab: Lab, settings: Any, slots: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STRIDE_OPEN_RUNS, settings.STRIDE_SLICE_SECONDS, settings.STRIDE_HEARTBEAT_SECONDS = 100, 120, 0.01
    Device.objects.update(slots=slots)
    device.refresh_from_db()
    chance, begun = random.Random(slots), timezone.now()
    room = _Room(device, begun=begun, slice_seconds=120)
    owners = people(12)
    # What has run here tells how far the estimates are off: everything takes twice what was expected.
    for owner in owners[:6]:
        old = used(owner, lab, began=begun - HOUR, seconds=100)
        Run.objects.filter(pk=old.pk).update(state="finished", reason="completed", expected_seconds=50)
    for owner in [*owners, *owners[:4]]:
        run = submit(owner, lab)
        expected = chance.choice([10, 30, 60, 200])
        room.drawn[run.pk] = room.left[run.pk] = 2 * expected * chance.uniform(0.9, 1.1)
        Run.objects.filter(pk=run.pk).update(expected_seconds=expected, total_steps=1000)
    for _ in range(slots):
        room.step()
    monkeypatch.setattr(timezone, "now", lambda: room.now)
    Worker.objects.update(echoed_at=room.now)
    asked_at, promised = (
        room.now,
        {pk: estimates.wait_of(pk) for pk in Run.objects.queued().values_list("pk", flat=True)},
    )
    order = [pk for pk in estimates.queue_order() if pk not in room.began]
    while room.step():
        pass
    came = {pk: (room.began[pk] - asked_at).total_seconds() for pk in order}
    for pk in order:
        seconds = promised[pk].seconds
        assert seconds is not None
        assert seconds == pytest.approx(came[pk], rel=0.3, abs=5), (promised[pk], came[pk])
    actual = sorted(order, key=lambda pk: came[pk])
    off = [abs(actual.index(pk) - place) for place, pk in enumerate(order)]
    assert max(off) <= 2, "places: runs that begin at nearly the same time may change theirs"


def test_without_any_ended_run_no_time_is_promised(learner: User, other: User, lab: Lab) -> None:
    submit(learner, lab)
    waiting = estimates.wait_of(submit(other, lab).pk)
    assert (waiting.ahead, waiting.seconds) == (1, None)
    assert waiting.event() == events.waiting(ahead=1, seconds=None)
