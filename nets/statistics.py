"""What goes on inside a network in training, by layer: activations, gradients, norms, filters, probe answers.

Each function takes a network, normalised images (N, C, H, W) as it reads them, and labels (N,) int64, and returns
the small, plain `data` of a `nets.events.snapshot`. The network goes on as if nothing had been asked: its modes,
running statistics, gradients, hooks and torch's chance are as before, so that a run with snapshots and one without
are the same run. The device is waited for once per call.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nets import metrics
from nets.modes import lent

Data = dict[str, Any]

PROBE_IMAGES: Final = 20
# About 40 kB as JSON: all filters of LeNet-5 or of a 64x3x3x3 layer, a third of AlexNet's first.
FILTER_VALUES: Final = 8192
AT_ONCE: Final = 512
# A confusion names a few images of each cell, and of so many first images alone: those have their pictures kept.
PICTURED: Final = 1000
EXAMPLES: Final = 6

_RECTIFIERS: Final = (nn.ReLU, nn.ReLU6)
_NORMS: Final = (nn.BatchNorm1d, nn.BatchNorm2d)


@contextmanager
def undisturbed(model: nn.Module, *, is_training: bool) -> Iterator[None]:
    """Run the block in train or eval mode; modes, buffers and torch's chance are as before afterwards."""
    buffers = [(buffer, buffer.clone()) for buffer in model.buffers()]
    cards = sorted({weight.device.index for weight in model.parameters() if weight.is_cuda})
    try:
        with lent(model, is_training=is_training), torch.random.fork_rng(devices=cards):
            yield
    finally:
        with torch.no_grad():
            for buffer, before in buffers:
                buffer.copy_(before)


@contextmanager
def hooked(model: nn.Module, note: Callable[[str, nn.Module, Tensor, Tensor], None]) -> Iterator[None]:
    """Call `note` with name, layer, input and output of every innermost layer that runs; no hook stays behind.

    It is called before the next layer runs, so what works in place has not yet written over the output.
    """

    def watch(name: str) -> Callable[[nn.Module, tuple[Any, ...], Any], None]:
        def tell(layer: nn.Module, given: tuple[Any, ...], output: Any) -> None:
            if given and isinstance(given[0], Tensor) and isinstance(output, Tensor):
                note(name, layer, given[0].detach(), output.detach())

        return tell

    handles = []
    try:
        for name, layer in model.named_modules():
            if not any(True for _ in layer.children()):
                handles.append(layer.register_forward_hook(watch(name)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def activations(model: nn.Module, images: Tensor, labels: Tensor) -> Data:
    """Return mean, std, norm and share of zeros of what each layer puts out in eval mode, in order.

    `norm` is the Euclidean norm of one image's output, averaged over images. Of a ReLU that is a layer, `dead` is
    the share of its units that are zero for every one of the images, `dead_maps` that of whole maps; elsewhere None.
    """
    rows: list[tuple[str, nn.Module, Tensor]] = []

    def note(name: str, layer: nn.Module, _given: Tensor, output: Tensor) -> None:
        silent = (output == 0).all(dim=0)  # (C, H, W) or (units,)
        quiet_maps = silent.flatten(1).all(dim=1) if silent.dim() > 1 else silent  # (C,)
        length = output.float().flatten(1).norm(dim=1).mean()
        shares = [part.float().mean() for part in (output == 0, silent, quiet_maps)]
        rows.append((name, layer, torch.stack([*_mean_std(output), length, *shares])))

    with torch.no_grad(), undisturbed(model, is_training=False), hooked(model, note):
        model(images)
    layers = []
    for (name, layer, _), numbers in zip(rows, _read([row[2] for row in rows]), strict=True):
        row = _row(name, layer, ("mean", "std", "norm", "zeros", "dead", "dead_maps"), numbers)
        layers.append(row if isinstance(layer, _RECTIFIERS) else row | {"dead": None, "dead_maps": None})
    return {"images": len(images), "layers": layers}


def gradients(model: nn.Module, images: Tensor, labels: Tensor) -> Data:
    """Return mean, std, norm and share of zeros of the gradient of each layer's weight, in order, in train mode.

    The gradient is that of the mean cross-entropy of these images, with the dropout of a step like any other;
    `weight_norm` is beside it for scale. Frozen weights have no row.
    """
    named = [
        (name, layer, layer.weight)
        for name, layer in model.named_modules()
        if isinstance(getattr(layer, "weight", None), nn.Parameter) and layer.weight.requires_grad
    ]
    with torch.enable_grad(), undisturbed(model, is_training=True):
        loss = F.cross_entropy(model(images), labels)
        found = torch.autograd.grad(loss, [weight for _, _, weight in named], allow_unused=True)
    rows = [(*row, gradient) for row, gradient in zip(named, found, strict=True) if gradient is not None]
    numbers = _read(
        [
            torch.stack([*_mean_std(slope), slope.norm(), (slope == 0).float().mean(), weight.detach().norm()])
            for _, _, weight, slope in rows
        ]
    )
    names = ("mean", "std", "norm", "zeros", "weight_norm")
    layers = [_row(row[0], row[1], names, values) for row, values in zip(rows, numbers, strict=True)]
    return {"images": len(images), "loss": _short(float(loss.detach())), "layers": layers}


def batch_norm(model: nn.Module, images: Tensor, labels: Tensor) -> Data:
    """Return, for each batch norm in order, what it remembers beside what these images really are.

    `mean` and `variance` are its running numbers, `batch_mean` and `batch_variance` those of these images, `scale`
    and `shift` what it learnt, all averaged over channels. `gap` says how far the running means are off, in
    standard deviations, averaged over channels: large where batches are too small or too few. `output_mean` and
    `output_std` are those of what it puts out in eval mode (Ioffe and Szegedy 2015, arXiv:1502.03167).
    """
    rows: list[tuple[str, nn.Module, Tensor]] = []

    def note(name: str, layer: nn.Module, given: Tensor, output: Tensor) -> None:
        if not isinstance(layer, _NORMS) or layer.running_mean is None or layer.running_var is None:
            return
        axes = [axis for axis in range(given.dim()) if axis != 1]
        mean, variance = given.float().mean(dim=axes), given.float().var(dim=axes, correction=0)  # (C,)
        gap = (mean - layer.running_mean).abs() / (layer.running_var + layer.eps).sqrt()
        learnt = [
            part.detach().mean() if part is not None else mean.new_zeros(()) for part in (layer.weight, layer.bias)
        ]
        parts = [layer.running_mean.mean(), layer.running_var.mean(), mean.mean(), variance.mean(), *learnt, gap.mean()]
        rows.append((name, layer, torch.stack([*parts, *_mean_std(output)])))

    with torch.no_grad(), undisturbed(model, is_training=False), hooked(model, note):
        model(images)
    names = ("mean", "variance", "batch_mean", "batch_variance", "scale", "shift", "gap", "output_mean", "output_std")
    numbers = _read([row[2] for row in rows])
    layers = [_row(row[0], row[1], names, values) for row, values in zip(rows, numbers, strict=True)]
    return {"images": len(images), "layers": layers}


def filters(model: nn.Module, images: Tensor, labels: Tensor) -> Data:
    """Return the first convolution's filters (shown, C, h, w) as lists, the first ones when all would be too many."""
    first = next(((name, layer) for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)), None)
    if first is None:
        return {"layer": None, "shape": [], "shown": 0, "lowest": None, "highest": None, "filters": []}
    name, layer = first
    weight = layer.weight.detach()  # (K, C / groups, h, w)
    shown = weight[: max(1, FILTER_VALUES // weight[0].numel())].float().cpu()
    return {
        "layer": name,
        "shape": list(weight.shape),
        "shown": len(shown),
        "lowest": _short(float(shown.min())),
        "highest": _short(float(shown.max())),
        "filters": _rounded(shown.tolist()),
    }


def probe(model: nn.Module, images: Tensor, labels: Tensor) -> Data:
    """Return the probabilities (N, classes) that the network gives to a few fixed images, see `probe_places`."""
    chances = _logits(model, images).softmax(dim=1)
    return {"labels": labels.tolist(), "probabilities": _rounded(chances.tolist())}


def confusion(model: nn.Module, images: Tensor, labels: Tensor) -> Data:
    """Return who is taken for whom, a row of counts per true class, with each class's precision, recall and F1.

    `examples` names, for every pair of classes that was mistaken, as [true, taken for, places...], the first
    EXAMPLES of the PICTURED first images.
    """
    logits = _logits(model, images)
    taken = logits.argmax(dim=1)
    counts = metrics.confusion(taken, labels, classes=logits.shape[1])
    found = metrics.report(counts)
    return {
        "counts": counts.tolist(),
        "examples": _examples(taken[:PICTURED].tolist(), labels[:PICTURED].tolist()),
        "classes": [{name: _short(value) for name, value in row._asdict().items()} for row in found.classes],
        "accuracy": _short(found.accuracy),
        "macro_precision": _short(found.macro_precision),
        "macro_recall": _short(found.macro_recall),
        "macro_f1": _short(found.macro_f1),
        "top5": _short(metrics.top_accuracy(logits, labels)),
    }


def _examples(taken: list[int], labels: list[int]) -> list[list[int]]:
    cells: dict[tuple[int, int], list[int]] = {}
    for place, pair in enumerate(zip(labels, taken, strict=True)):
        if pair[0] != pair[1]:
            cells.setdefault(pair, []).append(place)
    return [[*pair, *places[:EXAMPLES]] for pair, places in sorted(cells.items())]


COLLECTORS: Final[Mapping[str, Callable[[nn.Module, Tensor, Tensor], Data]]] = MappingProxyType(
    {
        "activations": activations,
        "gradients": gradients,
        "batch_norm": batch_norm,
        "filters": filters,
        "probe": probe,
        "confusion": confusion,
    }
)


def collect(model: nn.Module, kind: str, images: Tensor, labels: Tensor) -> Data:
    """Return the data of one snapshot; raises KeyError for a kind outside COLLECTORS."""
    if kind not in COLLECTORS:
        raise KeyError(f"A snapshot is one of {', '.join(COLLECTORS)}; {kind!r} was given.")
    return COLLECTORS[kind](model, images, labels)


def probe_places(labels: Tensor, *, count: int = PROBE_IMAGES) -> list[int]:
    """Choose the fixed probe images of a split by their `labels` (N,): the first of each class, the second, and so on.

    A function of the split alone, so that every run on a data set shows the same pictures; fewer when it is small.
    """
    turns: dict[int, int] = {}
    ranked = []
    for place, label in enumerate(labels.tolist()):
        turns[label] = turns.get(label, 0) + 1
        ranked.append((turns[label], label, place))
    return [place for _, _, place in sorted(ranked)[:count]]


@contextmanager
def watching_updates(model: nn.Module) -> Iterator[Data]:
    """Watch what the step made in the block does to each weight; the yielded dict is filled when it ends well.

    `ratio` is the norm of the change over the norm of the weight before: about 0.001 is common advice (Karpathy,
    CS231n notes, "Ratio of weights:updates"), much more is a rate too high, much less one too low. It is the data
    of a snapshot "updates", which COLLECTORS cannot make: it needs a step. A weight of zeros has no ratio.
    """
    named = [
        (name, layer, layer.weight, layer.weight.detach().clone())
        for name, layer in model.named_modules()
        if isinstance(getattr(layer, "weight", None), nn.Parameter)
    ]
    data: Data = {}
    yield data
    rows = _read([torch.stack([(now.detach() - before).norm(), before.norm()]) for _, _, now, before in named])
    data["layers"] = [
        {
            **_row(name, layer, ("update_norm", "weight_norm"), norms),
            "ratio": _short(norms[0] / norms[1]) if norms[1] else None,
        }
        for (name, layer, _, _), norms in zip(named, rows, strict=True)
    ]


@torch.no_grad()
def _logits(model: nn.Module, images: Tensor) -> Tensor:
    with undisturbed(model, is_training=False):
        return torch.cat([model(part) for part in torch.split(images, AT_ONCE)]).float()


def _mean_std(values: Tensor) -> tuple[Tensor, Tensor]:
    return values.float().mean(), values.float().std(correction=0)


def _read(rows: list[Tensor]) -> list[list[float]]:
    """Bring all numbers from the device at once."""
    return torch.stack(rows).tolist() if rows else []


def _row(name: str, layer: nn.Module, names: tuple[str, ...], numbers: list[float]) -> Data:
    values = {key: _short(value) for key, value in zip(names, numbers, strict=True)}
    return {"layer": name, "type": type(layer).__name__, **values}


def _short(value: float) -> float:
    """Return the five digits that a page may show."""
    return float(f"{value:.5g}")


def _rounded(values: Any) -> Any:
    return [_rounded(inner) for inner in values] if isinstance(values, list) else round(values, 4)
