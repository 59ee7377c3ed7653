"""What a spec asks to watch, looked at after an epoch: small tables that change nothing in the run."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import nn

from nets import events
from nets.events import Event
from nets.metrics import normalised
from nets.session import Session

PROBES: Final = 8
AT_ONCE: Final = 512


def taken(session: Session, *, epoch: int) -> Iterator[Event]:
    """Yield a `snapshot` for each word of the spec's `watch` that has a table here, at the end of epoch `epoch`.

    Nothing here draws from chance or leaves the network in another mode: a watched run is the run unwatched.
    """
    for kind in session.spec.watch:
        if kind in TABLES:
            yield events.snapshot(epoch=epoch, step=session.step, kind=kind, data=TABLES[kind](session))


def filters(session: Session) -> dict[str, Any]:
    """Return the kernels of the first convolution as nested lists (filters, channels, rows, columns)."""
    for name, layer in session.network.named_modules():
        if isinstance(layer, nn.Conv2d):
            kernels = layer.weight.detach().float().cpu()
            return {"layer": name, "kernels": _rounded(kernels.flatten().tolist()), "shape": list(kernels.shape)}
    return {}


def confusion(session: Session) -> dict[str, Any]:
    """Return counts over the validation images: row is the true class, column the one that was named."""
    part = session.data.validation
    named = torch.cat([_scores(session, start, start + AT_ONCE).argmax(1) for start in range(0, len(part), AT_ONCE)])
    classes = _scores(session, 0, 1).shape[1]
    counts = torch.bincount(part.labels * classes + named, minlength=classes * classes)
    return {"counts": counts.reshape(classes, classes).tolist()}


def probe(session: Session) -> dict[str, Any]:
    """Return the probabilities of every class for the first few validation images, the same in every epoch."""
    scores = _scores(session, 0, PROBES).softmax(dim=1)
    return {
        "images": list(range(len(scores))),
        "labels": session.data.validation.labels[: len(scores)].tolist(),
        "probabilities": [_rounded(row) for row in scores.tolist()],
    }


TABLES: Final[Mapping[str, Callable[[Session], dict[str, Any]]]] = MappingProxyType(
    {"filters": filters, "confusion": confusion, "probe": probe}
)


@torch.no_grad()
def _scores(session: Session, start: int, end: int) -> torch.Tensor:
    """Return the logits (N, classes) float32 of some validation images, as judged."""
    network, data = session.network, session.data
    modes = [(part, part.training) for part in network.modules()]
    network.eval()
    with session.machine.autocast():
        scores: torch.Tensor = network(normalised(data.validation.images[start:end], mean=data.mean, std=data.std))
    for part, was_training in modes:
        part.training = was_training
    return scores.float()


def _rounded(values: list[float]) -> list[float]:
    """Return five digits of each: a picture shows no more."""
    return [float(f"{value:.5g}") for value in values]
