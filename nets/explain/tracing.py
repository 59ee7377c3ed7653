"""One picture's way through a network: every operation with what went in and what came out.

Layers alone do not tell it: a residual sum, or a ReLU called as a function, is no layer. So each call of a torch
function is recorded while the picture passes; nothing is assumed of how `forward` is written.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from nets.modes import judged

# Which tensor, in which state: an operation in place makes a new state of the same tensor.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a torch function, in the layer `layer`; `inputs` and `output` are keys of `Trace.values`."""

    name: str
    layer: str
    function: Callable[..., Tensor]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    inputs: tuple[Key, ...]
    output: Key


@dataclass(slots=True)
class Trace:
    """What happened to one picture. `calls` are in order; `values` are copies, safe from what came later."""

    calls: list[Call] = field(default_factory=list)
    values: dict[Key, Tensor] = field(default_factory=dict)
    outputs: dict[str, Key] = field(default_factory=dict)

    def maker(self, key: Key) -> Call | None:
        """Return the call that made a value, None for the picture itself and for weights."""
        return next((call for call in self.calls if call.output == key), None)

    def users(self, key: Key) -> list[Call]:
        """Return the calls that a value went into."""
        return [call for call in self.calls if key in call.inputs]

    def depth(self, key: Key) -> int:
        """Return how many convolutions and dense layers lie between the picture and a value, on the longest way."""
        depths: dict[Key, int] = {}
        for call in self.calls:
            before = max((depths.get(source, 0) for source in call.inputs), default=0)
            depths[call.output] = before + (call.name in ("conv2d", "linear"))
        return depths.get(key, 0)


@torch.no_grad()
def trace(model: nn.Module, image: Tensor) -> Trace:
    """Send one normalised image (1, C, H, W) through `model`, in eval mode, and return all that happened."""
    recorder = _Recorder()
    image = image.clone()
    recorder.remember(image)
    # The short floats of newer graphics cards would put the printed terms off in the fourth digit.
    exact = torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled, allow_tf32=False)
    with judged(model), _naming(model, recorder), exact, recorder:
        model(image)
    return recorder.trace


def key(tensor: Tensor) -> Key:
    """Return what tells this state of this tensor from every other."""
    return id(tensor), tensor._version


class _Recorder(TorchFunctionMode):
    """Notes every torch function that returns a tensor, while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.trace = Trace()
        self.layers: list[str] = [""]
        # As long as a tensor lives, no other can have its id.
        self._alive: list[Tensor] = []

    def remember(self, tensor: Tensor) -> Key:
        """Copy a value as it is now, unless it is a weight, which stays as it is; return its key."""
        self._alive.append(tensor)
        value = tensor.detach()
        self.trace.values.setdefault(key(tensor), value if isinstance(tensor, nn.Parameter) else value.clone())
        return key(tensor)

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        given = tuple(value for value in (*args, *kwargs.values()) if isinstance(value, Tensor))
        inputs = tuple(key(value) for value in given)
        for value in given:
            if key(value) not in self.trace.values:
                self.remember(value)
        output = func(*args, **kwargs)
        # Dropout in eval mode, for one, hands back what it got.
        if isinstance(output, Tensor) and key(output) not in inputs:
            name = getattr(func, "__name__", "")
            done = self.remember(output)
            self.trace.calls.append(Call(name, self.layers[-1], func, args, kwargs, inputs, done))
        return output


@contextmanager
def _naming(model: nn.Module, recorder: _Recorder) -> Iterator[None]:
    """Tell the recorder in which layer it is and what each layer put out; no hook stays behind."""
    handles = []

    def watch(name: str, layer: nn.Module) -> None:
        def enter(_layer: nn.Module, _inputs: Any) -> None:
            recorder.layers.append(name)

        def leave(_layer: nn.Module, _inputs: Any, output: Any) -> None:
            recorder.layers.pop()
            if isinstance(output, Tensor):
                recorder.trace.outputs[name] = key(output)

        handles.append(layer.register_forward_pre_hook(enter))
        handles.append(layer.register_forward_hook(leave))

    try:
        for name, layer in model.named_modules():
            if name:
                watch(name, layer)
        yield
    finally:
        for handle in handles:
            handle.remove()
