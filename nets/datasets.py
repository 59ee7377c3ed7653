"""Every data set that can be trained on: what learners read about it, its shape, classes, splits and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


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


def _raw_files(name: str) -> tuple[tuple[str, str], ...]:
    """Return the four files in which MNIST and its likes are handed out, as torchvision places them."""
    parts = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    return tuple((f"{name}/raw/{part}.gz", f"{name}/raw/{part}") for part in parts)


_DIGITS: Final = (
    "Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998; the test "
    "part, as scikit-learn ships it"
)
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
            source=_DIGITS,
        ),
        "few_digits": DataSet(
            name="few_digits",
            title="Handwritten digits, few",
            caption="The same digits, but only ten of each to learn from: the others are kept to judge on.",
            shape=(1, 32, 32),
            classes=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
            images=1797,
            splits=MappingProxyType({"train": 100, "validation": 270, "test": 1427}),
            source=_DIGITS,
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
