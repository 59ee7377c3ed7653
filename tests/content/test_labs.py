"""Every lab has been measured: its default reaches the goal, an untrained net misses it, and what it teaches shows."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

LABS = Path(__file__).parents[2] / "courses" / "content" / "cnn" / "labs"
SEEDS = 3
# What a lab teaches: the change that every seed must lose by, and by how much at least, in the metric of the goal.
EFFECTS = (
    ("learning-rate", "a tenth", 0.02),
    ("learning-rate", "ten times", 0.05),
    ("cifar10", "one epoch", 0.2),
    ("augment", "without augmentation", 0.03),
    ("augment", "mirrored", 0.05),
    ("augment", "turned all the way", 0.1),
)


def record_of(lab: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LABS / f"{lab}.record.json").read_text(encoding="utf-8"))
    return found


def source_of(lab: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((LABS / f"{lab}.yaml").read_text(encoding="utf-8"))
    return found


def with_a_goal() -> list[str]:
    """Return the labs that want something reached: one on pictures that only its learner has cannot."""
    return [lab for lab in sorted(path.stem for path in LABS.glob("*.yaml")) if source_of(lab).get("goal")]


@pytest.mark.parametrize("lab", with_a_goal())
def test_a_lab_is_reached_by_its_default_and_missed_untrained(lab: str) -> None:
    record, source = record_of(lab), source_of(lab)
    goal = source["goal"]
    assert (record["goal"], record["spec"]) == (goal["at_least"], source["spec"]), "measure the lab again"
    assert len(record["seeds"]) >= SEEDS
    assert min(record["changes"]["as given"][goal["metric"]]) >= goal["at_least"]
    assert max(record["untrained"]) < goal["at_least"]


@pytest.mark.parametrize(("lab", "change", "margin"), EFFECTS)
def test_what_a_lab_teaches_shows_in_every_seed(lab: str, change: str, margin: float) -> None:
    changes, metric = record_of(lab)["changes"], source_of(lab)["goal"]["metric"]
    assert min(changes["as given"][metric]) - max(changes[change][metric]) >= margin


@pytest.mark.parametrize(("lab", "change", "margin"), EFFECTS)
def test_what_a_lab_teaches_is_seen_within_a_few_minutes(lab: str, change: str, margin: float) -> None:
    assert max(record_of(lab)["changes"][change]["processor_seconds"]) < 180
