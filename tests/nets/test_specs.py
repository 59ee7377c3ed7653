"""Nothing but a sound spec can exist, and a bad one names every fault."""

import dataclasses
import hashlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.architectures import ARCHITECTURES, DRAWN, LIBRARY
from nets.datasets import DATASETS
from nets.own_sets import OWN, OwnSet
from nets.recipes import KINDS, NAMED
from nets.specs import (
    BOUNDS,
    LABELS,
    MOST_LETTERS,
    Choice,
    Flag,
    Layers,
    Names,
    Pictures,
    Real,
    SpecError,
    Start,
    Steps,
    TrainSpec,
    Whole,
)
from tests.nets.test_recipes import a_step

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
    "layers": 7,
    "pictures": 7,
}

# A small network that takes images of any channels and gives ten numbers.
DRAWING: list[dict[str, Any]] = [
    {"kind": "conv", "out": 4, "kernel": 3},
    {"kind": "act", "how": "ReLU"},
    {"kind": "adaptive_pool"},
    {"kind": "flatten"},
    {"kind": "linear", "out": 10},
]


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
    if isinstance(bound, Steps):
        some = st.lists(st.sampled_from([kind for kind in KINDS if kind != "mixup"]).flatmap(a_step), max_size=4)
        return st.sampled_from(bound.allowed) | some | some.map(json.dumps)
    if isinstance(bound, Layers | Pictures):
        return st.just("")
    if isinstance(bound, Names):
        return st.sampled_from([*bound.words, "conv1", "conv1,layer2.0.conv1"])
    if isinstance(bound, Start):
        return st.sampled_from(("", "backbone", "0a" * 32))
    return st.lists(st.sampled_from(bound.allowed)).map(tuple)


def typed(value: Any) -> str:
    """Return a value as someone would type it into a form."""
    return ",".join(value) if isinstance(value, list) else str(value)


def with_a_network_that_fits(fields: dict[str, Any]) -> TrainSpec:
    """Give a drawn network its layers, and a network for photos to nobody: all data are of 32x32."""
    if fields["arch"] == DRAWN:
        classes = 2 if fields["data"] == OWN else len(DATASETS[fields["data"]].classes)
        fields |= {"layers": [*DRAWING[:-1], {"kind": "linear", "out": classes}]}
    if fields["data"] == OWN:
        fields |= {"pictures": OwnSet("0a" * 32, 32, (("cup", 12), ("pen", 10))).text}
    return TrainSpec(**fields | ({"arch": "lenet5"} if fields["arch"] == "alexnet" else {}))


specs = st.fixed_dictionaries({name: valid(name) for name in BOUNDS}).map(with_a_network_that_fits)


def test_every_bad_field_is_named_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        TrainSpec.from_json(NONSENSE | {"depth": 7})
    assert set(caught.value.errors) == set(NONSENSE) | {"depth"}


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
            # A recipe and a drawing may have many faults, of which three are told.
            assert len(sentence) < (700 if isinstance(BOUNDS[name], Steps | Layers) else 250)


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
    spec = spec if spec.arch != DRAWN else dataclasses.replace(spec, arch="lenet5", layers="")
    spec = spec if spec.data != OWN else dataclasses.replace(spec, data="digits", pictures="")
    old = {name: value for name, value in spec.to_json().items() if name in FIRST}
    text = json.dumps(old, sort_keys=True, separators=(",", ":"))
    assert TrainSpec.from_json(old).digest() == hashlib.sha256(text.encode()).hexdigest()
    assert (spec.digest() == TrainSpec.from_json(old).digest()) == (spec == TrainSpec.from_json(old))


def test_a_stored_digest_of_the_first_version_is_todays() -> None:
    # sha256 of the eleven first fields with their defaults of then, computed before any other was there.
    assert TrainSpec().digest() == "8fed9d0e5902ad94948ee1139182179c0e11ca1a170757ba1866e0421d256482"


@pytest.mark.parametrize("word", NAMED)
def test_one_recipe_has_one_text_and_one_digest(word: str) -> None:
    steps = [step.to_json() for step in NAMED[word].steps]
    ways = [
        TrainSpec.from_json({"augment": way}) for way in (word, steps, json.dumps(steps), json.dumps(steps, indent=2))
    ]
    assert {spec.augment for spec in ways} == {word}
    assert len({spec.digest() for spec in ways}) == 1


def test_settings_left_out_of_a_recipe_are_written_out() -> None:
    short, long = [{"kind": "crop"}], [{"padding": 4, "kind": "crop"}]
    assert TrainSpec(augment=short) == TrainSpec(augment=long)  # type: ignore[arg-type]
    assert TrainSpec(augment=short).augment == '[{"kind":"crop","padding":4}]'  # type: ignore[arg-type]


def test_a_recipe_is_refused_in_the_words_of_recipes_under_its_field() -> None:
    steps = [{"kind": "mixup"}, {"kind": "crop", "padding": 0}]
    assert faults({"augment": steps, "epochs": 0}) == {
        "augment": "Augmentation: Step 2 (crop): padding must be a whole number from 1 to 64; 0 was given. "
        "Step 1 (mixup): mixup must be the last step, for it blends finished images and their labels.",
        "epochs": "Epochs must be a whole number from 1 to 200; 0 was given.",
    }
    assert faults({"augment": [7] * 12})["augment"].endswith(" There are 9 more like these.")
    with pytest.raises(SpecError) as caught:
        TrainSpec.from_form({"augment": "wild"})
    assert caught.value.errors["augment"].endswith("or a list of steps; “wild” was given.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.text() | st.sampled_from(["kind", "out", "name", "body"]), some),
    max_leaves=8,
)


@given(JSON, JSON, st.sampled_from([DRAWN, "lenet5", "torchvision/resnet18"]))
def test_any_json_for_recipe_and_layers_is_a_spec_or_sentences(augment: Any, layers: Any, arch: str) -> None:
    found = faults({"augment": augment, "layers": layers, "arch": arch})
    assert set(found) <= {"augment", "layers"}
    for name, sentence in found.items():
        assert sentence.startswith(LABELS[name])


def test_a_library_network_is_checked_by_its_name_alone() -> None:
    assert TrainSpec(arch="torchvision/resnet18").arch in LIBRARY
    assert "torchvision/resnet19" in faults({"arch": "torchvision/resnet19"})["arch"]


def test_a_drawn_network_has_one_text_and_one_digest() -> None:
    named = [dict(layer, name=name) for layer, name in zip(DRAWING, "abcde", strict=True)]
    written = json.dumps(DRAWING, indent=1)
    ways = [TrainSpec(arch=DRAWN, layers=way) for way in (DRAWING, written, json.dumps(DRAWING))]  # type: ignore[arg-type]
    assert len({spec.digest() for spec in ways}) == 1
    assert json.loads(ways[0].layers)[0] == {"kind": "conv", "name": "conv1", "out": 4, "kernel": 3}
    assert TrainSpec(arch=DRAWN, layers=named).digest() != ways[0].digest()  # type: ignore[arg-type]
    assert TrainSpec.from_json(ways[0].to_json()) == ways[0]
    assert TrainSpec.from_form({"arch": DRAWN, "layers": written}) == ways[0]


@pytest.mark.parametrize("share", [0, 0.0, -0.0])
def test_a_share_of_a_layer_is_one_wish_however_it_is_written(share: float) -> None:
    drawn = [*DRAWING, {"kind": "dropout", "p": share}]
    assert '"p":0.0' in TrainSpec(arch=DRAWN, layers=drawn).layers  # type: ignore[arg-type]


def test_layers_are_held_against_the_images_and_the_classes_and_named_with_the_other_faults() -> None:
    wrong = [*DRAWING[:-1], {"kind": "linear", "out": 9, "in": 2048}]
    found = faults({"arch": DRAWN, "layers": wrong, "epochs": 0})
    assert found["layers"] == (
        "Layers: layer 5: linear expects 2048 inputs, gets 4. "
        "The last layer gives 9 numbers; one for each of 10 classes is due."
    )
    assert set(found) == {"layers", "epochs"}
    assert "one for each of 100 classes" in faults({"arch": DRAWN, "layers": DRAWING, "data": "cifar100"})["layers"]


def test_layers_go_with_a_drawn_network_and_with_no_other() -> None:
    assert faults({"arch": DRAWN}) == {
        "layers": "Layers must be a list of layers where the network is drawn; nothing was given."
    }
    assert "belong to a drawn network" in faults({"arch": "lenet5", "layers": DRAWING})["layers"]
    assert set(faults({"arch": "nonsense", "layers": DRAWING})) == {"arch"}
    assert set(faults({"arch": "nonsense", "layers": "]"})) == {"arch", "layers"}


def test_a_drawing_without_end_is_refused_before_it_is_read() -> None:
    found = faults({"arch": DRAWN, "layers": "[" * (MOST_LETTERS + 1)})
    assert found["layers"] == f"Layers may have {MOST_LETTERS:,} letters; {MOST_LETTERS + 1:,} were given."
    assert faults({"arch": DRAWN, "layers": "[" * 90_000})["layers"].startswith("Layers: ")


def test_a_network_larger_than_the_images_is_refused() -> None:
    assert faults({"arch": "alexnet"}) == {
        "arch": "Network: AlexNet takes images of at least 63x63; those of Handwritten digits are 32x32."
    }
    for name, entry in [*ARCHITECTURES.items(), *LIBRARY.items()]:
        assert set(faults({"arch": name})) == ({"arch"} if entry.smallest_side > 32 else set())


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
