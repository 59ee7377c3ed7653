"""The code beside the form is that of the settings in it, whatever they are."""

import ast
import json
from typing import Any

import pytest

from labs.beside import beside
from nets import recipes, script
from nets.architectures import DRAWN
from nets.catalog import FIELDS, choices_for
from nets.specs import TrainSpec

LAYERS = json.dumps([{"kind": "flatten"}, {"kind": "linear", "out": 10}])
STEPS = json.dumps([{"kind": "rotate", "degrees": 20}])
# Changes that a spec takes only together with another, and the whole of what is not numbered or listed.
MORE: list[dict[str, Any]] = [
    {"arch": DRAWN, "layers": LAYERS},
    {"augment": STEPS},
    {"optimiser": "sgd", "momentum": 0.5},
    {"optimiser": "sgd", "nesterov": True},
    {"freeze": "backbone", "arch": "resnet20"},
    {"data": "shapes"},
    {"warmup": 0.25, "schedule": "step"},
    {"label_smoothing": 0.1, "clip": 1.0, "ema": 0.99, "decay_only_weights": True, "weight_decay": 0.1},
    {"layer_decay": 0.5},
]


def every_choice() -> list[dict[str, Any]]:
    """Return every choice that the form of the usual data offers, one change each."""
    fields = (FIELDS[name] for name in ("arch", "optimiser", "schedule", "augment"))
    changes = [{field.name: each.name} for field in fields for each in choices_for(field, shape=(1, 32, 32))]
    return [change for change in changes if TrainSpec.from_json(change) != TrainSpec()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [*every_choice(), *MORE], ids=lambda change: "-".join(map(str, change.values()))[:60]
)
def test_every_setting_changes_the_code_and_the_code_is_python(change: dict[str, Any]) -> None:
    spec = TrainSpec.from_json(change)
    shown = beside(spec)
    source = script.source(spec)
    assert source != script.source(TrainSpec())
    ast.parse(source)
    assert "highlight" in shown.code
    assert shown.cost.seconds > 0


def test_every_recipe_with_a_name_is_offered() -> None:
    assert {option.name for option in FIELDS["augment"].choices} == set(recipes.NAMED)
