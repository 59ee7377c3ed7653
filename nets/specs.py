"""What may be asked of a training run, and the only place where its bounds are written."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, Final, Self

from nets.architectures import ARCHITECTURES


class SpecError(ValueError):
    """A spec that cannot be run; `errors` maps every bad field to one sentence that says what is allowed."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that takes one of a few words."""

    allowed: tuple[str, ...]

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand."""
        if isinstance(value, str) and value in self.allowed:
            return None
        shown = self.allowed if len(self.allowed) <= 10 else self.allowed[:6]
        more = len(self.allowed) - len(shown)
        words = f"{', '.join(shown)} or {more} more" if more else ", ".join(shown)
        return f"{label} must be one of {words}; {_shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Whole:
    """A field that takes a whole number from `minimum` to `maximum`, both included."""

    minimum: int
    maximum: int

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; True is not taken for 1."""
        if type(value) is int and self.minimum <= value <= self.maximum:
            return None
        return f"{label} must be a whole number from {self.minimum:,} to {self.maximum:,}; {_shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Real:
    """A field that takes a finite number from `minimum` to `maximum`, both included."""

    minimum: float
    maximum: float

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; NaN, infinity and True may not."""
        # A whole number of a thousand digits has no float; comparing it to a float is exact all the same.
        if type(value) in (int, float) and self.minimum <= value <= self.maximum:  # type: ignore[operator]
            return None
        return f"{label} must be a number from {self.minimum:g} to {self.maximum:g}; {_shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Flag:
    """A field that is true or false."""

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; 0 and 1 are no flags."""
        if isinstance(value, bool):
            return None
        return f"{label} must be true or false; {_shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Names:
    """A field that takes one of a few words, or names of layers with commas between."""

    words: tuple[str, ...]
    longest: int = 200

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; whether a network has such layers is not asked."""
        if isinstance(value, str) and len(value) <= self.longest and _NAMES.fullmatch(value):
            return None
        words = ", ".join(self.words)
        return f"{label} must be {words}, or names of layers with commas between; {_shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Words:
    """A field that takes any of a few words, or none of them."""

    allowed: tuple[str, ...]

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand."""
        if isinstance(value, list | tuple) and all(isinstance(word, str) and word in self.allowed for word in value):
            return None
        return f"{label} must be a list of words out of {', '.join(self.allowed)}; {_shown(value)} was given."

    def tidy(self, value: tuple[str, ...]) -> tuple[str, ...]:
        """Return each word once, in the order of `allowed`."""
        return tuple(word for word in self.allowed if word in value)


@dataclass(frozen=True, slots=True)
class Start:
    """A field that names the weights to start from: none, the offline backbone's, or those of a file's sha256."""

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; whether there is such a file is not asked."""
        if isinstance(value, str) and _START.fullmatch(value):
            return None
        return f"{label} must be nothing, backbone, or 64 hex digits, the sha256 of a file; {_shown(value)} was given."


Bound = Choice | Whole | Real | Flag | Names | Words | Start

_START: Final = re.compile(r"(backbone|[0-9a-f]{64})?")
_NAMES: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(,[A-Za-z_][A-Za-z0-9_.]*)*")

BOUNDS: Final[Mapping[str, Bound]] = MappingProxyType(
    {
        "arch": Choice(tuple(ARCHITECTURES)),
        "data": Choice(("digits", "shapes", "cifar10", "cifar100", "fashion_mnist", "mnist")),
        "epochs": Whole(1, 200),
        "batch_size": Whole(1, 1024),
        "optimiser": Choice(("sgd", "adam", "adamw", "muon")),
        "learning_rate": Real(1e-6, 10.0),
        "momentum": Real(0.0, 0.99),
        "weight_decay": Real(0.0, 1.0),
        "schedule": Choice(("constant", "cosine", "step", "one_cycle")),
        "augment": Choice(("none", "light")),
        "seed": Whole(0, 2**31 - 1),
        "nesterov": Flag(),
        "warmup": Real(0.0, 0.5),
        "label_smoothing": Real(0.0, 0.5),
        "decay_only_weights": Flag(),
        "clip": Real(0.0, 1000.0),
        "ema": Real(0.0, 0.9999),
        "patience": Whole(0, 200),
        "precision": Choice(("auto", "float32", "bfloat16", "float16")),
        "layout": Choice(("auto", "channels_first", "channels_last")),
        "freeze": Names(("none", "backbone")),
        "layer_decay": Real(0.1, 1.0),
        "watch": Words(("filters", "confusion", "probe", "gradients", "activations", "batch_norm")),
        "start": Start(),
    }
)

LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "arch": "Network",
        "data": "Data",
        "epochs": "Epochs",
        "batch_size": "Batch size",
        "optimiser": "Optimiser",
        "learning_rate": "Learning rate",
        "momentum": "Momentum",
        "weight_decay": "Weight decay",
        "schedule": "Schedule",
        "augment": "Augmentation",
        "seed": "Seed",
        "nesterov": "Nesterov momentum",
        "warmup": "Warm-up",
        "label_smoothing": "Label smoothing",
        "decay_only_weights": "Decay weights only",
        "clip": "Gradient clipping",
        "ema": "Averaged weights",
        "patience": "Patience",
        "precision": "Number format",
        "layout": "Memory layout",
        "freeze": "Frozen layers",
        "layer_decay": "Rate decay by layer",
        "watch": "Watch",
        "start": "Start from",
    }
)

# Fields that came after runs were stored, each with the value that those runs meant by not having it. A default may
# change later; this must not, or the stored digests and checkpoints of old runs would fit nothing any more.
_ADDED: Final[Mapping[str, object]] = MappingProxyType(
    {
        "nesterov": False,
        "warmup": 0.0,
        "label_smoothing": 0.0,
        "decay_only_weights": False,
        "clip": 0.0,
        "ema": 0.0,
        "patience": 0,
        "precision": "float32",
        "layout": "channels_first",
        "freeze": "none",
        "layer_decay": 1.0,
        "watch": [],
        "start": "",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSpec:
    """One training run, wholly described: the same spec on the same kind of machine gives the same network.

    A bad spec cannot exist: every way of making one raises `SpecError`, which lists every bad field at once.
    `momentum` and `nesterov` are read by the optimiser `sgd` alone. Off is 0 for `warmup` (a fraction of the steps),
    `label_smoothing`, `clip` (a norm), `ema` (a decay per step) and `patience` (epochs), and 1 for `layer_decay`.
    """

    arch: str = "lenet5"
    data: str = "digits"
    epochs: int = 30
    batch_size: int = 32
    optimiser: str = "adam"
    learning_rate: float = 0.003
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: str = "cosine"
    augment: str = "light"
    seed: int = 0
    nesterov: bool = False
    warmup: float = 0.0
    label_smoothing: float = 0.0
    decay_only_weights: bool = False
    clip: float = 0.0
    ema: float = 0.0
    patience: int = 0
    precision: str = "float32"
    layout: str = "channels_first"
    freeze: str = "none"
    layer_decay: float = 1.0
    watch: tuple[str, ...] = ()
    start: str = ""

    def __post_init__(self) -> None:
        errors = _faults({field.name: getattr(self, field.name) for field in fields(self)})
        if errors:
            raise SpecError(errors)
        for name, bound in BOUNDS.items():
            if isinstance(bound, Real):
                # One number has one digest: 1 and 1.0, 0.0 and -0.0 are the same wish.
                object.__setattr__(self, name, float(getattr(self, name)) + 0.0)
            elif isinstance(bound, Words):
                object.__setattr__(self, name, bound.tidy(getattr(self, name)))

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Build a spec from decoded JSON; fields that are absent take their defaults.

        Raises SpecError, with one sentence per bad or unknown field.
        """
        if not isinstance(data, Mapping):
            raise SpecError({"spec": f"A spec must be an object of fields and values; {_shown(data)} was given."})
        errors = {str(name): _unknown(name) for name in data if name not in BOUNDS}
        known = {name: value for name, value in data.items() if name in BOUNDS}
        errors |= _faults(known)
        if errors:
            raise SpecError(errors)
        return cls(**known)

    @classmethod
    def from_form(cls, data: Mapping[str, str]) -> Self:
        """Build a spec from the texts of a form; a text that is no number is named in the error as it was typed."""
        return cls.from_json({name: _typed(name, text) for name, text in data.items()})

    def to_json(self) -> dict[str, Any]:
        """Return the fields as plain values, in the order in which forms show them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def digest(self) -> str:
        """Return the sha256 of the spec in its one canonical form, as 64 hex digits.

        That form leaves out what came later and says nothing new, so a spec keeps its digest when fields are added.
        """
        said = {name: value for name, value in self.to_json().items() if name not in _ADDED or value != _ADDED[name]}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _faults(values: Mapping[str, object]) -> dict[str, str]:
    """Return one sentence per field of `values` that is out of its bounds."""
    found = {name: BOUNDS[name].fault(LABELS[name], value) for name, value in values.items()}
    return {name: sentence for name, sentence in found.items() if sentence is not None}


def _unknown(name: object) -> str:
    return f"{_shown(name)} is no field of a run; the fields are {', '.join(BOUNDS)}."


def _typed(name: str, text: str) -> object:
    """Read one form text as its field's type; what cannot be read stays a text, for the error to quote."""
    bound = BOUNDS.get(name)
    if isinstance(bound, Flag):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(bound, Words):
        return [word.strip() for word in text.split(",")] if text else []
    try:
        if isinstance(bound, Whole):
            return int(text)
        if isinstance(bound, Real):
            return float(text)
    except ValueError:
        return text
    return text


def _shown(value: object) -> str:
    """Quote what was given, briefly: a sentence must stay a sentence whatever was sent."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number (NaN)" if math.isnan(value) else "infinity"
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of very many digits"
    text = f"{value:,}" if isinstance(value, int) else repr(value) if isinstance(value, float) else f"“{value}”"
    return text if len(text) <= 60 else f"{text[:57]}…”"
