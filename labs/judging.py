"""Was the lab's goal met? A pure function of the goal and the run's summary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """One goal as it came out; `value` is None when the run has no such number (it diverged)."""

    metric: str
    value: float | None
    at_least: float
    passed: bool


def judge(goal: Mapping[str, Any], summary: Mapping[str, Any]) -> Verdict | None:
    """Judge a goal ({"metric", "at_least"}) by the summary of a run; None for a lab without a goal.

    >>> judge({"metric": "validation_accuracy", "at_least": 0.97}, {"validation_accuracy": 0.97}).passed
    True
    """
    if not goal:
        return None
    metric, at_least = str(goal["metric"]), float(goal["at_least"])
    value = summary.get(metric)
    return Verdict(metric, value, at_least, passed=value is not None and value >= at_least)
