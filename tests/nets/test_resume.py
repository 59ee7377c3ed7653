"""A run that was killed, resumed, replayed or branched is to the bit the run that it should be."""

import dataclasses
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from nets import checkpoints
from nets.checkpoints import CheckpointError
from nets.events import Event, columns
from nets.schedules import share
from nets.specs import SpecError, TrainSpec
from nets.trainer import Wish, train

SMALL = TrainSpec(epochs=2, batch_size=640, learning_rate=0.01, seed=5)
TIMES = ("seconds", "images_per_second", "checkpoint", "weights")


def walk(spec: TrainSpec, wishes: dict[int, Wish] | None = None, **options: Any) -> list[Event]:
    """Walk a run to its end, sending each wish in answer to the points of its step."""
    run = train(spec, device="cpu", threads=1, **options)
    left = dict(wishes or {})
    told: list[Event] = []
    wish: Wish = None
    while True:
        try:
            told.append(run.send(wish))
        except StopIteration:
            return told
        is_asked = told[-1]["type"] == "steps" and told[-1]["step"][-1] in left
        wish = left.pop(told[-1]["step"][-1]) if is_asked else None


def of(kind: str, told: list[Event]) -> list[Event]:
    return [event for event in told if event["type"] == kind]


def timeless(told: list[Event]) -> list[Event]:
    kept = of("epoch", told) + of("snapshot", told) + [event["summary"] for event in of("finished", told)]
    return [columns(told), *({name: value for name, value in event.items() if name not in TIMES} for event in kept)]


def network(told: list[Event], folder: Path) -> dict[str, torch.Tensor]:
    """Return everything that the last checkpoint computes with: both networks and the optimiser's memory."""
    state = checkpoints.load(folder / told[-1]["summary"]["checkpoint"]["file"])
    memory = {
        f"{key}.{name}": value for key, part in state["optimiser"]["state"].items() for name, value in part.items()
    }
    return {**state["model"], **{f"trained.{k}": v for k, v in (state["trained"] or {}).items()}, **memory}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


WAYS: dict[str, dict[str, Any]] = {
    "nesterov": {"optimiser": "sgd", "nesterov": True, "schedule": "step"},
    "adam, one cycle, smoothed labels": {"optimiser": "adam", "schedule": "one_cycle", "label_smoothing": 0.1},
    "adamw, warm-up, clipped": {"optimiser": "adamw", "schedule": "constant", "warmup": 0.5, "clip": 0.5},
    "averaged": {"ema": 0.9, "weight_decay": 0.01, "decay_only_weights": True},
    "bfloat16": {"precision": "bfloat16", "layout": "channels_last", "augment": "none"},
    "dropout, watched": {"arch": "threeblock", "watch": ("confusion", "probe", "filters"), "epochs": 1},
    "frozen backbone": {"freeze": "backbone", "augment": "none"},
    # 1,257 images: 628, and 629 with the one that would be left over.
    "an image left over": {"batch_size": 628},
    "layer-wise rates": {"layer_decay": 0.5, "freeze": "conv1", "patience": 5},
}


@pytest.mark.parametrize("change", WAYS.values(), ids=WAYS)
def test_cut_after_the_first_step_and_resumed_is_never_cut(tmp_path: Path, change: dict[str, Any]) -> None:
    spec = dataclasses.replace(SMALL, **change)
    whole = walk(spec, checkpoint_to=tmp_path / "whole")
    run = train(spec, device="cpu", threads=1, checkpoint_to=tmp_path / "cut")
    first = [next(run), next(run), run.send("checkpoint")]
    run.close()
    torch.manual_seed(999)
    rest = walk(spec, checkpoint_to=tmp_path / "cut", resume_from=tmp_path / "cut" / first[-1]["file"])
    assert timeless(first + rest) == timeless(whole)
    assert same(network(rest, tmp_path / "cut"), network(whole, tmp_path / "whole"))
    assert {k: v for k, v in rest[0].items() if k != "type"} == {k: v for k, v in whole[0].items() if k != "type"}


@pytest.mark.parametrize("after", ["epoch", "filters", "confusion", "activations"])
def test_what_is_watched_is_told_once_wherever_the_state_was_saved(tmp_path: Path, after: str) -> None:
    spec = TrainSpec(epochs=2, watch=("filters", "confusion", "activations"))
    run = train(spec, device="cpu", threads=1, checkpoint_to=tmp_path)
    first = []
    for event in run:
        first.append(event)
        if after in (event["type"], event.get("kind")):
            break
    file = tmp_path / run.send("checkpoint")["file"]
    run.close()
    rest = walk(spec, checkpoint_to=tmp_path, resume_from=file)
    assert of("snapshot", first) + of("snapshot", rest) == of("snapshot", walk(spec))


def test_a_killed_process_goes_on_from_any_checkpoint_that_it_left(tmp_path: Path) -> None:
    spec = dataclasses.replace(SMALL, epochs=5, ema=0.9, precision="bfloat16", schedule="one_cycle")
    # Death comes at some point of the next tenth of a second, in the middle of whatever is going on.
    program = f"""
import json, os, random, signal, threading, time
from pathlib import Path
from nets.specs import TrainSpec
from nets.trainer import train
spec = TrainSpec.from_json(json.loads({json.dumps(json.dumps(spec.to_json()))}))
for event in train(spec, device="cpu", threads=1, checkpoint_to=Path({str(tmp_path / "cut")!r}), checkpoints_apart=0.0):
    if event["type"] == "checkpoint" and event["epoch"] == 2:
        threading.Timer(random.uniform(0, 0.1), os.kill, (os.getpid(), signal.SIGKILL)).start()
time.sleep(100)
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=110, check=False)
    assert done.returncode == -signal.SIGKILL
    left = sorted((tmp_path / "cut").glob("step-*.ckpt"))
    assert len(left) >= 2
    whole = walk(spec, checkpoint_to=tmp_path / "whole")
    for file in left:
        step = checkpoints.load(file)["counts"]["step"]
        rest = walk(spec, checkpoint_to=tmp_path / f"from-{step}", resume_from=file)
        assert columns(rest)["loss"] == columns(whole)["loss"][step:]
        assert same(network(rest, tmp_path / f"from-{step}"), network(whole, tmp_path / "whole"))


def test_a_changed_rate_is_told_takes_effect_and_is_kept_in_the_checkpoint(tmp_path: Path) -> None:
    told = walk(SMALL, {1: ("rate", 0.05)}, checkpoint_to=tmp_path)
    assert of("rate_changed", told) == [{"type": "rate_changed", "step": 1, "value": 0.05}]
    untouched = columns(walk(SMALL))
    rates = columns(told)["lr"]
    assert rates[0] == untouched["lr"][0]
    assert rates[1:] == [pytest.approx(5 * rate) for rate in untouched["lr"][1:]]
    assert checkpoints.load(tmp_path / told[-1]["summary"]["checkpoint"]["file"])["actions"] == [[1, 0.05]]


def test_a_changed_rate_replays_from_any_checkpoint_and_from_the_start(tmp_path: Path) -> None:
    spec = dataclasses.replace(SMALL, epochs=3)
    run = train(spec, device="cpu", threads=1, checkpoint_to=tmp_path / "cut")
    told = [next(run), next(run), run.send("checkpoint"), run.send(("rate", 0.05)), run.send("checkpoint")]
    assert [event["type"] for event in told[2:]] == ["checkpoint", "rate_changed", "steps"]
    whole = told + list(run)
    early = tmp_path / "cut" / told[2]["file"]
    actions = [(event["step"], event["value"]) for event in of("rate_changed", whole)]
    # That checkpoint is of before the change, which is known from the events alone.
    for options in ({"resume_from": early, "actions": actions}, {"actions": actions}):
        again = walk(spec, checkpoint_to=tmp_path / f"again{len(options)}", **options)
        assert of("rate_changed", again) == of("rate_changed", whole)
        assert same(network(again, tmp_path / f"again{len(options)}"), network(whole, tmp_path / "cut"))


def test_an_action_that_the_checkpoint_has_is_not_made_twice(tmp_path: Path) -> None:
    run = train(SMALL, device="cpu", threads=1, checkpoint_to=tmp_path)
    told = [next(run), next(run), run.send(("rate", 0.05)), run.send("checkpoint")]
    run.close()
    assert told[-1]["type"] == "checkpoint"
    rest = walk(SMALL, resume_from=tmp_path / told[-1]["file"], actions=[(1, 0.05)])
    assert of("rate_changed", rest) == []
    assert columns(rest)["lr"][0] == pytest.approx(0.05 * columns(walk(SMALL))["lr"][1] / SMALL.learning_rate)


@pytest.mark.parametrize("wish", [("rate", 0.0), ("rate", float("nan")), ("rate", "0.1"), ("speed", 1.0), "rate"])
def test_a_rate_that_no_spec_may_have_is_refused(wish: Any) -> None:
    run = train(SMALL, device="cpu", threads=1)
    next(run)
    with pytest.raises(ValueError, match="must be"):
        run.send(wish)


def branched(tmp_path: Path, **change: Any) -> tuple[list[Event], dict[str, torch.Tensor]]:
    """Cut SMALL after its first step, and go on from there by changed settings."""
    run = train(SMALL, device="cpu", threads=1, checkpoint_to=tmp_path / "cut")
    file = [next(run), next(run), run.send("checkpoint")][-1]["file"]
    run.close()
    spec = dataclasses.replace(SMALL, **change)
    told = walk(spec, checkpoint_to=tmp_path / "branch", branch_from=tmp_path / "cut" / file)
    return told, network(told, tmp_path / "branch")


def test_a_branch_at_another_rate_is_the_run_whose_rate_was_changed_there(tmp_path: Path) -> None:
    told, weights = branched(tmp_path, learning_rate=0.05)
    whole = walk(SMALL, {1: ("rate", 0.05)}, checkpoint_to=tmp_path / "whole")
    assert columns(told)["loss"] == columns(whole)["loss"][1:]
    assert same(weights, network(whole, tmp_path / "whole"))


def test_a_branch_may_change_the_optimiser_the_batch_and_what_is_frozen(tmp_path: Path) -> None:
    told, _ = branched(tmp_path, optimiser="sgd", batch_size=100, freeze="backbone", ema=0.9, epochs=3, augment="none")
    # 617 images of the first epoch are left, and two whole epochs of 1,257.
    assert columns(told)["step"] == list(range(2, 2 + 7 + 13 + 13))
    assert told[-1]["reason"] == "completed"
    # Its rates go down the schedule of 39 steps from where 7 steps of its first epoch are left to the end.
    rates = [SMALL.learning_rate * share("cosine", position=position, steps=39) for position in range(6, 39)]
    assert columns(told)["lr"] == pytest.approx(rates)


def test_a_branch_keeps_network_and_data(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="keep the network"):
        branched(tmp_path, arch="threeblock")
    with pytest.raises(ValueError, match="not both"):
        walk(SMALL, resume_from=tmp_path, branch_from=tmp_path)


def test_a_checkpoint_of_the_first_version_still_resumes(tmp_path: Path) -> None:
    run = train(SMALL, device="cpu", threads=1, checkpoint_to=tmp_path)
    file = tmp_path / [next(run), next(run), run.send("checkpoint")][-1]["file"]
    run.close()
    state = checkpoints.load(file)
    first = ("format", "spec", "spec_digest", "mean", "std", "model", "optimiser", "counts", "best", "chance")
    old = {name: state[name] for name in first} | {"scheduler": {"last_epoch": 1}}
    old["spec"] = {name: value for name, value in state["spec"].items() if name in list(state["spec"])[:11]}
    checkpoints.save(old, file)
    assert columns(walk(SMALL, resume_from=file))["loss"] == columns(walk(SMALL))["loss"][1:]


def test_a_layer_that_the_network_has_not_is_named_before_anything_is_trained() -> None:
    with pytest.raises(SpecError, match=r"conv1, .*“conv9” was given"):
        next(train(dataclasses.replace(SMALL, freeze="conv1,conv9"), device="cpu", threads=1))
