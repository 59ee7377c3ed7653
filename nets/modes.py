"""Train mode and eval mode, lent and given back layer by layer."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def judged(model: nn.Module) -> Iterator[None]:
    """Judge `model` as it is used, in eval mode; every layer has its own mode back afterwards."""
    with lent(model, is_training=False):
        yield


@contextmanager
def lent(model: nn.Module, *, is_training: bool) -> Iterator[None]:
    """Put all of `model` in one mode; afterwards every layer has its own back, also those that were frozen alone."""
    modes = [(layer, layer.training) for layer in model.modules()]
    model.train(is_training)
    try:
        yield
    finally:
        for layer, mode in modes:
            layer.training = mode
