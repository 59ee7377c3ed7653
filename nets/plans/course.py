"""The course's own networks: small enough to train on a laptop while one watches."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nets.layers import Act, AdaptivePool, Conv, Dense, Dropout, Flatten, Layer, Norm, Pool, Shape, Stack, named

HALVED: Final = Pool("max", kernel=2, stride=2)


def threeblock(classes: int, _shape: Shape) -> Stack:
    """Three blocks of 32, 64, 128 filters, 512 hidden units, dropout 0.5."""
    return named(
        [
            *(layer for out in (32, 64, 128) for layer in (Conv(out, kernel=3, padding=1), Act("ReLU"), HALVED)),
            ("flatten", Flatten()),
            Dense(512),
            Act("ReLU"),
            ("dropout", Dropout(0.5)),
            ("output", Dense(classes)),
        ]
    )


def fourconv_bn(classes: int, _shape: Shape) -> Stack:
    """32-32-64-64 filters with batch norm, each pair halved and thinned out, then 512 hidden units."""
    return named(
        [
            *_normed(32),
            *_normed(32),
            HALVED,
            Dropout(0.25, whole_channels=True),
            *_normed(64),
            *_normed(64),
            HALVED,
            Dropout(0.25, whole_channels=True),
            ("flatten", Flatten()),
            # The norm after it shifts by itself, so no bias is learned twice.
            Dense(512, bias=False),
            Norm(),
            Act("ReLU"),
            Dropout(0.5),
            ("output", Dense(classes)),
        ]
    )


def fourconv(classes: int, _shape: Shape) -> Stack:
    """The same filters, pools, dropout and hidden units, with nothing normalised."""
    return named(
        [
            *(layer for _ in range(2) for layer in (Conv(32, kernel=3, padding=1), Act("ReLU"))),
            HALVED,
            Dropout(0.25, whole_channels=True),
            *(layer for _ in range(2) for layer in (Conv(64, kernel=3, padding=1), Act("ReLU"))),
            HALVED,
            Dropout(0.25, whole_channels=True),
            ("flatten", Flatten()),
            Dense(512),
            Act("ReLU"),
            Dropout(0.5),
            ("output", Dense(classes)),
        ]
    )


def twoconv_bn(classes: int, _shape: Shape) -> Stack:
    """64 and 128 filters with batch norm, each halved, then an average over the whole map."""
    layers = [*_normed(64), HALVED, *_normed(128), HALVED, AdaptivePool(1)]
    return named([*layers, ("flatten", Flatten()), ("output", Dense(classes))])


def _normed(out: int) -> tuple[Layer, ...]:
    return Conv(out, kernel=3, padding=1, bias=False), Norm(), Act("ReLU")


PLANS: Final = MappingProxyType(
    {
        "threeblock": threeblock,
        # The same layers for pictures of the usual size: what explodes is the first dense layer.
        "threeblock224": threeblock,
        "fourconv_bn": fourconv_bn,
        "fourconv": fourconv,
        "twoconv_bn": twoconv_bn,
    }
)
INPUTS: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "threeblock": (3, 32, 32),
        "threeblock224": (3, 224, 224),
        "fourconv_bn": (3, 32, 32),
        "fourconv": (3, 32, 32),
        "twoconv_bn": (3, 32, 32),
    }
)
