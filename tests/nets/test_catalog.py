"""Forms show what specs enforce."""

import dataclasses

from nets import catalog
from nets.recipes import NAMED
from nets.specs import BOUNDS, Choice, Real, Steps, TrainSpec, Whole, Words


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
        limits = (bound.minimum, bound.maximum) if isinstance(bound, Whole | Real) else (None, None)
        allowed = bound.allowed if isinstance(bound, Choice | Words | Steps) else ()
        assert (field.minimum, field.maximum) == limits
        assert tuple(choice.name for choice in field.choices) == allowed
        assert field.kind == type(bound).__name__.lower()


def test_the_learners_form_keeps_its_eleven_knobs() -> None:
    plain = [field.name for field in catalog.FIELDS.values() if not field.advanced]
    assert plain == list(catalog.FIELDS)[:11]


def test_defaults_are_those_of_a_spec() -> None:
    assert {name: field.default for name, field in catalog.FIELDS.items()} == TrainSpec().to_json()


def test_splits_add_up_to_all_images() -> None:
    for data in catalog.DATASETS.values():
        assert sum(data.splits.values()) == data.images


def test_augmentations_are_the_recipes_that_have_a_name() -> None:
    assert [option.name for option in catalog.FIELDS["augment"].choices] == list(NAMED)
