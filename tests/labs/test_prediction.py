"""A prediction as it is read and as it is judged, in words."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs import prediction
from labs.prediction import Epoch, Facts, judge, outcome_of, read
from nets.specs import SpecError


def facts(*losses: float | None, accuracy: float | None = 0.95, reason: str = "completed") -> Facts:
    """Return a run of ten classes with these training losses, its accuracy climbing in a straight line."""
    epochs = tuple(
        Epoch((number + 1) / len(losses), loss, 0.9 * (number + 1) / len(losses)) for number, loss in enumerate(losses)
    )
    return Facts(reason=reason, accuracy=accuracy, classes=10, epochs=epochs)


GOOD = facts(2.0, 0.9, 0.3, 0.2)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"low": -0.1}, "prediction.low"),
        ({"high": 1.01}, "prediction.high"),
        ({"low": "many"}, "prediction.low"),
        ({"low": True}, "prediction.low"),
        ({"low": 10**400}, "prediction.low"),
        ({"low": [1]}, "prediction.low"),
        ({"outcome": ["converges"]}, "prediction.outcome"),
        ({"low": math.nan}, "prediction.low"),
        ({"low": 0.9, "high": 0.8}, "prediction.high"),
        ({"outcome": "explodes"}, "prediction.outcome"),
        ({"sketch": [[0.5]]}, "prediction.sketch"),
        ({"sketch": [[0.5, 1.2]]}, "prediction.sketch"),
        ({"sketch": [[0.5, 0.2], [0.5, 0.3]]}, "prediction.sketch"),
        ({"sketch": [[0.1, 0.2]] * 201}, "prediction.sketch"),
        ({"sketch": "up"}, "prediction.sketch"),
        ({"score": 100}, "prediction.score"),
        ("high", "prediction"),
    ],
)
def test_a_prediction_that_cannot_stand_is_refused_at_its_part(said: object, key: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(said)
    assert list(caught.value.errors) == [key]


def test_every_bad_part_is_named_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        read({"low": 2, "outcome": "?", "sketch": 1})
    assert len(caught.value.errors) == 3


@pytest.mark.parametrize("said", [None, {}, {"low": "", "high": "", "outcome": "", "sketch": []}])
def test_nothing_said_is_no_prediction(said: object) -> None:
    assert read(said) == {}


def test_what_may_stand_is_kept_as_it_was_said() -> None:
    said = {"low": 0.9, "high": 0.95, "outcome": "converges", "sketch": [[0.0, 0.1], [1.0, 0.9]]}
    assert read(said) == said


@pytest.mark.parametrize(
    ("accuracy", "holds", "words"),
    [
        (0.9, True, "inside your range"),
        (0.95, True, "inside your range"),
        (0.8999, False, "less than 0.1 points below your range"),
        (0.98, False, "3.0 points above your range"),
        (None, None, "left no accuracy"),
    ],
)
def test_a_range_holds_to_its_ends(accuracy: float | None, holds: bool | None, words: str) -> None:
    (found,) = judge({"low": 0.9, "high": 0.95}, facts(1.0, accuracy=accuracy))
    assert found.holds is holds
    assert words in found.words


@pytest.mark.parametrize(
    ("losses", "reason", "came"),
    [
        ((2.0, 0.9, 0.3, 0.2), "completed", "converges"),
        ((2.3, 2.2, 2.19, 2.18), "completed", "plateaus"),
        ((2.3, 2.2, 1.9, 1.5), "completed", "unsettled"),
        ((2.0, 3.0, 9.0), "completed", "diverges"),
        ((2.0, None), "completed", "diverges"),
        ((2.0,), "diverged", "diverges"),
        ((), "diverged", "diverges"),
        ((2.2,), "stopped", "unsettled"),
        ((), "stopped", "unsettled"),
    ],
)
def test_what_came_of_a_run_is_read_off_its_training_loss(
    losses: tuple[float | None, ...], reason: str, came: str
) -> None:
    assert outcome_of(facts(*losses, reason=reason)) == came


def test_an_outcome_is_compared_in_words() -> None:
    assert [judge({"outcome": word}, GOOD)[0].holds for word in prediction.OUTCOMES] == [True, False, False]
    (open_end,) = judge({"outcome": "plateaus"}, facts(2.3, 2.2, 1.9, 1.5))
    assert open_end.holds is None


def test_a_sketch_is_laid_beside_the_curve() -> None:
    right, wrong = [[0.0, 0.0], [1.0, 0.9]], [[0.0, 0.9], [1.0, 0.9]]
    (near,), (far,) = judge({"sketch": right}, GOOD), judge({"sketch": wrong}, GOOD)
    assert (near.holds, far.holds) == (True, False)
    # The curve is 0.225, 0.45, 0.675, 0.9: the level sketch is 0.675, 0.45, 0.225 and 0 away, 0.3375 on average.
    assert far.words.startswith("Your sketch lies 33.8 points from the curve on average; most at 25\xa0% of the run")


def test_facts_come_from_the_events_that_count() -> None:
    told: list[dict[str, Any]] = [
        {"type": "steps", "step": [1], "loss": [2.0], "metric": [0.1], "lr": [0.1]},
        {"type": "epoch", "step": 40, "train_loss": 1.0, "validation_metric": 0.6},
        {"type": "epoch", "step": 80, "train_loss": 0.5, "validation_metric": 0.8},
    ]
    found = prediction.facts_of(reason="completed", classes=10, summary={"validation_accuracy": 0.8}, told=told)
    assert found.epochs == (Epoch(0.5, 1.0, 0.6), Epoch(1.0, 0.5, 0.8))
    assert prediction.facts_of(reason="stopped", classes=10, summary={}, told=[]).epochs == ()


shares = st.floats(0, 1)
points = st.lists(st.tuples(shares, shares).map(list), max_size=9, unique_by=lambda point: point[0])


@given(low=shares, width=shares, outcome=st.sampled_from([*prediction.OUTCOMES]), sketch=points, accuracy=shares)
def test_whatever_may_be_said_is_judged_part_by_part(
    low: float, width: float, outcome: str, sketch: list[list[float]], accuracy: float
) -> None:
    said = read({"low": low, "high": min(1.0, low + width), "outcome": outcome, "sketch": sketch})
    found = judge(said, facts(2.0, 1.0, 0.4, accuracy=accuracy))
    assert [each.part for each in found] == ["range", "outcome", *(["sketch"] if sketch else [])]
