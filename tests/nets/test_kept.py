"""Which epoch's network a run leaves: the last one, or with patience the one that was judged best."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from nets import checkpoints
from nets.data import load
from nets.events import Event, columns
from nets.metrics import score
from nets.specs import TrainSpec
from nets.trainer import train
from nets.zoo import build

# At this rate the validation loss goes up and down from the third epoch on.
JUMPY = TrainSpec(epochs=30, batch_size=320, augment="none", schedule="constant", learning_rate=0.03, patience=2)
CLOCKS = ("seconds", "images_per_second", "checkpoint", "weights")


def of(kind: str, told: list[Event]) -> list[Event]:
    return [event for event in told if event["type"] == kind]


def walk(spec: TrainSpec, folder: Path, **options: Any) -> tuple[list[Event], list[Path]]:
    """Return what a run tells, and a copy of every checkpoint that it wrote."""
    told, files = [], []
    for event in train(spec, device="cpu", threads=1, checkpoint_to=folder, checkpoints_apart=0.0, **options):
        told.append(event)
        if event["type"] == "checkpoint":
            files.append(folder / f"kept-{event['step']}")
            files[-1].write_bytes((folder / event["file"]).read_bytes())
    return told, files


def timeless(summary: Event) -> Event:
    return {name: value for name, value in summary.items() if name not in CLOCKS}


def best_of(told: list[Event]) -> Event:
    return min(of("epoch", told), key=lambda epoch: epoch["validation_loss"])


@pytest.mark.parametrize("ema", [0.0, 0.5])
def test_a_run_with_patience_leaves_its_best_network_and_says_which(tmp_path: Path, ema: float) -> None:
    spec = dataclasses.replace(JUMPY, ema=ema)
    told, files = walk(spec, tmp_path)
    best, last, summary = best_of(told), of("epoch", told)[-1], told[-1]["summary"]
    assert told[-1]["reason"] == "early_stopped"
    assert last["epoch"] == best["epoch"] + spec.patience
    assert summary["kept_epoch"] == best["epoch"]
    assert summary["validation_loss"] == best["validation_loss"]
    assert summary["validation_accuracy"] == best["validation_metric"]
    # The weights themselves, judged by nobody's word: those for other programs, and those of the checkpoint.
    data = load("digits")
    model = build("lenet5", shape=data.shape, classes=10)
    for weights in (load_file(tmp_path / "weights.safetensors"), checkpoints.load(files[-1])["model"]):
        model.load_state_dict(weights)
        found = [score(model, part, mean=data.mean, std=data.std) for part in (data.validation, data.test)]
        assert found[0].loss == pytest.approx(best["validation_loss"], rel=1e-5)
        assert found[1].accuracy == summary["test_accuracy"]


@pytest.mark.parametrize("ema", [0.0, 0.5])
def test_a_run_that_was_cut_at_any_epoch_keeps_the_same_network(tmp_path: Path, ema: float) -> None:
    spec = dataclasses.replace(JUMPY, ema=ema)
    told, files = walk(spec, tmp_path / "whole")
    whole = load_file(tmp_path / "whole" / "weights.safetensors")
    for file in files[1::2]:
        torch.manual_seed(999)
        rest, _ = walk(spec, tmp_path / file.name, resume_from=file)
        step = int(file.name.removeprefix("kept-"))
        assert columns(rest)["loss"] == columns(told)["loss"][step:]
        assert timeless(rest[-1]["summary"]) == timeless(told[-1]["summary"])
        left = load_file(tmp_path / file.name / "weights.safetensors")
        assert all(torch.equal(left[name], whole[name]) for name in whole)


def test_a_stop_in_mid_epoch_leaves_the_best_network_too(tmp_path: Path) -> None:
    spec = dataclasses.replace(JUMPY, patience=30)
    run = train(spec, device="cpu", threads=1, checkpoint_to=tmp_path)
    told = [next(run)]
    while len(of("epoch", told)) < 2 or told[-1]["type"] != "steps":
        told.append(next(run))
    told.append(run.send("stop"))
    told += list(run)
    assert told[-1]["reason"] == "stopped"
    assert told[-1]["summary"]["kept_epoch"] == best_of(told)["epoch"]
    assert told[-1]["summary"]["validation_loss"] == best_of(told)["validation_loss"]


def test_a_run_without_patience_leaves_its_last_network(tmp_path: Path) -> None:
    spec = dataclasses.replace(JUMPY, patience=0, epochs=5)
    told, files = walk(spec, tmp_path)
    last, summary = of("epoch", told)[-1], told[-1]["summary"]
    assert (summary["kept_epoch"], summary["validation_loss"]) == (5, last["validation_loss"])
    assert summary["best_epoch"] == max(of("epoch", told), key=lambda epoch: epoch["validation_metric"])["epoch"]
    state = checkpoints.load(files[-1])
    assert (state["is_kept"], state["trained"], state["average"]) == (False, None, None)


def test_a_branch_with_patience_off_a_run_without_waits_for_lows_of_its_own(tmp_path: Path) -> None:
    _, files = walk(dataclasses.replace(JUMPY, patience=0, epochs=5), tmp_path / "root")
    told, _ = walk(dataclasses.replace(JUMPY, patience=1), tmp_path / "branch", branch_from=files[-1])
    assert of("epoch", told)[0]["epoch"] == 6
    assert told[-1]["summary"]["kept_epoch"] == best_of(told)["epoch"] >= 6
