"""The names, captions and limits that pages and forms show for everything that a run may use."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from nets import advanced

# The networks are many: they have a module of their own, and are shown with the rest.
from nets.architectures import ARCHITECTURES as ARCHITECTURES
from nets.architectures import LIBRARY as LIBRARY
from nets.architectures import Architecture as Architecture
from nets.architectures import fits as fits
from nets.specs import BOUNDS, LABELS, Choice, Flag, Names, Real, Start, TrainSpec, Whole, Words


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set: `shape` is (C, H, W) as the network gets it, `images` counts all three splits together.

    `archives` pairs each file to download with what it unpacks to, both inside `nets.archives.folder()`; a set
    without archives needs no network.
    """

    name: str
    title: str
    caption: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    images: int
    splits: Mapping[str, int]
    source: str
    archives: tuple[tuple[str, str], ...] = ()

    @property
    def is_offline(self) -> bool:
        """Say whether the set is made or kept here and needs no network."""
        return not self.archives


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice field, or one optimiser: its word in a spec and how it is shown."""

    name: str
    title: str
    caption: str


@dataclass(frozen=True, slots=True)
class Field:
    """One knob of a run, ready for a form: `kind` is "choice", "whole", "real", "flag", "names", "words" or "start".

    `minimum` and `maximum` are None unless it is a number, `choices` is empty unless it is a choice or words. The
    limits are those of `nets.specs.BOUNDS`. `help` says what the knob does, `pitfall` what goes wrong with it.
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


def _raw_files(name: str) -> tuple[tuple[str, str], ...]:
    """Return the four files in which MNIST and its likes are handed out, as torchvision places them."""
    parts = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    return tuple((f"{name}/raw/{part}.gz", f"{name}/raw/{part}") for part in parts)


_CIFAR100: Final = (
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle "
    "caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant "
    "flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man "
    "maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree "
    "plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper "
    "snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train "
    "trout tulip turtle wardrobe whale willow_tree wolf woman worm"
)

DATASETS: Final[Mapping[str, DataSet]] = MappingProxyType(
    {
        "digits": DataSet(
            name="digits",
            title="Handwritten digits",
            caption="Real digits written by 13 people, each reduced to 8x8 cells and served as one channel of 32x32.",
            shape=(1, 32, 32),
            classes=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
            images=1797,
            splits=MappingProxyType({"train": 1257, "validation": 270, "test": 270}),
            source="Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
            "1998; the test part, as scikit-learn ships it",
        ),
        "shapes": DataSet(
            name="shapes",
            title="Drawn shapes",
            caption="Ten shapes drawn by a program: any place, size, turn and colour, on paper with clutter and noise.",
            shape=(3, 32, 32),
            classes=("circle", "ring", "crescent", "triangle", "square", "pentagon", "star", "cross", "heart", "arrow"),
            images=4000,
            splits=MappingProxyType({"train": 2800, "validation": 600, "test": 600}),
            source="Drawn by nets.data.shapes",
        ),
        "cifar10": DataSet(
            name="cifar10",
            title="CIFAR-10",
            caption="Small colour photos of ten kinds of things and animals; 5,000 of each to train and validate on.",
            shape=(3, 32, 32),
            classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
            images=60000,
            splits=MappingProxyType({"train": 45000, "validation": 5000, "test": 10000}),
            source="Krizhevsky, Learning multiple layers of features from tiny images, University of Toronto, 2009",
            archives=(("cifar-10-python.tar.gz", "cifar-10-batches-py"),),
        ),
        "cifar100": DataSet(
            name="cifar100",
            title="CIFAR-100",
            caption="Small colour photos of a hundred kinds of things and animals; only 500 of each to learn from.",
            shape=(3, 32, 32),
            classes=tuple(_CIFAR100.split()),
            images=60000,
            splits=MappingProxyType({"train": 45000, "validation": 5000, "test": 10000}),
            source="Krizhevsky, Learning multiple layers of features from tiny images, University of Toronto, 2009",
            archives=(("cifar-100-python.tar.gz", "cifar-100-python"),),
        ),
        "fashion_mnist": DataSet(
            name="fashion_mnist",
            title="Fashion-MNIST",
            caption="Grey pictures of ten kinds of clothes; harder than digits, and as small.",
            shape=(1, 32, 32),
            classes=(
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ),
            images=70000,
            splits=MappingProxyType({"train": 54000, "validation": 6000, "test": 10000}),
            source="Xiao, Rasul and Vollgraf, Fashion-MNIST: a novel image dataset, arXiv:1708.07747",
            archives=_raw_files("FashionMNIST"),
        ),
        "mnist": DataSet(
            name="mnist",
            title="MNIST",
            caption="Handwritten digits of 500 people, 28x28 in a black border up to 32x32, as LeNet-5 had them.",
            shape=(1, 32, 32),
            classes=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
            images=70000,
            splits=MappingProxyType({"train": 54000, "validation": 6000, "test": 10000}),
            source="LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, "
            "Proceedings of the IEEE 86(11), 1998",
            archives=_raw_files("MNIST"),
        ),
    }
)

OPTIMISERS: Final[Mapping[str, Option]] = MappingProxyType(
    {
        "sgd": Option("sgd", "SGD with momentum", "Steps down the gradient, with a running push from earlier steps."),
        "adam": Option("adam", "Adam", "Gives every weight its own step size from the history of its gradients."),
        "adamw": Option("adamw", "AdamW", "Adam, with weight decay kept apart from the gradient."),
        "muon": Option(
            "muon", "Muon", "Makes each step of a hidden layer equally long in all directions; AdamW for the rest."
        ),
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

AUGMENTATIONS: Final[Mapping[str, Option]] = MappingProxyType(
    {
        "none": Option("none", "None", "Every epoch shows exactly the same images."),
        "light": Option("light", "Light", "Every image is turned, moved, scaled and slanted a little, anew each time."),
    }
)

_CHOICES: Final[Mapping[str, Mapping[str, Architecture | DataSet | Option]]] = MappingProxyType(
    {
        "arch": ARCHITECTURES,
        "data": DATASETS,
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
            "Changes each training image slightly at random, so that the network meets more ways to write a digit.",
            "Without it the network does well on its own data set and poorly on what you draw; a change that turns "
            "a 6 into a 9 would teach it something false.",
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
    {Choice: "choice", Whole: "whole", Real: "real", Flag: "flag", Names: "names", Words: "words", Start: "start"}
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
        choices=_options(name) if isinstance(bound, Choice | Words) else (),
        advanced=name in advanced.HELP,
    )


_DEFAULTS: Final = TrainSpec().to_json()

FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {field.name: _field(field.name, default=_DEFAULTS[field.name]) for field in fields(TrainSpec)}
)


def choices_for(field: Field, *, data: str) -> tuple[Option, ...]:
    """Return the choices of `field` that a form shows for a run on `data`: networks only where they fit its images.

    A spec may name every network all the same. Raises KeyError for an unknown data set.
    """
    if field.name != "arch":
        return field.choices
    return tuple(option for option in field.choices if fits(option.name, DATASETS[data].shape))
