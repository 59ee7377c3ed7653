"""The worked examples in the docstrings of every room come out as written."""

import doctest
import re
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
ROOMS: Final = ("accounts", "benchmarks", "courses", "inference", "labs", "nets", "rings", "stride", "teach")
HAS_EXAMPLES: Final = sorted(
    path.relative_to(ROOT).as_posix()
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if re.search(r"^ *>>> ", path.read_text(), re.MULTILINE)
)


@pytest.mark.parametrize("path", HAS_EXAMPLES)
def test_examples_come_out_as_written(path: str) -> None:
    result = doctest.testmod(import_module(path.removesuffix(".py").replace("/", ".")))
    # The reference arithmetic is explained by examples above all.
    assert result.attempted >= (10 if path.startswith("nets/reference/") else 1)
    assert result.failed == 0


def test_examples_of_every_room_that_has_some_are_found() -> None:
    assert {path.partition("/")[0] for path in HAS_EXAMPLES} >= {"accounts", "benchmarks", "courses", "labs", "nets"}
