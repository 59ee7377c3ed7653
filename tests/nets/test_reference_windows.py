"""What the reference says of sliding windows, groups, pools and fields agrees with torch."""

import inspect

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from nets import reference
from nets.reference import RIGHT, window_mistakes
from tests.nets.test_reference import count

settings.load_profile("oracle")

small = st.integers(1, 6)


@given(size=st.integers(1, 40), kernel=small, dilation=small)
def test_holes_agree_with_torch(size: int, kernel: int, dilation: int) -> None:
    if size < dilation * (kernel - 1) + 1:
        return
    expected = functional.conv1d(torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), dilation=dilation).shape[2]
    assert reference.dilated_output_size(size=size, kernel=kernel, dilation=dilation) == expected


@given(size=st.integers(1, 30), kernel=small, stride=small)
def test_unread_pixels_are_those_without_a_gradient(size: int, kernel: int, stride: int) -> None:
    if size < kernel:
        return
    x = torch.zeros(1, 1, size, requires_grad=True)
    functional.conv1d(x, torch.ones(1, 1, kernel), stride=stride).sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert reference.unread_pixels(size=size, kernel=kernel, stride=stride) == int((x.grad == 0).sum())


@given(kernel=st.integers(1, 9), dilation=small, size=st.integers(1, 30))
def test_same_padding_keeps_the_size_as_torch_does(kernel: int, dilation: int, size: int) -> None:
    if dilation * (kernel - 1) % 2:
        with pytest.raises(ValueError, match="cannot be halved"):
            reference.same_padding(kernel=kernel, dilation=dilation)
        return
    padding = reference.same_padding(kernel=kernel, dilation=dilation)
    x, weight = torch.rand(1, 1, size), torch.rand(1, 1, kernel)
    ours = functional.conv1d(x, weight, padding=padding, dilation=dilation)
    torch.testing.assert_close(ours, functional.conv1d(x, weight, padding="same", dilation=dilation))


@given(each=small, filters=small, kernel=st.integers(1, 5), groups=small)
def test_groups_count_as_in_torch(each: int, filters: int, kernel: int, groups: int) -> None:
    before, after = each * groups, filters * groups
    counted = reference.grouped_conv_parameters(in_channels=before, out_channels=after, kernel=kernel, groups=groups)
    assert counted == count(nn.Conv2d(before, after, kernel, groups=groups))


def test_groups_that_do_not_divide_the_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="4 groups must divide 6"):
        reference.grouped_conv_parameters(in_channels=6, out_channels=8, kernel=3, groups=4)


@given(before=small, after=small, kernel=st.integers(1, 5))
def test_a_separable_convolution_counts_as_in_torch(before: int, after: int, kernel: int) -> None:
    pair = nn.Sequential(nn.Conv2d(before, before, kernel, groups=before), nn.Conv2d(before, after, 1))
    counted = reference.depthwise_separable_parameters(in_channels=before, out_channels=after, kernel=kernel)
    assert counted == count(pair)


@given(channels=small, size=st.integers(4, 40), kernel=st.integers(1, 4))
def test_pooled_values_agree_with_torch(channels: int, size: int, kernel: int) -> None:
    expected = functional.max_pool2d(torch.zeros(1, channels, size, size), kernel).numel()
    assert reference.pooled_values(channels=channels, size=size, kernel=kernel) == expected
    averaged = functional.adaptive_avg_pool2d(torch.zeros(1, channels, size, size), 1).numel()
    assert reference.global_averages(channels=channels, size=size) == averaged


@given(st.lists(st.floats(-5, 5), min_size=35, max_size=35), st.integers(1, 4))
def test_average_pooling_agrees_with_torch(pixels: list[float], kernel: int) -> None:
    image = torch.tensor(pixels, dtype=torch.float64).view(5, 7)
    expected = functional.avg_pool2d(image[None, None], kernel)[0, 0]
    ours = torch.tensor(reference.average_pool(image.tolist(), kernel=kernel), dtype=torch.float64)
    torch.testing.assert_close(ours, expected, atol=1e-9, rtol=0)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2)), min_size=1, max_size=4))
def test_a_field_is_as_wide_as_what_has_a_gradient(layers: list[tuple[int, int]]) -> None:
    x = torch.zeros(1, 1, 120, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride in layers:
        y = functional.conv1d(y, torch.ones(1, 1, kernel, dtype=torch.float64), stride=stride)
    y[0, 0, 0].backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    seen = x.grad[0, 0].nonzero()
    # Where a stride is longer than the next kernel there are pixels in between that nothing reads.
    assert reference.receptive_field(layers) == int(seen.max() - seen.min()) + 1


def test_blocks_see_what_their_layers_see() -> None:
    assert reference.block_field(blocks=2, kernel=5) == reference.receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)])


@pytest.mark.parametrize("name", window_mistakes.__all__)
def test_a_mistake_takes_the_keywords_of_what_it_gets_wrong(name: str) -> None:
    known = [right for module in RIGHT for right in module.__all__]
    right = max((each for each in known if name.startswith(each)), key=len)
    keywords = set(inspect.signature(getattr(window_mistakes, name)).parameters)
    assert keywords <= set(inspect.signature(getattr(reference, right)).parameters)
