"""A network built from its layer list: what a learner draws is what trains."""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nets.layers import (
    Act,
    AdaptivePool,
    Branch,
    Conv,
    Dense,
    Dropout,
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


def build_stack(stack: Stack, *, shape: Shape) -> nn.Module:
    """Make the network `stack` with fresh weights for images of `shape` (C, H, W).

    Its modules are called as the ledger's rows are, "block2.conv1". Raises ShapeError where a layer does not fit.
    Weights start as torch starts them.
    """
    return _sequence(stack, shape)


def _sequence(stack: Stack, shape: Shape) -> nn.Sequential:
    return nn.Sequential(OrderedDict(_modules(stack, shape)))


def _modules(stack: Stack, shape: Shape) -> dict[str, nn.Module]:
    """Return the modules of the layers of `stack` in order, each by its name."""
    made: dict[str, nn.Module] = {}
    for name, (_, layer) in zip(module_names(stack), stack, strict=True):
        after = shape_after(layer, shape)
        made[name] = _block(layer, shape) if isinstance(layer, Residual | Branch | Gate) else _layer(layer, shape)
        shape = after
    return made


def _block(layer: Residual | Branch | Gate, shape: Shape) -> nn.Module:
    if isinstance(layer, Residual):
        shortcut = _sequence(layer.shortcut, shape) if layer.shortcut else None
        return Sum(shortcut, _modules(layer.body, shape))
    if isinstance(layer, Branch):
        return SideBySide([_sequence(path, shape) for path in layer.paths])
    return Product(_modules(layer.body, shape))


def _layer(layer: Layer, shape: Shape) -> nn.Module:
    if isinstance(layer, Conv):
        return nn.Conv2d(
            shape[0],
            layer.out,
            layer.kernel,
            stride=layer.stride,
            padding=layer.padding,
            dilation=layer.dilation,
            groups=layer.groups,
            bias=layer.bias,
        )
    if isinstance(layer, Dense):
        return nn.Linear(shape[-1], layer.out, bias=layer.bias)
    if isinstance(layer, Norm):
        return _norm(layer, shape)
    if isinstance(layer, Pool):
        pool = nn.MaxPool2d if layer.how == "max" else nn.AvgPool2d
        return pool(layer.kernel, stride=layer.stride, padding=layer.padding)
    if isinstance(layer, AdaptivePool):
        return nn.AdaptiveMaxPool2d(layer.size) if layer.how == "max" else nn.AdaptiveAvgPool2d(layer.size)
    if isinstance(layer, Dropout):
        return nn.Dropout2d(layer.p) if layer.whole_channels else nn.Dropout(layer.p)
    return _rarer_layer(layer, shape)


def _rarer_layer(layer: Layer, shape: Shape) -> nn.Module:
    if isinstance(layer, Act):
        activation: nn.Module = getattr(nn, layer.how)()
        return activation
    if isinstance(layer, Widen):
        return ZeroPadded(stride=layer.stride, added=layer.out - shape[0])
    if isinstance(layer, PatchEmbed):
        tokens, width = shape_after(layer, shape)
        return Patches(shape[0], width=width, patch=layer.patch, tokens=tokens)
    if isinstance(layer, SelfAttention):
        return Attention(shape[-1], heads=layer.heads)
    if isinstance(layer, TakeToken):
        return Token(layer.index)
    return LeftOut(layer.p) if isinstance(layer, StochasticDepth) else nn.Flatten()


def _norm(layer: Norm, shape: Shape) -> nn.Module:
    if layer.how == "batch":
        return nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0])
    if layer.how == "layer" and len(shape) < 3:
        return nn.LayerNorm(shape[-1])
    # Over a whole image, a norm by layer is a norm by one group.
    return nn.GroupNorm(1 if layer.how == "layer" else layer.groups, shape[0])


class Sum(nn.Module):
    """What the body makes of an input, plus what the shortcut makes of it: (N, C, H, W) to (N, D, h, w)."""

    def __init__(self, shortcut: nn.Module | None, body: dict[str, nn.Module]) -> None:
        super().__init__()
        self.shortcut = shortcut
        self._body = tuple(body)
        for name, part in body.items():
            self.add_module(name, part)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum; both ways end in the same shape."""
        change = x
        for name in self._body:
            change = getattr(self, name)(change)
        return change + (x if self.shortcut is None else self.shortcut(x))


class SideBySide(nn.Module):
    """What every path makes of an input, channels after channels: (N, C, H, W) to (N, sum of D, h, w)."""

    def __init__(self, paths: list[nn.Module]) -> None:
        super().__init__()
        for number, path in enumerate(paths, start=1):
            self.add_module(f"path{number}", path)

    def forward(self, x: Tensor) -> Tensor:
        """Return the channels of all paths."""
        return torch.cat([path(x) for path in self.children()], dim=1)


class Product(nn.Module):
    """An input times what the body makes of it, (N, C, 1, 1) or (N, C, H, W)."""

    def __init__(self, body: dict[str, nn.Module]) -> None:
        super().__init__()
        self._body = tuple(body)
        for name, part in body.items():
            self.add_module(name, part)

    def forward(self, x: Tensor) -> Tensor:
        """Return the input's shape."""
        gate = x
        for name in self._body:
            gate = getattr(self, name)(gate)
        return x * gate


class ZeroPadded(nn.Module):
    """Every `stride`-th pixel, and maps of zeros after those there are: (N, C, H, W) to (N, D, h, w)."""

    def __init__(self, *, stride: int, added: int) -> None:
        super().__init__()
        self.stride, self.added = stride, added

    def forward(self, x: Tensor) -> Tensor:
        """Return the thinned and widened maps."""
        x = x[:, :, :: self.stride, :: self.stride]  # (N, C, h, w)
        return F.pad(x, (0, 0, 0, 0, 0, self.added))  # (N, D, h, w): pairs from the last axis to the first


class Patches(nn.Module):
    """Squares of an image as tokens behind a class token, with their positions: (N, C, H, W) to (N, L, D)."""

    def __init__(self, channels: int, *, width: int, patch: int, tokens: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(channels, width, kernel_size=patch, stride=patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        # Small random positions, as in the authors' code: equal ones could not be told apart.
        self.positions = nn.Parameter(torch.randn(1, tokens, width) * 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Return one token more than there are squares."""
        x = self.project(x).flatten(2).transpose(1, 2)  # (N, D, h, w) -> (N, h * w, D)
        x = torch.cat([self.class_token.expand(len(x), -1, -1), x], dim=1)  # (N, L, D)
        return x + self.positions


class Attention(nn.Module):
    """Every token a mixture of all: (N, L, D) to (N, L, D), by Vaswani et al. 2017, arXiv:1706.03762, equation 1."""

    def __init__(self, width: int, *, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ask = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return as many tokens as came."""
        asked = self.ask(x).unflatten(2, (3, self.heads, -1))  # (N, L, 3, A, D / A)
        query, key, value = asked.permute(2, 0, 3, 1, 4).unbind()  # each (N, A, L, D / A)
        mixed = F.scaled_dot_product_attention(query, key, value)  # (N, A, L, D / A)
        merged: Tensor = self.merge(mixed.transpose(1, 2).flatten(2))  # (N, L, D)
        return merged


class Token(nn.Module):
    """One token of all: (N, L, D) to (N, D)."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index

    def forward(self, x: Tensor) -> Tensor:
        """Return that token."""
        return x[:, self.index]


class LeftOut(nn.Module):
    """Whole images of a batch set to zero with probability `p`, in training; the others grow to keep the mean."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Return the input's shape; one throw of the dice for each image."""
        if not self.training or not self.p:
            return x
        kept = torch.rand(len(x), *(1 for _ in x.shape[1:]), device=x.device) >= self.p
        return x * kept / (1 - self.p)
