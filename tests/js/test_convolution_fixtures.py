"""What the convolution widgets are held against is what torch computes today."""

import json
from pathlib import Path

import pytest

from tests.js import make_convolution_fixtures, make_learned_kernels


def test_the_fixture_is_what_torch_computes() -> None:
    committed = json.loads((Path(__file__).parent / "fixtures" / "convolution.json").read_text())
    assert committed == make_convolution_fixtures.convolution()


def test_the_learned_kernels_are_what_their_network_learns() -> None:
    committed = json.loads((make_learned_kernels.STATIC / "data" / "learned-kernels.json").read_text())
    made = make_learned_kernels.learned()
    # Training adds up rounding in an order that differs between machines.
    assert made["accuracy"] == pytest.approx(committed["accuracy"], abs=0.02)
    for ours, kept in zip(made["kernels"], committed["kernels"], strict=True):
        assert ours == pytest.approx(kept, abs=0.05)
