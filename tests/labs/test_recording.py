"""Chunks and ends are written by the attempt that holds the run, and by no other."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from labs import ending, queueing, submission, sweeping, transitions
from labs.leasing import Lease
from labs.models import Artifact, Chunk, GoalResult, Lab, Run
from labs.recording import Recorder, TakenOverError
from labs.transitions import held_by
from nets import events
from tests.labs.conftest import submit

pytestmark = pytest.mark.django_db

ENDED = events.finished(reason="completed", summary={"validation_accuracy": 0.75})


def steps(*numbers: int) -> events.Event:
    column = [0.5 for _ in numbers]
    return events.steps(step=list(numbers), loss=column, metric=column, lr=column)


@pytest.fixture
def run(learner: User, lab: Lab) -> Run:
    """A run that a worker holds."""
    submit(learner, lab)
    claimed = queueing.claim(worker="first")
    assert claimed is not None
    return claimed


def lose(run: Run) -> None:
    """Let the run's lease end, sweep, and let another worker claim it."""
    later = timezone.now() + timedelta(seconds=60)
    sweeping.sweep(now=later)
    again = queueing.claim(worker="second")
    assert again is not None
    assert again.pk == run.pk


def test_points_that_follow_one_another_become_one_event(run: Run) -> None:
    recorder = Recorder(run)
    for number in (1, 2, 3):
        recorder.add(steps(number))
    recorder.flush()
    assert run.chunks.get().events == [steps(1, 2, 3)]


def test_f05_a_worker_that_was_thawed_after_its_lease_is_refused(run: Run) -> None:
    recorder = Recorder(run)
    lose(run)
    recorder.add(steps(1))
    with pytest.raises(TakenOverError):
        recorder.flush()
    assert not Chunk.objects.exists()


def test_f05_its_end_is_refused_too(run: Run) -> None:
    lose(run)
    with pytest.raises(TakenOverError):
        ending.finish(run, event=ENDED, before=[], seq=1, files=[])
    assert not transitions.fail(run, condition=held_by(run.pk, run.fence), reason="error", remedy="x")
    assert not transitions.give_back(run, fence=run.fence)
    assert Run.objects.get().state == "running"
    assert not Chunk.objects.exists()


def test_f05_its_lease_is_lost(run: Run) -> None:
    lease = Lease(run)
    lease.beat()
    assert not lease.is_lost
    lose(run)
    lease.beat()
    assert lease.is_lost


def test_f10_a_lease_that_cannot_be_renewed_is_lost_by_the_clock_alone(run: Run, settings: Any) -> None:
    settings.STRIDE_LEASE_SECONDS = 1e-9
    assert Lease(run).is_lost


@pytest.mark.django_db(transaction=True)
def test_f10_a_chunk_that_finds_no_database_is_written_later_and_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(run)
    recorder.add(steps(1))
    with monkeypatch.context() as patch:
        patch.setattr(Chunk.objects, "create", _no_database)
        recorder.flush()
    assert not Chunk.objects.exists()
    recorder.add(steps(2))
    recorder.flush()
    assert [chunk.events for chunk in run.chunks.all()] == [[steps(1)], [steps(2)]]
    assert Run.objects.get().last_seq == 2


def test_f10_a_chunk_whose_commit_gave_no_answer_is_not_written_twice(run: Run) -> None:
    recorder = Recorder(run)
    recorder.add(steps(1))
    recorder.flush()
    # As if the answer had been lost: the recorder believes that nothing was written.
    recorder.seq, recorder._sending = 0, [steps(1)]
    recorder.add(steps(2))
    recorder.flush()
    assert [chunk.events for chunk in run.chunks.all()] == [[steps(1)], [steps(2)]]


def test_a_chunk_brings_back_the_learners_stop(run: Run) -> None:
    recorder = Recorder(run)
    submission.request_stop(run)
    recorder.add(steps(1))
    recorder.flush()
    assert recorder.wishes.stop


def test_an_end_is_one_transaction(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GoalResult.objects, "create", _no_database)
    with pytest.raises(OperationalError):
        ending.finish(run, event=ENDED, before=[], seq=1, files=[])
    assert Run.objects.get().state == "running"
    assert not Chunk.objects.exists()
    assert not Artifact.objects.exists()


def test_f12_a_finished_run_stays_finished(run: Run, tmp_path: Path) -> None:
    ending.finish(run, event=ENDED, before=[steps(1)], seq=1, files=[])
    assert not submission.request_stop(run)
    assert not transitions.fail(run, condition=held_by(run.pk, run.fence), reason="error", remedy="x")
    sweeping.sweep(now=timezone.now() + timedelta(days=1))
    ended = Run.objects.get()
    assert (ended.state, ended.reason, ended.last_seq) == ("finished", "completed", 1)
    assert ended.goal_result.passed


def test_f12_a_run_whose_worker_dies_after_stop_is_cancelled_not_trained_again(run: Run) -> None:
    submission.request_stop(run)
    sweeping.sweep(now=timezone.now() + timedelta(seconds=60))
    assert Run.objects.get().state == "cancelled"
    assert queueing.claim(worker="second") is None


def test_f11_two_sweepers_count_one_loss(run: Run) -> None:
    later = timezone.now() + timedelta(seconds=60)
    sweeping.sweep(now=later)
    sweeping._take_from_lost_worker(run, now=later)
    assert Run.objects.get().losses == 1


def test_a_lease_that_was_renewed_meanwhile_is_left_alone(run: Run) -> None:
    later = timezone.now() + timedelta(seconds=60)
    Run.objects.update(lease_until=later + timedelta(seconds=1))
    sweeping._take_from_lost_worker(run, now=later)
    assert Run.objects.get().state == "running"


def test_f03_the_third_loss_ends_the_run(run: Run) -> None:
    Run.objects.update(losses=2)
    sweeping.sweep(now=timezone.now() + timedelta(seconds=60))
    lost = Run.objects.get()
    assert (lost.state, lost.reason) == ("failed", "worker_lost")
    assert lost.chunks.get().events[0]["type"] == "failed"


def test_f40_a_run_without_steps_is_retried_once_and_then_stalled(run: Run, settings: Any) -> None:
    later = timezone.now() + timedelta(seconds=settings.STRIDE_STALL_SECONDS + 1)
    alive = {"lease_until": later + timedelta(days=1)}
    Run.objects.update(**alive)
    sweeping.sweep(now=later)
    assert Run.objects.get().state == "queued"
    queueing.claim(worker="second")
    Run.objects.update(**alive, last_step_at=timezone.now())
    sweeping.sweep(now=later + timedelta(seconds=1))
    stalled = Run.objects.get()
    assert (stalled.state, stalled.reason) == ("failed", "stalled")


def test_f40_slow_steps_are_given_their_time(run: Run, settings: Any) -> None:
    begin = timezone.now() - timedelta(seconds=60)
    for seq in (1, 2):
        at = begin + timedelta(seconds=30 * seq)
        Chunk.objects.create(run=run, seq=seq, attempt=run.fence, events=[steps(seq)], created_at=at)
    patience = timedelta(seconds=20 * 30)
    now = timezone.now()
    Run.objects.update(lease_until=now + timedelta(days=1), last_step_at=now)
    sweeping.sweep(now=now + patience - timedelta(seconds=5))
    assert Run.objects.get().state == "running"
    sweeping.sweep(now=now + patience + timedelta(seconds=5))
    assert Run.objects.get().state == "queued"


def _no_database(*unused: object, **more: object) -> None:
    raise OperationalError("the database is away")


def test_the_first_point_is_written_at_once(run: Run, settings: Any) -> None:
    settings.STRIDE_CHUNK_SECONDS = 3600
    recorder = Recorder(run)
    for event in (events.cancelled(), steps(1), steps(2)):
        recorder.add(event)
        recorder.flush_when_due()
    assert [chunk.events for chunk in run.chunks.all()] == [[events.cancelled()], [steps(1)]]
