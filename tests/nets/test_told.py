"""What the trainer says of a run in words: while it goes on, once, and as if it had never been cut."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from nets import checkpoints, events
from nets.diagnosis import Curve
from nets.events import Event, counted
from nets.specs import TrainSpec
from nets.trainer import train
from tests.nets.record_curves import FOLDER

# Adam at this rate throws LeNet-5 in its first epoch, and it stays where it lands.
THROWN = TrainSpec(epochs=4, batch_size=128, augment="none", schedule="constant", learning_rate=0.1)


def of(kind: str, told: list[Event]) -> list[Event]:
    return [event for event in told if event["type"] == kind]


@cache
def recorded(name: str) -> tuple[Event, ...]:
    return tuple(json.loads((FOLDER / f"{name}.json").read_text()))


def walk(curve: Curve, left: list[Event]) -> Iterator[tuple[Event, dict[str, Any]]]:
    """Yield every event that a run tells, as the trainer does, with the state that a checkpoint right then has."""
    due = [] if curve.is_open else curve.found()
    for event in left:
        for said in due:
            curve.note(said)
            yield said, asdict(curve)
        curve.note(event)
        yield event, asdict(curve)
        due = curve.found() if event["type"] in ("epoch", "diverged") else []
    for said in due:
        yield said, asdict(curve)


@pytest.mark.parametrize("name", ["diverged", "rate_high_thrown", "rate_high_relapse", "rate_low", "overfit"])
def test_a_run_that_was_cut_anywhere_is_told_what_an_uncut_one_is(name: str) -> None:
    whole = list(walk(Curve(), list(recorded(name))))
    told, step = [event for event, _ in whole], 0
    for place, (event, state) in enumerate(whole):
        step = event["step"][-1] if event["type"] == "steps" else step
        # Every epoch's end, what is said there, and a few points between: to look at all takes minutes.
        if event["type"] not in ("epoch", "diagnosis") and place % 29:
            continue
        # The first attempt went on for a while after its checkpoint, and what it told then may count or not.
        for lost in (place + 1, place + 2, len(told)):
            pairs = [(1, one) for one in told[:lost]]
            known = counted([*pairs, (2, events.resumed(attempt=2, step=step))])
            curve = Curve(**json.loads(json.dumps(state)))
            curve.hear(known, step=step)
            left = [one for one in told[place + 1 :] if one["type"] != "diagnosis"]
            after = [(2, events.resumed(attempt=2, step=step)), *((2, one) for one, _ in walk(curve, left))]
            again = of("diagnosis", counted([*pairs, *after]))
            assert sorted(again, key=str) == sorted(of("diagnosis", told), key=str), (event, lost)


def test_a_thrown_run_is_told_so_once_while_it_goes_on(tmp_path: Path) -> None:
    run = train(THROWN, device="cpu", threads=1, checkpoint_to=tmp_path, checkpoints_apart=0.0)
    told: list[Event] = []
    files: list[tuple[int, Path]] = []
    for event in run:
        told.append(event)
        if event["type"] == "checkpoint":
            # The trainer keeps two: each is put aside.
            kept = tmp_path / f"kept-{event['step']}"
            kept.write_bytes((tmp_path / event["file"]).read_bytes())
            files.append((event["step"], kept))
    (said,) = of("diagnosis", told)
    assert (said["kind"], said["lesson"]) == ("rate_too_high", "optimisers")
    # Right after the epoch that shows it.
    assert told[told.index(said) - 1]["type"] == "epoch"
    for step, file in files[:-1]:
        known = counted([(1, event) for event in told] + [(2, events.resumed(attempt=2, step=step))])
        rest = list(train(THROWN, device="cpu", threads=1, resume_from=file, told=known))
        assert of("diagnosis", known) + of("diagnosis", rest) == [said]
        # The checkpoint alone knows as much, for who has no events.
        assert of("diagnosis", list(train(THROWN, device="cpu", threads=1, resume_from=file))) == (
            [] if step >= said["step"] else [said]
        )


def test_a_checkpoint_asked_for_between_an_epoch_and_its_diagnosis_loses_nothing(tmp_path: Path) -> None:
    run = train(THROWN, device="cpu", threads=1, checkpoint_to=tmp_path)
    told = [next(run)]
    while told[-1]["type"] != "epoch":
        told.append(next(run))
    saved = run.send("checkpoint")
    said = next(run)
    run.close()
    assert (saved["type"], said["type"]) == ("checkpoint", "diagnosis")
    for known, expected in (([], [said]), ([said], [])):
        rest = train(THROWN, device="cpu", threads=1, resume_from=tmp_path / saved["file"], told=known)
        assert next(rest)["type"] == "started"
        first = next(rest)
        rest.close()
        assert [event for event in [first] if event["type"] == "diagnosis"] == expected


def test_a_rate_set_by_hand_may_be_wrong_in_its_own_way() -> None:
    def point(step: int, loss: float) -> Event:
        return events.steps(step=[step], loss=[loss], metric=[0.1], lr=[0.1])

    def close(epoch: int, loss: float) -> Event:
        return events.epoch(
            epoch=epoch,
            step=epoch,
            train_loss=loss,
            train_metric=0.1,
            validation_loss=loss,
            validation_metric=0.1,
            seconds=1.0,
            images_per_second=1.0,
        )

    thrown = [point(1, 2.3), close(1, 2.3), point(2, 9.0), close(2, 5.0)]
    calm = [point(3, 5.0), close(3, 2.5), point(4, 2.3), close(4, 2.3)]
    again = [point(5, 9.0), close(5, 9.0)]
    changed = events.rate_changed(step=2, value=0.01)
    # Whether the rate was set before or after the epoch was closed at the same step makes no difference.
    for course in ([*thrown, changed, *calm, *again], [*thrown[:3], changed, thrown[3], *calm, *again]):
        said = [event for event, _ in walk(Curve(), course) if event["type"] == "diagnosis"]
        assert [(event["kind"], event["step"]) for event in said] == [("rate_too_high", 2), ("rate_too_high", 5)]
    unchanged = [event for event, _ in walk(Curve(), [*thrown, *calm, *again]) if event["type"] == "diagnosis"]
    assert [event["step"] for event in unchanged] == [2]


def test_a_branch_knows_where_learning_began_and_is_told_anew(tmp_path: Path) -> None:
    run = train(THROWN, device="cpu", threads=1, checkpoint_to=tmp_path)
    told = [next(run)]
    while told[-1]["type"] != "diagnosis":
        told.append(next(run))
    saved = run.send("checkpoint")
    run.close()
    branch = list(train(THROWN, device="cpu", threads=1, branch_from=tmp_path / saved["file"], checkpoint_to=tmp_path))
    state = checkpoints.load(tmp_path / branch[-1]["summary"]["checkpoint"]["file"])["curve"]
    assert state["start"] == of("steps", told)[0]["loss"][0]
    assert (state["begun"], state["epochs"][0]["epoch"]) == (saved["step"], 2)


def test_a_resumed_run_of_which_nothing_is_known_is_told_no_cause(tmp_path: Path) -> None:
    run = train(THROWN, device="cpu", threads=1, checkpoint_to=tmp_path)
    file = tmp_path / [next(run), next(run), run.send("checkpoint")][-1]["file"]
    run.close()
    state = checkpoints.load(file)
    del state["curve"]
    checkpoints.save(state, file)
    torch.manual_seed(1)
    assert of("diagnosis", list(train(THROWN, device="cpu", threads=1, resume_from=file))) == []
