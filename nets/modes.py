"""Train mode and eval mode: lent and given back layer by layer, and which layers act otherwise in one of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd


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


def only_norms_differ(model: nn.Module) -> bool:
    """Say whether of the layers of `model`, which is in train mode, batch norms alone act otherwise when it is used."""
    parts = [part for part in model.modules() if part.training]
    is_dropped = any(isinstance(part, _DropoutNd) and part.p > 0 for part in parts)
    return any(isinstance(part, _BatchNorm) for part in parts) and not is_dropped
