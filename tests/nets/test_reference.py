"""The reference arithmetic agrees with torch, with its own examples, and refuses what makes no sense."""

import inspect
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from nets import reference
from nets.reference import mistakes, sizes, sums

# The first call into torch may be slow on a busy machine; the time of one example says nothing here.
settings.register_profile("oracle", deadline=None)
settings.load_profile("oracle")

STANDARD_LIBRARY = {"math", "collections", "typing", "nets"}
small = st.integers(1, 12)
scores = st.lists(st.floats(-30, 30), min_size=2, max_size=8)


@pytest.mark.parametrize("module", [reference, sizes, sums, mistakes])
def test_only_the_standard_library_is_imported(module: object) -> None:
    source = inspect.getsource(module)  # type: ignore[arg-type]
    roots = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert roots <= STANDARD_LIBRARY
    assert roots <= set(sys.stdlib_module_names) | {"nets"}


@given(size=st.integers(1, 64), kernel=small, stride=st.integers(1, 4), padding=st.integers(0, 5), dilation=small)
def test_convolution_size_agrees_with_torch(size: int, kernel: int, stride: int, padding: int, dilation: int) -> None:
    ask = {"size": size, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    if size + 2 * padding < dilation * (kernel - 1) + 1:
        with pytest.raises(ValueError, match="does not fit"):
            reference.conv_output_size(**ask)
        return
    image, weight = torch.zeros(1, 1, size, 1), torch.zeros(1, 1, kernel, 1)
    made = functional.conv2d(image, weight, None, (stride, 1), (padding, 0), (dilation, 1))
    assert reference.conv_output_size(**ask) == made.shape[2]


@given(size=st.integers(4, 64), kernel=st.integers(1, 4))
def test_pool_size_agrees_with_torch(size: int, kernel: int) -> None:
    expected = functional.max_pool2d(torch.zeros(1, 1, size, size), kernel).shape[2]
    assert reference.pool_output_size(size=size, kernel=kernel) == expected


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@given(inputs=small, outputs=small, kernel=st.integers(1, 5), bias=st.booleans())
def test_parameter_counts_agree_with_torch(inputs: int, outputs: int, kernel: int, bias: bool) -> None:
    conv = nn.Conv2d(inputs, outputs, kernel, bias=bias)
    dense = nn.Linear(inputs, outputs, bias=bias)
    counted = reference.conv_parameters(in_channels=inputs, out_channels=outputs, kernel=kernel, bias=bias)
    assert counted == count(conv)
    assert reference.dense_parameters(inputs=inputs, outputs=outputs, bias=bias) == count(dense)


def test_two_layers_count_as_torch_counts_them() -> None:
    net = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
    assert reference.two_layer_parameters(inputs=64, hidden=16, outputs=10) == count(net)


@given(channels=small, size=st.integers(8, 64), pools=st.integers(0, 3))
def test_flattened_features_agree_with_torch(channels: int, size: int, pools: int) -> None:
    net = nn.Sequential(*[nn.MaxPool2d(2) for _ in range(pools)], nn.Flatten())
    expected = net(torch.zeros(1, channels, size, size)).shape[1]
    assert reference.flattened_features(channels=channels, size=size, pools=pools) == expected


@pytest.mark.parametrize(("dtype", "width"), [(torch.uint8, 1), (torch.float32, 4), (torch.float64, 8)])
def test_bytes_agree_with_torch(dtype: torch.dtype, width: int) -> None:
    batch = torch.zeros(2, 3, 5, 7, dtype=dtype)
    counted = reference.tensor_bytes(batch=2, channels=3, height=5, width=7, bytes_per_value=width)
    assert counted == batch.numel() * batch.element_size()


@given(first=st.integers(0, 255), second=st.integers(0, 255))
def test_bytes_wrap_as_in_torch(first: int, second: int) -> None:
    expected = torch.tensor(first, dtype=torch.uint8) + torch.tensor(second, dtype=torch.uint8)
    assert reference.byte_sum(first=first, second=second) == expected.item()


@given(logits=scores)
def test_softmax_and_cross_entropy_agree_with_torch(logits: list[float]) -> None:
    tensor = torch.tensor(logits, dtype=torch.float64)
    assert reference.softmax(logits) == pytest.approx(torch.softmax(tensor, 0).tolist(), abs=1e-12)
    expected = functional.cross_entropy(tensor[None], torch.tensor([1])).item()
    assert reference.cross_entropy(logits, target=1) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("z", [-1000.0, 1000.0])
def test_sigmoid_does_not_overflow(z: float) -> None:
    assert reference.sigmoid(z) == pytest.approx(torch.sigmoid(torch.tensor(z)).item())


@given(st.lists(st.floats(-5, 5), min_size=30, max_size=30), st.lists(st.floats(-5, 5), min_size=6, max_size=6))
def test_sliding_a_kernel_agrees_with_torch(pixels: list[float], weights: list[float]) -> None:
    image = torch.tensor(pixels, dtype=torch.float64).view(5, 6)
    kernel = torch.tensor(weights, dtype=torch.float64).view(2, 3)
    expected = functional.conv2d(image[None, None], kernel[None, None])[0, 0]
    ours = torch.tensor(reference.cross_correlate(image.tolist(), kernel=kernel.tolist()), dtype=torch.float64)
    torch.testing.assert_close(ours, expected, atol=1e-9, rtol=0)


@given(st.lists(st.floats(-5, 5), min_size=35, max_size=35), st.integers(1, 4))
def test_pooling_agrees_with_torch(pixels: list[float], kernel: int) -> None:
    image = torch.tensor(pixels, dtype=torch.float64).view(5, 7)
    expected = functional.max_pool2d(image[None, None], kernel)[0, 0]
    assert reference.max_pool(image.tolist(), kernel=kernel) == expected.tolist()


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40))
def test_mean_and_deviation_agree_with_torch(values: list[float]) -> None:
    mean, deviation = reference.mean_and_deviation(values)
    tensor = torch.tensor(values, dtype=torch.float64)
    assert mean == pytest.approx(tensor.mean().item(), abs=1e-9)
    assert deviation == pytest.approx(tensor.std(correction=0).item(), abs=1e-7)


def test_a_unit_agrees_with_torch() -> None:
    unit = nn.Linear(2, 1)
    with torch.no_grad():
        unit.weight.copy_(torch.tensor([[2.0, -3.0]]))
        unit.bias.fill_(0.5)
    expected = torch.relu(unit(torch.tensor([4.0, 1.0]))).item()
    assert reference.neuron_output(x1=4, x2=1, w1=2, w2=-3, bias=0.5) == pytest.approx(expected)


def test_a_missing_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reference.weighted_sum(values=[1, 2, 3], weights=[1, 2])


@pytest.mark.parametrize("name", mistakes.__all__)
def test_a_mistake_takes_the_keywords_of_what_it_gets_wrong(name: str) -> None:
    right = max((n for n in sizes.__all__ + sums.__all__ if name.startswith(n)), key=len)
    keywords = set(inspect.signature(getattr(mistakes, name)).parameters)
    assert keywords <= set(inspect.signature(getattr(reference, right)).parameters)


def test_a_dense_layer_on_an_image_counts_as_torch_counts_it() -> None:
    layer = nn.Linear(3 * 5 * 7, 4)
    assert reference.dense_on_image_parameters(height=5, width=7, channels=3, units=4) == count(layer)


@given(st.lists(st.integers(-9, 9), min_size=8, max_size=8))
def test_one_window_under_one_kernel_agrees_with_torch(numbers: list[int]) -> None:
    image, kernel = torch.tensor(numbers, dtype=torch.float64).view(2, 1, 1, 2, 2)
    names = [f"{kind}{row}{column}" for kind in "pk" for row in (1, 2) for column in (1, 2)]
    ours = reference.window_sum(**dict(zip(names, numbers, strict=True)))
    assert ours == functional.conv2d(image, kernel).item()


@given(centre=st.integers(-9, 20), value=st.integers(0, 255))
def test_a_centre_and_its_surroundings_agree_with_torch(centre: int, value: int) -> None:
    kernel = torch.full((1, 1, 3, 3), -1.0, dtype=torch.float64)
    kernel[0, 0, 1, 1] = centre
    flat = torch.full((1, 1, 3, 3), value, dtype=torch.float64)
    assert reference.centre_surround_answer(centre=centre, value=value) == functional.conv2d(flat, kernel).item()


@given(left=st.integers(0, 255), right=st.integers(0, 255))
def test_sobel_on_a_step_agrees_with_torch(left: int, right: int) -> None:
    column = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64)
    kernel = torch.outer(column, torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64))
    step = torch.tensor([[left, 77, right]] * 3, dtype=torch.float64)
    assert reference.sobel_on_step(left=left, right=right) == functional.conv2d(step[None, None], kernel[None, None])
