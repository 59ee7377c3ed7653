"""What happens to one number after its sum: the norm, the activation, the residual sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor

from nets.explain.tracing import Call, Key, Trace

# Functions that make each number of their output from the one number at the same place.
ACTIVATIONS: Final = frozenset(
    {"relu", "relu_", "relu6", "hardtanh", "hardtanh_", "leaky_relu", "leaky_relu_", "elu", "elu_", "gelu", "silu"}
    | {"mish", "sigmoid", "tanh", "hardswish", "hardsigmoid", "softplus"}
)
ADDITIONS: Final = frozenset({"add", "add_"})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a number: from `before` to `after`, with what was used in `numbers`.

    `kind` is "norm" (mean, variance, epsilon, scale, shift: (before - mean) / sqrt(variance + epsilon) * scale +
    shift), "add" (other: the residual sum), or "activation". `name` says which function, or whose value was added.
    """

    kind: str
    name: str
    layer: str
    before: float
    after: float
    numbers: Mapping[str, float]

    def line(self) -> str:
        """Return the step as one line of text, with its numbers."""
        if self.kind == "add":
            return f"  {self.before:.7g} + {self.numbers['other']:.7g} from {self.name} = {self.after:.7g}"
        if self.kind == "norm":
            n = self.numbers
            sums = f"({self.before:.7g} - {n['mean']:.7g}) / sqrt({n['variance']:.7g} + {n['epsilon']:.7g})"
            return f"  {sums} * {n['scale']:.7g} + {n['shift']:.7g} = {self.after:.7g}"
        return f"  {self.name}({self.before:.7g}) = {self.after:.7g}"


def is_pointwise(call: Call, story: Trace) -> bool:
    """Say whether `step` can follow one number through `call`."""
    if call.name == "batch_norm":
        return True
    if call.name in ADDITIONS:
        return call.kwargs.get("alpha", 1) == 1 and all(isinstance(part, Tensor | int | float) for part in call.args)
    same_form = bool(call.inputs) and story.values[call.inputs[0]].shape == story.values[call.output].shape
    return call.name in ACTIVATIONS and len(call.inputs) == 1 and same_form


def other_inputs(call: Call, story: Trace) -> list[Key]:
    """Return the values of the output's own form that went into a pointwise call: two for a residual sum."""
    form = story.values[call.output].shape
    return [key for key in call.inputs if story.values[key].shape == form]


def step(call: Call, story: Trace, *, before: float, behind: Key, place: tuple[int, ...]) -> Step:
    """Follow the number `before`, which stands at `place` in the value `behind`, through a pointwise call."""
    if call.name == "batch_norm":
        return _norm(call, story, before=before, behind=behind, channel=place[0])
    if call.name in ADDITIONS:
        return _add(call, story, before=before, behind=behind, place=place)
    options = {**call.kwargs, "inplace": False} if "inplace" in call.kwargs else dict(call.kwargs)
    number = torch.tensor(before, dtype=torch.float64)
    after = float(call.function(number, *call.args[1:], **options))
    return Step("activation", call.name.rstrip("_"), call.layer, before, after, {})


def _norm(call: Call, story: Trace, *, before: float, behind: Key, channel: int) -> Step:
    given: dict[str, Any] = signature(F.batch_norm).bind(*call.args, **call.kwargs).arguments
    mean, variance = given.get("running_mean"), given.get("running_var")
    if mean is None or variance is None or given.get("training"):
        maps = story.values[behind].double()  # (1, C, H, W): without a memory, the picture's own numbers count.
        axes = [axis for axis in range(maps.dim()) if axis != 1]
        mean, variance = maps.mean(dim=axes), maps.var(dim=axes, correction=0)
    scale, shift = (None if part is None else part.detach() for part in (given.get("weight"), given.get("bias")))
    numbers = {
        "mean": float(mean[channel]),
        "variance": float(variance[channel]),
        "epsilon": float(given.get("eps", 1e-5)),
        "scale": 1.0 if scale is None else float(scale[channel]),
        "shift": 0.0 if shift is None else float(shift[channel]),
    }
    normed = (before - numbers["mean"]) / (numbers["variance"] + numbers["epsilon"]) ** 0.5
    after = normed * numbers["scale"] + numbers["shift"]
    return Step("norm", "batch norm", call.layer, before, after, numbers)


def _add(call: Call, story: Trace, *, before: float, behind: Key, place: tuple[int, ...]) -> Step:
    """Add what came by the other way; a value that is added to itself counts twice."""
    others = [key for key in call.inputs if key != behind]
    if len(call.inputs) == 2 and not others:
        other, name = before, "itself"
    elif others:
        form = story.values[call.output].shape
        other = float(story.values[others[0]].expand(form)[(0, *place)])
        maker = story.maker(others[0])
        name = maker.layer or maker.name if maker is not None else "the picture or a weight"
    else:
        other, name = float(next(part for part in call.args if not isinstance(part, Tensor))), "a number"
    return Step("add", name, call.layer, before, before + other, {"other": other})
