"""Muon: momentum whose steps are made as long in every direction, for hidden kernels and matrices."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer


class Muon(Optimizer):
    """Muon for the groups that are `is_hidden`, AdamW for the others (Jordan et al. 2024, kellerjordan.github.io).

    A kernel (out, in, k, k) is taken as a matrix (out, in * k * k). The steps are brought to the size of AdamW's
    (Liu et al. 2025, arXiv:2502.16982, section 2.2), so one learning rate serves both. First kernels, the head,
    biases and norms are better off with AdamW. To the digit what torch.optim.Muon and torch.optim.AdamW do, in one
    optimiser and with kernels.
    """

    def __init__(self, groups: Iterable[dict[str, Any]], *, lr: float) -> None:
        settings = {"momentum": 0.95, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "is_hidden": False}
        super().__init__(groups, {"lr": lr, **settings})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Change every weight that has a gradient; a closure is not taken."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    change = _muon if group["is_hidden"] else _adam
                    change(weight, weight.grad, self.state[weight], group)


def muon_of(model: nn.Module, *, rate: float, decay: float) -> Muon:
    """Return Muon for a network's kernels and matrices that are neither the first nor the last, AdamW for the rest."""
    hidden = [weight for weight in model.parameters() if weight.ndim >= 2][1:-1]
    known = {id(weight) for weight in hidden}
    rest = [weight for weight in model.parameters() if id(weight) not in known]
    groups: list[dict[str, Any]] = [
        {"params": hidden, "is_hidden": True, "weight_decay": decay},
        {"params": rest, "weight_decay": decay},
    ]
    return Muon(groups, lr=rate)


def _muon(weight: Tensor, grad: Tensor, memory: dict[str, Tensor], group: dict[str, Any]) -> None:
    """Go along the gradient's momentum with all its singular values brought to about one."""
    if not memory:
        memory["momentum"] = torch.zeros_like(grad)
    push = memory["momentum"].lerp_(grad, 1 - group["momentum"])
    matrix = grad.lerp(push, group["momentum"]).flatten(1)  # (out, in * k * k), looking ahead as Nesterov does
    length = 0.2 * math.sqrt(max(matrix.shape))
    weight.add_(orthogonal(matrix).view_as(weight), alpha=-group["lr"] * length)


def _adam(weight: Tensor, grad: Tensor, memory: dict[str, Tensor], group: dict[str, Any]) -> None:
    """Go along the mean gradient, weight by weight in units of its own spread."""
    if not memory:
        memory |= {"step": torch.zeros(()), "mean": torch.zeros_like(grad), "square": torch.zeros_like(grad)}
    memory["step"] += 1
    (first, second), step = group["betas"], memory["step"].item()
    mean = memory["mean"].lerp_(grad, 1 - first)
    square = memory["square"].mul_(second).addcmul_(grad, grad, value=1 - second)
    spread = (square.sqrt() / math.sqrt(1 - second**step)).add_(group["eps"])
    weight.addcdiv_(mean, spread, value=-group["lr"] / (1 - first**step))


def orthogonal(matrix: Tensor) -> Tensor:
    """Return the matrix (a, b) with its singular values between about 0.7 and 1.2, by five Newton-Schulz steps.

    A polynomial of the matrix does to each singular value what it does to a number, and this one drives numbers from
    0 to 1 towards 1; no decomposition is needed, and bfloat16 is exact enough.
    """
    is_tall = matrix.shape[0] > matrix.shape[1]
    found = matrix.bfloat16().T if is_tall else matrix.bfloat16()
    found = found / found.norm().clamp(min=1e-7)
    for _ in range(5):
        square = found @ found.T
        found = torch.addmm(found, torch.addmm(square, square, square, beta=-4.7750, alpha=2.0315), found, beta=3.4445)
    return found.T if is_tall else found
