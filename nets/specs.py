"""What may be asked of a training run, and the only place where its bounds are written."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, Final, Self

from nets import layers, recipes
from nets.architectures import ARCHITECTURES, DRAWN, KNOWN, LIBRARY

# Bounds have a module of their own, which layers need too; who reads a spec finds them here.
from nets.bounds import Choice as Choice
from nets.bounds import Flag as Flag
from nets.bounds import Names as Names
from nets.bounds import Real as Real
from nets.bounds import SpecError as SpecError
from nets.bounds import Whole as Whole
from nets.bounds import Words as Words
from nets.bounds import shown
from nets.datasets import DATASETS, DataSet
from nets.own_sets import OWN, OwnSet, OwnSetError

# More letters than a drawing of a thousand layers, the most there may be, can have.
MOST_LETTERS: Final = 200_000
# A form shows this many faults of one field; each names its step or its layer.
MOST_FAULTS: Final = 3


@dataclass(frozen=True, slots=True)
class Steps:
    """A field that takes an augmentation: one of a few words, or steps as a list or as JSON text."""

    allowed: tuple[str, ...]

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value` in the words of `nets.recipes`, or None when it may stand."""
        try:
            recipes.parse(value if isinstance(value, str | list | tuple) else None)
        except recipes.RecipeError as error:
            return _told(label, error.errors)
        return None

    def tidy(self, value: object) -> str:
        """Return the one text of a recipe: its word, or its steps as JSON with every setting filled in."""
        return recipes.parse(value).text


@dataclass(frozen=True, slots=True)
class Layers:
    """A field that takes the layers of a drawn network, as a list or as JSON text; empty where none is drawn."""

    def fault(self, label: str, value: object, *, data: DataSet | None = None) -> str | None:
        """Say what is wrong with `value`, each mistake with its layer, or None; with `data`, whether it fits them."""
        if isinstance(value, str) and len(value) > MOST_LETTERS:
            return f"{label} may have {MOST_LETTERS:,} letters; {len(value):,} were given."
        if not value and isinstance(value, str | list | tuple):
            return None
        try:
            known = {"shape": data.shape, "classes": len(data.classes)} if data else {}
            layers.parse(_decoded(value), **known)  # type: ignore[arg-type]
        except SpecError as error:
            return _told(label, list(error.errors.values()))
        return None

    def tidy(self, value: object) -> str:
        """Return the one text of a network: its layers as JSON, each with its name and what is not as usual."""
        return _text(layers.to_json(layers.parse(_decoded(value)))) if value else ""


@dataclass(frozen=True, slots=True)
class Start:
    """A field that names the weights to start from: none, the offline backbone's, or those of a file's sha256."""

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; whether there is such a file is not asked."""
        if isinstance(value, str) and _START.fullmatch(value):
            return None
        return f"{label} must be nothing, backbone, or 64 hex digits, the sha256 of a file; {shown(value)} was given."


@dataclass(frozen=True, slots=True)
class Pictures:
    """A field that names a learner's own pictures, as an object or as JSON text; empty where the data are others."""

    def fault(self, label: str, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it may stand; whether the pictures are there is not asked."""
        if isinstance(value, str) and len(value) > MOST_LETTERS:
            return f"{label} may have {MOST_LETTERS:,} letters; {len(value):,} were given."
        if value == "":
            return None
        try:
            OwnSet.parse(value)
        except OwnSetError as error:
            return f"{label}: {error}"
        return None

    def tidy(self, value: object) -> str:
        """Return the one text of a set of pictures."""
        return OwnSet.parse(value).text if value else ""


Bound = Choice | Whole | Real | Flag | Names | Words | Steps | Layers | Start | Pictures

_START: Final = re.compile(r"(backbone|[0-9a-f]{64})?")

BOUNDS: Final[Mapping[str, Bound]] = MappingProxyType(
    {
        "arch": Choice((*ARCHITECTURES, *LIBRARY, DRAWN)),
        "data": Choice((*DATASETS, OWN)),
        "epochs": Whole(1, 200),
        "batch_size": Whole(1, 1024),
        "optimiser": Choice(("sgd", "adam", "adamw")),
        "learning_rate": Real(1e-6, 10.0),
        "momentum": Real(0.0, 0.99),
        "weight_decay": Real(0.0, 1.0),
        "schedule": Choice(("constant", "cosine", "step", "one_cycle")),
        "augment": Steps(tuple(recipes.NAMED)),
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
        "layers": Layers(),
        "start": Start(),
        "pictures": Pictures(),
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
        "layers": "Layers",
        "start": "Start from",
        "pictures": "Own pictures",
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
        "layers": "",
        "start": "",
        "pictures": "",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSpec:
    """One training run, wholly described: the same spec on the same kind of machine gives the same network.

    A bad spec cannot exist: every way of making one raises `SpecError`, which lists every bad field at once.
    `momentum` and `nesterov` are read by the optimiser `sgd` alone. Off is 0 for `warmup` (a fraction of the steps),
    `label_smoothing`, `clip` (a norm), `ema` (a decay per step) and `patience` (epochs), and 1 for `layer_decay`.
    `augment` is a word of `nets.recipes.NAMED` or steps as JSON text, `layers` the JSON text of the network when
    `arch` is "drawn", and empty when it is not; both may be given as lists too, and are kept in one canonical form.
    So is `pictures`, which names a learner's own pictures by the hash of their file when `data` is "own".
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
    layers: str = ""
    start: str = ""
    pictures: str = ""

    def __post_init__(self) -> None:
        errors = _faults({field.name: getattr(self, field.name) for field in fields(self)})
        if errors:
            raise SpecError(errors)
        for name, bound in BOUNDS.items():
            if isinstance(bound, Real):
                # One number has one digest: 1 and 1.0, 0.0 and -0.0 are the same wish.
                object.__setattr__(self, name, float(getattr(self, name)) + 0.0)
            elif isinstance(bound, Words | Steps | Layers | Pictures):
                object.__setattr__(self, name, bound.tidy(getattr(self, name)))

    @property
    def dataset(self) -> DataSet:
        """The data set that the run learns from: its shape, classes and splits."""
        return OwnSet.parse(self.pictures).data_set if self.data == OWN else DATASETS[self.data]

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Build a spec from decoded JSON; fields that are absent take their defaults.

        Raises SpecError, with one sentence per bad or unknown field.
        """
        if not isinstance(data, Mapping):
            raise SpecError({"spec": f"A spec must be an object of fields and values; {shown(data)} was given."})
        errors = {str(name): _unknown(name) for name in data if name not in BOUNDS}
        known = {name: value for name, value in data.items() if name in BOUNDS}
        if errors:
            usual = {field.name: field.default for field in fields(cls)}
            raise SpecError(errors | _faults(usual | known))
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


def _faults(values: Mapping[str, Any]) -> dict[str, str]:
    """Return one sentence per field of `values`, which are all fields, that is out of its bounds or fits no other."""
    found = {name: BOUNDS[name].fault(LABELS[name], value) for name, value in values.items()}
    if found["data"] is None and found["pictures"] is None:
        found["pictures"] = _fault_of_pictures(values["data"], values["pictures"])
    if found["arch"] is None and found["data"] is None and found["pictures"] is None:
        data = OwnSet.parse(values["pictures"]).data_set if values["data"] == OWN else DATASETS[values["data"]]
        misfits = _misfits(arch=values["arch"], data=data, drawing=values["layers"])
        found = misfits | {name: sentence for name, sentence in found.items() if sentence is not None}
    return {name: sentence for name, sentence in found.items() if sentence is not None}


def _fault_of_pictures(data: str, pictures: object) -> str | None:
    """Return a sentence where own pictures are wanted and not named, or named and not wanted."""
    if (data == OWN) == bool(pictures):
        return None
    if pictures:
        return f"{LABELS['pictures']} belong to the data “{OWN}”; choose that, or leave them empty."
    return f"{LABELS['pictures']} must be named where the data are “{OWN}”; nothing was given."


def _misfits(*, arch: str, data: DataSet, drawing: object) -> dict[str, str | None]:
    """Return a sentence for a network that its images do not fit, and for layers that have no business here."""
    label = LABELS["layers"]
    if arch == DRAWN:
        missing = f"{label} must be a list of layers where the network is drawn; nothing was given."
        return {"layers": Layers().fault(label, drawing, data=data) if drawing else missing}
    network, side = KNOWN[arch], min(data.shape[1:])
    found: dict[str, str | None] = {}
    if side < network.smallest_side:
        wanted = f"{network.smallest_side}x{network.smallest_side}"
        found["arch"] = (
            f"{LABELS['arch']}: {network.title} takes images of at least {wanted}; those of {data.title} are "
            f"{data.shape[1]}x{data.shape[2]}."
        )
    if drawing:
        found["layers"] = f"{label} belong to a drawn network; choose “{DRAWN}” as the network, or leave them empty."
    return found


def _told(label: str, sentences: Sequence[str]) -> str:
    """Join the first few sentences about one field, and count the others."""
    more = len(sentences) - MOST_FAULTS
    return f"{label}: {' '.join(sentences[:MOST_FAULTS])}" + (f" There are {more} more like these." if more > 0 else "")


def _decoded(value: object) -> object:
    """Return the list that JSON text spells; what is no JSON stays a text, for `layers.parse` to refuse."""
    try:
        return json.loads(value) if isinstance(value, str) else list(value) if isinstance(value, tuple) else value
    except (ValueError, RecursionError):
        return value


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _unknown(name: object) -> str:
    return f"{shown(name)} is no field of a run; the fields are {', '.join(BOUNDS)}."


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
