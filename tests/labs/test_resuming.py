"""Which checkpoint an attempt begins with."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from labs import artifacts, queueing, resuming, working
from labs.artifacts import CHECKPOINT, Stored
from labs.leasing import Lease
from labs.models import Lab, Run
from labs.recording import Recorder
from labs.steering import Helm
from nets import events, trainer
from nets.specs import TrainSpec
from tests.labs.conftest import submit
from tests.labs.test_recording import run

pytestmark = pytest.mark.django_db
__all__ = ["run"]


def stored(step: int) -> Stored:
    content = f"the state after {step}".encode()
    name = default_storage.save(f"runs/test/{step}.ckpt", ContentFile(content))
    return Stored(CHECKPOINT, name, hashlib.sha256(content).hexdigest(), len(content), step)


def beginning_steps(run: Run, folder: Path) -> list[int]:
    return [beginning.step for beginning in resuming.beginnings(run, folder=folder)]


def flip_a_byte(file: Stored) -> None:
    path = Path(default_storage.path(file.name))
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)


def test_a_run_without_checkpoints_begins_at_the_start(learner: User, lab: Lab, tmp_path: Path) -> None:
    assert beginning_steps(submit(learner, lab), tmp_path) == []


def test_the_newest_checkpoint_comes_first(run: Run, tmp_path: Path) -> None:
    artifacts.add_rows(run, [stored(40), stored(80)], keep=2)
    assert beginning_steps(run, tmp_path) == [80, 40]
    assert (tmp_path / "step-00000080.ckpt").read_bytes() == b"the state after 80"


def test_a_diagnosis_told_after_the_state_was_saved_is_not_told_again(learner: User, lab: Lab, tmp_path: Path) -> None:
    """A pause that was withdrawn leaves a checkpoint between an epoch and what is said of it; then the worker dies."""
    submit(learner, lab, epochs=4, batch_size=128, schedule="constant", learning_rate=0.1)
    claimed = queueing.claim(worker="test")
    assert claimed is not None
    walk = trainer.train(TrainSpec.from_json(claimed.spec), checkpoint_to=tmp_path, threads=1)
    recorder, said = Recorder(claimed), next(walk)
    while said["type"] != "epoch":
        recorder.add(said)
        said = next(walk)
    recorder.add(said)
    saved = walk.send("checkpoint")
    told = next(walk)
    walk.close()
    assert (told["type"], told["step"]) == ("diagnosis", saved["step"])
    recorder.add(told)
    recorder.flush()
    known = resuming.told_at(claimed, step=saved["step"])
    assert known == [told]
    resumed = trainer.train(
        TrainSpec.from_json(claimed.spec), resume_from=tmp_path / saved["file"], told=known, threads=1
    )
    assert told["kind"] not in [event["kind"] for event in resumed if event["type"] == "diagnosis"]


def test_f13_a_checkpoint_with_one_byte_flipped_is_passed_over(run: Run, tmp_path: Path) -> None:
    good, bad = stored(40), stored(80)
    artifacts.add_rows(run, [good, bad], keep=2)
    flip_a_byte(bad)
    assert beginning_steps(run, tmp_path) == [40]


def test_f13_a_checkpoint_whose_file_is_gone_is_passed_over(run: Run, tmp_path: Path) -> None:
    good, gone = stored(40), stored(80)
    artifacts.add_rows(run, [good, gone], keep=2)
    default_storage.delete(gone.name)
    assert beginning_steps(run, tmp_path) == [40]


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_forgives_losses_and_the_third_oldest_goes(run: Run) -> None:
    Run.objects.update(losses=2)
    recorder, files = Recorder(run), [stored(step) for step in (40, 80, 120)]
    for file in files:
        told = events.checkpoint(step=file.step or 0, epoch=1, file="x", sha256=file.sha256, size=file.bytes)
        recorder.add_checkpoint(told, file)
        recorder.flush()
    assert Run.objects.get().losses == 0
    assert set(run.artifacts.values_list("step", flat=True)) == {80, 120}
    assert [default_storage.exists(file.name) for file in files] == [False, True, True]


@pytest.mark.parametrize("threads", [1, 3])
def test_f14_an_attempt_computes_with_the_threads_of_the_first(run: Run, tmp_path: Path, threads: int) -> None:
    run.resolved = {"threads": threads}
    recorder = Recorder(run)
    walk, event = working._begin(
        run, recorder=recorder, helm=Helm(run, recorder=recorder, lease=Lease(run)), folder=tmp_path
    )
    walk.close()
    assert event["threads"] == threads
