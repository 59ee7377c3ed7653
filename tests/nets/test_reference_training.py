"""What the reference says of batches, losses, altered images and batch norms agrees with torch and its loaders."""

import doctest
import inspect

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from nets import changes, reference
from nets.reference import training, training_mistakes

# The first call into torch may be slow on a busy machine; the time of one example says nothing here.
settings.register_profile("oracle", deadline=None)
settings.load_profile("oracle")

STANDARD_LIBRARY = {"math", "nets"}
numbers = st.floats(-9, 9)


def test_every_worked_example_holds() -> None:
    result = doctest.testmod(training)
    assert result.failed == 0
    assert result.attempted == len(training.__all__)


@pytest.mark.parametrize("module", [training, training_mistakes])
def test_only_the_standard_library_is_imported(module: object) -> None:
    source = inspect.getsource(module)  # type: ignore[arg-type]
    roots = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert roots <= STANDARD_LIBRARY


@pytest.mark.parametrize("name", training_mistakes.__all__)
def test_a_mistake_takes_the_keywords_of_what_it_gets_wrong(name: str) -> None:
    right = max((known for known in training.__all__ if name.startswith(known)), key=len)
    keywords = set(inspect.signature(getattr(training_mistakes, name)).parameters)
    assert keywords == set(inspect.signature(getattr(reference, right)).parameters)


@given(images=st.integers(1, 200), batch=st.integers(1, 64))
def test_batches_are_those_of_a_data_loader(images: int, batch: int) -> None:
    sizes = [len(part) for (part,) in DataLoader(TensorDataset(torch.zeros(images)), batch_size=batch)]
    assert reference.batches_per_epoch(images=images, batch=batch) == len(sizes)
    assert reference.last_batch_size(images=images, batch=batch) == sizes[-1]


@given(first=st.lists(numbers, min_size=1, max_size=9), last=st.lists(numbers, min_size=1, max_size=9))
def test_the_loss_of_an_epoch_is_the_mean_over_its_images(first: list[float], last: list[float]) -> None:
    means = {"first_loss": sum(first) / len(first), "last_loss": sum(last) / len(last)}
    found = reference.epoch_loss(first_images=len(first), last_images=len(last), **means)
    assert found == pytest.approx(torch.tensor([*first, *last], dtype=torch.float64).mean().item(), abs=1e-9)


@pytest.mark.parametrize("padding", [1, 2, 3])
def test_a_padded_crop_has_as_many_outcomes_as_the_pipeline_makes(padding: int) -> None:
    image = torch.arange(1, 37, dtype=torch.uint8).view(1, 1, 6, 6).expand(4000, 1, 6, 6)
    made = changes.crop(image, padding=padding, generator=torch.Generator().manual_seed(0))
    assert len({tuple(image) for image in made.flatten(1).tolist()}) == reference.crops_of_padded_image(padding=padding)


@pytest.mark.parametrize(("classes", "smoothing"), [(10, 0.1), (4, 0.3)])
def test_a_smoothed_target_is_that_of_torch(classes: int, smoothing: float) -> None:
    right = reference.smoothed_target(classes=classes, smoothing=smoothing)
    target = torch.full((1, classes), smoothing / classes)
    target[0, 0] = right
    logits = torch.linspace(-1, 2, classes)[None]
    expected = F.cross_entropy(logits, torch.tensor([0]), label_smoothing=smoothing)
    assert F.cross_entropy(logits, target).item() == pytest.approx(expected.item(), abs=1e-6)


def test_dropout_enlarges_what_it_keeps_as_torch_does() -> None:
    made = nn.Dropout(0.25)(torch.full((100,), 3.0))
    kept = reference.dropout_kept_value(value=3.0, probability=0.25)
    assert sorted(set(made.tolist())) == pytest.approx([0.0, kept])


@pytest.mark.parametrize("channels", [3, 64])
def test_a_batch_norm_learns_as_much_as_torchs(channels: int) -> None:
    learned = sum(p.numel() for p in nn.BatchNorm2d(channels).parameters())
    assert reference.batch_norm_parameters(channels=channels) == learned


def test_a_batch_norm_averages_over_as_many_values_as_torchs() -> None:
    values = torch.randn(4, 3, 5, 6, generator=torch.Generator().manual_seed(0))
    norm = nn.BatchNorm2d(3, momentum=1.0)
    norm(values)
    assert norm.running_mean is not None
    count = reference.values_in_batch_norm(batch=4, channels=3, height=5, width=6)
    assert values[:, 1].numel() == count
    assert norm.running_mean[1].item() == pytest.approx(values[:, 1].sum().item() / count, abs=1e-6)


def test_a_running_mean_moves_as_torchs() -> None:
    norm = nn.BatchNorm1d(1, momentum=0.2)
    norm(torch.tensor([[1.0], [3.0]]))
    norm(torch.tensor([[4.0], [8.0]]))
    before = reference.running_mean_after(before=0.0, batch_mean=2.0, momentum=0.2)
    after = reference.running_mean_after(before=before, batch_mean=6.0, momentum=0.2)
    assert norm.running_mean is not None
    assert norm.running_mean.item() == pytest.approx(after, abs=1e-6)


def test_one_value_is_normalised_as_torch_does() -> None:
    norm = nn.BatchNorm1d(1, eps=1e-12)
    with torch.no_grad():
        norm.weight.fill_(3.0)
        norm.bias.fill_(-1.0)
    made = norm(torch.tensor([[1.0], [5.0]]))  # mean 3, variance 4
    expected = reference.normalised_in_batch(value=5.0, mean=3.0, variance=4.0, scale=3.0, shift=-1.0)
    assert made[1].item() == pytest.approx(expected, abs=1e-6)
