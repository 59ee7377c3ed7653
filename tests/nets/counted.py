"""An independent count of a network: what torch itself sees when an image goes through."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from nets.layers import Shape


@dataclass(frozen=True, slots=True)
class Seen:
    """The output shape of every module by its dotted name, and the multiply-adds of all, for one image."""

    shapes: dict[str, Shape]
    multiply_adds: int


def seen(model: nn.Module, shape: Shape, *, device: str = "cpu") -> Seen:
    """Send one image of zeros through and note what torch does; its counter takes a multiply-add for two."""
    shapes: dict[str, Shape] = {}

    def note(name: str) -> Any:
        def hook(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            shapes[name] = tuple(output.shape[1:])

        return hook

    handles = [module.register_forward_hook(note(name)) for name, module in model.named_modules()]
    counter = FlopCounterMode(display=False)
    # The counter has no formula for the CPU's fused attention, only for the products that it is made of.
    with counter, torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        model.eval()(torch.zeros(1, *shape, device=device))
    for handle in handles:
        handle.remove()
    return Seen(shapes=shapes, multiply_adds=counter.get_total_flops() // 2)


def parameters(model: nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters())
