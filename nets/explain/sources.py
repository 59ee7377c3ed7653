"""Where the formula of a unit begins: the sum of a convolution or a dense layer, or the window of a pooling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor

from nets.explain.tracing import Call, Trace

Grid = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """What one channel of the input adds: `patch` times `kernel`, place by place, summed to `total`.

    `kernel` is empty for a pooling. A patch that reaches over the edge holds the padding there: zeros, and minus
    infinity, shown as None by JSON, under a largest value.
    """

    channel: int
    patch: Grid
    kernel: Grid
    total: float


@dataclass(frozen=True, slots=True)
class Source:
    """A sum over terms: `total` = (all terms' totals) / `divisor` + `bias`; a "maximum" has one term.

    `kind` is "convolution", "dense", "maximum" or "average". `rows` and `columns` are the places of the patch in
    the input, negative or past the end in the padding, both empty when a dense layer reads a vector.
    """

    kind: str
    layer: str
    terms: tuple[Term, ...]
    bias: float
    divisor: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    total: float

    def lines(self) -> list[str]:
        """Return one line of text per term, then bias or divisor, then the total."""
        lines = [f"  channel {term.channel}: {term.total:+.7g}" for term in self.terms]
        if self.divisor != 1:
            lines.append(f"  divided by {self.divisor}")
        if self.kind in ("convolution", "dense"):
            lines.append(f"  bias: {self.bias:+.7g}")
        return [*lines, f"  {self.kind} {self.layer}: {self.total:.7g}"]


def source_of(call: Call, story: Trace, *, place: tuple[int, ...]) -> Source:
    """Return the sum that `call`, one of `SOURCES`, forms for the unit at `place`."""
    return SOURCES[call.name](call, story, place)


def _convolution(call: Call, story: Trace, place: tuple[int, ...]) -> Source:
    names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
    given = _arguments(call, names)
    weight = given["weight"].detach().double()  # (K, C / groups, h, w)
    height, width = weight.shape[2:]
    dilation, groups = _pair(given.get("dilation") or 1), given.get("groups") or 1
    padding = _padding(given.get("padding") or 0, sides=(height, width), dilation=dilation)
    stride = _pair(given.get("stride") or 1)
    rows, columns = (
        _window(place[axis + 1], side, stride[axis], padding[axis], dilation[axis])
        for axis, side in enumerate((height, width))
    )
    maker, group = weight[place[0]], place[0] // (len(weight) // groups)
    channels = range(group * len(maker), (group + 1) * len(maker))
    image = _value(call, story)  # (C, H, W)
    terms = tuple(
        _term(channel, _patch(image[channel], rows, columns), kernel)
        for channel, kernel in zip(channels, maker, strict=True)
    )
    bias = _bias(given, place)
    return Source("convolution", call.layer, terms, bias, 1, rows, columns, sum(term.total for term in terms) + bias)


def _dense(call: Call, story: Trace, place: tuple[int, ...]) -> Source:
    """Sum a dense layer; where its input was maps before it was flattened, each map is one term."""
    given = _arguments(call, ("input", "weight", "bias"))
    weights = given["weight"].detach().double()[place[0]]  # (units before,)
    values = _value(call, story)  # (units before,)
    sides = _sides_before(call, story)
    patches, kernels = (part.reshape(-1, *sides) for part in (values, weights))  # (channels, h, w)
    terms = tuple(_term(*both) for both in zip(range(len(patches)), patches, kernels, strict=True))
    bias = _bias(given, place)
    rows, columns = (tuple(range(side)) if sides != (1, 1) else () for side in sides)
    return Source("dense", call.layer, terms, bias, 1, rows, columns, sum(term.total for term in terms) + bias)


def _maximum(call: Call, story: Trace, place: tuple[int, ...]) -> Source:
    names = ("input", "kernel_size", "stride", "padding", "dilation")
    given = _arguments(call, names)
    sides = _pair(given["kernel_size"])
    stride, padding = _pair(given.get("stride") or sides), _pair(given.get("padding") or 0)
    dilation = _pair(given.get("dilation") or 1)
    rows, columns = (
        _window(place[axis + 1], sides[axis], stride[axis], padding[axis], dilation[axis]) for axis in (0, 1)
    )
    patch = _patch(_value(call, story)[place[0]], rows, columns, outside=-torch.inf)
    return _pooled("maximum", call, place, patch, rows, columns, divisor=1, total=float(patch.max()))


def _average(call: Call, story: Trace, place: tuple[int, ...]) -> Source:
    names = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
    given = _arguments(call, names)
    image = _value(call, story)[place[0]]  # (H, W)
    sides = _pair(given["kernel_size"])
    stride, padding = _pair(given.get("stride") or sides), _pair(given.get("padding") or 0)
    rows, columns = (_window(place[axis + 1], sides[axis], stride[axis], padding[axis], 1) for axis in (0, 1))
    counted = [  # A window that ceil_mode lets hang over even the padding counts only up to its end.
        sum(
            position < size + margin if given.get("count_include_pad", True) else 0 <= position < size for position in w
        )
        for w, size, margin in zip((rows, columns), image.shape, padding, strict=True)
    ]
    divisor = given.get("divisor_override") or counted[0] * counted[1]
    patch = _patch(image, rows, columns)
    return _pooled("average", call, place, patch, rows, columns, divisor=divisor, total=float(patch.sum()) / divisor)


def _adaptive_average(call: Call, story: Trace, place: tuple[int, ...]) -> Source:
    """Average over a share of the map: from floor(i * size / count) up to ceil((i + 1) * size / count)."""
    image = _value(call, story)[place[0]]  # (H, W)
    counts = story.values[call.output].shape[2:]
    rows, columns = (
        tuple(range(i * size // count, -(-(i + 1) * size // count)))
        for i, size, count in zip(place[1:], image.shape, counts, strict=True)
    )
    patch = _patch(image, rows, columns)
    divisor = patch.numel()
    return _pooled("average", call, place, patch, rows, columns, divisor=divisor, total=float(patch.sum()) / divisor)


SOURCES: Final[Mapping[str, Callable[[Call, Trace, tuple[int, ...]], Source]]] = MappingProxyType(
    {
        "conv2d": _convolution,
        "linear": _dense,
        "max_pool2d": _maximum,
        "avg_pool2d": _average,
        "adaptive_avg_pool2d": _adaptive_average,
    }
)


def _pooled(
    kind: str,
    call: Call,
    place: tuple[int, ...],
    patch: Tensor,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    *,
    divisor: int,
    total: float,
) -> Source:
    term = Term(place[0], _grid(patch), (), total * divisor)
    return Source(kind, call.layer, (term,), 0.0, divisor, rows, columns, total)


def _term(channel: int, patch: Tensor, kernel: Tensor) -> Term:
    return Term(channel, _grid(patch), _grid(kernel), float((patch * kernel).sum()))


def _arguments(call: Call, names: Sequence[str]) -> dict[str, Any]:
    return dict(zip(names, call.args, strict=False)) | dict(call.kwargs)


def _value(call: Call, story: Trace) -> Tensor:
    """Return what went into a call, without the axis of images, in double precision."""
    return story.values[call.inputs[0]][0].double()


def _bias(given: Mapping[str, Any], place: tuple[int, ...]) -> float:
    bias = given.get("bias")
    return 0.0 if bias is None else float(bias.detach()[place[0]])


def _sides_before(call: Call, story: Trace) -> tuple[int, int]:
    """Return the height and width of the maps that were flattened for `call`, (1, 1) when there never were any."""
    made = story.maker(call.inputs[0])
    while made is not None and made.name in ("flatten", "view", "reshape"):
        before = story.values[made.inputs[0]]
        if before.dim() == 4:
            return before.shape[2], before.shape[3]
        made = story.maker(made.inputs[0])
    return 1, 1


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    first, *rest = value
    return int(first), int(rest[0] if rest else first)


def _padding(value: Any, *, sides: tuple[int, int], dilation: tuple[int, int]) -> tuple[int, int]:
    """Return the rows and columns of zeros before the first; "same" puts an odd one behind the last."""
    if value == "same":
        return dilation[0] * (sides[0] - 1) // 2, dilation[1] * (sides[1] - 1) // 2
    return _pair(0 if value == "valid" else value)


def _window(position: int, side: int, stride: int, padding: int, dilation: int) -> tuple[int, ...]:
    """Return which places of the input one place of the output reads, along one axis."""
    start = position * stride - padding
    return tuple(range(start, start + side * dilation, dilation))


def _patch(image: Tensor, rows: tuple[int, ...], columns: tuple[int, ...], *, outside: float = 0.0) -> Tensor:
    """Cut (h, w) out of one channel (H, W), with `outside` where the window hangs over the edge."""
    height, width = image.shape
    up, left = max(0, -rows[0]), max(0, -columns[0])
    down, right = max(0, rows[-1] + 1 - height), max(0, columns[-1] + 1 - width)
    wide = F.pad(image, (left, right, up, down), value=outside)
    return wide[[row + up for row in rows]][:, [column + left for column in columns]]


def _grid(values: Tensor) -> Grid:
    return tuple(tuple(row) for row in values.tolist())
