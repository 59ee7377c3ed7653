"""An augmentation is asked for in words that can be checked before any pixel moves."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nets.recipes import KINDS, MOST_STEPS, NAMED, Range, Recipe, RecipeError, parse


def faults(wanted: object) -> tuple[str, ...]:
    with pytest.raises(RecipeError) as caught:
        parse(wanted)
    return caught.value.errors


def test_a_named_recipe_goes_by_its_word() -> None:
    assert set(NAMED) == {"none", "light", "flip_crop", "standard", "strong"}
    assert all(parse(word).name == word and parse(word).to_json() == word for word in NAMED)
    assert parse("none").steps == ()


def test_settings_left_out_take_their_defaults() -> None:
    (step,) = parse([{"kind": "crop"}]).steps
    assert step.to_json() == {"kind": "crop", "padding": 4}


@pytest.mark.parametrize("kind", KINDS)
def test_every_default_is_within_its_own_bounds_and_every_kind_has_words(kind: str) -> None:
    parse([{"kind": kind}])
    assert KINDS[kind].caption.endswith(".")
    assert KINDS[kind].pitfall.endswith(".")
    assert all(setting.help.endswith(".") for setting in KINDS[kind].settings.values())


def test_all_faults_are_told_at_once_and_each_names_its_step() -> None:
    steps = [
        {"kind": "flip", "probability": 2, "speed": 1},
        {"kind": "zap"},
        {"kind": "mixup"},
        {"kind": "crop", "padding": 1.5},
        {"kind": "affine", "scale": [1.2, 0.8]},
        7,
    ]
    assert faults(json.dumps(steps)) == (
        "Step 1 (flip): probability must be a number from 0 to 1; 2 was given.",
        "Step 1 (flip): “speed” is no setting of it; it has probability.",
        f"Step 2: kind must be one of {', '.join(KINDS)}; “zap” was given.",
        "Step 4 (crop): padding must be a whole number from 1 to 64; 1.5 was given.",
        "Step 5 (affine): scale must be two numbers [from, to] between 0.1 and 10, the smaller first; "
        "[1.2, 0.8] was given.",
        'Step 6: a step is an object such as {"kind": "flip"}; 7 was given.',
        "Step 3 (mixup): mixup must be the last step, for it blends finished images and their labels.",
    )


@pytest.mark.parametrize("wanted", ["wild", "", None, 3, True, {"kind": "flip"}, "[" * 3000, "[" * 5000, '"light"'])
def test_what_is_no_recipe_is_refused_in_a_sentence(wanted: object) -> None:
    (sentence,) = faults(wanted)
    assert sentence.endswith(".")
    assert len(sentence) < 250


def test_a_recipe_has_a_limit() -> None:
    assert faults([{"kind": "flip"}] * (MOST_STEPS + 1)) == (
        f"A recipe has at most {MOST_STEPS} steps; 13 were given.",
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf"), True, "4", None, 10**400, [4]])
def test_nonsense_for_a_number_is_refused(number: object) -> None:
    (sentence,) = faults([{"kind": "crop", "padding": number}])
    assert sentence.startswith("Step 1 (crop): padding must be")


def a_setting(name: str, kind: str) -> st.SearchStrategy[Any]:
    setting = KINDS[kind].settings[name]
    if isinstance(setting, Range):
        return st.tuples(*[st.floats(setting.minimum, setting.maximum)] * 2).map(sorted)
    low, high = setting.minimum, setting.maximum
    return st.integers(int(low), int(high)) if setting.whole else st.floats(low, high)


def a_step(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    settings = {name: a_setting(name, kind) for name in KINDS[kind].settings}
    return st.fixed_dictionaries({"kind": st.just(kind)}, optional=settings)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([kind for kind in KINDS if kind != "mixup"]).flatmap(a_step), max_size=MOST_STEPS))
def test_a_recipe_survives_its_way_through_json(steps: list[dict[str, Any]]) -> None:
    recipe = parse(steps)
    assert parse(json.loads(json.dumps(recipe.to_json()))) == recipe
    assert parse(recipe.text) == recipe
    assert parse(json.dumps(steps)).text == recipe.text


@pytest.mark.parametrize("word", NAMED)
def test_the_steps_of_a_named_recipe_go_by_its_word(word: str) -> None:
    steps = [step.to_json() for step in NAMED[word].steps]
    assert parse(steps) == parse(json.dumps(steps)) == NAMED[word]
    assert parse(steps).text == word


def test_a_flip_right_before_a_crop_is_one_change_with_it_and_mixup_is_none() -> None:
    assert [step.kind for step in parse("standard").changes] == ["flip_crop", "colour"]
    assert dict(parse("flip_crop").changes[0].settings) == {"probability": 0.5, "padding": 4}
    assert [step.kind for step in parse("strong").changes] == ["flip", "resized_crop", "rotate", "colour", "cutout"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.text() | st.just("kind"), some),
    max_leaves=8,
)


@settings(deadline=None, max_examples=100)
@given(
    JSON
    | st.lists(
        st.fixed_dictionaries(
            {"kind": st.sampled_from(list(KINDS))}, optional={"padding": JSON, "scale": JSON, "std": JSON}
        )
    )
)
def test_any_json_gives_a_recipe_or_sentences(wanted: object) -> None:
    try:
        recipe, sentences = parse(wanted), []
    except RecipeError as error:
        recipe, sentences = None, list(error.errors)
    assert isinstance(recipe, Recipe) or sentences
    assert all(sentence.endswith(".") for sentence in sentences)
