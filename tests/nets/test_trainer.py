"""What a run tells, how it ends, and that it goes on exactly where it stopped."""

import dataclasses
import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from nets import checkpoints, data
from nets.events import Event, columns
from nets.session import Session
from nets.specs import SpecError, TrainSpec
from nets.trainer import Wish, train
from tests.nets.conftest import Trained

SHORT = TrainSpec(epochs=2, batch_size=128, augment="light", seed=3)
TIMES = ("seconds", "images_per_second")


def never(_event: Event) -> bool:
    return False


def walk(spec: TrainSpec, *, stop_at: Callable[[Event], bool] = never, **options: object) -> list[Event]:
    """Walk a run to its end, asking for a stop in answer to each event that `stop_at` picks."""
    run = train(spec, device="cpu", threads=1, **options)  # type: ignore[arg-type]
    told: list[Event] = []
    wish: Wish = None
    while True:
        try:
            told.append(run.send(wish))
        except StopIteration:
            return told
        wish = "stop" if stop_at(told[-1]) else None


def of(kind: str, told: list[Event]) -> list[Event]:
    return [event for event in told if event["type"] == kind]


def timeless(told: list[Event]) -> list[Event]:
    """Return epochs and the end without what a clock said, and all points as one, however they were flushed."""
    kept = of("epoch", told) + [event["summary"] for event in of("finished", told)]
    return [
        columns(told),
        *({k: v for k, v in event.items() if k not in (*TIMES, "checkpoint", "weights")} for event in kept),
    ]


def test_the_first_run_reaches_97_percent_and_an_untrained_network_guesses(first_run: Trained) -> None:
    untrained = Session.begin(first_run.spec, device=torch.device("cpu")).judge("validation").accuracy
    reached = first_run.summary["validation_accuracy"]
    seconds = first_run.summary["seconds"]
    sys.stdout.write(f"untrained {untrained:.3f}, first run {reached:.3f} on validation, {seconds:.1f} s\n")
    assert untrained < 0.3
    assert isinstance(reached, float)
    assert reached >= 0.97


def test_a_run_tells_its_start_every_step_every_epoch_and_its_end(first_run: Trained) -> None:
    told = first_run.events
    spec = first_run.spec
    per_epoch = told[0]["steps_per_epoch"]
    assert (told[0]["type"], told[-1]["type"], told[-1]["reason"]) == ("started", "finished", "completed")
    assert columns(told)["step"] == list(range(1, per_epoch * spec.epochs + 1))
    assert [event["epoch"] for event in of("epoch", told)] == list(range(1, spec.epochs + 1))
    assert [event["step"] for event in of("epoch", told)] == [per_epoch * n for n in range(1, spec.epochs + 1)]
    assert told[0]["parameters"] == 61706


def test_the_first_point_comes_alone_and_at_once() -> None:
    data.warm()
    next(train(SHORT, device="cpu", threads=1))
    begun = time.perf_counter()
    run = train(SHORT, device="cpu", threads=1)
    next(run)
    first = next(run)
    seconds = time.perf_counter() - begun
    sys.stdout.write(f"first point after {seconds * 1000:.0f} ms\n")
    assert first["step"] == [1]
    assert seconds < 2.0


def test_every_event_is_json_as_it_is(first_run: Trained) -> None:
    for event in first_run.events:
        assert json.loads(json.dumps(event, allow_nan=False)) == event


def test_the_last_small_batch_weighs_by_its_images() -> None:
    spec = TrainSpec(epochs=1, batch_size=1000, augment="none", schedule="constant")
    told = walk(spec)
    points = columns(told)
    (epoch,) = of("epoch", told)
    assert len(points["step"]) == 2
    expected = (points["loss"][0] * 1000 + points["loss"][1] * 257) / 1257
    assert epoch["train_loss"] == pytest.approx(expected, rel=1e-5)
    assert epoch["train_metric"] == pytest.approx(
        (points["metric"][0] * 1000 + points["metric"][1] * 257) / 1257, rel=1e-5
    )


def test_stop_ends_after_the_step_validates_saves_and_leaves_a_usable_network(tmp_path: Path) -> None:
    told = walk(TrainSpec(epochs=200), stop_at=lambda event: event["type"] == "steps", checkpoint_to=tmp_path)
    assert [event["type"] for event in told] == ["started", "steps", "epoch", "checkpoint", "finished"]
    end = told[-1]
    assert end["reason"] == "stopped"
    assert end["summary"]["steps"] == 1
    assert end["summary"]["validation_accuracy"] == told[2]["validation_metric"]
    assert checkpoints.load(tmp_path / end["summary"]["checkpoint"]["file"])["counts"]["step"] == 1


def test_a_stop_before_the_first_step_still_ends_well(tmp_path: Path) -> None:
    told = walk(TrainSpec(epochs=200), stop_at=lambda event: event["type"] == "started", checkpoint_to=tmp_path)
    assert [event["type"] for event in told] == ["started", "checkpoint", "finished"]
    assert told[-1]["summary"]["steps"] == 0
    assert told[-1]["summary"]["validation_accuracy"] is not None


def test_a_stop_at_the_very_end_is_a_completed_run() -> None:
    told = walk(SHORT, stop_at=lambda event: event.get("epoch") == SHORT.epochs)
    assert told[-1]["reason"] == "completed"


def test_an_unknown_wish_is_refused() -> None:
    run = train(SHORT, device="cpu", threads=1)
    next(run)
    with pytest.raises(ValueError, match="'halt' was given"):
        run.send("halt")  # type: ignore[arg-type]


def test_a_caller_may_stop_walking_and_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    run = train(SHORT, device="cpu", threads=2)
    next(run)
    assert torch.get_num_threads() == 2
    run.close()
    assert torch.get_num_threads() == before


def test_a_loss_that_is_no_number_ends_the_run_with_an_event(tmp_path: Path) -> None:
    spec = TrainSpec(optimiser="sgd", learning_rate=10.0, epochs=5, augment="none", batch_size=128)
    told = walk(spec, checkpoint_to=tmp_path, checkpoints_apart=0.0)
    assert [event["type"] for event in told[-3:]] == ["diverged", "diagnosis", "finished"]
    points = columns(told)
    assert points["loss"][-1] is None
    assert None not in points["loss"][:-1]
    assert {told[-3]["step"], told[-2]["step"]} == {points["step"][-1]}
    assert told[-2]["kind"] == "diverged"
    assert told[-1]["reason"] == "diverged"
    assert told[-1]["summary"]["steps"] == points["step"][-1]
    assert told[-1]["summary"]["test_accuracy"] is None


def test_weights_that_break_in_the_last_step_of_an_epoch_are_never_saved(tmp_path: Path) -> None:
    spec = TrainSpec(optimiser="sgd", epochs=3, batch_size=1024)
    run = train(spec, device="cpu", threads=1, checkpoint_to=tmp_path)
    file = tmp_path / [next(run), next(run), run.send("checkpoint")][-1]["file"]
    run.close()
    state = checkpoints.load(file)
    for entry in state["optimiser"]["state"].values():
        entry["momentum_buffer"].fill_(math.inf)
    checkpoints.save(state, file)
    told = walk(spec, checkpoint_to=tmp_path, resume_from=file, checkpoints_apart=0.0)
    # The loss of step 2 is sound; what it does to the weights shows only in the validation.
    assert columns(told)["loss"][-1] is not None
    assert [event["type"] for event in told] == ["started", "steps", "diverged", "diagnosis", "finished"]
    assert [left.name for left in tmp_path.iterdir()] == [file.name]


def test_one_spec_gives_one_run_and_another_seed_another() -> None:
    assert timeless(walk(SHORT)) == timeless(walk(SHORT))
    assert columns(walk(SHORT)) != columns(walk(dataclasses.replace(SHORT, seed=4)))


@pytest.mark.parametrize("asked_at", ["steps", "epoch"])
@pytest.mark.parametrize(
    ("arch", "optimiser", "schedule"),
    [("lenet5", "sgd", "cosine"), ("lenet5", "adamw", "constant"), ("threeblock", "adam", "cosine")],
)
def test_a_resumed_run_is_bit_identical_to_an_uninterrupted_one(
    tmp_path: Path, arch: str, optimiser: str, schedule: str, asked_at: str
) -> None:
    # Dropout and augmentation draw from torch's generator; the first steps event ends in mid-epoch.
    spec = TrainSpec(
        arch=arch, epochs=2, batch_size=640, optimiser=optimiser, schedule=schedule, learning_rate=0.01, seed=5
    )
    whole = walk(spec, checkpoint_to=tmp_path / "whole")
    run = train(spec, device="cpu", threads=1, checkpoint_to=tmp_path / "cut")
    first = [next(run)]
    while first[-1]["type"] != asked_at:
        first.append(next(run))
    first.append(run.send("checkpoint"))
    run.close()
    assert first[-1]["type"] == "checkpoint"
    torch.manual_seed(999)
    rest = walk(spec, checkpoint_to=tmp_path / "cut", resume_from=tmp_path / "cut" / first[-1]["file"])
    assert timeless(first + rest) == timeless(whole)
    assert same_network(tmp_path / "whole", tmp_path / "cut", rest=rest)


def same_network(one: Path, other: Path, *, rest: list[Event]) -> bool:
    name = rest[-1]["summary"]["checkpoint"]["file"]
    left, right = checkpoints.load(one / name)["model"], checkpoints.load(other / name)["model"]
    return all(torch.equal(left[weight], right[weight]) for weight in left)


def test_a_checkpoint_of_another_spec_is_refused(first_run: Trained) -> None:
    file = next(first_run.folder.glob("*.ckpt"))
    with pytest.raises(checkpoints.CheckpointError, match="spec differs"):
        next(train(SHORT, device="cpu", resume_from=file))


def test_a_long_run_keeps_two_checkpoints_and_the_weights(tmp_path: Path) -> None:
    spec = dataclasses.replace(SHORT, epochs=5, batch_size=600)
    told = walk(spec, checkpoint_to=tmp_path, checkpoints_apart=0.0)
    assert [event["epoch"] for event in of("checkpoint", told)] == [1, 2, 3, 4, 5]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "step-00000012.ckpt",
        "step-00000015.ckpt",
        "weights.safetensors",
    ]


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert walk(SHORT)[-1]["summary"]["checkpoint"] is None
    assert list(tmp_path.iterdir()) == []


def test_learning_rates_follow_the_schedule() -> None:
    constant = columns(walk(dataclasses.replace(SHORT, schedule="constant")))["lr"]
    cosine = columns(walk(dataclasses.replace(SHORT, schedule="cosine")))["lr"]
    assert set(constant) == {SHORT.learning_rate}
    assert cosine[0] == SHORT.learning_rate
    assert cosine == sorted(cosine, reverse=True)
    assert cosine[-1] < SHORT.learning_rate / 50


NORMED = TrainSpec(arch="fourconv_bn", data="few_digits", epochs=1, augment="none")


def test_an_image_left_over_by_itself_joins_the_last_batch_so_that_batch_norm_can_average() -> None:
    told = walk(dataclasses.replace(NORMED, batch_size=33))  # of 100 images: 33, 33 and 34
    assert (told[0]["steps_per_epoch"], columns(told)["step"]) == (3, [1, 2, 3])
    (epoch,) = of("epoch", told)
    loss = columns(told)["loss"]
    assert epoch["train_loss"] == pytest.approx((33 * loss[0] + 33 * loss[1] + 34 * loss[2]) / 100, rel=1e-5)


def test_a_batch_over_which_batch_norm_cannot_average_is_named_with_its_setting() -> None:
    with pytest.raises(SpecError, match="A batch of 1 holds a single image") as raised:
        walk(dataclasses.replace(NORMED, batch_size=1))
    assert list(raised.value.errors) == ["batch_size"]
