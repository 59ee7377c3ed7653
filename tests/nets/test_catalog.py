"""Forms show what specs enforce."""

import dataclasses

from nets import catalog
from nets.specs import BOUNDS, Choice, TrainSpec


def test_every_field_of_a_spec_has_a_bound_a_label_and_words() -> None:
    names = [field.name for field in dataclasses.fields(TrainSpec)]
    assert list(BOUNDS) == names
    assert list(catalog.FIELDS) == names
    for field in catalog.FIELDS.values():
        assert field.label
        assert field.help.endswith(".")
        assert field.pitfall.endswith(".")


def test_limits_and_choices_are_those_of_the_specs() -> None:
    for name, bound in BOUNDS.items():
        field = catalog.FIELDS[name]
        if isinstance(bound, Choice):
            assert tuple(choice.name for choice in field.choices) == bound.allowed
            assert (field.minimum, field.maximum, field.kind) == (None, None, "choice")
        else:
            assert (field.minimum, field.maximum, field.choices) == (bound.minimum, bound.maximum, ())


def test_defaults_are_those_of_a_spec() -> None:
    assert {name: field.default for name, field in catalog.FIELDS.items()} == TrainSpec().to_json()


def test_splits_add_up_to_all_images() -> None:
    for data in catalog.DATASETS.values():
        assert sum(data.splits.values()) == data.images
