"""The rules that turn gradients into steps, and which weights share a rate and a decay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from nets.specs import TrainSpec


@dataclass(slots=True)
class Group:
    """Weights that are treated alike: `scale` multiplies the learning rate, `decay` is their weight decay."""

    scale: float
    decay: float
    weights: list[nn.Parameter] = field(default_factory=list)


def groups(model: nn.Module, *, spec: TrainSpec) -> list[Group]:
    """Return the weights that are trained, by rate and decay, in the order in which they first come.

    With `layer_decay` each part of the network (each child that has weights) is one step further from the output,
    as Howard and Ruder 2018 (arXiv:1801.06146, section 3.2) and Clark et al. 2020 (ELECTRA) do. With
    `decay_only_weights` whatever has one dimension, a bias or the scale of a norm, is not decayed.
    """
    found: dict[tuple[float, float], Group] = {}
    for scale, weight in _scaled(model, decay=spec.layer_decay):
        decay = 0.0 if spec.decay_only_weights and weight.ndim < 2 else spec.weight_decay
        found.setdefault((scale, decay), Group(scale, decay)).weights.append(weight)
    return list(found.values())


def optimiser(parted: Sequence[Group], *, spec: TrainSpec) -> Optimizer:
    """Make the optimiser of `spec`; fused means that one pass over the weights does the whole update."""
    weights: list[dict[str, Any]] = [{"params": group.weights, "weight_decay": group.decay} for group in parted]
    if spec.optimiser == "sgd":
        # Without momentum there is nothing to look ahead along, and torch refuses the pair.
        is_nesterov = spec.nesterov and spec.momentum > 0
        return SGD(weights, lr=spec.learning_rate, momentum=spec.momentum, nesterov=is_nesterov, fused=True)
    kind = Adam if spec.optimiser == "adam" else AdamW
    return kind(weights, lr=spec.learning_rate, fused=True)


def take_over(fresh: Optimizer, state: dict[str, Any]) -> bool:
    """Give `fresh` the memory of another optimiser's `state`, with its own settings; return whether it fits.

    It does when both remember the same things of weights in the same groups; otherwise nothing is changed.
    """
    own = fresh.state_dict()
    same_weights = [group["params"] for group in own["param_groups"]] == [
        group["params"] for group in state["param_groups"]
    ]
    # The settings tell the kinds apart: SGD has momentum, Adam has betas.
    same_kind = all(set(mine) == set(theirs) for mine, theirs in _paired(own, state))
    if not (same_weights and same_kind):
        return False
    fresh.load_state_dict({"state": state["state"], "param_groups": own["param_groups"]})
    return True


def _paired(one: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return zip(one["param_groups"], other["param_groups"], strict=False)


def _scaled(model: nn.Module, *, decay: float) -> Iterator[tuple[float, nn.Parameter]]:
    """Yield every weight that is trained with the scale of its rate; the last part has 1."""
    trained = [(name.partition(".")[0], weight) for name, weight in model.named_parameters() if weight.requires_grad]
    parts = list(dict.fromkeys(part for part, _ in trained))
    for part, weight in trained:
        yield decay ** (len(parts) - 1 - parts.index(part)), weight
