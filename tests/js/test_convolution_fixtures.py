"""What the convolution widgets are held against is what torch computes today."""

import json
from pathlib import Path

from tests.js import make_convolution_fixtures


def test_the_fixture_is_what_torch_computes() -> None:
    committed = json.loads((Path(__file__).parent / "fixtures" / "convolution.json").read_text())
    assert committed == make_convolution_fixtures.convolution()
