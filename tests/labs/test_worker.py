"""Runs with a real Redis and a real Celery worker: how they go, and what they survive."""

import hashlib
import signal
import time

import pytest
from django.core.files.storage import default_storage

import rings
from accounts.models import User
from courses.models import LabResult
from labs import announcing, costs, following, submission
from labs.announcing import QUEUE, WORK
from labs.artifacts import CHECKPOINT, latest_checkpoint, latest_weights
from labs.models import GoalResult, Lab, Run
from nets import events
from nets.specs import TrainSpec
from tests.house import House
from tests.labs.conftest import LONG, SHORT, points, state_of, submit

# On a busy machine a worker needs half a minute to load torch; nothing here waits longer than it must.
pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]
# Long enough for a worker that is idle to take a run, were it to look without a knock.
UNHEARD_SECONDS = 2.0
# Some seconds of training: long enough for Redis to go and come back meanwhile.
EPOCHS = 30


def has_let_go(house: House, run: Run) -> bool:
    """Whether the worker's log says that it stopped training the run, and why."""
    lines = [line for line in house.log("train").splitlines() if str(run.pk) in line]
    return any("lease_lost" in line or "run_taken_over" in line for line in lines)


def test_a_submitted_run_trains_to_its_end(house: House, learner: User, lab: Lab) -> None:
    house.need("train")
    run = submit(learner, lab, **SHORT)
    house.until(lambda: state_of(run) == "finished", what="the run to finish")
    run.refresh_from_db()
    assert (run.reason, run.fence, run.losses) == ("completed", 1, 0)
    assert run.summary["validation_accuracy"] > 0.2
    assert run.resolved["device"]
    spec = TrainSpec.from_json(run.spec)
    assert costs.cost_of(spec).basis == "measured", "the next such run is foretold by this one"
    assert costs.cost_of(spec).seconds == pytest.approx(run.summary["seconds"], rel=0.01)


def test_the_goal_is_judged_from_the_record(house: House, learner: User, lab: Lab) -> None:
    house.need("train")
    run = submit(learner, lab, **SHORT)
    house.until(lambda: state_of(run) == "finished", what="the run to finish")
    result = GoalResult.objects.get(run=run)
    assert result.passed is (following.all_events(run)[-1]["summary"]["validation_accuracy"] >= 0.5)
    assert LabResult.objects.get(learner=learner, lab_key=lab.pk).passed is result.passed


def test_f12_stop_takes_effect_within_a_second_and_leaves_a_network(house: House, learner: User, lab: Lab) -> None:
    house.need("train")
    run = submit(learner, lab, **LONG)
    house.until(lambda: points(run) > 2, what="points")
    asked_at = time.monotonic()
    assert submission.request_stop(run)
    house.until(lambda: state_of(run) == "finished", seconds=5, what="the run to stop")
    assert time.monotonic() - asked_at < 1.0
    run.refresh_from_db()
    assert run.reason == "stopped"
    for artifact in (latest_weights(run), latest_checkpoint(run)):
        assert artifact is not None
        with default_storage.open(artifact.name) as file:
            assert hashlib.sha256(file.read()).hexdigest() == artifact.sha256


def test_f01_a_killed_training_process_is_replaced(house: House, learner: User, lab: Lab) -> None:
    house.need("train", "sweeper")
    run = submit(learner, lab, **LONG)
    house.until(lambda: points(run) > 2, what="points")
    house.kill_children("train")
    house.until(lambda: Run.objects.get(pk=run.pk).fence == 2, seconds=3 + 10, what="a second attempt")
    house.until(lambda: run.chunks.filter(attempt=2).count() > 2, what="points of the second attempt")
    counted = events.columns(following.all_events(run))["step"]
    assert counted == list(range(1, len(counted) + 1))


def test_f02_a_killed_worker_leaves_no_row_running(house: House, learner: User, lab: Lab) -> None:
    house.need("train", "sweeper")
    run = submit(learner, lab, **LONG)
    house.until(lambda: points(run) > 2, what="points")
    house.kill("train")
    house.until(lambda: state_of(run) == "queued", seconds=10, what="the run to be queued again")
    house.need("train2")
    house.until(lambda: run.chunks.filter(attempt=2).count() > 2, what="points from another worker")
    assert "train2@" in Run.objects.get(pk=run.pk).worker
    house.kill("train2")


def test_f03_a_run_that_always_kills_its_worker_ends_and_others_go_on(
    house: House, learner: User, other: User, lab: Lab
) -> None:
    house.need("train", "sweeper")
    # One image to a batch: an epoch, and with it a checkpoint that would forgive the losses, takes many seconds.
    deadly = submit(learner, lab, **LONG, batch_size=1)
    for attempt in (1, 2, 3):
        chunks = deadly.chunks.filter(attempt=attempt)
        house.until(chunks.exists, what=f"attempt {attempt}")
        house.kill_children("train")
    house.until(lambda: state_of(deadly) == "failed", what="the run to be given up")
    deadly.refresh_from_db()
    assert (deadly.reason, deadly.losses, deadly.fence) == ("worker_lost", 2, 3)
    assert "smaller" in deadly.remedy
    assert following.all_events(deadly)[-1]["type"] == "failed"
    next_run = submit(other, lab, **SHORT)
    house.until(lambda: state_of(next_run) == "finished", what="another's run to finish")


@pytest.mark.parametrize("whole_group", [False, True], ids=["parent", "group"])
def test_f04_a_draining_worker_gives_its_run_back(house: House, learner: User, lab: Lab, whole_group: bool) -> None:
    house.need("train")
    run = submit(learner, lab, **LONG)
    house.until(lambda: points(run) > 2, what="points")
    if whole_group:
        house.signal("train", signal.SIGTERM)
    house.stop("train", seconds=30)
    run.refresh_from_db()
    assert (run.state, run.losses, run.lease_until) == ("queued", 0, None)
    checkpoint = latest_checkpoint(run)
    assert checkpoint is not None
    assert checkpoint.step == events.columns(following.all_events(run))["step"][-1]
    house.need("train")
    house.until(lambda: run.chunks.filter(attempt=2).exists(), what="the run to go on after the restart")
    assert {"type": "resumed", "attempt": 2, "step": checkpoint.step} in following.all_events(run)


def test_f05_a_thawed_worker_stops(house: House, learner: User, lab: Lab) -> None:
    house.need("train", "sweeper")
    run = submit(learner, lab, **LONG)
    house.until(lambda: points(run) > 2, what="points")
    house.freeze("train")
    house.until(lambda: state_of(run) == "queued", seconds=10, what="the lease to be noticed")
    house.need("train2")
    house.until(lambda: run.chunks.filter(attempt=2).exists(), what="a second attempt")
    first = run.chunks.filter(attempt=1)
    written = first.count()
    house.thaw("train")
    house.until(lambda: has_let_go(house, run), what="it to stop")
    assert first.count() == written
    assert Run.objects.get(pk=run.pk).fence == 2
    house.kill("train2")


def test_f14_a_killed_and_resumed_run_equals_one_that_was_never_interrupted(
    house: House, learner: User, lab: Lab
) -> None:
    house.need("train", "sweeper")
    whole, killed = submit(learner, lab, epochs=16), submit(learner, lab, epochs=16)
    checkpoints = killed.artifacts.filter(kind=CHECKPOINT)
    house.until(lambda: state_of(whole) == "finished", seconds=120, what="the first run to finish")
    house.until(checkpoints.exists, what="a checkpoint")
    written = points(killed)
    house.until(lambda: points(killed) > written + 3, what="points past the checkpoint")
    house.kill_children("train")
    house.until(lambda: state_of(killed) == "finished", seconds=120, what="the second run to finish")
    one, two = following.all_events(whole), following.all_events(killed)
    assert [event["step"] > 0 for event in two if event["type"] == "resumed"] == [True]
    assert events.columns(one) == events.columns(two)
    first, second = latest_weights(whole), latest_weights(killed)
    assert first is not None
    assert second is not None
    assert first.sha256 == second.sha256
    assert checkpoints.count() <= 3, "the last two and the best"


def test_f06_many_knocks_make_one_attempt(house: House, learner: User, lab: Lab) -> None:
    house.need("train")
    run = submit(learner, lab, **LONG)
    for _ in range(20):
        rings.knock(WORK, QUEUE)
    house.until(lambda: points(run) > 2, what="points")
    run.refresh_from_db()
    assert (run.fence, run.state) == (1, "running")


def test_f06_a_run_without_any_knock_is_found_by_the_sweeper(
    house: House, learner: User, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.without("sweeper")
    house.need("train")
    before = submit(learner, lab, **SHORT)
    house.until(lambda: state_of(before) == "finished", what="the worker to be idle")
    # After each run the worker looks for the next one: a run that is queued within that moment needs no knock.
    house.until(lambda: rings.is_silent(QUEUE) and house.is_idle("train"), what="the last knock to be heard")
    monkeypatch.setattr(announcing, "knock_for_work", lambda: None)
    run = submit(learner, lab, **SHORT)
    time.sleep(UNHEARD_SECONDS)
    assert state_of(run) == "queued", "The worker looks without a knock."
    house.need("sweeper")
    house.until(lambda: state_of(run) == "finished", what="the run to finish")


def test_f07_a_run_queued_before_redis_lost_everything_still_starts(house: House, learner: User, lab: Lab) -> None:
    house.without("train")
    run = submit(learner, lab, **SHORT)
    house.kill("redis")
    for path in house.data.glob("appendonly*"):
        path.unlink()
    house.need("redis", "sweeper", "train")
    house.until(lambda: state_of(run) == "finished", what="the run to finish")


def test_f07_training_goes_on_without_redis_and_its_rows_are_complete(house: House, learner: User, lab: Lab) -> None:
    house.need("train")
    run = submit(learner, lab, epochs=EPOCHS)
    house.until(lambda: points(run) > 2, what="points")
    house.kill("redis")
    before = points(run)
    house.until(lambda: points(run) > before + 8, what="points without Redis")
    house.need("redis")
    house.until(lambda: state_of(run) == "finished", seconds=60, what="the run to finish")
    steps = events.columns(following.all_events(run))["step"]
    assert steps == list(range(1, EPOCHS * 40 + 1))


def test_f16_a_run_that_breaks_says_so_and_the_next_one_is_fine(house: House, learner: User, lab: Lab) -> None:
    # Whoever trained for the test before rests until it is needed.
    bad = submit(learner, lab, **SHORT)
    Run.objects.filter(pk=bad.pk).update(spec={"arch": "of another release"})
    good = submit(learner, lab, **SHORT)
    house.need("train")
    house.until(lambda: state_of(good) == "finished", what="the next run to finish")
    bad.refresh_from_db()
    assert (bad.state, bad.reason) == ("failed", "error")
    assert "train again" in bad.remedy.lower()
