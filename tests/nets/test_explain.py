"""Saliency, SmoothGrad, occlusion and Grad-CAM against other ways to compute the same, and what they leave behind."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from nets.explain import (
    convolutions,
    feature_maps,
    filters,
    grad_cam,
    input_gradient,
    occlusion,
    saliency,
    smooth_grad,
)
from nets.modes import judged
from nets.zoo import build
from tests.nets.residual_net import ResidualNet, lived_in


def small() -> tuple[nn.Module, Tensor]:
    torch.manual_seed(2)
    return lived_in(ResidualNet()).double(), torch.randn(2, 3, 16, 16, dtype=torch.float64)


class Bends(nn.Module):
    """Class 1 is the sum of every value's positive part; class 0 is the sum of all values."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x.sum(dim=(1, 2, 3)), x.clamp(min=0).sum(dim=(1, 2, 3))], dim=1)


def test_the_input_gradient_is_what_finite_differences_say() -> None:
    model, images = small()
    gradient = input_gradient(model, images, class_index=3)
    model.eval()
    reach, worst = 1e-6, 0.0
    with torch.no_grad():
        for place in [(0, 0, 0), (1, 7, 9), (2, 15, 15), (0, 3, 12), (2, 8, 1)]:
            shift = torch.zeros_like(images)
            shift[(slice(None), *place)] = reach
            difference = (model(images + shift) - model(images - shift))[:, 3] / (2 * reach)
            worst = max(worst, float((gradient[(slice(None), *place)] - difference).abs().max()))
    assert worst < 1e-7


def test_saliency_is_the_largest_absolute_gradient_over_the_channels_and_one_at_its_highest() -> None:
    model, images = small()
    gradient = input_gradient(model, images, class_index=1)
    found = saliency(model, images, class_index=1)
    for place in range(2):
        expected = torch.stack([channel.abs() for channel in gradient[place]]).max(dim=0).values
        assert torch.allclose(found[place], expected / expected.max(), atol=1e-12)
        assert float(found[place].max()) == 1.0


def test_smooth_grad_blurs_a_bend_as_the_normal_distribution_does() -> None:
    # The gradient of max(x, 0) is 1 above 0; under Gaussian noise its mean is the chance that x + noise is above 0.
    images = torch.linspace(-1, 1, 64, dtype=torch.float64).reshape(1, 1, 8, 8)
    found = smooth_grad(Bends(), images, class_index=1, samples=4000, noise=0.2)[0]
    spread = 0.2 * 2
    expected = torch.tensor(
        [0.5 * (1 + math.erf(value / spread / math.sqrt(2))) for value in images.flatten().tolist()]
    )
    # Four standard errors of a mean over 4,000 draws are 0.032 at the bend.
    assert float((found.flatten() - expected / expected.max()).abs().max()) < 0.04


def test_smooth_grad_without_noise_is_saliency_and_draws_from_its_own_seed() -> None:
    model, images = small()
    state = torch.get_rng_state()
    plain = smooth_grad(model, images, class_index=0, samples=2, noise=0.0)
    assert torch.allclose(plain, saliency(model, images, class_index=0))
    one = smooth_grad(model, images, class_index=0, samples=3, seed=1)
    assert torch.equal(one, smooth_grad(model, images, class_index=0, samples=3, seed=1))
    assert not torch.equal(one, smooth_grad(model, images, class_index=0, samples=3, seed=2))
    assert torch.equal(state, torch.get_rng_state())


def test_occlusion_is_what_covering_by_hand_costs() -> None:
    model, images = small()
    found = occlusion(model, images, class_index=2, side=5, stride=3, fill=-0.7)
    assert found.shape == (2, 4, 4)
    model.eval()
    with torch.no_grad():
        for image in range(2):
            before = model(images[[image]]).softmax(dim=1)[0, 2]
            for row in range(4):
                for column in range(4):
                    covered = images[[image]].clone()
                    for y in range(row * 3, row * 3 + 5):
                        for x in range(column * 3, column * 3 + 5):
                            covered[0, :, y, x] = -0.7
                    fall = before - model(covered).softmax(dim=1)[0, 2]
                    assert float(found[image, row, column]) == pytest.approx(float(fall), abs=1e-12)


@pytest.mark.parametrize(("side", "stride"), [(0, 1), (17, 1), (4, 0)])
def test_a_square_that_cannot_be_is_refused(side: int, stride: int) -> None:
    model, images = small()
    with pytest.raises(ValueError, match=f"from 1 to 16 .* {side} and {stride} were given"):
        occlusion(model, images, class_index=0, side=side, stride=stride)


@pytest.mark.parametrize("layer", ["stem", "block1", "block2.relu1", "block2.conv2", "pool2", "pool3"])
def test_grad_cam_at_any_layer_weighs_maps_by_what_nudging_them_does(layer: str) -> None:
    """The gradient is measured, not derived: each map is raised a little everywhere, and the logit read again."""
    model, images = small()
    image, reach = images[[0]], 1e-6
    maps = feature_maps(model, image, layer=layer)[0]
    model.eval()
    weights = []
    for channel in range(len(maps)):
        answers = []
        for sign in (1, -1):

            def nudge(
                _layer: nn.Module, _given: object, output: Tensor, up: float = sign * reach, k: int = channel
            ) -> Tensor:
                shift = torch.zeros_like(output)
                shift[:, k] = up
                return output + shift

            handle = model.get_submodule(layer).register_forward_hook(nudge)
            with torch.no_grad():
                answers.append(float(model(image)[0, 4]))
            handle.remove()
        weights.append((answers[0] - answers[1]) / (2 * reach) / maps[0].numel())
    heat = sum((weight * each for weight, each in zip(weights, maps, strict=True)), torch.zeros_like(maps[0])).clamp(
        min=0
    )
    heat = nn.functional.interpolate(heat[None, None], size=(16, 16), mode="bilinear", align_corners=False)[0, 0]
    expected = heat / heat.max() if heat.max() > 0 else heat
    assert torch.allclose(grad_cam(model, image, class_index=4, layer=layer)[0], expected, atol=1e-6)


def test_grad_cam_looks_at_the_last_convolution_unless_told_else() -> None:
    model, images = small()
    names = convolutions(model)
    heat = grad_cam(model, images, class_index=0)
    assert torch.equal(heat, grad_cam(model, images, class_index=0, layer=names[-1]))
    assert not torch.allclose(heat, grad_cam(model, images, class_index=0, layer=names[0]))


def test_grad_cam_needs_maps_and_says_who_has_them() -> None:
    model, images = small()
    with pytest.raises(KeyError, match=r"stem, block1\.conv1.*'dense' was given"):
        grad_cam(model, images, class_index=0, layer="dense")
    with pytest.raises(KeyError, match="'nowhere' was given"):
        grad_cam(model, images, class_index=0, layer="nowhere")


def test_filters_are_copies_of_the_weights_and_only_convolutions_have_them() -> None:
    model, _ = small()
    stem = model.get_submodule("stem")
    assert torch.equal(filters(model), stem.get_parameter("weight"))
    filters(model).zero_()
    assert float(stem.get_parameter("weight").detach().abs().sum()) > 0
    assert filters(model, layer="depthwise").shape == (16, 1, 3, 2)
    with pytest.raises(KeyError, match="'dense' was given"):
        filters(model, layer="dense")


def test_feature_maps_are_what_the_layer_put_out_before_anything_wrote_over_them() -> None:
    torch.manual_seed(0)
    conv = nn.Conv2d(1, 2, 3)
    model, images = nn.Sequential(conv, nn.ReLU(inplace=True)), torch.randn(2, 1, 6, 6)
    maps = feature_maps(model, images, layer="0")
    assert torch.equal(maps, conv(images))
    assert float(maps.min()) < 0


EXPLAINERS: dict[str, Callable[[nn.Module, Tensor], object]] = {
    "gradient": lambda model, images: input_gradient(model, images, class_index=0),
    "saliency": lambda model, images: saliency(model, images, class_index=0),
    "smooth_grad": lambda model, images: smooth_grad(model, images, class_index=0, samples=2),
    "occlusion": lambda model, images: occlusion(model, images, class_index=0),
    "grad_cam": lambda model, images: grad_cam(model, images, class_index=0),
    "feature_maps": lambda model, images: feature_maps(model, images, layer="stem"),
}


@pytest.mark.parametrize("kind", EXPLAINERS)
def test_modes_gradients_weights_and_hooks_are_left_as_they_were(kind: str) -> None:
    model, images = small()
    model.train()
    model.get_submodule("block1").eval()
    model.get_submodule("dense").requires_grad_(requires_grad=False)
    kept = torch.full_like(model.get_submodule("stem").get_parameter("weight"), 0.5)
    model.get_submodule("stem").get_parameter("weight").grad = kept.clone()
    modes = [layer.training for layer in model.modules()]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():  # A caller who wants no gradients of its own gets the same answer.
        EXPLAINERS[kind](model, images)
    assert modes == [layer.training for layer in model.modules()]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert images.grad is None
    grads = [(name, weight.grad) for name, weight in model.named_parameters() if weight.grad is not None]
    assert [name for name, _ in grads] == ["stem.weight"]
    assert grads[0][1] is not None
    assert torch.equal(grads[0][1], kept)
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in model.modules())


def test_a_frozen_network_can_be_explained() -> None:
    model = build("lenet5", shape=(1, 32, 32), classes=10).requires_grad_(requires_grad=False)
    assert float(grad_cam(model, torch.randn(1, 1, 32, 32), class_index=1).max()) <= 1


def test_modes_come_back_after_an_error() -> None:
    model = ResidualNet()
    model.get_submodule("block1").eval()
    modes = [layer.training for layer in model.modules()]
    seen: list[bool] = []

    def stumble() -> None:
        with judged(model):
            seen.extend(layer.training for layer in model.modules())
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        stumble()
    assert not any(seen)
    assert modes == [layer.training for layer in model.modules()]
