"""The code that a learner reads is the run that they trained."""

import ast
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from nets.architectures import DRAWN, KNOWN
from nets.data import load, order
from nets.datasets import DATASETS
from nets.export import course_of
from nets.export.archive import save_data
from nets.metrics import normalised
from nets.own_sets import OWN, OwnSet
from nets.recipes import NAMED
from nets.script import DATA_FILE, FOLLOWED, TOLD, Course, source
from nets.specs import BOUNDS, Choice, TrainSpec
from nets.trainer import train
from nets.zoo import build

SPECS = [
    TrainSpec(epochs=2, batch_size=100, seed=3),
    TrainSpec(
        arch="threeblock", epochs=1, batch_size=250, optimiser="sgd", learning_rate=0.05, schedule="constant",
        augment="none", weight_decay=0.001,
    ),
    # 1,257 images: 628, and 629 with the one that would be left over.
    TrainSpec(epochs=3, batch_size=628, seed=3),
]  # fmt: skip


def printed(code: str, folder: Path) -> list[list[float]]:
    """Run a script where nothing else is and return the numbers with a point of each line that it prints."""
    (folder / "run.py").write_text(code, encoding="utf-8")
    # Two threads add up in another order than one.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "run.py"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=110, check=True)
    return [[float(number) for number in re.findall(r"\d+\.\d+", line)] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("spec", SPECS, ids=["lenet5", "threeblock", "an image left over"])
def test_the_script_runs_as_it_is_and_prints_the_losses_of_the_run(spec: TrainSpec, tmp_path: Path) -> None:
    numbers = printed(source(spec), tmp_path)
    told = list(train(spec, device="cpu", threads=1))
    epochs = [event for event in told if event["type"] == "epoch"]
    assert [row[:2] for row in numbers[:-1]] == [
        pytest.approx([event["train_loss"], event["validation_loss"]], abs=1e-5) for event in epochs
    ]
    # Accuracies are printed with four digits.
    assert [row[2] for row in numbers[:-1]] == pytest.approx([event["validation_metric"] for event in epochs], abs=6e-5)
    assert numbers[-1] == pytest.approx([told[-1]["summary"]["test_accuracy"]], abs=6e-5)
    assert (tmp_path / "weights.pt").exists()


def test_rates_set_by_hand_and_a_stop_are_in_the_script(tmp_path: Path) -> None:
    spec = TrainSpec(epochs=3, batch_size=300, optimiser="sgd", learning_rate=0.02, augment="none", schedule="constant")
    course = Course(rates={2: 0.1, 6: 0.003}, last_step=8, threads=1)
    save_data(load("digits"), tmp_path / DATA_FILE)
    numbers = printed(source(spec, course=course, from_file=True), tmp_path)
    losses = by_hand(spec, rates=[0.02] * 2 + [0.1] * 4 + [0.003] * 2)
    # Five steps show all 1,257 images; the last step of an epoch has the 57 that are left.
    sizes = [300, 300, 300, 300, 57, 300, 300, 300]
    means = [
        sum(loss * size for loss, size in list(zip(losses, sizes, strict=True))[part]) / sum(sizes[part])
        for part in (slice(0, 5), slice(5, 8))
    ]
    assert [row[0] for row in numbers[:-1]] == pytest.approx(means, abs=1e-5)


def by_hand(spec: TrainSpec, *, rates: list[float]) -> list[float]:
    """Train step by step with these rates, in the plainest way; returns the loss of each step."""
    data = load(spec.data)
    torch.manual_seed(spec.seed)
    model = build(spec.arch, shape=data.shape, classes=10)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.0, momentum=spec.momentum, fused=True)
    batches = [
        chosen
        for epoch in range(1, spec.epochs + 1)
        for chosen in order(len(data.train), seed=spec.seed, epoch=epoch).split(spec.batch_size)  # type: ignore[no-untyped-call]
    ]
    losses = []
    for rate, chosen in zip(rates, batches, strict=False):
        optimiser.param_groups[0]["lr"] = rate
        images = normalised(data.train.images[chosen], mean=data.mean, std=data.std)
        loss = F.cross_entropy(model(images), data.train.labels[chosen])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    return losses


# A network with every kind of layer that takes images, and one of tokens.
EVERYTHING: list[dict[str, Any]] = [
    {"kind": "conv", "name": "train", "out": 8, "kernel": 3, "padding": 1, "bias": False},
    {"kind": "norm"},
    {"kind": "act", "how": "ReLU", "name": "class"},
    {"kind": "pool", "how": "max", "kernel": 2, "stride": 2},
    {"kind": "residual",
     "body": [{"kind": "conv", "out": 16, "kernel": 3, "stride": 2, "padding": 1, "groups": 2},
              {"kind": "norm", "how": "group", "groups": 4}, {"kind": "stochastic_depth", "p": 0.1}],
     "shortcut": [{"kind": "widen", "out": 16, "stride": 2}]},
    {"kind": "residual", "body": [{"kind": "norm", "how": "layer"}, {"kind": "act", "how": "GELU"}]},
    {"kind": "branch", "paths": [[{"kind": "conv", "out": 4, "kernel": 1}],
                                 [{"kind": "pool", "how": "average", "kernel": 3, "stride": 1, "padding": 1}]]},
    {"kind": "gate", "body": [{"kind": "adaptive_pool"}, {"kind": "conv", "out": 20, "kernel": 1},
                              {"kind": "act", "how": "Sigmoid"}]},
    {"kind": "dropout", "p": 0.1, "whole_channels": True},
    {"kind": "adaptive_pool", "size": 2, "how": "max"},
    {"kind": "flatten"},
    {"kind": "dropout", "p": 0.2},
    {"kind": "linear", "out": 12},
    {"kind": "norm"},
    {"kind": "linear", "out": 10, "bias": False},
]  # fmt: skip
TOKENS: list[dict[str, Any]] = [
    {"kind": "patches", "out": 12, "patch": 8},
    {"kind": "residual", "body": [{"kind": "norm", "how": "layer"}, {"kind": "attention", "heads": 3}]},
    {"kind": "token"},
    {"kind": "linear", "out": 10},
]

# Every way of training that has lines of its own in a script.
WISHES = [
    {
        "optimiser": "sgd", "learning_rate": 0.05, "nesterov": True, "label_smoothing": 0.1, "clip": 0.05,
        "warmup": 0.3, "weight_decay": 0.01, "decay_only_weights": True,
    },
    {"arch": "threeblock", "schedule": "one_cycle", "ema": 0.9, "layer_decay": 0.5},
    {"schedule": "step", "freeze": "conv1,conv2", "augment": "none", "layout": "channels_last"},
    {"freeze": "backbone", "augment": "none", "schedule": "constant", "precision": "bfloat16"},
    {"patience": 1, "epochs": 6, "optimiser": "sgd", "learning_rate": 0.1, "augment": "none"},
    {"augment": "standard"},
    {"augment": "strong", "label_smoothing": 0.1, "decay_only_weights": True, "weight_decay": 0.01, "schedule": "step"},
    {"augment": [{"kind": "flip"}, {"kind": "cutout", "size": 5}, {"kind": "affine"}, {"kind": "cutout", "size": 3}]},
    {"data": "shapes", "augment": "none", "epochs": 1},
    {"data": "shapes", "augment": "flip_crop", "epochs": 1, "layout": "channels_last"},
    {"data": "shapes", "augment": "strong", "epochs": 1, "precision": "bfloat16"},
    {
        "data": "shapes", "epochs": 1, "augment":
        [{"kind": "crop"}, {"kind": "light"}, {"kind": "noise"}, {"kind": "mixup", "alpha": 1.0}],
    },
    {"arch": "drawn", "layers": EVERYTHING, "epochs": 1},
    {"arch": "drawn", "layers": TOKENS, "epochs": 1, "data": "shapes", "augment": "none", "freeze": "patches1"},
    {"arch": "torchvision/squeezenet1_1", "epochs": 1, "batch_size": 600, "augment": "none"},
    {"arch": "torchvision/shufflenet_v2_x1_0", "data": "shapes", "epochs": 1, "augment": "none", "batch_size": 700},
]  # fmt: skip


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: "-".join(map(str, wish))[:60])
def test_a_script_follows_what_its_run_did(
    wish: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = TrainSpec.from_json({"epochs": 2, "batch_size": 300, "seed": 1} | wish)
    told = list(train(spec, device="cpu", threads=1))
    save_data(load(spec.data), tmp_path / DATA_FILE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    code = source(spec, course=course_of(spec, told), from_file=True)
    exec(compile(code, "train.py", "exec"), {"__name__": "__main__"})
    losses = [
        [float(loss) for loss in found]
        for found in re.findall(r"train loss (\S+), validation loss (\S+),", capsys.readouterr().out)
    ]
    epochs = [event for event in told if event["type"] == "epoch"]
    assert losses == [pytest.approx([event["train_loss"], event["validation_loss"]], abs=1e-5) for event in epochs]


def test_no_setting_of_a_run_is_unknown_to_the_script() -> None:
    assert set(BOUNDS) - FOLLOWED - TOLD == set()


def choices(name: str) -> tuple[str, ...]:
    bound = BOUNDS[name]
    assert isinstance(bound, Choice)
    return bound.allowed


def fields() -> Iterator[dict[str, object]]:
    """Yield every network with every named recipe, every optimiser with every schedule, and all data."""
    for arch, augment in itertools.product(KNOWN, NAMED):
        if KNOWN[arch].smallest_side <= 32:
            yield {"arch": arch, "augment": augment, "layers": EVERYTHING if arch == DRAWN else ""}
    for optimiser, schedule in itertools.product(choices("optimiser"), choices("schedule")):
        yield {"optimiser": optimiser, "schedule": schedule, "augment": "strong", "decay_only_weights": True}
    own = OwnSet("0" * 64, 32, (("cup", 12), ("pen", 10)))
    for data in choices("data"):
        head = {"kind": "linear", "out": len(own.classes if data == OWN else DATASETS[data].classes)}
        pictures = own.text if data == OWN else ""
        layers = [*EVERYTHING[:-1], head]
        yield {"data": data, "pictures": pictures, "arch": DRAWN, "layers": layers, "augment": "strong"}


@pytest.mark.parametrize("from_file", [False, True])
def test_every_combination_of_choices_is_valid_code(*, from_file: bool) -> None:
    for wish in fields():
        spec = TrainSpec.from_json(wish)
        code = source(spec, from_file=from_file)
        tree = ast.parse(code)
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert bound_by_imports(tree) <= read, "an import is never used"
        bound = [*bound_at_the_top(tree), *bound_by_imports(tree)]
        assert len(bound) == len(set(bound)), "a name means two things"
        assert max(len(line) for line in code.splitlines()) <= 120
        assert ("scheduler.step()" in code) == (spec.schedule != "constant")
        assert ("light(batch)" in code) == (spec.augment == "light")
        assert re.search(r"\bnets\b", code) is None


def bound_at_the_top(tree: ast.Module) -> set[str]:
    """Return the functions and classes of a script, and its variables when they hide one of these."""
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    names = [
        node for part in tree.body if not isinstance(part, ast.FunctionDef | ast.ClassDef) for node in ast.walk(part)
    ]
    hidden = {node.id for node in names if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} & defined
    assert hidden == set(), "a variable hides a function"
    return defined


def bound_by_imports(tree: ast.Module) -> set[str]:
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in nodes for alias in node.names}


def test_every_setting_of_the_spec_is_in_the_code() -> None:
    code = source(TrainSpec(epochs=17, batch_size=19, optimiser="sgd", learning_rate=0.0123, momentum=0.77, seed=4321))
    for text in ("EPOCHS = 17", "BATCH_SIZE = 19", "lr=0.0123", "momentum=0.77", "SEED = 4321"):
        assert text in code
