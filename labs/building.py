"""What the builder of networks must know: the kinds of layers, what a list of them comes to, where it is wrong.

Arithmetic alone: `nets.layers` reads and `nets.ledger` counts, in the words that a spec uses too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from nets.catalog import ARCHITECTURES, DataSet, fits
from nets.layers import (
    ACTIVATIONS,
    Branch,
    Layer,
    Residual,
    Shape,
    ShapeError,
    Stack,
    parse,
    parts,
    shape_after,
    to_json,
)
from nets.layers.words import WORDS
from nets.ledger import Row, count
from nets.plans import plan
from nets.specs import SpecError

# What a form offers where a field takes one of a few words.
_CHOICES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = MappingProxyType(
    {
        ("norm", "how"): ("batch", "layer", "group"),
        ("act", "how"): ACTIVATIONS,
        ("pool", "how"): ("max", "average"),
        ("adaptive_pool", "how"): ("average", "max"),
    }
)
# What a fresh layer of a kind begins with where its own field has no usual value.
_FRESH: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "conv": {"out": 32, "kernel": 3, "padding": 1},
        "act": {"how": "ReLU"},
        "pool": {"how": "max", "kernel": 2, "stride": 2},
        "dropout": {"p": 0.25},
        "stochastic_depth": {"p": 0.1},
        "linear": {"out": 128},
        "widen": {"out": 64},
        "patches": {"out": 64, "patch": 4},
        "attention": {"heads": 4},
    }
)
# What one does with a network most, first.
_ORDER: Final = ("conv", "norm", "act", "pool", "adaptive_pool", "dropout", "flatten", "linear", "residual", "branch")
_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "conv": "Convolution",
        "norm": "Norm",
        "act": "Activation",
        "pool": "Pooling",
        "adaptive_pool": "Pooling to a size",
        "dropout": "Dropout",
        "stochastic_depth": "Stochastic depth",
        "flatten": "Flatten",
        "linear": "Dense",
        "widen": "Channels of zeros",
        "patches": "Patches to tokens",
        "attention": "Attention",
        "token": "One token",
        "residual": "Residual block",
        "branch": "Paths side by side",
        "gate": "Gate",
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """One layer of a list, as the sentences of `parse` name it ("layer 3, body 2"), and what it comes to."""

    place: str
    row: Row

    def to_json(self) -> dict[str, Any]:
        """Return it as the builder shows it."""
        row = self.row
        return {
            "place": self.place,
            "name": row.name,
            "kind": row.kind,
            "shape": list(row.shape),
            "parameters": row.parameters,
            "multiplyAdds": row.multiply_adds,
            "field": row.receptive_field,
        }


def vocabulary() -> list[dict[str, Any]]:
    """Return every kind of layer: its word, its title, its fields with their usual values, a fresh one of it."""
    order = {kind: place for place, kind in enumerate(_ORDER)}
    kinds = sorted(WORDS.items(), key=lambda pair: order.get(pair[1], len(order)))
    return [
        {"kind": kind, "title": _TITLES[kind], "fields": list(_fields(made, kind)), "fresh": _fresh(made, kind)}
        for made, kind in kinds
    ]


def starts(*, data: DataSet) -> list[tuple[str, str]]:
    """Return the networks of the zoo that a drawing may begin with, name and title: those that fit the images."""
    return [(name, entry.title) for name, entry in ARCHITECTURES.items() if _is_start(name, data.shape)]


def start_of(arch: str, *, data: DataSet) -> list[dict[str, Any]]:
    """Return the layers of a network of the zoo for these images; raises KeyError for one that is no start."""
    if not _is_start(arch, data.shape):
        raise KeyError(arch)
    return to_json(plan(arch, shape=data.shape, classes=len(data.classes)))


def counted(layers: object, *, data: DataSet) -> dict[str, Any]:
    """Return what a list of layers comes to for these images: rows up to the first mistake, sums, and every mistake.

    `errors` are keyed by place, as `parse` keys them. A list that cannot be read has no rows.
    """
    errors: dict[str, str] = {}
    rows: list[Place] = []
    try:
        parse(layers, shape=data.shape, classes=len(data.classes))
    except SpecError as error:
        errors = error.errors
    try:
        rows = list(_rows(parse(layers), data.shape))
    except SpecError:
        # Said above, in the same words.
        rows = []
    sums = {name: sum(getattr(each.row, name) for each in rows) for name in ("parameters", "multiply_adds")}
    return {
        "rows": [each.to_json() for each in rows],
        "errors": errors,
        "parameters": sums["parameters"],
        "multiplyAdds": sums["multiply_adds"],
        "shape": list(data.shape),
        "classes": len(data.classes),
    }


def _rows(stack: Stack, shape: Shape) -> Iterator[Place]:
    """Yield the rows of the layers before the first that does not fit."""
    sound, here = 0, shape
    for _, layer in stack:
        try:
            here = shape_after(layer, here)
        except ShapeError:
            break
        sound += 1
    if sound:
        book = count(stack[:sound], shape=shape, classes=0)
        for place, row in zip(places(stack[:sound]), book.rows, strict=True):
            yield Place(place, row)


def places(stack: Stack, *, where: str = "", part: str = "layer") -> Iterator[str]:
    """Yield the place of every layer in the order of a ledger: those inside a block before it."""
    for number, (_, layer) in enumerate(stack, start=1):
        here = f"{where}, {part} {number}" if where else f"{part} {number}"
        for path, (name, inner) in enumerate(parts(layer), start=1):
            if isinstance(layer, Branch):
                yield from places(inner, where=f"{here}, path {path}", part="layer")
            else:
                yield from places(inner, where=here, part=name if isinstance(layer, Residual) and name else "body")
        yield here


def _is_start(arch: str, shape: Shape) -> bool:
    entry = ARCHITECTURES.get(arch)
    return entry is not None and not entry.is_library and len(shape) == 3 and fits(arch, (shape[0], shape[1], shape[2]))


def _fields(made: type[Layer], kind: str) -> Iterator[dict[str, Any]]:
    for field in fields(made):
        if field.name in ("body", "shortcut", "paths", "inputs"):
            continue
        usual = None if field.default is MISSING else field.default
        choices = _CHOICES.get((kind, field.name), ())
        is_flag = isinstance(usual, bool)
        form = "choice" if choices else "flag" if is_flag else "real" if field.name == "p" else "whole"
        yield {"name": field.name, "form": form, "usual": usual, "choices": list(choices)}


def _fresh(made: type[Layer], kind: str) -> dict[str, Any]:
    """Return a layer of this kind as it is added: sound by itself, a block with something in it."""
    inner: dict[str, Any] = {}
    conv = {"kind": "conv", **_FRESH["conv"]}
    if kind == "residual":
        inner = {"body": [conv]}
    elif kind == "branch":
        inner = {"paths": [[dict(conv)], [{"kind": "conv", "out": 32, "kernel": 1}]]}
    elif kind == "gate":
        inner = {"body": [{"kind": "act", "how": "Sigmoid"}]}
    return {"kind": kind, **_FRESH.get(kind, {}), **inner}
