"""LeNet-5 and AlexNet: the networks that read cheques and that won ImageNet."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nets.layers import Act, AdaptivePool, Conv, Dense, Dropout, Flatten, Layer, Pool, Shape, Stack, named

HALVED: Final = Pool("max", kernel=2, stride=2)
OVERLAPPING: Final = Pool("max", kernel=3, stride=2)


def lenet5(classes: int, _shape: Shape) -> Stack:
    """LeCun et al. 1998, figure 2, with ReLU and max pooling."""
    return named(
        [
            *(layer for out in (6, 16) for layer in (Conv(out, kernel=5), Act("ReLU"), HALVED)),
            ("flatten", Flatten()),
            *(layer for out in (120, 84) for layer in (Dense(out), Act("ReLU"))),
            ("output", Dense(classes)),
        ]
    )


def alexnet(classes: int, _shape: Shape) -> Stack:
    """Krizhevsky 2014, arXiv:1404.5997, the form in one column that torchvision has too."""
    stem = (Conv(64, kernel=11, stride=4, padding=2), Act("ReLU"), OVERLAPPING)
    return named([*stem, *_deep(), AdaptivePool(6), *_head(4096, classes)])


def alexnet32(classes: int, _shape: Shape) -> Stack:
    """AlexNet for pictures of 32x32: a smaller first kernel that does not shrink them, 1,024 hidden units."""
    stem = (Conv(64, kernel=5, padding=2), Act("ReLU"), OVERLAPPING)
    return named([*stem, *_deep(), *_head(1024, classes)])


def _deep() -> list[Layer]:
    layers: list[Layer] = [Conv(192, kernel=5, padding=2), Act("ReLU"), OVERLAPPING]
    for out in (384, 256, 256):
        layers += [Conv(out, kernel=3, padding=1), Act("ReLU")]
    return [*layers, OVERLAPPING]


def _head(hidden: int, classes: int) -> list[Layer | tuple[str, Layer]]:
    twice: list[Layer] = [layer for _ in range(2) for layer in (Dropout(0.5), Dense(hidden), Act("ReLU"))]
    return [("flatten", Flatten()), *twice, ("output", Dense(classes))]


PLANS: Final = MappingProxyType({"lenet5": lenet5, "alexnet": alexnet, "alexnet32": alexnet32})
INPUTS: Final[Mapping[str, Shape]] = MappingProxyType(
    {"lenet5": (1, 32, 32), "alexnet": (3, 224, 224), "alexnet32": (3, 32, 32)}
)
