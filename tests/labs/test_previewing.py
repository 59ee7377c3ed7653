"""The worker's side of previews: what it makes, with torch, and the sentences for what it cannot make."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from django.utils import timezone
from PIL import Image

from accounts.models import User
from labs import artifacts, previewing, previews
from labs.models import Chunk, Lab, Preview, Run
from labs.previewing import Unmakeable
from nets import memory, rangetest
from nets.session import Session
from nets.specs import TrainSpec
from nets.trainer import train
from tests.labs.conftest import submit

pytestmark = pytest.mark.django_db


def asked(by: User, kind: str, **changes: Any) -> Preview:
    """Ask for a preview of the usual settings, changed."""
    return previews.ask_about_spec(kind, spec=TrainSpec(**changes), by=by)


def trained(run: Run, *, folder: Path) -> None:
    """Train a run to its end and write down what a worker would: the log and the last checkpoint."""
    told = list(train(TrainSpec.from_json(run.spec), checkpoint_to=folder))
    Chunk.objects.create(run=run, seq=1, attempt=1, events=told)
    last = [event for event in told if event["type"] == "checkpoint"][-1]
    file = artifacts.store(run, kind=artifacts.CHECKPOINT, path=folder / last["file"], about=last)
    artifacts.add_rows(run, [file], keep=1)
    Run.objects.filter(pk=run.pk).update(state="finished", reason="completed", ended_at=timezone.now())


def test_the_draws_are_a_picture_of_the_size_that_the_page_reserves(learner: User) -> None:
    made = previewing.make(asked(learner, "augment_sheet", augment="light"))
    picture = Image.open(io.BytesIO(made.content))
    assert picture.size == (made.result["width"], made.result["height"])
    again = previewing.make(asked(learner, "augment_sheet", augment="light"))
    assert again.content == made.content
    assert previewing.make(asked(learner, "augment_sheet", augment="light", seed=1)).content != made.content


def test_a_range_test_is_that_of_the_network_and_the_batch(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "MOST_STEPS", 20)
    monkeypatch.setattr(previewing, "FEWEST_STEPS", 20)
    made = previewing.make(asked(learner, "range_test", batch_size=64))
    session = Session.begin(TrainSpec(batch_size=64), device=torch.device("cpu"))
    expected = rangetest.range_test(session, steps=20)
    assert made.result == {
        "rates": expected.rates,
        "losses": expected.losses,
        "smoothed": expected.smoothed,
        "suggestion": expected.suggestion,
    }


def test_the_downloads_of_a_run_hold_its_network_and_its_script(learner: User, lab: Lab, tmp_path: Path) -> None:
    run = submit(learner, lab)
    trained(run, folder=tmp_path)
    run.refresh_from_db()
    zipped = previewing.make(previews.ask_about_run("export_zip", run=run, by=learner))
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as archive:
        assert {"train.py", "model.onnx", "events.csv", "weights.safetensors"} <= set(archive.namelist())
        network = archive.read("model.onnx")
    alone = previewing.make(previews.ask_about_run("onnx", run=run, by=learner))
    assert alone.content == network
    assert alone.result["title"] == f"free-{str(run.pk)[:8]}.onnx"


def test_a_run_whose_checkpoint_is_gone_says_so(learner: User, lab: Lab) -> None:
    preview = previews.ask_about_run("onnx", run=submit(learner, lab), by=learner)
    with pytest.raises(Unmakeable, match="left no network"):
        previewing.make(preview)


def test_too_little_memory_is_told_and_the_worker_goes_on(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(session: Session, **steps: int) -> None:
        raise MemoryError("not enough memory")

    monkeypatch.setattr(rangetest, "range_test", full)
    assert memory.is_exceeded(MemoryError())
    failing, fine = asked(learner, "range_test"), asked(learner, "augment_sheet")
    previewing.work(node="infer@here")
    failing.refresh_from_db()
    fine.refresh_from_db()
    assert (failing.state, fine.state) == ("failed", "ready")
    assert "Choose a smaller batch or network" in failing.remedy


def test_what_breaks_is_told_and_the_worker_goes_on(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(session: Session, **steps: int) -> None:
        raise KeyError("somewhere")

    monkeypatch.setattr(rangetest, "range_test", broken)
    failing, fine = asked(learner, "range_test"), asked(learner, "augment_sheet")
    previewing.work(node="infer@here")
    failing.refresh_from_db()
    fine.refresh_from_db()
    assert (failing.remedy, fine.state) == (previewing.BROKE, "ready")


@pytest.mark.worker
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_the_infer_worker_makes_what_is_asked_though_nobody_rang(house: Any) -> None:
    learner = User.objects.create_user("learner@example.org", "a long password")
    preview = asked(learner, "augment_sheet")
    house.need("infer", "sweeper")
    house.until(lambda: Preview.objects.get(pk=preview.pk).state == "ready", what="the sheet")
