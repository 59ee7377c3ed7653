"""The browser's twins of nets.events and labs.wording are held against fixtures; these are the fixtures' own oracle."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.js import make_before_fixtures, make_run_fixtures

FOLDER = Path(make_run_fixtures.__file__).parent / "fixtures"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("counted", make_run_fixtures.counted_cases),
        ("words", make_run_fixtures.word_cases),
        ("happenings", make_run_fixtures.happening_cases),
        *make_before_fixtures.MADE.items(),
    ],
)
def test_the_browsers_fixture_is_what_python_says_today(name: str, make: Callable[[], list[dict[str, Any]]]) -> None:
    stored = json.loads((FOLDER / f"{name}.json").read_text())
    assert stored == json.loads(json.dumps(make())), "make the fixtures of tests.js anew"
