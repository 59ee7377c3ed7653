"""Every network of the zoo counts, computes and learns as its paper's reference does."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torchvision import models

from nets.architectures import ARCHITECTURES
from nets.counting import parameters
from nets.zoo import ZOO, build
from nets.zoo.plain import Plain
from nets.zoo.resnet_cifar import Block, ResNetCifar
from nets.zoo.vit import VisionTransformer

# Ours has torchvision's own name wherever torchvision holds the network at all.
TWINS = sorted(set(ZOO) & set(models.list_models(module=models)))
# All attention goes through torch's own layer there, and the image size is fixed when it is built.
SIDES = {"alexnet": 64, "vit_b_16": 32}


def twin(arch: str, *, classes: int, side: int | None = None) -> nn.Module:
    """Return torchvision's network of the same name, on the device in force."""
    sized = {"image_size": side} if side and arch.startswith("vit") else {}
    made: nn.Module = models.get_model(arch, weights=None, num_classes=classes, **sized)
    return made


def in_our_names(state: Mapping[str, Tensor], ours: nn.Module) -> dict[str, Tensor]:
    """Give torchvision's tensors our names: the layers come in the same order in both, so their tensors pair up.

    One tensor stands elsewhere: torchvision's positions of ViT belong to its encoder, ours to the network itself.
    """
    own = ("class_token", "encoder.pos_embedding")
    order = [*(name for name in own if name in state), *(name for name in state if name not in own)]
    named = dict(zip(ours.state_dict(), (state[name] for name in order), strict=True))
    for name, tensor in ours.state_dict().items():
        assert named[name].shape == tensor.shape, name
    return named


def filled(model: nn.Module) -> nn.Module:
    """Put numbers of a sensible size into a network without memory, faster than its own first weights would come."""
    model.to_empty(device="cpu")
    dice = torch.Generator().manual_seed(0)
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.zero_()
        elif tensor.dim() >= 2:
            reach = math.sqrt(9 / tensor[0].numel())
            tensor.uniform_(-reach, reach, generator=dice)
        elif name.endswith(("running_var", "weight")):
            tensor.uniform_(0.5, 1.5, generator=dice)
        else:
            tensor.uniform_(-0.1, 0.1, generator=dice)
    return model


def on_meta(arch: str, *, shape: tuple[int, int, int], classes: int) -> nn.Module:
    with torch.device("meta"):
        return build(arch, shape=shape, classes=classes)


def test_every_family_of_torchvision_that_we_have_is_compared() -> None:
    families = {ARCHITECTURES[name].network for name in TWINS}
    assert families == {"AlexNet", "VGG", "ResNet", "MobileNetV3", "EfficientNet", "VisionTransformer"}
    assert {name for name, entry in ARCHITECTURES.items() if entry.network in families} - set(TWINS) == {"vit_tiny"}


@pytest.mark.parametrize("arch", TWINS)
def test_a_network_has_as_many_parameters_as_torchvisions(arch: str) -> None:
    with torch.device("meta"):
        expected = parameters(twin(arch, classes=1000))
    assert parameters(on_meta(arch, shape=(3, 224, 224), classes=1000)) == expected


@pytest.mark.parametrize("arch", TWINS)
def test_with_torchvisions_state_a_network_says_what_torchvisions_says(arch: str) -> None:
    side = SIDES.get(arch, 32)
    with torch.device("meta"):
        theirs = twin(arch, classes=10, side=side)
    filled(theirs)
    ours = on_meta(arch, shape=(3, side, side), classes=10)
    ours.load_state_dict(in_our_names(theirs.state_dict(), ours), assign=True)
    images = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected, told = theirs.eval()(images), ours.eval()(images)
    assert expected.std() > 0
    assert (expected[0] - expected[1]).abs().max() > 1e-3 * expected.abs().max()
    assert (told - expected).abs().max() <= 1e-5 * max(1.0, float(expected.abs().max()))


class Starts(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes the last thing that was done to each tensor to give it its first numbers: what, and with which numbers."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.done: dict[int, tuple[str, tuple[float, ...]]] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`, and note it when it fills a tensor."""
        name = func.overloadpacket.__name__
        if name in ("normal_", "uniform_", "fill_", "zero_"):
            numbers = tuple(args[1:]) or {"normal_": (0.0, 1.0), "uniform_": (0.0, 1.0), "zero_": (0.0,)}[name]
            self.done[id(args[0])] = ("fill_" if name == "zero_" else name, tuple(round(float(n), 9) for n in numbers))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("arch", sorted(set(TWINS) - {"vit_b_16"}))
def test_weights_start_as_torchvisions_do(arch: str) -> None:
    with torch.device("meta"), Starts() as starts:
        ours, theirs = build(arch, shape=(3, 224, 224), classes=100), twin(arch, classes=100)
    pairs = zip(ours.named_parameters(), theirs.parameters(), strict=True)
    told = {name: (starts.done[id(mine)], starts.done[id(other)]) for (name, mine), other in pairs}
    assert {name: mine for name, (mine, _) in told.items()} == {name: other for name, (_, other) in told.items()}


def test_a_transformers_weights_start_as_torchvisions_do() -> None:
    torch.manual_seed(0)
    ours = VisionTransformer((3, 32, 32), 100, patch=4, width=192, depth=2, heads=3)
    theirs = models.VisionTransformer(32, 4, 2, 3, 192, 768, num_classes=100)
    state = in_our_names(theirs.state_dict(), ours)
    for name, tensor in ours.state_dict().items():
        expected = state[name]
        if expected.min() == expected.max():
            assert torch.equal(tensor, expected), name
            continue
        # The spread of n normal numbers is known to about 1 / sqrt(2 n): 5 % at 192, the fewest.
        assert float(tensor.std() / expected.std()) == pytest.approx(1, abs=0.25), name
        assert float((tensor.mean() - expected.mean()).abs() / expected.std()) < 0.4, name


@pytest.mark.parametrize(("depth", "millions"), [(20, 0.27), (32, 0.46), (56, 0.85)])
def test_the_small_residual_networks_have_the_size_that_the_paper_gives(depth: int, millions: float) -> None:
    # He et al. 2015, table 6. Option A adds no weight, so the plain network has exactly as many.
    residual, plain = (parameters(kind((3, 32, 32), 10, depth=depth)) for kind in (ResNetCifar, Plain))
    assert round(residual / 1e6, 2) == millions
    assert plain == residual


def test_the_way_round_takes_every_second_pixel_and_adds_maps_of_zeros() -> None:
    block = Block(3, 6, stride=2).eval()
    nn.init.zeros_(block.norm2.weight)  # the convolutions add nothing
    images = torch.rand(2, 3, 7, 9)
    out = block(images)
    assert torch.equal(out[:, :3], images[:, :, ::2, ::2])
    assert torch.equal(out[:, 3:], torch.zeros(2, 3, 4, 5))


def test_a_plain_network_is_a_residual_one_without_its_ways_round() -> None:
    plain, residual = Plain((3, 16, 16), 10, depth=20).eval(), ResNetCifar((3, 16, 16), 10, depth=20).eval()
    assert list(plain.state_dict()) == list(residual.state_dict())
    residual.load_state_dict(plain.state_dict())
    images = torch.rand(2, 3, 16, 16)
    assert not torch.allclose(plain(images), residual(images))
    for block in (part for part in residual.modules() if isinstance(part, Block)):
        block.shortcut = _Nothing()  # type: ignore[assignment]
    assert torch.equal(plain(images), residual(images))


class _Nothing(nn.Module):
    def forward(self, x: Tensor) -> float:
        return 0.0


def slopes(model: nn.Module, *, shape: tuple[int, int, int], device: str) -> dict[str, Tensor | None]:
    """Return the gradient of every weight after one step back from two images."""
    images = torch.rand(2, *shape, generator=torch.Generator().manual_seed(1)).to(device)
    logits = model.train()(images)
    assert logits.shape == (2, 3)
    F.cross_entropy(logits, torch.tensor([0, 2], device=device)).backward()  # type: ignore[no-untyped-call]
    return {name: weight.grad for name, weight in model.named_parameters()}


def form(arch: str) -> tuple[int, int, int]:
    # At one pixel a batch of two leaves batch normalisation two numbers, and gradients without bounds.
    side = max(32, ARCHITECTURES[arch].smallest_side)
    return 1, side, side


@pytest.mark.parametrize("arch", sorted(ARCHITECTURES))
def test_every_network_sends_gradients_to_all_its_weights(arch: str) -> None:
    # Without memory: which weights are reached shows in shapes alone.
    found = slopes(on_meta(arch, shape=form(arch), classes=3), shape=form(arch), device="meta")
    assert [name for name, slope in found.items() if slope is None] == []


# The members of a family are one file: the smallest of each, and a few deep ones.
LEARNT = sorted({entry.network: name for name, entry in reversed(list(ARCHITECTURES.items()))}.values())


@pytest.mark.parametrize("arch", [*LEARNT, "plain56", "resnet50", "efficientnet_b4", "mobilenet_v3_large"])
def test_the_gradients_of_every_family_are_numbers(arch: str) -> None:
    found = slopes(filled(on_meta(arch, shape=form(arch), classes=3)), shape=form(arch), device="cpu")
    assert all(slope is not None and bool(slope.isfinite().all()) for slope in found.values())
    assert any(slope is not None and bool(slope.any()) for slope in found.values())


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
@pytest.mark.parametrize("arch", sorted(ARCHITECTURES))
def test_the_smallest_side_is_enough_and_one_pixel_less_is_not(arch: str) -> None:
    side = ARCHITECTURES[arch].smallest_side
    small, smaller = (3, side, side), (3, side - 1, side - 1)
    logits = on_meta(arch, shape=small, classes=3).eval()(torch.zeros(1, *small, device="meta"))
    assert logits.shape == (1, 3)
    if side > 1:
        with pytest.raises(RuntimeError):
            on_meta(arch, shape=smaller, classes=3).eval()(torch.zeros(1, *smaller, device="meta"))


def test_images_need_not_be_square() -> None:
    for arch in ("alexnet32", "fourconv_bn", "resnet20", "resnet9", "vit_tiny"):
        model = build(arch, shape=(1, 32, 48), classes=3).eval()
        assert model(torch.zeros(1, 1, 32, 48)).shape == (1, 3)


def test_an_unknown_network_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        build("vgg99", shape=(3, 32, 32), classes=10)
