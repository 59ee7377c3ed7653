"""The Muon of the benchmark is torch's for the hidden layers and torch's AdamW for the rest."""

import copy

import pytest
import torch
from torch import nn
from torch.optim import AdamW
from torch.optim import Muon as Reference

from benchmarks.orthogonal import muon_of, orthogonal
from nets.zoo import build


def test_it_does_what_torchs_muon_and_adamw_do() -> None:
    torch.manual_seed(0)
    model = build("lenet5", shape=(1, 32, 32), classes=10)
    twin = copy.deepcopy(model)
    ours = muon_of(model, rate=0.01, decay=0.1)
    named = dict(twin.named_parameters())
    hidden = ["conv2.weight", "dense1.weight", "dense2.weight"]
    flat = [nn.Parameter(named[name].detach().view(len(named[name]), -1)) for name in hidden]
    rest = [weight for name, weight in named.items() if name not in hidden]
    theirs = [
        Reference(flat, lr=0.01, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"),
        AdamW(rest, lr=0.01, weight_decay=0.1),
    ]
    for _ in range(3):
        images, labels = torch.randn(16, 1, 32, 32), torch.randint(10, (16,))
        for network in (model, twin):
            network.zero_grad()
            nn.functional.cross_entropy(network(images), labels).backward()  # type: ignore[no-untyped-call]
        for name, matrix in zip(hidden, flat, strict=True):
            grad = named[name].grad
            assert grad is not None
            matrix.grad = grad.view_as(matrix)
        ours.step()
        for optimiser in theirs:
            optimiser.step()
    for name, weight in model.named_parameters():
        torch.testing.assert_close(weight, named[name], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(6, 25), (25, 6), (8, 8)])
def test_all_directions_come_out_about_equally_long(shape: tuple[int, int]) -> None:
    made = orthogonal(torch.randn(shape, generator=torch.Generator().manual_seed(1))).float()
    assert made.shape == shape
    lengths = torch.linalg.svdvals(made)
    assert float(lengths.max()) < 1.3
    # The smallest of a square matrix may be too small for five steps.
    assert float(lengths.median()) > 0.6
