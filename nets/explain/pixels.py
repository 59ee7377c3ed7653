"""The arithmetic of one unit: every product and sum that makes one number of a feature map.

All terms are computed here, in double precision, from the weights and from what went into the layer; the number
that the network itself put out stands beside them as `network`, so that the two can be compared.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor, nn

from nets.explain.maps import named_layer
from nets.explain.sources import SOURCES, Source, source_of
from nets.explain.steps import Step, is_pointwise, other_inputs, step
from nets.explain.tracing import Call, Key, Trace, trace


@dataclass(frozen=True, slots=True)
class Formula:
    """How one unit came about: the sum in `source`, then `steps` one after another, then `value`.

    `place` is (channel, y, x), or (unit,) behind a dense layer. `network` is what the network put out there.
    """

    layer: str
    place: tuple[int, ...]
    source: Source
    steps: tuple[Step, ...]
    value: float
    network: float

    def to_json(self, *, channels: int = 8) -> dict[str, Any]:
        """Return plain values; of the terms, those `channels` with the largest sums, the rest as one number.

        The terms that are kept, `rest` and the bias add up to `source.total`. What is no number is None.
        """
        ranked = sorted(self.source.terms, key=lambda term: -abs(term.total))
        kept = sorted(ranked[:channels], key=lambda term: term.channel)
        shown = asdict(self)
        shown["source"]["terms"] = [asdict(term) for term in kept]
        shown["source"]["rest"] = sum(term.total for term in ranked[channels:])
        return {name: _plain(part) for name, part in shown.items()}

    def lines(self) -> list[str]:
        """Return the formula as text, one line per term, per step, and for the value."""
        where = ", ".join(map(str, self.place))
        return [f"{self.layer}[{where}]", *self.source.lines(), *(step.line() for step in self.steps)]


def pixel_formula(
    model: nn.Module, image: Tensor, *, layer: str, channel: int, y: int | None = None, x: int | None = None
) -> Formula:
    """Return how the unit (`channel`, `y`, `x`) of `layer` is computed from one normalised image (C, H, W).

    Asked for a convolution, a dense layer or a pooling, the formula goes on through the norm, the activation and
    the residual sum that follow, up to where the value is pooled, convolved or used twice. Asked for a norm, an
    activation or a block, it goes back to the sum behind it and ends at that layer's own value. `y` and `x` are
    None behind a dense layer. The network is judged in eval mode and left as it was.

    Raises KeyError for a layer that does not exist, did not run, or puts out something else than such a sum;
    IndexError for a place outside its map.
    """
    named_layer(model, layer)
    story = trace(model, image[None])
    if layer not in story.outputs:
        raise KeyError(f"The layer {layer!r} did not run for this picture.")
    place = _place(story.values[story.outputs[layer]], layer=layer, channel=channel, y=y, x=x)
    source, calls = _way(story, layer=layer)
    sum_of_terms = source_of(source, story, place=place)
    steps: list[Step] = []
    value, end = sum_of_terms.total, source.output
    for call in calls:
        steps.append(step(call, story, before=value, behind=end, place=place))
        value, end = steps[-1].after, call.output
    network = float(story.values[end][(0, *place)])
    return Formula(layer, place, sum_of_terms, tuple(steps), value, network)


def _place(maps: Tensor, *, layer: str, channel: int, y: int | None, x: int | None) -> tuple[int, ...]:
    """Return the index behind the image's own; raises IndexError when `maps` (1, K, h, w) or (1, K) has none such."""
    asked = tuple(value for value in (channel, y, x) if value is not None)
    sizes = tuple(maps.shape[1:])
    if len(asked) != len(sizes) or not all(0 <= value < size for value, size in zip(asked, sizes, strict=True)):
        raise IndexError(f"The layer {layer!r} puts out {sizes}, counted from 0; {asked} was given.")
    return asked


def _way(story: Trace, *, layer: str) -> tuple[Call, list[Call]]:
    """Return the call that sums, and the pointwise calls behind it up to where the formula ends."""
    asked = story.maker(story.outputs[layer])
    back: list[Call] = []
    call = asked
    while call is not None and call.name not in SOURCES:
        if not is_pointwise(call, story):
            call = None
            break
        back.insert(0, call)
        call = story.maker(_main_input(call, story))
    if call is None:
        able = [name for name, key in story.outputs.items() if (made := story.maker(key)) and made.name in SOURCES]
        raise KeyError(f"There is a formula for {', '.join(able)} and what directly follows; {layer!r} was given.")
    return call, back or _ahead(call.output, story)


def _ahead(key: Key, story: Trace) -> list[Call]:
    """Return the pointwise calls that follow, as long as one single call uses each value."""
    calls: list[Call] = []
    while len(users := story.users(key)) == 1 and is_pointwise(users[0], story):
        calls.append(users[0])
        key = users[0].output
    return calls


def _main_input(call: Call, story: Trace) -> Key:
    """Return the value that a pointwise call works on: of a residual sum, the one with more layers behind it."""
    return max(other_inputs(call, story), key=story.depth)


def _plain(value: Any) -> Any:
    """Return lists and dicts with every float that JSON cannot say replaced by None."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
