"""What a network costs, counted by torch as it runs: the ledger's arithmetic cannot know what others have written."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nets.zoo import build


def parameters(model: nn.Module) -> int:
    """Return how many numbers training sets."""
    return sum(weight.numel() for weight in model.parameters())


def multiply_adds(model: nn.Module, *, shape: tuple[int, int, int]) -> int:
    """Return the multiplications, each with its addition, of one image of `shape` going forward.

    Those of convolutions and of products of matrices count, attention's among them; whatever acts on every number
    by itself does not. The model is best on the meta device, where nothing is computed and no memory is taken.
    """
    where = next(model.parameters()).device
    counter = FlopCounterMode(display=False)
    was_training = model.training
    # Batch normalisation refuses one image in training, and a shortcut of torch's own attention hides its products.
    with counter, torch.no_grad():
        model.eval()(torch.zeros(1, *shape, device=where))
    model.train(was_training)
    return int(counter.get_total_flops()) // 2


def costs(arch: str, *, shape: tuple[int, int, int], classes: int) -> tuple[int, int]:
    """Return the parameters and multiply-adds of `arch`, a network of the zoo or of a library, computing nothing.

    Raises KeyError for an unknown name and `nets.zoo.library.LibraryError` when a library's network cannot be had.
    """
    with torch.device("meta"):
        model = build(arch, shape=shape, classes=classes)
    return parameters(model), multiply_adds(model, shape=shape)
