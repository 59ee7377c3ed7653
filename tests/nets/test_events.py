"""Events survive JSON, count once, and keep their extremes when thinned."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets import events
from nets.events import Event, columns, counted, thin


def points(steps: range, value: float) -> Event:
    count = len(steps)
    return events.steps(step=list(steps), loss=[value] * count, metric=[value] * count, lr=[0.1] * count)


def start() -> Event:
    return events.started(
        device="cpu", dtype="float32", layout="contiguous", threads=1, parameters=1, dataset={}, steps_per_epoch=10
    )


def test_nan_and_infinity_become_null_at_any_depth() -> None:
    event = events.finished(
        reason="diverged", summary={"loss": math.nan, "deep": [{"x": math.inf}, (-math.inf, 1.0)], "name": "a"}
    )
    assert json.loads(json.dumps(event, allow_nan=False))["summary"] == {
        "loss": None,
        "deep": [{"x": None}, [None, 1.0]],
        "name": "a",
    }


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        events.steps(step=[1, 2], loss=[0.1], metric=[0.1], lr=[0.1])


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="finished early"):
        events.finished(reason="finished early", summary={})
    with pytest.raises(ValueError, match="bored"):
        events.failed(reason="bored", remedy="")


def test_every_event_names_its_type() -> None:
    made = [
        events.waiting(ahead=2, seconds=None),
        events.epoch(
            epoch=1,
            step=1,
            train_loss=1.0,
            train_metric=0.5,
            validation_loss=1.0,
            validation_metric=0.5,
            seconds=1.0,
            images_per_second=1.0,
        ),
        events.snapshot(epoch=1, step=1, kind="filters", data={}),
        events.checkpoint(step=1, epoch=1, file="a", sha256="b", size=1),
        events.rate_changed(step=1, value=0.1),
        events.diagnosis(kind="overfit", step=1, text="", lesson=""),
        events.paused(step=1),
        events.resumed(attempt=2, step=1),
        events.diverged(step=1),
        events.cancelled(),
    ]
    assert [event["type"] for event in made] == [
        "waiting",
        "epoch",
        "snapshot",
        "checkpoint",
        "rate_changed",
        "diagnosis",
        "paused",
        "resumed",
        "diverged",
        "cancelled",
    ]


def test_a_resume_takes_back_what_lay_past_it() -> None:
    told = [
        (1, start()),
        (1, points(range(1, 21), 1.0)),
        (1, events.checkpoint(step=10, epoch=1, file="a", sha256="", size=1)),
        (1, events.checkpoint(step=20, epoch=2, file="b", sha256="", size=1)),
        (2, events.resumed(attempt=2, step=10)),
        (2, start()),
        (2, points(range(11, 31), 2.0)),
    ]
    kept = counted(told)
    assert columns(kept)["loss"] == [1.0] * 10 + [2.0] * 20
    assert [event["step"] for event in kept if event["type"] == "checkpoint"] == [10]


def test_an_attempt_that_starts_over_takes_back_everything() -> None:
    told = [(1, start()), (1, points(range(1, 21), 1.0)), (2, start()), (2, points(range(1, 4), 2.0))]
    assert columns(counted(told)) == {"step": [1, 2, 3], "loss": [2.0] * 3, "metric": [2.0] * 3, "lr": [0.1] * 3}


def test_an_attempt_that_only_waits_takes_back_nothing() -> None:
    told = [(1, start()), (1, points(range(1, 4), 1.0)), (2, events.waiting(ahead=0, seconds=1.0))]
    assert columns(counted(told))["step"] == [1, 2, 3]


def test_a_pause_within_an_attempt_takes_back_nothing() -> None:
    told = [
        (1, start()),
        (1, points(range(1, 6), 1.0)),
        (1, events.paused(step=5)),
        (1, events.resumed(attempt=1, step=5)),
        (1, points(range(6, 9), 1.0)),
    ]
    assert columns(counted(told))["step"] == list(range(1, 9))
    assert len(counted(told)) == len(told)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[int, Event]], list[int]]:
    """Return the events of a run that was lost and resumed at random, and the attempt that must own each step."""
    told: list[tuple[int, Event]] = []
    owners: list[int] = []
    for attempt in range(1, draw(st.integers(1, 5)) + 1):
        begin = draw(st.integers(0, len(owners)))
        if begin or draw(st.booleans()):
            told.append((attempt, events.resumed(attempt=attempt, step=begin)))
        told.append((attempt, start()))
        del owners[begin:]
        for _ in range(draw(st.integers(0, 4))):
            count = draw(st.integers(1, 6))
            told.append((attempt, points(range(len(owners) + 1, len(owners) + count + 1), float(attempt))))
            owners += [attempt] * count
    return told, owners


@given(histories())
def test_each_step_counts_once_and_belongs_to_its_last_attempt(
    history: tuple[list[tuple[int, Event]], list[int]],
) -> None:
    told, owners = history
    kept = columns(counted(told))
    assert kept["step"] == list(range(1, len(owners) + 1))
    assert kept["loss"] == [float(owner) for owner in owners]


@given(histories(), st.data())
def test_doubled_events_count_once(history: tuple[list[tuple[int, Event]], list[int]], data: st.DataObject) -> None:
    told, _ = history
    doubled = [pair for pair in told for _ in range(data.draw(st.integers(1, 3)))]
    assert columns(counted(doubled)) == columns(counted(told))


values = st.none() | st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(values, values), max_size=200), st.integers(6, 60))
def test_thinning_keeps_the_ends_the_extremes_and_the_order(rows: list[tuple[Any, Any]], limit: int) -> None:
    full: events.Points = {
        "step": list(range(1, len(rows) + 1)),
        "loss": [row[0] for row in rows],
        "metric": [row[1] for row in rows],
        "lr": [0.1] * len(rows),
    }
    few = thin(full, limit)
    assert len(few["step"]) <= limit
    assert few["step"] == sorted(set(few["step"]))
    kept = list(zip(few["step"], few["loss"], few["metric"], strict=True))
    assert set(kept) <= set(zip(full["step"], full["loss"], full["metric"], strict=True))
    if len(rows) <= limit:
        assert few == full
    else:
        assert (few["step"][0], few["step"][-1]) == (1, len(rows))
    for name in ("loss", "metric"):
        numbers = [value for value in full[name] if value is not None]
        if len(numbers) == len(rows) and rows:
            assert (min(few[name]), max(few[name])) == (min(numbers), max(numbers))
        assert (None in few[name]) == (None in full[name])


def test_a_limit_without_room_for_a_bin_is_refused() -> None:
    with pytest.raises(ValueError, match="6 or more"):
        thin({"step": [], "loss": [], "metric": [], "lr": []}, 5)


def test_thinning_a_long_run_leaves_most_of_the_limit() -> None:
    count = 100_000
    full: events.Points = {
        "step": list(range(count)),
        "loss": [math.sin(x) for x in range(count)],
        "metric": [0.5] * count,
        "lr": [0.1] * count,
    }
    assert 2_000 < len(thin(full, 4_000)["step"]) <= 4_000
