"""What the browser's arithmetic of learning is held against is what torch says today."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.js import make_backprop_fixtures, make_descent_fixtures

FIXTURES = Path(__file__).resolve().parent / "fixtures"


def committed(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


@pytest.mark.parametrize("name", ["softmax", "backprop"])
def test_losses_and_slopes_are_torch_s(name: str) -> None:
    assert same(committed(name), make_backprop_fixtures.made()[name])


def test_ways_down_are_torch_s() -> None:
    assert same(committed("descent"), make_descent_fixtures.made())


def same(one: Any, other: Any) -> bool:
    """Whether two nests of lists and objects hold the same, numbers within rounding."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(same(each, its) for each, its in zip(one, other, strict=True))
    return bool(one == other if isinstance(one, str) else other == pytest.approx(one, rel=1e-6, abs=1e-6))
