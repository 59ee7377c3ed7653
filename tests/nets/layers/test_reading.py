"""A network read from JSON is right, or every mistake in it is named with its place."""

import contextlib
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nets.layers import Conv, Dense, Residual, Shape, Stack, named, parse, to_json
from nets.layers.reading import MAX_LAYERS, MAX_NESTING
from nets.layers.words import WORDS as WORDS_OF_KINDS
from nets.ledger import count
from nets.specs import SpecError
from nets.zoo.drawn import build_stack
from tests.nets.drawn_stacks import networks

CONV = {"kind": "conv", "out": 32, "kernel": 3, "padding": 1}
POOL = {"kind": "pool", "how": "max", "kernel": 2, "stride": 2}
FLATTEN = {"kind": "flatten"}


def faults(data: object, **held: Any) -> dict[str, str]:
    with pytest.raises(SpecError) as caught:
        parse(data, **held)
    return caught.value.errors


def linear(out: int, **more: object) -> dict[str, object]:
    return {"kind": "linear", "out": out, **more}


def test_a_linear_layer_that_expects_another_number_is_pinned_in_words() -> None:
    net = [CONV, POOL, CONV, POOL, {**CONV, "kernel": 3, "padding": 0}, FLATTEN, linear(10, **{"in": 2048})]
    errors = faults(net, shape=(3, 32, 32))
    assert errors == {"layer 7, shape": "layer 7: linear expects 2048 inputs, gets 1152."}


def test_every_mistake_is_named_at_once_with_its_place() -> None:
    errors = faults(
        [
            {**CONV, "kernel": 0, "colour": "red"},
            {"kind": "residual", "body": [CONV, {"kind": "act", "how": "relu"}], "shortcut": [{"kind": "conv"}]},
            {"kind": "branch", "paths": [[CONV], [FLATTEN, {"kind": "magic"}], []]},
            7,
            {"kind": "residual"},
        ]
    )
    assert set(errors) == {
        "layer 1, field",
        "layer 1, kernel",
        "layer 2, body 2, how",
        "layer 2, shortcut 1, out",
        "layer 2, shortcut 1, kernel",
        "layer 3, path 2, layer 2, kind",
        "layer 3, path 3, layer",
        "layer 4",
        "layer 5, body",
    }
    assert errors["layer 1, kernel"] == "layer 1: kernel must be a whole number from 1 to 64; 0 was given."
    assert all(sentence.startswith(place.rsplit(", ", 1)[0]) for place, sentence in errors.items())


def test_shapes_are_followed_into_blocks_and_past_linear_layers() -> None:
    body = [CONV, {**CONV, "kernel": 40}]
    assert faults([CONV, {"kind": "residual", "body": body}], shape=(3, 32, 32)) == {
        "layer 2, body 2, shape": "layer 2, body 2: conv has a kernel of 40x40, too large for 32x32."
    }
    errors = faults([linear(9), linear(5, **{"in": 8})], shape=(3, 4, 4), classes=10)
    assert errors == {
        "layer 1, shape": "layer 1: linear takes one row of numbers; (3, 4, 4) reached it (flatten first).",
        "layer 2, shape": "layer 2: linear expects 8 inputs, gets 9.",
        "end": "The last layer gives 5 numbers; one for each of 10 classes is due.",
    }


def test_nothing_is_said_about_layers_behind_one_that_cannot_be_read() -> None:
    net = [CONV, {**CONV, "kernel": 0}, FLATTEN, linear(10, **{"in": 7})]
    assert list(faults(net, shape=(3, 8, 8), classes=3)) == ["layer 2, kernel"]


def test_ways_of_a_block_that_end_differently_are_refused_with_both_shapes() -> None:
    block = {"kind": "residual", "body": [{**CONV, "out": 8}]}
    sentence = faults([block], shape=(3, 5, 5))["layer 1, shape"]
    assert sentence == "layer 1: residual adds what its body makes, 8x5x5, to its shortcut's 3x5x5."


@pytest.mark.parametrize("data", [None, 3, "conv", {}, [], {"layers": []}, float("nan")])
def test_what_is_no_list_of_layers_is_no_network(data: object) -> None:
    assert faults(data) == {"network": "A network must be a list of at least one layer."}


def test_a_hostile_network_costs_one_sentence() -> None:
    assert faults([CONV] * 1_000_000) == {
        "network": f"A network may have {MAX_LAYERS:,} layers, with those inside blocks."
    }
    deep: list[Any] = [CONV]
    for _ in range(400):
        deep = [{"kind": "residual", "body": deep}]
    assert len(errors := faults(deep)) == 1
    assert f"Blocks may stand {MAX_NESTING} deep" in next(iter(errors.values()))
    wide = [FLATTEN, linear(65_536), linear(65_536)]
    assert set(faults(wide, shape=(3, 64, 64))) == {"parameters"}
    assert "activations" in faults([{**CONV, "out": 8192, "padding": 64}] * 2, shape=(3, 224, 224))


def test_a_value_too_deep_to_be_quoted_is_called_a_list() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert "“a list” was given" in faults([{**CONV, "kernel": deep}])["layer 1, kernel"]
    assert "“a list” was given" in faults([{"kind": deep}])["layer 1, kind"]


def test_a_nesting_as_deep_as_allowed_is_read() -> None:
    deep: list[Any] = [CONV]
    for _ in range(MAX_NESTING):
        deep = [{"kind": "residual", "body": deep}]
    assert len(parse(deep)) == 1


@pytest.mark.parametrize("name", ["", "Conv", "a.b", "1st", "_x", "shortcut", "ä", "x" * 33, 5, None, ["a"]])
def test_a_name_that_would_break_dotted_names_is_refused(name: object) -> None:
    assert list(faults([{**CONV, "name": name}])) == ["layer 1, name"]


def test_two_layers_side_by_side_may_not_share_a_name() -> None:
    assert list(faults([{**CONV, "name": "a"}, {**CONV, "name": "a"}])) == ["layer 2, name"]


def test_a_field_that_may_be_true_does_not_take_one() -> None:
    assert "layer 1, bias" in faults([{**CONV, "bias": 1}])
    assert "layer 1, kernel" in faults([{**CONV, "kernel": True}])


def test_a_written_network_leaves_out_what_is_usual() -> None:
    stack = named([Residual(named([Conv(8, kernel=3)])), Dense(3, inputs=9)])
    assert to_json(stack) == [
        {"kind": "residual", "name": "block1", "body": [{"kind": "conv", "name": "conv1", "out": 8, "kernel": 3}]},
        {"kind": "linear", "name": "dense1", "out": 3, "in": 9},
    ]


@settings(max_examples=50, deadline=None)
@given(networks())
def test_every_network_survives_being_written_and_read(made: tuple[Shape, Stack]) -> None:
    shape, stack = made
    assert parse(to_json(stack), shape=shape) == stack


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
WORDS = st.sampled_from(
    [
        *WORDS_OF_KINDS.values(),
        *("kind", "name", "out", "kernel", "groups", "bias", "how", "size", "p", "in", "heads"),
        *("body", "shortcut", "paths", "batch", "layer", "group", "max", "ReLU"),
    ]
)
ANYTHING = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)
SMALL = st.integers(1, 4)


def layer_like(stack: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw a layer in JSON, right more often than not."""

    def of(kind: str, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries({"kind": st.just(kind), **given})

    return st.one_of(
        of("conv", out=SMALL, kernel=SMALL, padding=SMALL, stride=SMALL, groups=SMALL),
        of("pool", how=st.sampled_from(["max", "average"]), kernel=SMALL, stride=SMALL, padding=st.integers(0, 3)),
        of("norm", how=st.sampled_from(["batch", "layer", "group"]), groups=SMALL),
        of("act", how=st.sampled_from(["ReLU", "GELU", "Hardswish"])),
        of("adaptive_pool", size=SMALL),
        of("dropout", p=st.floats(0, 1), whole_channels=st.booleans()),
        of("flatten"),
        of("linear", out=SMALL),
        of("widen", out=SMALL, stride=SMALL),
        of("patches", out=SMALL, patch=SMALL),
        of("attention", heads=SMALL),
        of("token", index=SMALL),
        of("stochastic_depth", p=st.floats(0, 1)),
        of("residual", body=stack),
        of("residual", body=stack, shortcut=stack),
        of("gate", body=stack),
        of("branch", paths=st.lists(stack, max_size=3)),
    )


STACK_LIKE = st.recursive(
    st.lists(layer_like(st.just([{"kind": "act", "how": "ReLU"}])), min_size=1, max_size=4),
    lambda inner: st.lists(layer_like(inner), min_size=1, max_size=4),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(ANYTHING)
def test_no_json_raises_anything_but_the_spec_error(data: object) -> None:
    # Any other exception would fail this test.
    with contextlib.suppress(SpecError):
        assert parse(data, shape=(3, 8, 8), classes=10)


@settings(max_examples=150, deadline=None)
@given(STACK_LIKE, ANYTHING, st.integers(0, 3))
def test_what_is_read_is_counted_built_and_run_and_all_else_is_refused_before(
    data: list[Any], odd: object, place: int
) -> None:
    shape = (3, 9, 9)
    spoiled = [*data[:place], odd, *data[place:]] if place and isinstance(odd, dict) else data
    try:
        stack = parse(spoiled, shape=shape)
    except SpecError:
        return
    end = count(stack, shape=shape, classes=1).rows[-1].shape
    model = build_stack(stack, shape=shape).eval()
    assert tuple(model(torch.zeros(1, *shape)).shape[1:]) == end
