"""What torch counts as a network runs is what the ledger computes and what torchvision publishes."""

import pytest
from torchvision import models

from nets.architectures import ARCHITECTURES
from nets.counting import costs
from nets.ledger import ledger
from nets.plans import PLANS

PUBLISHED = sorted(set(ARCHITECTURES) & set(models.list_models(module=models)))


@pytest.mark.parametrize("arch", sorted(PLANS))
def test_torch_counts_what_the_ledger_computes(arch: str) -> None:
    entry = ARCHITECTURES[arch]
    book = ledger(arch, shape=entry.shape, classes=entry.classes)
    assert costs(arch, shape=entry.shape, classes=entry.classes) == (book.parameters, book.multiply_adds)


@pytest.mark.parametrize("arch", PUBLISHED)
def test_a_network_costs_what_torchvision_publishes(arch: str) -> None:
    weights = models.get_model_weights(arch).IMAGENET1K_V1
    side = weights.transforms().crop_size[0]
    parameters, multiply_adds = costs(arch, shape=(3, side, side), classes=1000)
    assert parameters == weights.meta["num_params"]
    # Published in thousands of millions, to three places.
    assert multiply_adds / 1e9 == pytest.approx(weights.meta["_ops"], abs=0.0006)


def test_attention_counts_its_products_of_patches_with_patches() -> None:
    _, few = costs("vit_tiny", shape=(3, 32, 32), classes=10)
    patches, width, depth = 64, 192, 12
    rows = patches + 1
    dense = depth * rows * (4 * width * width + 2 * width * 4 * width)
    attention = depth * 2 * rows * rows * width
    assert few == patches * width * 3 * 4 * 4 + dense + attention + width * 10
