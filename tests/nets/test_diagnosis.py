"""Each rule speaks on recorded runs that really do it, at any time, and is silent on those that only look so."""

import json
from functools import cache

import pytest

from nets.diagnosis import diagnose
from nets.events import Event
from tests.nets.record_curves import FOLDER, NORMED, SPECS, record, trimmed

# Every run that is recorded, and all that may be said of it while it goes on and at its end.
SAID = {
    "diverged": {"diverged"},
    "rate_high_thrown": {"rate_too_high"},
    "rate_high_stuck": {"rate_too_high"},
    "rate_high_relapse": {"rate_too_high"},
    "rate_low": {"rate_too_low"},
    "rate_low_sgd": {"rate_too_low"},
    "plateau": {"plateau"},
    "overfit": {"overfit"},
    "overfit_cosine": {"overfit"},
    "norm_batch_2": {"batch_too_small"},
}
LESSONS = {
    "diverged": "optimisers",
    "rate_too_high": "optimisers",
    "rate_too_low": "optimisers",
    "plateau": "the-training-loop",
    "overfit": "the-training-loop",
    "batch_too_small": "batch-norm",
}


@cache
def recorded(name: str) -> tuple[Event, ...]:
    return tuple(json.loads((FOLDER / f"{name}.json").read_text()))


def said(name: str, told: list[Event]) -> list[Event]:
    if name not in NORMED:
        return diagnose(told)
    run = NORMED[name]
    return diagnose(told, batch_size=run.batch_size, has_batch_norm=run.has_batch_norm)


def live(name: str, events: tuple[Event, ...]) -> list[Event]:
    """Return all that is said of a run that is looked at whenever an epoch closes, and when it is over."""
    told: list[Event] = []
    for event in events:
        told.append(event)
        if event["type"] in ("epoch", "diverged", "finished"):
            told += said(name, told)
    return [event for event in told if event["type"] == "diagnosis"]


@pytest.mark.parametrize("name", [*SPECS, *NORMED])
def test_what_is_said_of_a_recorded_run_is_right_and_said_once(name: str) -> None:
    found = live(name, recorded(name))
    assert [event["kind"] for event in found] == sorted(SAID.get(name, set()))
    for event in found:
        assert event["lesson"] == LESSONS[event["kind"]]
        assert event["text"].endswith(".")


@pytest.mark.parametrize("name", SAID)
def test_a_finished_run_shows_it_without_what_was_said_on_the_way(name: str) -> None:
    whole = {event["kind"] for event in said(name, list(recorded(name)))}
    # What a run was told early stays in its events; a relapse, for one, still shows at the end.
    assert whole == SAID[name]


def test_a_kind_that_was_told_is_not_told_again() -> None:
    told = list(recorded("overfit"))
    first = diagnose(told)
    assert [event["kind"] for event in first] == ["overfit"]
    assert diagnose(told + first) == []


def test_the_onset_of_overfitting_is_the_epoch_with_the_lowest_validation_loss() -> None:
    told = recorded("overfit")
    epochs = [event for event in told if event["type"] == "epoch"]
    lowest = min(epochs, key=lambda event: event["validation_loss"])
    (event,) = diagnose(told)
    assert event["step"] == lowest["step"]
    assert f"epoch {lowest['epoch']} " in event["text"]


def test_divergence_names_the_first_step_without_a_number() -> None:
    told = list(recorded("diverged"))
    (event,) = diagnose(told)
    assert event["step"] == next(event["step"] for event in told if event["type"] == "diverged")
    points_alone = [event for event in told if event["type"] == "steps"]
    assert diagnose(points_alone) == diagnose(told)
    # Weights that break in the last step of an epoch show in the validation alone.
    healthy = [dict(event) for event in recorded("well")]
    last = next(event for event in reversed(healthy) if event["type"] == "epoch")
    last["validation_loss"] = None
    assert [(event["kind"], event["step"]) for event in diagnose(healthy)] == [("diverged", last["step"])]


def test_small_batches_are_no_fault_of_a_network_without_batch_norm_or_of_an_unknown_batch() -> None:
    told = recorded("norm_batch_2")
    assert diagnose(told, batch_size=2) == []
    assert diagnose(told, has_batch_norm=True) == []
    # Dropout looks the same to the curves: only who knows the network can tell the two apart.
    shape = diagnose(recorded("dropout_batch_2"), batch_size=2, has_batch_norm=True)
    assert {event["kind"] for event in shape} <= {"batch_too_small"}


@pytest.mark.parametrize("count", [0, 1])
def test_a_run_that_has_hardly_begun_shows_nothing(count: int) -> None:
    assert diagnose(recorded("well")[:count]) == []


def test_a_rate_brought_down_on_purpose_makes_no_plateau() -> None:
    told = [dict(event) for event in recorded("plateau")]
    for event in told:
        if event["type"] == "steps":
            event["lr"] = [rate / step for rate, step in zip(event["lr"], event["step"], strict=True)]
    assert diagnose(told) == []


@pytest.mark.parametrize(
    ("name", "epochs"),
    [("diverged", 1), ("rate_high_thrown", 1), ("rate_low", 8), ("plateau", 8), ("norm_batch_2", 6)],
)
def test_a_run_made_now_shows_what_the_recorded_one_shows(name: str, epochs: int) -> None:
    """The engine of today, not of the day of recording. Overfitting takes longer, and is looked at there alone.

    Each run gets about twice the epochs that its rule waits for: in other last digits the first epoch may not count.
    """
    told = tuple(trimmed(record(name, epochs=epochs)))
    assert {event["kind"] for event in live(name, told)} == SAID[name]
