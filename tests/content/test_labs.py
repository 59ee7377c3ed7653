"""Every lab has been measured: its default reaches the goal, an untrained net misses it, and what it teaches shows."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from labs.judging import judge
from labs.story import what_was_seen
from nets.session import Session
from nets.specs import TrainSpec

LABS = Path(__file__).parents[2] / "courses" / "content" / "cnn" / "labs"
# On pictures that only its learner has, nothing can be promised.
WITHOUT_A_GOAL = {"own-pictures"}
MEASURED = sorted({path.stem for path in LABS.glob("*.yaml")} - WITHOUT_A_GOAL)
SEEDS = 3
# What a lab teaches: the change that every seed must lose by, and by how much at least, in the metric of the goal.
EFFECTS = (
    ("first-run", "one epoch", 0.15),
    ("first-run", "learning rate x 100", 0.5),
    ("learning-rate", "a tenth", 0.02),
    ("learning-rate", "ten times", 0.05),
    ("cifar10", "one epoch", 0.2),
    ("augment", "without augmentation", 0.03),
    ("augment", "mirrored", 0.05),
    ("augment", "turned all the way", 0.1),
    ("batch-norm", "without batch norm", 0.1),
    ("batch-norm", "batches of 2", 0.1),
)


def record_of(lab: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LABS / f"{lab}.record.json").read_text(encoding="utf-8"))
    return found


def source_of(lab: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((LABS / f"{lab}.yaml").read_text(encoding="utf-8"))
    return found


def untrained(spec: TrainSpec) -> dict[str, float]:
    """Return the summary of a run that made no step."""
    session = Session.begin(spec, device=torch.device("cpu"))
    return {f"{part}_accuracy": session.judge(part).accuracy for part in ("validation", "test")}


def test_every_lab_but_those_on_own_pictures_has_a_goal() -> None:
    assert {lab for lab in MEASURED if not source_of(lab).get("goal")} == set()
    assert {lab for lab in WITHOUT_A_GOAL if source_of(lab).get("goal")} == set()


@pytest.mark.parametrize("lab", MEASURED)
def test_a_lab_is_reached_by_its_default_in_every_seed(lab: str) -> None:
    record, source = record_of(lab), source_of(lab)
    goal = source["goal"]
    assert (record["goal"], record["spec"]) == (goal["at_least"], source["spec"]), "measure the lab again"
    assert len(record["seeds"]) >= SEEDS
    reached = record["changes"]["as given"][goal["metric"]]
    verdicts = [judge(goal, {goal["metric"]: value}) for value in reached]
    assert [verdict is not None and verdict.passed for verdict in verdicts] == [True] * len(record["seeds"])


@pytest.mark.parametrize("lab", MEASURED)
def test_a_lab_is_missed_by_a_network_that_learnt_nothing(lab: str) -> None:
    goal, spec = source_of(lab)["goal"], TrainSpec.from_json(source_of(lab)["spec"])
    for seed in range(SEEDS):
        verdict = judge(goal, untrained(dataclasses.replace(spec, seed=seed)))
        assert verdict is not None
        assert verdict.value is not None
        assert not verdict.passed
    assert max(record_of(lab)["untrained"]) < goal["at_least"]


@pytest.mark.parametrize("lab", MEASURED)
def test_a_lab_says_what_there_was_to_see_in_its_default_and_how_long_it_takes(lab: str) -> None:
    source = source_of(lab)
    assert what_was_seen({"seen": source["seen"]}, source["spec"])
    seconds = sorted(record_of(lab)["changes"]["as given"]["processor_seconds"])[1]
    assert source["seconds"] == pytest.approx(seconds, rel=0.5, abs=1)


@pytest.mark.parametrize("lab", [lab for lab in MEASURED if "epochs" in source_of(lab)["open"]])
def test_what_was_seen_in_the_default_is_not_said_of_a_run_that_is_longer(lab: str) -> None:
    source = source_of(lab)
    longer = source["spec"] | {"epochs": source["spec"]["epochs"] + 7}
    assert what_was_seen({"seen": source["seen"]}, longer) != what_was_seen({"seen": source["seen"]}, source["spec"])


@pytest.mark.parametrize(("lab", "change", "margin"), EFFECTS)
def test_what_a_lab_teaches_shows_in_every_seed(lab: str, change: str, margin: float) -> None:
    changes, metric = record_of(lab)["changes"], source_of(lab)["goal"]["metric"]
    assert min(changes["as given"][metric]) - max(changes[change][metric]) >= margin


@pytest.mark.parametrize(("lab", "change", "margin"), EFFECTS)
def test_what_a_lab_teaches_is_seen_within_a_few_minutes(lab: str, change: str, margin: float) -> None:
    assert max(record_of(lab)["changes"][change]["processor_seconds"]) < 180
