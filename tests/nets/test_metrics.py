"""Confusions, precision, recall, F1 and top-k agree with scikit-learn, rare and missing classes included."""

import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)

from nets.data import load
from nets.metrics import confusion, report, score, top_accuracy
from nets.zoo import build

CLASSES = 6


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=1, max_size=60))
def test_counts_and_scores_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    labels, predictions = (torch.tensor(column) for column in zip(*pairs, strict=True))
    counts = confusion(predictions, labels, classes=CLASSES)
    names = list(range(CLASSES))
    assert counts.tolist() == confusion_matrix(labels, predictions, labels=names).tolist()
    found = report(counts)
    expected = precision_recall_fscore_support(labels, predictions, labels=names, zero_division=0)
    for number, row in enumerate(found.classes):
        assert tuple(row) == pytest.approx(tuple(column[number] for column in expected), abs=1e-12)
    means = precision_recall_fscore_support(labels, predictions, labels=names, zero_division=0, average="macro")
    macro = (found.macro_precision, found.macro_recall, found.macro_f1)
    assert macro == pytest.approx(tuple(means[:3]), abs=1e-12)
    assert found.accuracy == pytest.approx(accuracy_score(labels, predictions), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), k=st.integers(1, CLASSES - 1))
def test_top_k_is_that_of_scikit_learn(seed: int, k: int) -> None:
    dice = torch.Generator().manual_seed(seed)
    logits = torch.randn(30, CLASSES, generator=dice)
    labels = torch.randint(CLASSES, (30,), generator=dice)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn remarks on classes that happen to be absent.
        expected = top_k_accuracy_score(labels, logits, k=k, labels=list(range(CLASSES)))
    assert top_accuracy(logits, labels, k=k) == pytest.approx(expected, abs=1e-12)


def test_a_row_is_a_true_class_and_a_column_the_name_it_was_given() -> None:
    counts = confusion(torch.tensor([2, 2, 0]), torch.tensor([1, 1, 0]), classes=3)
    assert counts.tolist() == [[1, 0, 0], [0, 0, 2], [0, 0, 0]]


def test_more_places_than_classes_always_hold_the_label() -> None:
    assert top_accuracy(torch.zeros(4, 3), torch.tensor([0, 1, 2, 0]), k=5) == 1.0


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 2; -1 to 1 were given"):
        confusion(torch.tensor([-1]), torch.tensor([1]), classes=3)
    with pytest.raises(ValueError, match="from 0 to 2; 1 to 3 were given"):
        confusion(torch.tensor([3]), torch.tensor([1]), classes=3)
    with pytest.raises(ValueError, match=r"\(2,\) and \(1,\) were given"):
        confusion(torch.tensor([1, 1]), torch.tensor([1]), classes=3)
    with pytest.raises(ValueError, match="0 and 5 were given"):
        top_accuracy(torch.zeros(0, 3), torch.zeros(0, dtype=torch.long))


def test_judging_leaves_every_layer_in_its_own_mode() -> None:
    data = load("digits")
    model = build("threeblock", shape=data.shape, classes=10).train()
    model.get_submodule("dropout").eval()
    modes = [layer.training for layer in model.modules()]
    before = score(model, data.test, mean=data.mean, std=data.std)
    assert modes == [layer.training for layer in model.modules()]
    assert score(model.eval(), data.test, mean=data.mean, std=data.std) == before


def test_no_image_at_all_is_a_table_of_zeros() -> None:
    empty = torch.zeros(0, dtype=torch.long)
    found = report(confusion(empty, empty, classes=3))
    assert (found.accuracy, found.macro_f1, found.classes[0].support) == (0.0, 0.0, 0)
