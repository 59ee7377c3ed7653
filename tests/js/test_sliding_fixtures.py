"""What the browser's sliding windows are held against is what torch makes of them today."""

import json

import pytest

from tests.js.make_sliding_fixtures import HERE, contents


@pytest.mark.parametrize("name", ["sliding", "pooling", "field"])
def test_the_fixture_is_what_torch_makes(name: str) -> None:
    assert json.loads((HERE / f"{name}.json").read_text()) == json.loads(json.dumps(contents()[name]))
