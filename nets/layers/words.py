"""The kinds of layers there are, each with the numbers that define it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

# Each is named as torch.nn names it, and computes what torch.nn's computes with nothing set.
ACTIVATIONS: Final = (
    "ReLU",
    "LeakyReLU",
    "Tanh",
    "Sigmoid",
    "SiLU",
    "Hardswish",
    "Hardsigmoid",
    "GELU",
    "ReLU6",
)


@dataclass(frozen=True, slots=True)
class Conv:
    """A 2-D convolution with square kernels, as torch.nn.Conv2d computes it."""

    out: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = True


@dataclass(frozen=True, slots=True)
class Norm:
    """Numbers brought to mean 0 and variance 1, then scaled and shifted by two learned numbers for each channel.

    `how` says over what: "batch" over all images of a batch (Ioffe and Szegedy 2015, arXiv:1502.03167), "group"
    over one image and one of `groups` groups of channels (Wu and He 2018, arXiv:1803.08494), "layer" over one
    whole image or row, or over each token alone (Ba et al. 2016, arXiv:1607.06450).
    """

    how: str = "batch"
    groups: int = 1


@dataclass(frozen=True, slots=True)
class Act:
    """A function applied to every number by itself; `how` is one of ACTIVATIONS."""

    how: str


@dataclass(frozen=True, slots=True)
class Pool:
    """Square pooling; `how` is "max" or "average". An average counts padding as zeros, as torch does."""

    how: str
    kernel: int
    stride: int
    padding: int = 0


@dataclass(frozen=True, slots=True)
class AdaptivePool:
    """Pooling whose windows are chosen so that `size` by `size` come out; 1 is global. `how` as for Pool."""

    size: int = 1
    how: str = "average"


@dataclass(frozen=True, slots=True)
class Dropout:
    """Numbers, or whole channels of an image, set to zero at random with probability `p`, in training only."""

    p: float
    whole_channels: bool = False


@dataclass(frozen=True, slots=True)
class StochasticDepth:
    """Whole images set to zero at random with probability `p`, in training only; the last layer of a residual body.

    Huang et al. 2016, arXiv:1603.09382: the block is left out for that image, and its shortcut alone stays.
    """

    p: float


@dataclass(frozen=True, slots=True)
class Flatten:
    """All numbers of an image in one row."""


@dataclass(frozen=True, slots=True)
class Dense:
    """Every output looks at every input, as torch.nn.Linear computes it; of tokens, each by itself.

    `inputs` is what its author believes will reach it; None believes nothing.
    """

    out: int
    bias: bool = True
    inputs: int | None = None


@dataclass(frozen=True, slots=True)
class Widen:
    """Every `stride`-th pixel, with channels of zeros added until there are `out`: nothing is learned.

    The shortcut called option A in He et al. 2015, arXiv:1512.03385, section 4.2.
    """

    out: int
    stride: int = 1


@dataclass(frozen=True, slots=True)
class PatchEmbed:
    """An image cut into squares of `patch` pixels, each turned into a token of `out` numbers.

    Pixels beyond the last whole square are not seen. A learned class token is put before them, and a learned
    position is added to each of all.
    Dosovitskiy et al. 2020, arXiv:2010.11929, equation 1.
    """

    out: int
    patch: int


@dataclass(frozen=True, slots=True)
class SelfAttention:
    """Every token a mixture of all tokens, weighted by how well they match, in `heads` mixtures side by side.

    Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2; queries, keys, values and output have biases.
    """

    heads: int


@dataclass(frozen=True, slots=True)
class TakeToken:
    """One token of all, as a row; 0 is the class token."""

    index: int = 0


@dataclass(frozen=True, slots=True)
class Residual:
    """What `body` makes of an input, plus what `shortcut` makes of it; an empty shortcut is the input itself.

    He et al. 2015, arXiv:1512.03385. The activation afterwards is a layer of its own.
    """

    body: "Stack"
    shortcut: "Stack" = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """Several paths from one input, their channels put side by side (Szegedy et al. 2014, arXiv:1409.4842)."""

    paths: "tuple[Stack, ...]"


@dataclass(frozen=True, slots=True)
class Gate:
    """An input multiplied by what `body` makes of it, channel by channel.

    With global pooling first in the body it is squeeze-and-excitation (Hu et al. 2017, arXiv:1709.01507).
    """

    body: "Stack"


Block = Residual | Branch | Gate
Layer = (
    Conv
    | Norm
    | Act
    | Pool
    | AdaptivePool
    | Dropout
    | StochasticDepth
    | Flatten
    | Dense
    | Widen
    | PatchEmbed
    | SelfAttention
    | TakeToken
    | Block
)
Stack = tuple[tuple[str, Layer], ...]

# How a drawn layer's kind is called in JSON and in the sentences that refuse it.
WORDS: Final[Mapping[type[Layer], str]] = MappingProxyType(
    {
        Conv: "conv",
        Norm: "norm",
        Act: "act",
        Pool: "pool",
        AdaptivePool: "adaptive_pool",
        Dropout: "dropout",
        StochasticDepth: "stochastic_depth",
        Flatten: "flatten",
        Dense: "linear",
        Widen: "widen",
        PatchEmbed: "patches",
        SelfAttention: "attention",
        TakeToken: "token",
        Residual: "residual",
        Branch: "branch",
        Gate: "gate",
    }
)

# Where tables have long called a kind of layer by another word than JSON does.
_STEMS: Final[Mapping[str, str]] = MappingProxyType({"linear": "dense", "residual": "block", "adaptive_pool": "pool"})


# The names that modules of torch need for themselves, of those that a layer may have; a test compares them with torch.
_NEEDED: Final = (
    "add_module append apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval "
    "extend extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half insert ipu "
    "load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters pop "
    "register_backward_hook register_buffer register_forward_hook register_forward_pre_hook "
    "register_full_backward_hook register_full_backward_pre_hook register_module register_parameter "
    "register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule "
    "share_memory state_dict to to_empty train training type xpu zero_grad"
)
TAKEN: Final = frozenset(_NEEDED.split())


def module_names(stack: "Stack") -> tuple[str, ...]:
    """Return what the modules of a stack are called: as its layers, with "_" behind a name that modules need.

    >>> module_names((("conv1", Conv(8, kernel=3)), ("train", Act("ReLU"))))
    ('conv1', 'train_')
    """
    found: list[str] = []
    for name, _ in stack:
        called = name
        while called in TAKEN or called in found:
            called += "_"
        found.append(called)
    return tuple(found)


def word(layer: Layer) -> str:
    """Name the kind of a layer as JSON does: "conv", "linear"."""
    return WORDS[type(layer)]


def parts(layer: Layer) -> tuple[tuple[str, Stack], ...]:
    """Return the stacks inside a block, each with the name that its layers carry in front; () for a plain layer."""
    if isinstance(layer, Residual):
        return ("", layer.body), ("shortcut", layer.shortcut)
    if isinstance(layer, Branch):
        return tuple((f"path{number}", path) for number, path in enumerate(layer.paths, start=1))
    return (("", layer.body),) if isinstance(layer, Gate) else ()


def named(layers: "Iterable[Layer | tuple[str, Layer]]") -> Stack:
    """Give every layer that has no name one of its kind and number.

    >>> [name for name, _ in named([Conv(8, kernel=3), Act("ReLU"), ("wide", Conv(9, kernel=3)), Conv(9, kernel=1)])]
    ['conv1', 'relu1', 'wide', 'conv2']
    """
    given = [entry if isinstance(entry, tuple) else (None, entry) for entry in layers]
    taken = {name for name, _ in given}
    counts: dict[str, int] = {}
    stack: list[tuple[str, Layer]] = []
    for name, layer in given:
        stack.append((name or _free(layer, taken, counts), layer))
    return tuple(stack)


def _free(layer: Layer, taken: set[str | None], counts: dict[str, int]) -> str:
    """Return the next name of the layer's kind that nobody gave by hand."""
    kind = word(layer)
    stem = layer.how.lower() if isinstance(layer, Act) else _STEMS.get(kind, kind)
    while True:
        counts[stem] = counts.get(stem, 0) + 1
        if (name := f"{stem}{counts[stem]}") not in taken:
            return name
