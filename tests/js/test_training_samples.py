"""What the widgets on training show was recorded and not invented: made again, it comes out the same."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nets import recipes
from tests.js import make_curves, make_norms, make_sheets, make_training_fixtures

STATIC = Path(__file__).resolve().parents[2] / "static"
# Sums are rounded in another order on another machine, and a few steps of training enlarge that.
CLOSE = 0.05
# After five epochs: up to 0.09 was seen between two processors, of values that spread by about 1.
TRAINED_CLOSE = 0.25


@pytest.mark.parametrize("name", ["normalising", "curves"])
def test_fixtures_are_what_torch_computes(name: str) -> None:
    committed = json.loads((Path(__file__).parent / "fixtures" / f"{name}.json").read_text())
    assert committed == getattr(make_training_fixtures, name)()


@pytest.mark.parametrize("name", ["diverges", "too_low", "underfits"])
def test_a_recorded_run_comes_out_the_same_again(name: str) -> None:
    committed = json.loads(make_curves.FILE.read_text())[name]
    again = make_curves.record(dataclasses.replace(make_curves.SPECS[name], epochs=2))
    assert {key: committed[key] for key in ("about", "images")} == {key: again[key] for key in ("about", "images")}
    if "steps" in committed:
        assert committed["steps"][:4] == pytest.approx(again["steps"][:4], rel=CLOSE)
        return
    for key in make_curves.MEASURED:
        assert committed[key][:2] == pytest.approx(again[key], rel=CLOSE)


def test_every_run_is_recorded_to_its_end() -> None:
    committed = json.loads(make_curves.FILE.read_text())
    assert list(committed) == list(make_curves.SPECS)
    for name, spec in make_curves.SPECS.items():
        assert len(committed[name].get("train_loss", [0] * spec.epochs)) == spec.epochs, name


def test_recorded_activations_come_out_the_same_again() -> None:
    committed = json.loads(make_norms.FILE.read_text())
    # Two channels may lie so near that another machine, which adds in another order, would choose the other one.
    again = make_norms.record({layer: committed[layer]["channels"] for layer in ("conv", "dense")})
    assert (committed["labels"], committed["pictures"]) == (again["labels"], again["pictures"])
    for layer in ("conv", "dense"):
        means = np.array(committed[layer]["values"]).mean(axis=(0, 2))
        assert list(means) == sorted(means), "from the lowest mean to the highest"
        for key in ("values", "mean", "variance", "scale", "shift"):
            assert np.allclose(committed[layer][key], again[layer][key], atol=TRAINED_CLOSE), (layer, key)


@pytest.mark.parametrize("subject", ["two", "six"])
def test_a_sheet_holds_what_the_pipeline_makes(subject: str) -> None:
    data, number = make_sheets.subjects()[subject]
    sheet = np.asarray(Image.open(STATIC / "images" / "sheets" / f"{subject}.webp").convert("L")).astype(int)
    made = np.asarray(make_sheets.picture(make_sheets.rows(data, number))).astype(int)
    # The last bit of a blend may fall on either side.
    assert np.abs(sheet - made).max() <= 1


def test_every_step_of_a_sheet_is_one_that_a_run_may_have() -> None:
    told = json.loads((STATIC / "data" / "sheets.json").read_text())
    assert set(told["steps"]) == set(recipes.KINDS) - {"light"}
    for kind, strengths in told["steps"].items():
        for settings in strengths:
            assert recipes.parse([{"kind": kind, **settings}]).steps[0].kind == kind


def test_the_readings_on_a_sheet_are_those_of_its_networks() -> None:
    told = json.loads((STATIC / "data" / "sheets.json").read_text())["subjects"]
    data, number = make_sheets.subjects()["six"]
    model = make_sheets.trained("none")
    read = [make_sheets.read(model, row) for row in make_sheets.rows(data, number)["flip"]]
    committed = [row["plain"] for row in told["six"]["read"]["flip"]]
    agree = torch.tensor(read) == torch.tensor(committed)
    assert agree.float().mean() >= 1 - CLOSE
