"""A run's life with a real worker and a real Redis: pause, resume, change of rate, and what becomes of them."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import User
from labs import continuing, following, submission, wishes
from labs.artifacts import CHECKPOINT, latest_weights
from labs.models import Lab, Run
from nets import events, trainer
from nets.specs import TrainSpec
from tests.house import House
from tests.labs.conftest import LONG, SHORT, points, state_of, submit

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]


def weights_of(run: Run) -> str:
    """Return the hash of the weights that a run left."""
    found = latest_weights(run)
    assert found is not None
    return found.sha256


def undisturbed(run: Run, folder: Path, *, actions: list[tuple[int, float]]) -> str:
    """Return the hash of the weights of the same run, trained here without any interruption."""
    spec = TrainSpec.from_json(run.spec)
    walk = trainer.train(spec, checkpoint_to=folder, actions=actions, threads=run.resolved["threads"])
    sha256: str = list(walk)[-1]["summary"]["weights"]["sha256"]
    return sha256


def test_a_paused_run_frees_its_worker_and_goes_on_to_the_same_weights(
    house: House, learner: User, lab: Lab, tmp_path: Path
) -> None:
    house.need("train")
    run = submit(learner, lab, epochs=20)
    house.until(lambda: points(run) > 2, what="points")
    submission.request_pause(run)
    house.until(lambda: state_of(run) == "paused", seconds=10, what="the run to rest")
    between = submit(learner, lab, **SHORT)
    house.until(lambda: state_of(between) == "finished", what="another run to use the worker")
    said = following.all_events(run)
    rested = next(event["step"] for event in said if event["type"] == "paused")
    assert 0 < rested == events.columns(said)["step"][-1] < 20 * 40
    submission.resume(run)
    house.until(lambda: state_of(run) == "finished", what="the run to finish")
    run.refresh_from_db()
    assert (run.reason, run.fence, run.losses) == ("completed", 2, 0)
    assert events.columns(following.all_events(run))["step"] == list(range(1, 20 * 40 + 1))
    assert weights_of(run) == undisturbed(run, tmp_path, actions=[])


def test_a_changed_rate_acts_at_once_and_is_made_again_after_a_kill(
    house: House, learner: User, lab: Lab, tmp_path: Path
) -> None:
    house.need("train", "sweeper")
    run = submit(learner, lab, epochs=40, schedule="constant")
    house.until(lambda: points(run) > 2, what="points")
    submission.change_rate(run, 0.0004)
    house.until(lambda: wishes.acted_rates(run), seconds=10, what="the worker to act")
    [(step, value)] = wishes.acted_rates(run)
    house.until(run.artifacts.filter(kind=CHECKPOINT).exists, what="a checkpoint")
    written = points(run)
    house.until(lambda: points(run) > written + 3, what="points past the checkpoint")
    house.kill_children("train")
    house.until(lambda: state_of(run) == "finished", seconds=120, what="the run to finish")
    run.refresh_from_db()
    assert run.fence == 2
    said = following.all_events(run)
    assert {"type": "rate_changed", "step": step, "value": value} in said
    told = events.columns(said)
    assert [rate for at, rate in zip(told["step"], told["lr"], strict=True) if at > step] == [0.0004] * (1600 - step)
    assert weights_of(run) == undisturbed(run, tmp_path, actions=[(step, value)])


def test_a_rate_changed_before_the_first_step_counts_from_the_first_step(house: House, learner: User, lab: Lab) -> None:
    house.without("train")
    run = submit(learner, lab, **LONG, schedule="constant")
    submission.change_rate(run, 0.0007)
    house.need("train")
    house.until(lambda: wishes.acted_rates(run), what="the worker to act")
    assert wishes.acted_rates(run)[0][0] <= 1


def test_a_branch_goes_on_from_the_checkpoint_with_its_own_settings(
    house: House, learner: User, lab: Lab, tmp_path: Path
) -> None:
    house.need("train")
    parent = submit(learner, lab, epochs=5)
    house.until(lambda: state_of(parent) == "finished", what="the parent to finish")
    point = parent.artifacts.get(kind=CHECKPOINT, step=200)
    made = continuing.branch(parent, owner=learner, step=200, fields={"epochs": 8, "learning_rate": 0.0003})
    house.until(lambda: state_of(made) == "finished", what="the branch to finish")
    made.refresh_from_db()
    told = events.columns(following.all_events(made))
    assert told["step"] == list(range(1, 8 * 40 + 1))
    assert told["loss"][:200] == events.columns(following.all_events(parent))["loss"]
    assert max(told["lr"][200:]) <= 0.0003 < max(told["lr"][:200])
    with default_storage.open(point.name) as file:
        (tmp_path / "point.ckpt").write_bytes(file.read())
    spec = TrainSpec.from_json(made.spec)
    to, threads = tmp_path / "oracle", made.resolved["threads"]
    walk = trainer.train(spec, checkpoint_to=to, branch_from=tmp_path / "point.ckpt", threads=threads)
    assert weights_of(made) == list(walk)[-1]["summary"]["weights"]["sha256"]


def test_a_finished_run_opens_without_redis(house: House, client: Client, learner: User, lab: Lab) -> None:
    house.need("train")
    run = submit(learner, lab, **SHORT)
    house.until(lambda: state_of(run) == "finished", what="the run to finish")
    house.kill("redis")
    client.force_login(learner)
    assert client.get(f"/runs/{run.pk}/").status_code == 200
    frame = client.get(f"/api/v1/runs/{run.pk}/events").json()
    assert (frame["state"], frame["events"][-1]["type"]) == ("finished", "finished")
    for name in ("metrics.csv", "artifacts", "checkpoints"):
        assert client.get(f"/api/v1/runs/{run.pk}/{name}").status_code == 200
