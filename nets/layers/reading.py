"""A network read from JSON and written back: every mistake at once, each pinned to its layer in words."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final

from nets.bounds import Choice, Real, SpecError, Whole
from nets.layers.costs import activations, weights
from nets.layers.shapes import Shape, ShapeError, shape_after, written
from nets.layers.words import ACTIVATIONS, WORDS, Branch, Dense, Layer, Residual, Stack, named, parts, word

# What a drawn network may come to, so that a hostile one costs nothing before it is refused. Every network of
# `nets.plans` fits but for the activations of EfficientNet-B5 to B7 at their full size.
MAX_LAYERS: Final = 1000
MAX_NESTING: Final = 4
MAX_PATHS: Final = 8
MAX_PARAMETERS: Final = 200_000_000
MAX_ACTIVATIONS: Final = 200_000_000
MAX_NAME: Final = 32


@dataclass(frozen=True, slots=True)
class _Flag:
    """A field that takes true or false."""

    def fault(self, label: str, value: object) -> str | None:
        return None if isinstance(value, bool) else f"{label} must be true or false."


@dataclass(frozen=True, slots=True)
class _Name:
    """A field that takes a word of small letters, digits and underscores."""

    def fault(self, label: str, value: object) -> str | None:
        if isinstance(value, str) and len(value) <= MAX_NAME and _is_name(value):
            return None
        return f"{label} must be up to {MAX_NAME} small letters, digits and underscores, with a letter first."


_Bound = Choice | Whole | Real | _Flag
_COUNT: Final = Whole(1, 65_536)
_SHARE: Final = Real(0.0, 0.95)
_POOLED: Final = Choice(("max", "average"))

# The fields of every kind, by their attribute; `inputs` is written "in", which Python keeps for itself.
_FIELDS: Final[Mapping[str, Mapping[str, _Bound]]] = MappingProxyType(
    {
        "conv": {
            "out": Whole(1, 8192),
            "kernel": Whole(1, 64),
            "stride": Whole(1, 64),
            "padding": Whole(0, 64),
            "dilation": Whole(1, 64),
            "groups": Whole(1, 8192),
            "bias": _Flag(),
        },
        "norm": {"how": Choice(("batch", "layer", "group")), "groups": Whole(1, 8192)},
        "act": {"how": Choice(ACTIVATIONS)},
        "pool": {
            "how": _POOLED,
            "kernel": Whole(1, 64),
            "stride": Whole(1, 64),
            "padding": Whole(0, 32),
        },
        "adaptive_pool": {"size": Whole(1, 64), "how": _POOLED},
        "dropout": {"p": _SHARE, "whole_channels": _Flag()},
        "stochastic_depth": {"p": _SHARE},
        "flatten": {},
        "linear": {"out": _COUNT, "bias": _Flag(), "inputs": Whole(1, MAX_PARAMETERS)},
        "widen": {"out": Whole(1, 8192), "stride": Whole(1, 64)},
        "patches": {"out": Whole(1, 8192), "patch": Whole(1, 256)},
        "attention": {"heads": Whole(1, 256)},
        "token": {"index": Whole(0, 65_536)},
        "residual": {},
        "branch": {},
        "gate": {},
    }
)
_STACKS: Final = MappingProxyType({"residual": ("body", "shortcut"), "branch": ("paths",), "gate": ("body",)})
_KINDS: Final = MappingProxyType({name: kind for kind, name in WORDS.items()})
_WRITTEN: Final = MappingProxyType({"inputs": "in"})


def parse(data: object, *, shape: Shape | None = None, classes: int | None = None) -> Stack:
    """Read a network from decoded JSON: a list of objects, each with a "kind" and that kind's fields.

    With `shape` (C, H, W) every layer is also held against what reaches it, and with `classes` the end against
    what it must give. A layer without a "name" gets one. Raises SpecError with every mistake, keyed by the place
    and worded with it: "layer 7: linear expects 2048 inputs, gets 1152."

    >>> parse([{"kind": "flatten"}, {"kind": "linear", "out": 10}])
    (('flatten1', Flatten()), ('dense1', Dense(out=10, bias=True, inputs=None)))
    """
    reading = _Reading()
    entries = reading.stack(data, where="", depth=0)
    if shape is not None:
        reading.hold(entries, shape=shape, classes=classes)
    if reading.errors:
        raise SpecError(reading.errors)
    return tuple(entry for entry in entries if entry is not None)


def to_json(stack: Stack) -> list[dict[str, Any]]:
    """Return what `parse` reads back as the same stack; fields that have their usual value are left out."""
    return [_layer_to_json(name, layer) for name, layer in stack]


def _layer_to_json(name: str, layer: Layer) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": word(layer), "name": name}
    for each in fields(layer):
        value = getattr(layer, each.name)
        if each.name == "paths":
            said["paths"] = [to_json(path) for path in value]
        elif each.name in ("body", "shortcut"):
            said |= {each.name: to_json(value)} if value else {}
        elif each.default is MISSING or value != each.default:
            said[_WRITTEN.get(each.name, each.name)] = value
    return said


@dataclass(slots=True)
class _Reading:
    """One text being read: what was found wrong so far, and how many layers were met."""

    errors: dict[str, str] = field(default_factory=dict)
    layers: int = 0
    parameters: int = 0
    activations: int = 0

    def fault(self, where: str, text: str, *, part: str = "") -> None:
        """Remember one mistake; several in one place are told apart by their part."""
        key = ", ".join(filter(None, (where, part))) if where else "network"
        said = f"{where}: {text}" if where else f"{text[0].upper()}{text[1:]}"
        self.errors[key] = f"{self.errors[key]} {said}" if key in self.errors else said

    def stack(self, data: object, *, where: str, depth: int, part: str = "layer") -> list[tuple[str, Layer] | None]:
        """Read a list of layers; None stands for one that cannot be read."""
        place = where or "network"
        if not isinstance(data, list) or not data:
            subject = "a network" if not where else "a path" if part == "layer" else part
            self.fault(where, f"{subject} must be a list of at least one layer.", part=part)
            return [None]
        self.layers += len(data)
        if self.layers > MAX_LAYERS or depth > MAX_NESTING:
            # One sentence for all: which list was one too many is of no use to anyone.
            self.errors[place] = f"{where + ': ' if where else ''}{_too_much(self.layers)}"
            return [None]
        steps = [f"{where}, {part} {number}" if where else f"layer {number}" for number in range(1, len(data) + 1)]
        read = [self._layer(each, where=step, depth=depth) for each, step in zip(data, steps, strict=True)]
        given = [each.get("name") if isinstance(each, dict) else None for each in data]
        self._name_once(given, steps)
        if None in read:
            return [(str(name), layer) if layer else None for name, layer in zip(given, read, strict=True)]
        return list(named((name, layer) if name else layer for name, layer in zip(given, read, strict=True) if layer))

    def _name_once(self, given: list[Any], steps: list[str]) -> None:
        seen: set[str] = set()
        for name, step in zip(given, steps, strict=True):
            if isinstance(name, str) and name in seen:
                self.fault(step, f"another layer beside it is called {name[:MAX_NAME]} already.", part="name")
            if isinstance(name, str):
                seen.add(name)

    def _layer(self, data: object, *, where: str, depth: int) -> Layer | None:
        """Read one layer, or say what is wrong with it and return None."""
        if not isinstance(data, dict):
            self.fault(where, 'a layer must be an object with a "kind".')
            return None
        kind = data.get("kind")
        if sentence := Choice(tuple(_FIELDS)).fault("kind", _short(kind)):
            self.fault(where, sentence, part="kind")
            return None
        before = len(self.errors)
        values = dict(self._fields(str(kind), data, where=where))
        values |= self._stacks(str(kind), data, where=where, depth=depth)
        return _KINDS[str(kind)](**values) if len(self.errors) == before else None

    def _fields(self, kind: str, data: Mapping[object, object], *, where: str) -> Iterator[tuple[str, Any]]:
        """Yield the plain fields of one layer; a field that is wrong, missing or unknown is a mistake."""
        bounds = {_WRITTEN.get(name, name): (name, bound) for name, bound in _FIELDS[kind].items()}
        known = {"kind", "name", *bounds, *_STACKS.get(kind, ())}
        if strangers := [str(name)[:MAX_NAME] for name in data if name not in known]:
            of = ", ".join(sorted(known))
            self.fault(where, f"{kind} has no field {' or '.join(strangers[:3])}; it has {of}.", part="field")
        if "name" in data and (sentence := _Name().fault("name", data["name"])):
            self.fault(where, sentence, part="name")
        needed = {each.name for each in fields(_KINDS[kind]) if each.default is MISSING}
        for written_as, (name, bound) in bounds.items():
            if written_as not in data and name not in needed:
                continue
            if sentence := bound.fault(written_as, _short(data.get(written_as))):
                self.fault(where, sentence, part=written_as)
            value = data.get(written_as)
            # 0 and 0.0 are one wish, which has one way of writing.
            yield name, float(value) + 0.0 if isinstance(bound, Real) and isinstance(value, int | float) else value

    def _stacks(self, kind: str, data: Mapping[object, object], *, where: str, depth: int) -> dict[str, Any]:
        """Read the lists of layers inside a block."""
        if kind == "branch":
            return {"paths": self._paths(data.get("paths"), where=where, depth=depth)}
        inner: dict[str, Any] = {}
        for name in _STACKS.get(kind, ()):
            if name == "shortcut" and data.get(name, []) == []:
                continue
            inner[name] = tuple(self.stack(data.get(name), where=where, depth=depth + 1, part=name))
        return inner

    def _paths(self, data: object, *, where: str, depth: int) -> tuple[Any, ...]:
        if not isinstance(data, list) or not 1 <= len(data) <= MAX_PATHS:
            self.fault(where, f"paths must be 1 to {MAX_PATHS} lists of layers.", part="paths")
            return ()
        return tuple(
            tuple(self.stack(path, where=f"{where}, path {number}", depth=depth + 1))
            for number, path in enumerate(data, start=1)
        )

    def hold(self, entries: list[tuple[str, Layer] | None], *, shape: Shape, classes: int | None) -> None:
        """Hold every layer that was read against the shape that reaches it, and the end against `classes`."""
        end = self._follow(entries, shape, where="")
        if self.parameters > MAX_PARAMETERS:
            self.errors["parameters"] = f"The network learns {self.parameters:,} numbers; {MAX_PARAMETERS:,} may be."
        if self.activations > MAX_ACTIVATIONS:
            made = f"The network makes {self.activations:,} numbers of one image"
            self.errors["activations"] = f"{made}; {MAX_ACTIVATIONS:,} may be."
        if end is not None and classes is not None and end != (classes,):
            self.errors["end"] = (
                f"The last layer gives {written(end)} numbers; one for each of {classes} classes is due."
            )

    def _follow(
        self, entries: list[tuple[str, Layer] | None], shape: Shape, *, where: str, part: str = "layer"
    ) -> Shape | None:
        """Return the shape after the last layer, None when a mistake on the way hides it."""
        for number, entry in enumerate(entries, start=1):
            if entry is None:
                return None
            place = f"{where}, {part} {number}" if where else f"layer {number}"
            after = self._after(entry[1], shape, where=place)
            if after is None:
                return None
            shape = after
        return shape

    def _after(self, layer: Layer, shape: Shape, *, where: str) -> Shape | None:
        for inside, inner, part in _places(layer, where):
            if self._follow(list(inner), shape, where=inside, part=part) is None:
                return None
        try:
            after = shape_after(layer, shape)
            self.parameters += weights(layer, shape).parameters
            self.activations += activations(layer, shape)
        except ShapeError as error:
            self.fault(where, f"{word(layer)} {error}", part="shape")
            # A linear layer's end is known whatever reaches it, so what follows it can be held against that.
            return (layer.out,) if isinstance(layer, Dense) else None
        return after


def _places(layer: Layer, where: str) -> Iterator[tuple[str, Stack, str]]:
    """Yield the stacks inside a block, where each stands, and what its layers are counted as."""
    for number, (name, inner) in enumerate(parts(layer), start=1):
        if isinstance(layer, Branch):
            yield f"{where}, path {number}", inner, "layer"
        else:
            yield where, inner, name if isinstance(layer, Residual) and name else "body"


def _too_much(layers: int) -> str:
    if layers > MAX_LAYERS:
        return f"A network may have {MAX_LAYERS:,} layers, with those inside blocks."
    return f"Blocks may stand {MAX_NESTING} deep in one another."


def _is_name(text: str) -> bool:
    """Tell whether a text may name a layer in a dotted path; "shortcut" already means the other way of a block."""
    return text.isascii() and text.isidentifier() and text == text.lower() and text[0] != "_" and text != "shortcut"


def _short(value: object) -> object:
    """Return what a sentence may quote: a list or an object, however deep, as one word."""
    return f"a {type(value).__name__}" if isinstance(value, list | dict) else value
