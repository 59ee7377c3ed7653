"""Numbers and shapes are read as people type them; what cannot be read is a slip, never a wrong answer."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.grading import Slip
from courses.grading.numbers import read_number, readings, within
from courses.grading.shapes import read_shape


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1792", 1792),
        (" 1 792 ", 1792),
        ("1,792", 1792),
        ("1\u202f792", 1792),
        ("1'792", 1792),
        ("1_792", 1792),
        ("150,528", 150_528),
        ("1,234,567.5", 1_234_567.5),
        ("1.234.567,5", 1_234_567.5),
        ("0,25", 0.25),
        ("0,125", 0.125),
        ("12,5", 12.5),
        ("0.25", 0.25),
        (".25", 0.25),
        ("-3", -3),
        ("−3", -3),
        ("+3", 3),
        ("= 3", 3),
        ("≈ 3.1", 3.1),
        ("1e-3", 0.001),
        ("1.5 × 10^3", 1500),
        ("2*10**3", 2000),
        ("1/4", 0.25),
        ("25 %", 0.25),
        ("3.", 3),
        ("1.234", 1.234),
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str, value: float) -> None:
    assert read_number(typed) == pytest.approx(value)


@pytest.mark.parametrize(
    "typed", ["", "   ", "many", "1 2 x", "--3", "1..2", "1,2,3", "inf", "nan", "1/0", "9" * 41, "1e999"]
)
def test_what_is_no_number_is_a_slip_with_a_sentence(typed: str) -> None:
    with pytest.raises(Slip, match=r"Write a number"):
        read_number(typed)


def test_a_unit_may_be_written_or_left_out() -> None:
    assert read_number("12 px", unit="px") == read_number("12PX", unit="px") == read_number("12", unit="px") == 12


def test_one_comma_and_three_digits_may_be_read_two_ways() -> None:
    assert readings("1,234") == [1234, 1.234]
    assert readings("1.234") == [1.234, 1234]
    assert readings("0.234") == [0.234]


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_every_whole_number_survives_thousands_separators(number: int) -> None:
    assert read_number(f"{number:,}") == number
    assert read_number(f"{number:,}".replace(",", " ")) == number


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_slip(text: str) -> None:
    with contextlib.suppress(Slip):
        assert isinstance(read_number(text), float)


def test_tolerances_are_absolute_or_relative() -> None:
    assert within(0.105, 0.1, {"absolute": 0.01})
    assert not within(0.12, 0.1, {"absolute": 0.01})
    assert within(1020, 1000, {"relative": 0.02})
    assert not within(1021, 1000, {"relative": 0.02})
    assert within(0.1 + 0.2, 0.3, {"absolute": 0})


@pytest.mark.parametrize(
    ("typed", "answer", "figures", "right"),
    [
        (0.0627, 0.062745, 3, True),
        (0.063, 0.062745, 2, True),
        (0.063, 0.062745, 3, False),
        (151_000, 150_528, 3, True),
        (150_000, 150_528, 3, False),
        (-2.7, -2.71828, 2, True),
        (2.7, -2.71828, 2, False),
        (0, 0, 3, True),
        (9.99, 9.9961, 3, False),
        (10.0, 9.9961, 3, True),
    ],
)
def test_a_tolerance_may_be_significant_figures(typed: float, answer: float, figures: int, right: bool) -> None:
    assert within(typed, answer, {"figures": figures}) is right


@pytest.mark.parametrize(
    "typed",
    [
        "(8, 3, 224, 224)",
        "[8, 3, 224, 224]",
        "torch.Size([8, 3, 224, 224])",
        "8x3x224x224",
        "8 × 3 × 224 × 224",
        "8 3 224 224",
        "8,3,224,224,",
        "8; 3; 224; 224",
        "8*3*224*224",
        "8 by 3 by 224 by 224",
    ],
)
def test_a_shape_is_read_however_it_is_written(typed: str) -> None:
    assert read_shape(typed) == [8, 3, 224, 224]


@pytest.mark.parametrize("typed", ["", "()", "N, 3, 224, 224", "8, -3", "8.5, 3", "eight", "1," * 9, "9" * 13])
def test_what_is_no_shape_is_a_slip(typed: str) -> None:
    with pytest.raises(Slip):
        read_shape(typed)


@given(st.text(max_size=60))
def test_any_text_is_a_shape_or_a_slip(text: str) -> None:
    with contextlib.suppress(Slip):
        assert all(size >= 0 for size in read_shape(text))


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=8))
def test_every_shape_that_python_prints_is_read(sizes: list[int]) -> None:
    assert read_shape(str(tuple(sizes))) == sizes
