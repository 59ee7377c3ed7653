"""A drawn network as PyTorch code: the layers of torch.nn, and the classes of `nets.zoo.drawn` for the others."""

from typing import Final, NamedTuple

from nets.layers import (
    Act,
    AdaptivePool,
    Branch,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Gate,
    Layer,
    Norm,
    PatchEmbed,
    Pool,
    Residual,
    SelfAttention,
    Shape,
    Stack,
    StochasticDepth,
    TakeToken,
    Widen,
    module_names,
    shape_after,
)

_INDENT: Final = "    "


class Drawn(NamedTuple):
    """An expression that makes the network, and the names of the classes of `nets.zoo.drawn` that it needs."""

    code: str
    classes: tuple[str, ...]


def drawn(stack: Stack, *, shape: Shape) -> Drawn:
    """Return `stack` for images of `shape` (C, H, W) as an nn.Sequential whose layers are made in the same order.

    >>> print(drawn((("conv1", Conv(8, kernel=3, padding=1)), ("relu1", Act("ReLU"))), shape=(1, 32, 32)).code)
    nn.Sequential(
        OrderedDict(
            {
                "conv1": nn.Conv2d(1, 8, 3, padding=1),  # (N, 8, 32, 32)
                "relu1": nn.ReLU(),
            }
        )
    )
    """
    lines, classes = _sequence(stack, shape)
    return Drawn("\n".join(lines), tuple(sorted(classes)))


def _sequence(stack: Stack, shape: Shape) -> tuple[list[str], set[str]]:
    inner, classes = _members(stack, shape)
    return ["nn.Sequential(", *_moved(["OrderedDict(", *_moved(inner), ")"]), ")"], classes


def _members(stack: Stack, shape: Shape) -> tuple[list[str], set[str]]:
    """Return a dict of the layers of `stack` by name; a comment says what leaves one that changes the shape."""
    lines: list[str] = []
    classes: set[str] = set()
    for name, (_, layer) in zip(module_names(stack), stack, strict=True):
        after = shape_after(layer, shape)
        made, needed = _module(layer, shape)
        said = f"  # (N, {', '.join(map(str, after))})" if after != shape else ""
        lines += [f'"{name}": {made[0]}', *made[1:]]
        lines[-1] += f",{said}"
        classes |= needed
        shape = after
    return ["{", *_moved(lines), "}"], classes


def _module(layer: Layer, shape: Shape) -> tuple[list[str], set[str]]:
    """Return the lines that make one layer."""
    if isinstance(layer, Residual):
        return _sum(layer, shape)
    if isinstance(layer, Branch):
        return _side_by_side(layer, shape)
    if isinstance(layer, Gate):
        inner, classes = _members(layer.body, shape)
        return ["Product(", *_moved(inner), ")"], classes | {"Product"}
    said = _plain(layer, shape)
    return [said], set() if said.startswith("nn.") else {said.partition("(")[0]}


def _sum(layer: Residual, shape: Shape) -> tuple[list[str], set[str]]:
    inner, classes = _members(layer.body, shape)
    shortcut = ["None"]
    if layer.shortcut:
        shortcut, needed = _sequence(layer.shortcut, shape)
        classes |= needed
    shortcut[-1] += ","
    return ["Sum(", *_moved([*shortcut, *inner[:-1], f"{inner[-1]},"]), ")"], classes | {"Sum"}


def _side_by_side(layer: Branch, shape: Shape) -> tuple[list[str], set[str]]:
    lines: list[str] = []
    classes = {"SideBySide"}
    for path in layer.paths:
        inner, needed = _sequence(path, shape)
        lines += inner
        lines[-1] += ","
        classes |= needed
    return ["SideBySide(", *_moved(["[", *_moved(lines), "]"]), ")"], classes


def _plain(layer: Layer, shape: Shape) -> str:
    """Return the call that makes a layer without layers inside; what has its usual value is left out."""
    if isinstance(layer, Conv):
        return _conv(layer, shape)
    if isinstance(layer, Pool):
        padding = f", padding={layer.padding}" if layer.padding else ""
        stride = f", stride={layer.stride}" if layer.stride != layer.kernel else ""
        return f"nn.{'Max' if layer.how == 'max' else 'Avg'}Pool2d({layer.kernel}{stride}{padding})"
    if isinstance(layer, AdaptivePool):
        return f"nn.Adaptive{'Max' if layer.how == 'max' else 'Avg'}Pool2d({layer.size})"
    if isinstance(layer, Dense):
        return f"nn.Linear({shape[-1]}, {layer.out}{'' if layer.bias else ', bias=False'})"
    if isinstance(layer, Norm):
        return _norm(layer, shape)
    if isinstance(layer, Act):
        return f"nn.{layer.how}()"
    if isinstance(layer, Dropout):
        return f"nn.Dropout{'2d' if layer.whole_channels else ''}({layer.p!r})"
    return "nn.Flatten()" if isinstance(layer, Flatten) else _rarer(layer, shape)


def _rarer(layer: Layer, shape: Shape) -> str:
    if isinstance(layer, Widen):
        return f"ZeroPadded(stride={layer.stride}, added={layer.out - shape[0]})"
    if isinstance(layer, PatchEmbed):
        tokens, width = shape_after(layer, shape)
        return f"Patches({shape[0]}, width={width}, patch={layer.patch}, tokens={tokens})"
    if isinstance(layer, SelfAttention):
        return f"Attention({shape[-1]}, heads={layer.heads})"
    if isinstance(layer, TakeToken):
        return f"Token({layer.index})"
    if isinstance(layer, StochasticDepth):
        return f"LeftOut({layer.p!r})"
    raise TypeError(f"{layer} is no layer that a script can write.")


def _conv(layer: Conv, shape: Shape) -> str:
    usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True}
    given = [f", {name}={getattr(layer, name)}" for name, value in usual.items() if getattr(layer, name) != value]
    return f"nn.Conv2d({shape[0]}, {layer.out}, {layer.kernel}{''.join(given)})"


def _norm(layer: Norm, shape: Shape) -> str:
    if layer.how == "batch":
        return f"nn.BatchNorm{2 if len(shape) == 3 else 1}d({shape[0]})"
    if layer.how == "layer" and len(shape) < 3:
        return f"nn.LayerNorm({shape[-1]})"
    return f"nn.GroupNorm({1 if layer.how == 'layer' else layer.groups}, {shape[0]})"


def _moved(lines: list[str]) -> list[str]:
    return [f"{_INDENT}{line}" for line in lines]
