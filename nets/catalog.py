"""The names, captions and limits that pages and forms show for everything that a run may use."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from nets import advanced

# Networks and data sets have modules of their own, and are shown with the rest.
from nets.architectures import ARCHITECTURES as ARCHITECTURES
from nets.architectures import DRAWN as DRAWN
from nets.architectures import KNOWN as KNOWN
from nets.architectures import LIBRARY as LIBRARY
from nets.architectures import Architecture as Architecture
from nets.architectures import fits as fits
from nets.datasets import DATASETS as DATASETS
from nets.datasets import DataSet as DataSet
from nets.own_sets import OWN as OWN
from nets.own_sets import OwnSet as OwnSet
from nets.specs import (
    BOUNDS,
    LABELS,
    Choice,
    Flag,
    Layers,
    Names,
    Pictures,
    Real,
    Start,
    Steps,
    TrainSpec,
    Whole,
    Words,
)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice field, or one optimiser: its word in a spec and how it is shown."""

    name: str
    title: str
    caption: str


@dataclass(frozen=True, slots=True)
class Field:
    """One knob of a run, ready for a form: `kind` is "choice", "whole", "real", "flag", "names", "words",
    "steps" (an augmentation), "layers" (a drawn network), "start" (weights to begin with) or "pictures" (one's own).

    `minimum` and `maximum` are None unless it is a number, `choices` is empty unless it is a choice, words or steps.
    The limits are those of `nets.specs.BOUNDS`. `help` says what the knob does, `pitfall` what goes wrong with it.
    `advanced` knobs are left out of the learner's form.
    """

    name: str
    label: str
    help: str
    pitfall: str
    kind: str
    default: str | int | float | bool | list[str]
    minimum: int | float | None
    maximum: int | float | None
    choices: tuple[Option, ...]
    advanced: bool


OPTIMISERS: Final[Mapping[str, Option]] = MappingProxyType(
    {
        "sgd": Option("sgd", "SGD with momentum", "Steps down the gradient, with a running push from earlier steps."),
        "adam": Option("adam", "Adam", "Gives every weight its own step size from the history of its gradients."),
        "adamw": Option("adamw", "AdamW", "Adam, with weight decay kept apart from the gradient."),
    }
)

SCHEDULES: Final[Mapping[str, Option]] = MappingProxyType(
    {
        "constant": Option("constant", "Constant", "The same learning rate from the first step to the last."),
        "cosine": Option("cosine", "Cosine", "Falls from the learning rate to zero along half a cosine."),
        "step": Option(
            "step", "Steps", "A tenth of the learning rate after half of the run, a hundredth after three quarters."
        ),
        "one_cycle": Option(
            "one_cycle", "One cycle", "Climbs to the learning rate over the first third, then falls to nearly nothing."
        ),
    }
)

# The recipes that have a name; a list of the steps in `nets.recipes.KINDS` may stand in their place.
AUGMENTATIONS: Final[Mapping[str, Option]] = MappingProxyType(
    {
        "none": Option("none", "None", "Every epoch shows exactly the same images."),
        "light": Option("light", "Light", "Every image is turned, moved, scaled and slanted a little, anew each time."),
        "flip_crop": Option("flip_crop", "Flip and crop", "Half of the images are mirrored; each is moved a little."),
        "standard": Option("standard", "Standard", "Mirrored, moved, and a little brighter, paler or more colourful."),
        "strong": Option(
            "strong", "Strong", "Mirrored, cut, turned and recoloured, with a square covered; then two are blended."
        ),
    }
)

_OWN: Final = Option(OWN, "Your own pictures", "Pictures that you brought, in classes that you named.")

_CHOICES: Final[Mapping[str, Mapping[str, Architecture | DataSet | Option]]] = MappingProxyType(
    {
        "arch": KNOWN,
        "data": MappingProxyType({**DATASETS, OWN: _OWN}),
        "optimiser": OPTIMISERS,
        "schedule": SCHEDULES,
        "augment": AUGMENTATIONS,
    }
)

_HELP: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "arch": (
            "The layers that your images go through. The table beside this form counts what each costs.",
            "A bigger network is slower and, with few images, learns them by heart sooner.",
        ),
        "data": (
            "The images to learn from. They are split once into training, validation and test images.",
            "A network knows only what its data showed it: digits that look different are misread with confidence.",
        ),
        "epochs": (
            "How many times the network sees every training image.",
            "Too few and it has not learned yet; too many and the validation loss turns upward while the training "
            "loss still falls: it is learning the images by heart.",
        ),
        "batch_size": (
            "How many images are averaged into one step.",
            "Small batches make noisy, slow epochs; very large ones take few steps, so the same number of epochs "
            "learns less unless the learning rate grows too.",
        ),
        "optimiser": (
            "The rule that turns gradients into changes of the weights.",
            "Each has its own good learning rate: 0.1 is fine for SGD and ruins Adam, 0.001 suits Adam and makes "
            "SGD crawl.",
        ),
        "learning_rate": (
            "How far each step goes. The knob that matters most.",
            "Too high and the loss jumps about or becomes not-a-number; too low and it hardly moves.",
        ),
        "momentum": (
            "How much of the last step's push is carried into the next. Only SGD uses it.",
            "Close to 1 it overshoots: the loss swings before it settles. At 0 every step forgets the one before.",
        ),
        "weight_decay": (
            "Pulls every weight a little towards zero at each step, which discourages leaning on single pixels.",
            "Too much and the network cannot fit even the training images; both curves stay high.",
        ),
        "schedule": (
            "How the learning rate changes during the run.",
            "A constant rate keeps jittering at the end; a cosine is fixed to the number of epochs, so a run that "
            "is stopped early never gets its quiet last part.",
        ),
        "augment": (
            "Changes each training image at random, so that the network meets more ways to show the same thing.",
            "Without it the network does well on its own data set and poorly on what you draw; a change that turns "
            "a 6 into a 9, or mirrors a 2, teaches it something false.",
        ),
        "seed": (
            "Fixes every random choice: first weights, order of images, augmentation, dropout.",
            "One seed is one throw of the dice: compare two settings over several seeds before you believe a small "
            "difference.",
        ),
    }
)


def _options(name: str) -> tuple[Option, ...]:
    if name in advanced.OPTIONS:
        return tuple(Option(word, *words) for word, words in advanced.OPTIONS[name].items())
    return tuple(Option(entry.name, entry.title, entry.caption) for entry in _CHOICES[name].values())


_KINDS: Final = MappingProxyType(
    {
        Choice: "choice",
        Whole: "whole",
        Real: "real",
        Flag: "flag",
        Names: "names",
        Words: "words",
        Steps: "steps",
        Layers: "layers",
        Start: "start",
        Pictures: "pictures",
    }
)


def _field(name: str, *, default: str | int | float | bool | list[str]) -> Field:
    """Join one field's words with the bounds that its spec enforces."""
    bound = BOUNDS[name]
    help_text, pitfall = advanced.HELP[name] if name in advanced.HELP else _HELP[name]
    return Field(
        name=name,
        label=LABELS[name],
        help=help_text,
        pitfall=pitfall,
        kind=_KINDS[type(bound)],
        default=default,
        minimum=bound.minimum if isinstance(bound, Whole | Real) else None,
        maximum=bound.maximum if isinstance(bound, Whole | Real) else None,
        choices=_options(name) if isinstance(bound, Choice | Words | Steps) else (),
        advanced=name in advanced.HELP,
    )


_DEFAULTS: Final = TrainSpec().to_json()

FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {field.name: _field(field.name, default=_DEFAULTS[field.name]) for field in fields(TrainSpec)}
)


def choices_for(field: Field, *, shape: tuple[int, int, int]) -> tuple[Option, ...]:
    """Return the choices of `field` that a form shows for images of `shape`: networks only where they fit.

    A spec may name every network all the same. A drawn one is not shown: it needs a page on which layers are drawn.
    """
    if field.name != "arch":
        return field.choices
    return tuple(option for option in field.choices if option.name != DRAWN and fits(option.name, shape))
