"""The worked examples in the docstrings of layers, plans and ledger come out as written."""

import doctest
from types import ModuleType

import pytest

from nets import ledger
from nets.layers import costs, reading, shapes, words
from nets.plans import mobilenet


@pytest.mark.parametrize("module", [words, shapes, costs, reading, mobilenet, ledger])
def test_examples_come_out_as_written(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
