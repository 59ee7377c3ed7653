"""Where each rule of the diagnosis begins to speak: drawn curves on either side of each threshold.

The recorded runs say that the rules are right; these say that nobody moves a threshold unseen. The loss before the
first step is 2 everywhere.
"""

from collections.abc import Sequence
from typing import Any

import pytest

from nets import events
from nets.diagnosis import diagnose
from nets.events import Event

START = 2.0


def drawn(
    train: Sequence[float],
    *,
    validation: Sequence[float] | None = None,
    highest: float = START,
    steps: int = 100,
    missing: int = 0,
    last_rate: float = 0.1,
    train_metric: float = 0.5,
    validation_metric: float = 0.5,
) -> list[Event]:
    """Return a run with these losses by epoch and `steps` steps to each, less those `missing` in the last.

    Its rate begins at 0.1.
    """
    told: list[Event] = []
    for place, loss in enumerate(train):
        begun, now = place * steps, (place + 1) * steps - (missing if place == len(train) - 1 else 0)
        first, rate = (START, 0.1) if place == 0 else (loss, last_rate)
        columns: dict[str, Any] = {"step": [begun + 1, now], "metric": [0.0, 0.0], "lr": [rate, last_rate]}
        told.append(events.steps(loss=[first, highest if place == 0 else loss], **columns))
        told.append(
            events.epoch(
                epoch=place + 1,
                step=now,
                train_loss=loss,
                train_metric=train_metric,
                validation_loss=(validation or train)[place],
                validation_metric=validation_metric,
                seconds=1.0,
                images_per_second=1.0,
            )
        )
    return told


# A rule, a curve that it speaks of, and the same curve changed by a little, of which nothing is said.
EDGES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "thrown above one and a half of the start": (
        "rate_too_high",
        {"train": [1.85], "highest": 3.05},
        {"train": [1.85], "highest": 2.95},
    ),
    "stays above nine tenths of the start": (
        "rate_too_high",
        {"train": [1.82], "highest": 3.05},
        {"train": [1.78], "highest": 3.05},
    ),
    "relapses by a quarter of the start": (
        "rate_too_high",
        {"train": [0.5, 0.2, 0.72]},
        {"train": [0.5, 0.2, 0.68]},
    ),
    "has learnt less than fifteen hundredths": (
        "rate_too_low",
        {"train": [1.9, 1.8, 1.72]},
        {"train": [1.9, 1.8, 1.68]},
    ),
    "falls in four of five epochs": (
        "rate_too_low",
        {"train": [1.95, 1.94, 1.945, 1.93, 1.92, 1.75]},
        {"train": [1.95, 1.94, 1.945, 1.93, 1.935, 1.75]},
    ),
    "falls in more than three of four epochs": (
        "rate_too_low",
        {"train": [1.95, 1.94, 1.93, 1.92, 1.75]},
        {"train": [1.95, 1.94, 1.945, 1.93, 1.75]},
    ),
    "is young before three epochs": (
        "rate_too_low",
        {"train": [1.95, 1.9, 1.85]},
        {"train": [1.95, 1.9]},
    ),
    "is young before 150 steps": (
        "rate_too_low",
        {"train": [1.95, 1.9, 1.85], "steps": 50},
        {"train": [1.95, 1.9, 1.85], "steps": 50, "missing": 1},
    ),
    "level for six epochs": (
        "plateau",
        {"train": [1.0] * 6},
        {"train": [1.0] * 5},
    ),
    "level to two hundredths": (
        "plateau",
        {"train": [1.0] * 3 + [0.981] * 3},
        {"train": [1.0] * 3 + [0.979] * 3},
    ),
    "level above a quarter of the start": (
        "plateau",
        {"train": [0.51] * 6},
        {"train": [0.49] * 6},
    ),
    "level above it on validation as well": (
        "plateau",
        {"train": [1.0] * 6, "validation": [0.51] * 6},
        {"train": [1.0] * 6, "validation": [0.49] * 6},
    ),
    "level while the rate is above a fifth of its highest": (
        "plateau",
        {"train": [1.0] * 6, "last_rate": 0.021},
        {"train": [1.0] * 6, "last_rate": 0.019},
    ),
    "worse on validation for five epochs": (
        "overfit",
        {"train": [1.0] + [0.3] * 5, "validation": [1.0] + [1.3] * 5},
        {"train": [1.0] + [0.3] * 4, "validation": [1.0] + [1.3] * 4},
    ),
    "worse by a quarter": (
        "overfit",
        {"train": [1.0] + [0.3] * 5, "validation": [1.0] + [1.26] * 5},
        {"train": [1.0] + [0.3] * 5, "validation": [1.0] + [1.24] * 5},
    ),
    "while training fell by a fifth": (
        "overfit",
        {"train": [0.6] + [0.47] * 5, "validation": [1.0] + [1.3] * 5},
        {"train": [0.6] + [0.49] * 5, "validation": [1.0] + [1.3] * 5},
    ),
    "to at most half of validation": (
        "overfit",
        {"train": [1.0] + [0.64] * 5, "validation": [1.0] + [1.3] * 5},
        {"train": [1.0] + [0.66] * 5, "validation": [1.0] + [1.3] * 5},
    ),
    "training loss a third above validation": (
        "batch_too_small",
        {"train": [1.31] * 3, "validation": [1.0] * 3, "train_metric": 0.6, "validation_metric": 0.8},
        {"train": [1.29] * 3, "validation": [1.0] * 3, "train_metric": 0.6, "validation_metric": 0.8},
    ),
    "training accuracy ten points below validation": (
        "batch_too_small",
        {"train": [1.5] * 3, "validation": [1.0] * 3, "train_metric": 0.695, "validation_metric": 0.8},
        {"train": [1.5] * 3, "validation": [1.0] * 3, "train_metric": 0.705, "validation_metric": 0.8},
    ),
    "for three epochs": (
        "batch_too_small",
        {"train": [1.5] * 3, "validation": [1.0] * 3, "train_metric": 0.6, "validation_metric": 0.8},
        {"train": [1.5] * 2, "validation": [1.0] * 2, "train_metric": 0.6, "validation_metric": 0.8},
    ),
}


@pytest.mark.parametrize("edge", EDGES)
def test_a_rule_speaks_on_one_side_of_its_threshold_alone(edge: str) -> None:
    kind, inside, outside = EDGES[edge]
    normed: dict[str, Any] = {"batch_size": 8, "has_batch_norm": True} if kind == "batch_too_small" else {}
    assert [event["kind"] for event in diagnose(drawn(**inside), **normed)] == [kind]
    assert diagnose(drawn(**outside), **normed) == []


def test_a_batch_of_nine_is_not_small() -> None:
    told = drawn([1.5] * 3, validation=[1.0] * 3, train_metric=0.6, validation_metric=0.8)
    assert [event["kind"] for event in diagnose(told, batch_size=8, has_batch_norm=True)] == ["batch_too_small"]
    assert diagnose(told, batch_size=9, has_batch_norm=True) == []


def test_a_loss_of_nought_is_no_plateau() -> None:
    # Easy pictures are learnt to the last digit; such a run once ended with a division by zero.
    assert diagnose(drawn([0.5, *[0.0] * 6], validation=[1.0] * 7)) == []
