"""The code that a learner reads is the run that they trained."""

import ast
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nets.script import source
from nets.specs import BOUNDS, Choice, TrainSpec
from nets.trainer import train

SPECS = [
    TrainSpec(epochs=2, batch_size=100, seed=3),
    TrainSpec(
        arch="threeblock", epochs=1, batch_size=250, optimiser="sgd", learning_rate=0.05, schedule="constant",
        augment="none", weight_decay=0.001,
    ),
]  # fmt: skip


@pytest.mark.parametrize("spec", SPECS, ids=["lenet5", "threeblock"])
def test_the_script_runs_as_it_is_and_prints_the_losses_of_the_run(spec: TrainSpec, tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(source(spec), encoding="utf-8")
    # Two threads add up in another order than one.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [sys.executable, "run.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    told = list(train(spec, device="cpu", threads=1))
    numbers = [[float(number) for number in re.findall(r"\d+\.\d+", line)] for line in done.stdout.splitlines()]
    epochs = [event for event in told if event["type"] == "epoch"]
    expected = [[event["train_loss"], event["validation_loss"], event["validation_metric"]] for event in epochs]
    assert numbers[:-1] == [pytest.approx(row, abs=1e-3) for row in expected]
    assert numbers[-1] == [pytest.approx(told[-1]["summary"]["test_accuracy"], abs=1e-2)]
    assert (tmp_path / "weights.pt").exists()


def choices(name: str) -> tuple[str, ...]:
    bound = BOUNDS[name]
    assert isinstance(bound, Choice)
    return bound.allowed


def test_every_combination_of_choices_is_valid_code() -> None:
    names = ("arch", "optimiser", "schedule", "augment")
    for values in itertools.product(*(choices(name) for name in names)):
        spec = TrainSpec.from_json(dict(zip(names, values, strict=True)))
        code = source(spec)
        ast.parse(code)
        assert max(len(line) for line in code.splitlines()) <= 120
        assert ("scheduler.step()" in code) == (spec.schedule == "cosine")
        assert ("light(batch)" in code) == (spec.augment == "light")
        assert "nets" not in code


def test_every_setting_of_the_spec_is_in_the_code() -> None:
    code = source(TrainSpec(epochs=17, batch_size=19, optimiser="sgd", learning_rate=0.0123, momentum=0.77, seed=4321))
    for text in ("EPOCHS = 17", "BATCH_SIZE = 19", "lr=0.0123", "momentum=0.77", "SEED = 4321"):
        assert text in code
