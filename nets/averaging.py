"""A second copy of the weights that follows the first slowly: steadier than any single step (EMA)."""

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn


class Average:
    """The exponential moving average of a network's weights and of the statistics of its norms.

    Polyak and Juditsky 1992 (SIAM J. Control Optim. 30(4)) average all steps; this forgets by `decay` at each. While
    few steps are made it follows faster, by (1 + step) / (10 + step) as TensorFlow's ExponentialMovingAverage does,
    so that the random first weights are gone soon.
    """

    def __init__(self, model: nn.Module, *, decay: float) -> None:
        self.model = deepcopy(model).requires_grad_(False).eval()
        self._decay = decay
        self._kept, self._followed = self._pairs(model)

    @torch.no_grad()
    def follow(self, *, step: int) -> None:
        """Move towards the weights as they are after `step` steps, without waiting for the device."""
        weight = 1 - min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self._kept[0], self._followed[0], weight)
        for mine, theirs in zip(self._kept[1], self._followed[1], strict=True):
            mine.copy_(theirs)  # counts of batches

    def _pairs(self, model: nn.Module) -> tuple[tuple[list[Tensor], list[Tensor]], tuple[list[Tensor], list[Tensor]]]:
        """Return, for the average and for `model`, their floating tensors and the others, in one order."""
        return _parted(self.model.state_dict()), _parted(model.state_dict())


def _parted(state: dict[str, Any]) -> tuple[list[Tensor], list[Tensor]]:
    # state_dict holds the very tensors, so these lists stay up to date.
    tensors = list(state.values())
    floating = [tensor for tensor in tensors if tensor.is_floating_point()]
    return floating, [tensor for tensor in tensors if not tensor.is_floating_point()]
