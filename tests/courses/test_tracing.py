"""Every number of a lesson is traced to where it comes from; one that nobody accounts for is told with its line."""

from pathlib import Path

import pytest

from courses.content_files import read_lesson
from courses.tracing import Traced, trace_lesson
from courses.tracing.figures import figures, formula_text
from courses.tracing.sums import sums
from courses.yaml_lines import load
from tests.courses.course_folder import line_of, replace, write_results

FOOTNOTE = "\n[^said]: By someone, somewhere.\n"


def trace(folder: Path, more: str = "") -> tuple[list[Traced], list[str]]:
    """Trace the first lesson with something added to its text."""
    path = folder / "lessons" / "01-first.md"
    if more:
        replace(path, "It was said before.[^said]", more)
        replace(path, FOOTNOTE, FOOTNOTE if "[^said]" in more else "")
    write_results(path)
    lab = load("goal: {at_least: 0.97}\nspec: {epochs: 12}\n", path="labs/first-run.yaml")
    found, faults = trace_lesson(read_lesson(path, base=folder), {"first-run": lab})
    return found, [str(fault) for fault in faults]


def origins(found: list[Traced], text: str) -> set[tuple[str, str]]:
    return {(each.kind, each.source) for each in found if each.text == text}


def test_a_lesson_without_typed_results_is_traced_whole(folder: Path) -> None:
    found, faults = trace(folder)
    assert faults == []
    assert {each.kind for each in found} == {"computed", "decided"}
    assert origins(found, "150,528") == {("computed", "cell count")}
    assert origins(found, "10") == {("decided", "duration of the lesson")}
    assert origins(found, "1 printed") == {("computed", "cell count")}


def test_a_number_that_nobody_accounts_for_is_told_with_file_and_line(folder: Path) -> None:
    _, faults = trace(folder, "A picture has\nexactly 7919 secrets.")
    line = line_of(folder / "lessons" / "01-first.md", "7919")
    assert [fault.split(" Compute")[0] for fault in faults] == [
        f"lessons/01-first.md:{line}: Nobody says where the number 7919 comes from."
    ]


@pytest.mark.parametrize(
    ("text", "number", "origin"),
    [
        ("There are 50,000 of them.[^said]", "50,000", ("cited", "footnote said")),
        ("There are 50,000 of them. It is well known.[^said]", "50,000", ("cited", "footnote said")),
        ("\n\n| many | 50,000 |\n|---|---|\n| it | 81 % [^said] |", "81 %", ("cited", "footnote said")),
        ("The 3 channels are alike.", "3", ("decided", "put into cell count")),
        ("It makes 150,528 in all.", "150,528", ("computed", "cell count")),
        ("For 7 groups, 7 × 11 = 77.", "77", ("computed", "a sum that is written out, checked")),
        ("So $7 \\cdot 11 = 77$.", "77", ("computed", "a sum that is written out, checked")),
        ("\n\n:::{lab} first-run\nReach 97 % of them.\n:::", "97 %", ("decided", "labs/first-run.yaml")),
    ],
)
def test_where_a_number_comes_from(folder: Path, text: str, number: str, origin: tuple[str, str]) -> None:
    found, _ = trace(folder, text)
    assert origin in origins(found, number)


def test_a_footnote_does_not_reach_further_than_the_sentence_before_it(folder: Path) -> None:
    _, faults = trace(folder, "There are 50,011 of them. That is a lot. It is well known.[^said]")
    assert ["50,011" in fault for fault in faults] == [True]


def test_a_sum_that_does_not_hold_is_told(folder: Path) -> None:
    _, faults = trace(folder, "As 7 × 11 = 78, it fits.")
    assert any("The sum 7 × 11 = 78 does not hold." in fault for fault in faults)


def test_what_was_decided_is_quoted_with_its_reason(folder: Path) -> None:
    path = folder / "lessons" / "01-first.md"
    replace(path, "objectives:", "decided:\n  - {text: about 7919 of, why: our own guess}\nobjectives:")
    found, faults = trace(folder, "Take about 7919 of them.")
    assert faults == []
    assert origins(found, "7919") == {("decided", "our own guess")}


def test_a_decision_that_no_number_needs_is_told(folder: Path) -> None:
    path = folder / "lessons" / "01-first.md"
    replace(path, "objectives:", "decided:\n  - {text: about 7 of, why: our own guess}\n  - 7\nobjectives:")
    _, faults = trace(folder)
    line = line_of(path, "about 7 of")
    assert faults[0].startswith(f"lessons/01-first.md:{line}: No untraced number stands in 'about 7 of'.")
    assert faults[1].startswith(f"lessons/01-first.md:{line + 1}: A decided number needs text and why.")


def test_a_questions_explanation_may_say_what_the_question_sets_and_nothing_else(folder: Path) -> None:
    path = folder / "lessons" / "01-first.md"
    asked = "answer: [8, 3, 224, 224]\nexplanation: "
    replace(path, f"{asked}zq", f"{asked}8 of them and 7919, zq")
    found, faults = trace(folder)
    assert ("decided", "set in question first-shape") in origins(found, "8")
    assert ["7919" in fault for fault in faults] == [True]


@pytest.mark.parametrize(
    "text", ["CIFAR-10", "uint8", "float32", "2-D", "ResNet-18", "the 1990s", "x1", "VGG-16", "v2", "R2D2"]
)
def test_a_name_is_no_number(text: str) -> None:
    assert list(figures(f"Take {text}, then go on.")) == []


@pytest.mark.parametrize(
    ("latex", "numbers"),
    [
        ("x_1 + 3", ["3"]),
        ("2^2", ["2"]),
        (r"\frac{1}{7}", ["1", "7"]),
        ("10^{-12}", ["10", "12"]),
        ("150{,}528", ["150528"]),
    ],
)
def test_numbers_of_a_formula(latex: str, numbers: list[str]) -> None:
    assert [figure.text for figure in figures(formula_text(latex))] == numbers


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("3 × 224 × 224 = 150,528", True),
        ("3 · 3 · 3 + 1 = 28", True),
        ("(3 · 3 · 3 + 1) · 32 = 896", True),
        ("(3 · 3 · 3 + 1) · 32 = 897", False),
        ("1 / 3 = 0.333", True),
        ("1 / 3 ≈ 0.34", False),
        ("260 − 256 = 4", True),
        ("1 × (−1) + 3 × 2 = 5", True),
        ("224 / 2 = 112 = 112", True),
        ("224 / 2 = 112 = 113", False),
    ],
)
def test_sums_are_computed(text: str, holds: bool) -> None:
    assert [found.holds for found in sums(f"It is {text}, so.")] == [holds]


@pytest.mark.parametrize("text", ["size = 224", "(8, 3, 224) = shape", "2 = 2", "p = 0.5", "1/0 = 1"])
def test_what_is_no_sum_is_left_alone(text: str) -> None:
    assert [found for found in sums(text) if not found.holds] == []
