"""Nothing but a sound spec can exist, and a bad one names every fault."""

import dataclasses
import hashlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.specs import BOUNDS, LABELS, Choice, Flag, Names, Real, SpecError, Start, TrainSpec, Whole

NONSENSE: dict[str, Any] = {
    "arch": "resnet9000",
    "data": None,
    "epochs": -3,
    "batch_size": 10**9,
    "optimiser": ["adam"],
    "learning_rate": math.nan,
    "momentum": math.inf,
    "weight_decay": "0.1",
    "schedule": "",
    "augment": True,
    "seed": 1.5,
    "nesterov": 1,
    "warmup": 0.6,
    "label_smoothing": -0.1,
    "decay_only_weights": "yes",
    "clip": math.inf,
    "ema": 1.0,
    "patience": True,
    "precision": "float64",
    "layout": "sideways",
    "freeze": "conv1, conv2",
    "layer_decay": 0.0,
    "watch": ["filters", "birds"],
}


def valid(name: str) -> st.SearchStrategy[Any]:
    bound = BOUNDS[name]
    if isinstance(bound, Choice):
        return st.sampled_from(bound.allowed)
    if isinstance(bound, Whole):
        return st.integers(bound.minimum, bound.maximum)
    if isinstance(bound, Real):
        return st.floats(bound.minimum, bound.maximum)
    if isinstance(bound, Flag):
        return st.booleans()
    if isinstance(bound, Names):
        return st.sampled_from([*bound.words, "conv1", "conv1,layer2.0.conv1"])
    if isinstance(bound, Start):
        return st.sampled_from(("", "backbone", "0a" * 32))
    return st.lists(st.sampled_from(bound.allowed)).map(tuple)


def typed(value: Any) -> str:
    """Return a value as someone would type it into a form."""
    return ",".join(value) if isinstance(value, list) else str(value)


specs = st.builds(TrainSpec, **{name: valid(name) for name in BOUNDS})


def test_every_bad_field_is_named_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        TrainSpec.from_json(NONSENSE | {"layers": 7})
    assert set(caught.value.errors) == set(NONSENSE) | {"layers"}


def test_each_sentence_names_the_field_and_what_was_given() -> None:
    with pytest.raises(SpecError) as caught:
        TrainSpec.from_json({"epochs": -3, "batch_size": 10**9, "learning_rate": math.nan, "arch": "resnet9000"})
    errors = caught.value.errors
    assert errors["epochs"] == "Epochs must be a whole number from 1 to 200; -3 was given."
    assert errors["batch_size"] == "Batch size must be a whole number from 1 to 1,024; 1,000,000,000 was given."
    assert "not a number" in errors["learning_rate"]
    assert "resnet9000" in errors["arch"]
    assert "lenet5" in errors["arch"]


@pytest.mark.parametrize("name", list(NONSENSE))
def test_constructing_directly_is_no_way_around_the_bounds(name: str) -> None:
    with pytest.raises(SpecError) as caught:
        TrainSpec(**{name: NONSENSE[name]})
    assert list(caught.value.errors) == [name]


@pytest.mark.parametrize("data", [None, [], "lenet5", 3, True])
def test_only_an_object_is_a_spec(data: object) -> None:
    with pytest.raises(SpecError) as caught:
        TrainSpec.from_json(data)
    assert list(caught.value.errors) == ["spec"]


@pytest.mark.parametrize("name", [name for name, bound in BOUNDS.items() if isinstance(bound, Whole | Real)])
def test_true_is_no_number(name: str) -> None:
    with pytest.raises(SpecError):
        TrainSpec.from_json({name: True})


@pytest.mark.parametrize("name", [name for name, bound in BOUNDS.items() if isinstance(bound, Whole | Real)])
def test_bounds_themselves_are_allowed_and_one_past_them_is_not(name: str) -> None:
    bound = BOUNDS[name]
    assert isinstance(bound, Whole | Real)
    for edge in (bound.minimum, bound.maximum):
        assert getattr(TrainSpec.from_json({name: edge}), name) == edge
    for past in (bound.minimum - 1, bound.maximum + 1):
        with pytest.raises(SpecError):
            TrainSpec.from_json({name: past})


@given(st.integers() | st.floats() | st.text() | st.booleans() | st.none() | st.lists(st.integers()))
def test_any_value_is_accepted_or_refused_with_a_short_sentence(value: Any) -> None:
    for name in BOUNDS:
        errors = faults({name: value})
        assert set(errors) <= {name}
        for sentence in errors.values():
            assert sentence.startswith(LABELS[name])
            assert len(sentence) < 250


def faults(data: dict[str, Any]) -> dict[str, str]:
    try:
        TrainSpec.from_json(data)
    except SpecError as error:
        return error.errors
    return {}


@pytest.mark.parametrize("value", [10**5000, -(10**5000), 10**400], ids=["huge", "hugely negative", "no float"])
def test_a_number_of_thousands_of_digits_is_refused(value: int) -> None:
    with pytest.raises(SpecError) as caught:
        TrainSpec.from_json({"learning_rate": value, "epochs": value})
    assert set(caught.value.errors) == {"learning_rate", "epochs"}


def test_a_form_text_that_is_no_number_is_quoted_as_typed() -> None:
    with pytest.raises(SpecError) as caught:
        TrainSpec.from_form({"epochs": "many", "learning_rate": "NaN", "seed": "", "batch_size": "9" * 5000})
    errors = caught.value.errors
    assert "many" in errors["epochs"]
    assert "nothing was given" in errors["seed"]
    assert set(errors) == {"epochs", "learning_rate", "seed", "batch_size"}


@given(specs)
def test_a_spec_survives_json_and_forms(spec: TrainSpec) -> None:
    assert TrainSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    assert TrainSpec.from_form({name: typed(value) for name, value in spec.to_json().items()}) == spec


@given(specs, specs)
def test_two_specs_share_a_digest_only_when_equal(one: TrainSpec, other: TrainSpec) -> None:
    assert (one.digest() == other.digest()) == (one == other)


def test_one_wish_has_one_digest() -> None:
    assert TrainSpec(learning_rate=1).digest() == TrainSpec(learning_rate=1.0).digest()
    assert TrainSpec(momentum=-0.0).digest() == TrainSpec(momentum=0.0).digest()


# The fields of the first stored runs, in which digests and checkpoints were made.
FIRST = (
    "arch", "data", "epochs", "batch_size", "optimiser", "learning_rate", "momentum", "weight_decay", "schedule",
    "augment", "seed",
)  # fmt: skip


@given(specs)
def test_a_spec_that_says_nothing_new_has_the_digest_that_it_always_had(spec: TrainSpec) -> None:
    old = {name: value for name, value in spec.to_json().items() if name in FIRST}
    text = json.dumps(old, sort_keys=True, separators=(",", ":"))
    assert TrainSpec.from_json(old).digest() == hashlib.sha256(text.encode()).hexdigest()
    assert (spec.digest() == TrainSpec.from_json(old).digest()) == (spec == TrainSpec.from_json(old))


def test_words_are_kept_once_and_in_one_order() -> None:
    asked = TrainSpec.from_json({"watch": ["probe", "filters", "probe"]})
    assert asked.watch == ("filters", "probe")
    assert asked.digest() == TrainSpec(watch=("filters", "probe")).digest()


def test_flags_and_words_can_be_typed_into_a_form() -> None:
    spec = TrainSpec.from_form({"nesterov": "True", "decay_only_weights": "false", "watch": "probe, filters"})
    assert (spec.nesterov, spec.decay_only_weights, spec.watch) == (True, False, ("filters", "probe"))
    with pytest.raises(SpecError) as caught:
        TrainSpec.from_form({"nesterov": "perhaps", "watch": "birds", "freeze": ""})
    assert caught.value.errors["nesterov"] == "Nesterov momentum must be true or false; “perhaps” was given."
    assert set(caught.value.errors) == {"nesterov", "watch", "freeze"}


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainSpec().epochs = 10**9  # type: ignore[misc]
    with pytest.raises(SpecError):
        dataclasses.replace(TrainSpec(), epochs=10**9)
