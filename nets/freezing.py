"""Parts of a network that keep their weights: which they are, how they behave, and what they make of each image."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from nets.data import Data
from nets.machine import Machine
from nets.metrics import normalised
from nets.specs import SpecError

AT_ONCE = 512
# Features of more bytes than this are made anew for every batch: images are bytes, features are floats.
LARGEST_BYTES = 1 << 29


def freeze(model: nn.Module, names: str) -> None:
    """Let the parts that `names` stands for keep their weights: "none", "backbone", or names with commas between.

    Raises SpecError when the network has no part of such a name, or none is left. See `train_mode`.
    """
    for part in _frozen(model, names):
        part.requires_grad_(False)
    if names == "backbone":
        head(model).requires_grad_(True)
    if not any(weight.requires_grad for weight in model.parameters()):
        raise SpecError({"freeze": f"Frozen layers must leave something to train; “{names}” is the whole network."})


def train_mode(model: nn.Module, names: str) -> None:
    """Put `model` into training mode, but for its frozen parts.

    Those compute as in use: norms keep their statistics, dropout is off. Of a network with a frozen backbone that is
    everything but the head.
    """
    model.train()
    for part in _frozen(model, names):
        part.eval()
    if names == "backbone":
        head(model).train()


def head(model: nn.Module) -> nn.Module:
    """Return the layer that gives the logits: the last one with weights of its own."""
    owners = [part for part in model.modules() if any(True for _ in part.parameters(recurse=False))]
    return owners[-1]


@torch.no_grad()
def features(model: nn.Module, data: Data, *, machine: Machine) -> Tensor | None:
    """Return what reaches the head for each training image, (N, ...) float32; None when that cannot stand for them.

    It cannot when the head is not the last thing that the network does, or when it would fill memory. The backbone
    must be frozen: then it makes the same of an image in every epoch.
    """
    images, outlet = data.train.images, head(model)
    caught: list[Tensor] = []
    hook = outlet.register_forward_pre_hook(lambda _part, given: caught.append(given[0]))
    try:
        for start in range(0, len(images), AT_ONCE):
            batch = normalised(images[start : start + AT_ONCE], mean=data.mean, std=data.std)
            with machine.autocast():
                logits = model(batch.contiguous(memory_format=machine.memory_format))  # (N, classes)
                if start == 0 and not _stands_for(caught, logits, outlet=outlet, count=len(images)):
                    return None
    finally:
        hook.remove()
    return torch.cat(caught)


def _stands_for(caught: list[Tensor], logits: Tensor, *, outlet: nn.Module, count: int) -> bool:
    """Say whether the head alone makes the first batch's logits of its features, and all of them have room."""
    if len(caught) != 1 or caught[0][0].nbytes * count > LARGEST_BYTES:
        return False
    kept = list(caught)
    again = outlet(caught[0])
    caught[:] = kept  # the head's own call was caught too
    return again.shape == logits.shape and torch.equal(again, logits)


def _frozen(model: nn.Module, names: str) -> Iterator[nn.Module]:
    """Yield the frozen parts; raises SpecError for a name that no part has."""
    if names == "none":
        return
    parts = dict(model.named_modules())
    for name in [""] if names == "backbone" else names.split(","):
        if name not in parts:
            known = ", ".join(child for child, _ in model.named_children())
            raise SpecError({"freeze": f"Frozen layers must be parts of this network: {known}; “{name}” was given."})
        yield parts[name]
