"""Every network that can be built: what learners read about it, what it is meant for, and where its code stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network of the zoo: its name in a spec, what a learner reads about it, and how it is made.

    `shape` (C, H, W) and `classes` are those that it is meant for; `smallest_side` is the shortest side, in
    pixels, that its layers can take at all. `network` names its class in `nets/zoo/{file}.py`, which takes
    (shape, classes) and the keywords `options`. A library network (`is_library`) is not ours: it is made by the
    package that its name begins with, when that is installed, and has neither file nor class here.
    """

    name: str
    title: str
    caption: str
    paper: str
    year: int
    shape: tuple[int, int, int]
    classes: int
    smallest_side: int
    file: str = ""
    network: str = ""
    options: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def is_library(self) -> bool:
        """Whether torchvision or timm makes this network."""
        return not self.file


def fits(arch: str, shape: tuple[int, int, int]) -> bool:
    """Say whether images of `shape` (C, H, W) are of the kind that `arch` is meant for.

    They must be at least as large as its layers need, and within a factor of two of the side that it is meant
    for: a network for photos learns nothing from a digit of 32x32, and one for digits grows huge on a photo.
    Raises KeyError for an unknown architecture.

    >>> fits("lenet5", (1, 32, 32)), fits("alexnet", (1, 32, 32)), fits("lenet5", (3, 224, 224))
    (True, False, False)
    """
    network = KNOWN[arch]
    shortest, longest = min(shape[1:]), max(shape[1:])
    meant = network.shape[1]
    return shortest >= network.smallest_side and 2 * shortest >= meant and longest <= 2 * meant


# Networks for the small pictures of CIFAR-10, and for the photos of ImageNet.
_small: Final = partial(Architecture, shape=(3, 32, 32), classes=10)
_photo: Final = partial(Architecture, shape=(3, 224, 224), classes=1000)

_LENET: Final = (
    "LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, "
    "Proceedings of the IEEE 86(11)"
)
_ALEXNET: Final = (
    "Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks, NeurIPS; "
    "in the form of Krizhevsky 2014, arXiv:1404.5997"
)
_VGG: Final = (
    "Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, arXiv:1409.1556"
)
_BATCH_NORM: Final = (
    "Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal covariate "
    "shift, arXiv:1502.03167"
)
_RESNET: Final = "He, Zhang, Ren and Sun, Deep residual learning for image recognition, arXiv:1512.03385"
_RESNET9: Final = "Page, How to train your ResNet, myrtle.ai; for the contest of Coleman et al. 2017, DAWNBench"
_MOBILENET: Final = "Howard et al., Searching for MobileNetV3, arXiv:1905.02244"
_EFFICIENTNET: Final = (
    "Tan and Le, EfficientNet: rethinking model scaling for convolutional neural networks, arXiv:1905.11946"
)
_VIT: Final = (
    "Dosovitskiy et al., An image is worth 16x16 words: transformers for image recognition at scale, arXiv:2010.11929"
)
_DEIT: Final = (
    "Touvron et al., Training data-efficient image transformers and distillation through attention, arXiv:2012.12877"
)
_BLOCKS: Final = (
    f"The pattern of small filters in blocks is that of {_VGG}; dropout is that of Srivastava et al., JMLR 15"
)


def _first_networks() -> Iterable[Architecture]:
    """Yield the first of them all, and the network that the course builds."""
    yield Architecture(
        "lenet5",
        "LeNet-5",
        "The network that read cheques: two convolutions with pooling, three dense layers, with ReLU.",
        _LENET, 1998, shape=(1, 32, 32), classes=10, smallest_side=16, file="lenet5", network="LeNet5",
    )  # fmt: skip
    yield _small(
        "threeblock",
        "Three-block CNN",
        "The course's own network: three blocks of convolution and pooling; space halves, channels double.",
        _BLOCKS, 2014, smallest_side=8, file="threeblock", network="ThreeBlock",
    )  # fmt: skip
    yield Architecture(
        "threeblock224",
        "Three-block CNN at 224",
        "The same three blocks on 224x224: one dense layer explodes to 51 million weights; nothing else grows.",
        _BLOCKS, 2014, shape=(3, 224, 224), classes=10, smallest_side=8, file="threeblock", network="ThreeBlock",
    )  # fmt: skip


def _small_stacks() -> Iterable[Architecture]:
    """Yield the other networks of the course's lessons and labs."""
    yield _small(
        "fourconv_bn",
        "Batch-normed 32-32-64-64",
        "Two pairs of convolutions, 32-32-64-64, every layer normalised over the batch, with three kinds of dropout.",
        _BATCH_NORM, 2015, smallest_side=4, file="fourconv_bn", network="FourConv",
    )  # fmt: skip
    yield _small(
        "fourconv",
        "Plain 32-32-64-64",
        "The same two pairs of convolutions and the same dropout, with nothing normalised: made to be compared.",
        _BLOCKS, 2014, smallest_side=4, file="fourconv", network="PlainFourConv",
    )  # fmt: skip
    yield _small(
        "twoconv_bn",
        "Batch-normed 64-128",
        "Two wide convolutions, 64 and 128, each normalised over the batch, then the mean of every map.",
        _BATCH_NORM, 2015, smallest_side=4, file="twoconv_bn", network="TwoConv",
    )  # fmt: skip
    yield _small(
        "small_resnet",
        "Small residual network",
        "Three residual blocks, 32-64-128: the network of the backbone whose features can be borrowed.",
        f"{_RESNET}, fig. 2", 2015, smallest_side=2, file="small_resnet", network="SmallResNet",
    )  # fmt: skip


def _deep_stacks() -> Iterable[Architecture]:
    """Yield AlexNet and VGG: stacks without a way round."""
    yield _photo(
        "alexnet",
        "AlexNet",
        "The network that won ImageNet in 2012 by a wide margin: five convolutions and dropout, trained on two GPUs.",
        _ALEXNET, 2012, smallest_side=63, file="alexnet", network="AlexNet",
    )  # fmt: skip
    yield _small(
        "alexnet32",
        "AlexNet for 32x32",
        "AlexNet's five convolutions with a gentler first layer, for images that are small already.",
        _ALEXNET, 2012, smallest_side=15, file="alexnet32", network="AlexNet32",
    )  # fmt: skip
    for batch_norm in (False, True):
        for depth, letter in ((11, "A"), (13, "B"), (16, "D"), (19, "E")):
            made = f"{depth - 3} convolutions of 3x3 in five blocks, then three dense layers that hold most weights"
            yield _photo(
                f"vgg{depth}_bn" if batch_norm else f"vgg{depth}",
                f"VGG-{depth} with batch norm" if batch_norm else f"VGG-{depth}",
                f"{made}; every convolution normalised." if batch_norm else f"{made} (table 1, {letter}).",
                _VGG, 2014, smallest_side=32, file="vgg", network="VGG",
                options={"depth": depth, "batch_norm": batch_norm},
            )  # fmt: skip


def _residual() -> Iterable[Architecture]:
    """Yield the residual networks, and the plain ones that they were measured against."""
    for depth in (20, 32, 56):
        yield _small(
            f"plain{depth}",
            f"Plain-{depth}",
            f"{depth - 1} convolutions in a row and no way round: what ResNet-{depth} is without its shortcuts.",
            f"{_RESNET}, section 4.2", 2015, smallest_side=1,
            file="plain", network="Plain", options={"depth": depth},
        )  # fmt: skip
    for depth in (20, 32, 56):
        yield _small(
            f"resnet{depth}",
            f"ResNet-{depth}",
            f"The plain network of depth {depth} with a way round every two convolutions, at no weight more.",
            f"{_RESNET}, section 4.2", 2015, smallest_side=1,
            file="resnet_cifar", network="ResNetCifar", options={"depth": depth},
        )  # fmt: skip
    yield _small(
        "resnet9",
        "ResNet-9",
        "Eight wide convolutions and two ways round, made to train in the shortest time rather than to be deep.",
        _RESNET9, 2018, smallest_side=8, file="resnet9", network="ResNet9",
    )  # fmt: skip
    for depth in (18, 34, 50, 101, 152):
        block = "pairs of 3x3 convolutions" if depth < 50 else "bottlenecks of 1x1, 3x3 and 1x1"
        yield _photo(
            f"resnet{depth}",
            f"ResNet-{depth}",
            f"{depth} layers for photos: {block}, each with a way round, and one dense layer at the end.",
            f"{_RESNET}, table 1", 2015, smallest_side=1,
            file="resnet", network="ResNet", options={"depth": depth},
        )  # fmt: skip


def _modern() -> Iterable[Architecture]:
    """Yield the efficient networks and the transformers."""
    for size, wins in (("small", "fewest multiplications of all here"), ("large", "the accuracy of far larger ones")):
        yield _photo(
            f"mobilenet_v3_{size}",
            f"MobileNet-V3 {size}",
            f"Every map filtered by itself, then mixed by 1x1: found by a search on a phone, with {wins}.",
            _MOBILENET, 2019, smallest_side=1,
            file="mobilenet_v3", network="MobileNetV3", options={"size": size},
        )  # fmt: skip
    for scale, side in enumerate((224, 240, 260, 300, 380, 456, 528, 600)):
        yield Architecture(
            f"efficientnet_b{scale}",
            f"EfficientNet-B{scale}",
            f"B0 made wider and deeper by one rule, for sharper images of {side}x{side}."
            if scale else "A small network found by search, and the seed from which one rule makes B1 to B7.",
            _EFFICIENTNET, 2019, shape=(3, side, side), classes=1000, smallest_side=1,
            file="efficientnet", network="EfficientNet", options={"scale": scale},
        )  # fmt: skip
    yield _small(
        "vit_tiny",
        "ViT-tiny, patches of 4",
        "A transformer that reads a small image as 64 patches: it must learn what a convolution is born with.",
        f"{_VIT}; the size is that of {_DEIT}", 2020, smallest_side=4, file="vit",
        network="VisionTransformer", options={"patch": 4, "width": 192, "depth": 12, "heads": 3},
    )  # fmt: skip
    yield _photo(
        "vit_b_16",
        "ViT-B/16",
        "A transformer that reads a photo as 196 patches of 16x16, and beats convolutions only with very many images.",
        _VIT, 2020, smallest_side=16, file="vit",
        network="VisionTransformer", options={"patch": 16, "width": 768, "depth": 12, "heads": 12},
    )  # fmt: skip


def _library() -> Iterable[Architecture]:
    """Yield what torchvision and timm make; any name that they know can be built, these are the ones to offer."""
    for name, title, caption, paper, year, smallest in (
        ("torchvision/squeezenet1_1", "SqueezeNet 1.1", "As right as AlexNet with a fiftieth of its weights.",
         "Iandola et al., SqueezeNet, arXiv:1602.07360", 2016, 17),
        ("torchvision/densenet121", "DenseNet-121", "Every layer reads the maps of all layers before it in its block.",
         "Huang et al., Densely connected convolutional networks, arXiv:1608.06993", 2016, 29),
        ("torchvision/mobilenet_v2", "MobileNet-V2", "Narrow, wide, narrow: where inverted residuals began.",
         "Sandler et al., MobileNetV2, arXiv:1801.04381", 2018, 1),
        ("torchvision/shufflenet_v2_x1_0", "ShuffleNet-V2", "Half of the maps walk on untouched; all are shuffled.",
         "Ma et al., ShuffleNet V2, arXiv:1807.11164", 2018, 1),
        ("torchvision/resnet18", "ResNet-18 of torchvision", "The usual start for transfer: small and well known.",
         f"{_RESNET}, table 1", 2015, 1),
        ("torchvision/resnet50", "ResNet-50 of torchvision", "The network that most comparisons are made with.",
         f"{_RESNET}, table 1", 2015, 1),
        ("torchvision/resnext50_32x4d", "ResNeXt-50", "ResNet-50 with its 3x3 convolutions in 32 groups.",
         "Xie et al., Aggregated residual transformations for deep neural networks, arXiv:1611.05431", 2016, 1),
        ("torchvision/mnasnet1_0", "MnasNet", "Found by a search that asked a real phone how long each network takes.",
         "Tan et al., MnasNet: platform-aware neural architecture search for mobile, arXiv:1807.11626", 2018, 1),
        ("torchvision/efficientnet_v2_s", "EfficientNetV2-S", "EfficientNet searched again, for training time.",
         "Tan and Le, EfficientNetV2, arXiv:2104.00298", 2021, 1),
        ("torchvision/convnext_tiny", "ConvNeXt-T", "A convolutional network with every habit of transformers but one.",
         "Liu et al., A ConvNet for the 2020s, arXiv:2201.03545", 2022, 32),
        ("timm/convnext_atto", "ConvNeXt-A", "The smallest ConvNeXt, 3.7 million weights: a strong start on little.",
         "Liu et al., A ConvNet for the 2020s, arXiv:2201.03545; the size is timm's", 2022, 32),
        ("timm/mobilenetv4_conv_small", "MobileNet-V4 small", "The MobileNet for phones of 2024.",
         "Qin et al., MobileNetV4, arXiv:2404.10518", 2024, 1),
        ("timm/resnet26d", "ResNet-26-D", "A short ResNet with a better stem and better ways round.",
         "He et al., Bag of tricks for image classification, arXiv:1812.01187", 2018, 1),
    ):  # fmt: skip
        yield _photo(name, title, caption, paper, year, smallest_side=smallest)


def _named(networks: Iterable[Architecture]) -> Mapping[str, Architecture]:
    return MappingProxyType({network.name: network for network in networks})


# The networks whose code is here, in the order in which forms show them.
ARCHITECTURES: Final = _named((*_first_networks(), *_small_stacks(), *_deep_stacks(), *_residual(), *_modern()))
# The networks of other packages, which are there when the package is.
LIBRARY: Final = _named(_library())
# The name by which a spec says that its network is its own list of layers (`nets.layers`).
DRAWN: Final = "drawn"
_OWN: Final = Architecture(
    DRAWN,
    "Your own network",
    "Layers that you put together yourself, from the first to the last.",
    "Drawn by whoever trained it, with the layers of Stride", 2026, shape=(3, 32, 32), classes=10, smallest_side=1,
    file="drawn", network="build_stack",
)  # fmt: skip
KNOWN: Final[Mapping[str, Architecture]] = MappingProxyType({**ARCHITECTURES, **LIBRARY, DRAWN: _OWN})
