"""Exercises: what is read, what publication refuses, what lessons show, and what the harness says of code."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from courses.content_files import read_yaml
from courses.exercises import harness
from courses.exercises.running import compare_outcome, run_exercise, write_outcome
from courses.exercises.source import read_exercise, results_path
from courses.publishing.storing import store
from tests.courses.course_folder import line_of, read, replace
from tests.courses.test_publishing_refuses import faults_of

DOUBLE = """\
title: Write double
summary: Twice each number.
function: double
task: Return a list with each number of `numbers` doubled, as `conv2d` would not.
start: |
  def double(numbers):
      return numbers
reference: |
  def double(numbers):
      return [2 * each for each in numbers]  # zq-secret-reference
tests:
  - given: [[1, 2]]
  - given: [[]]
  - given: [[0.5]]
"""
EXERCISE = {
    "function": "double",
    "tests": [{"given": [[1, 2]], "expected": [2, 4]}, {"given": [[0.5]], "expected": [1.0]}],
}


@pytest.fixture
def exercise(folder: Path) -> Path:
    """An exercise with its results, placed in the first lesson."""
    path = folder / "exercises" / "double.yaml"
    path.parent.mkdir()
    path.write_text(DOUBLE, encoding="utf-8")
    replace(folder / "lessons" / "01-first.md", "## Going on", ":::{exercise} double\nTry it.\n:::\n\n## Going on")
    run_again(path)
    return path


def run_again(path: Path) -> None:
    located = read_yaml(path, base=path.parents[1], kind=dict)
    parsed = read_exercise(located)
    write_outcome(parsed, run_exercise(parsed, located), results_path(path))


def test_a_lesson_shows_task_example_and_start_and_never_the_reference(exercise: Path) -> None:
    lesson = read(exercise.parents[1]).lessons[0]
    html = lesson.body_html
    assert "zq-secret-reference" not in html
    assert "<code>double([1, 2])</code> gives <code>[2, 4]</code>" in html
    assert 'class="k">return</span>' in html
    assert "Try it." in html
    assert lesson.widgets == ["exercise-cell", "pixel-inspector"]
    assert [(part.kind, part.key) for part in lesson.parts] == [("exercise", "double")]
    (told,) = [part.split('"')[0] for part in html.split('told="')[1:]]
    tests = json.loads(told.replace("&quot;", '"'))["tests"]
    assert tests[2] == {"given": [[0.5]], "expected": [1.0]}


REFUSALS = {
    "unknown key": ("summary:", "sumary:", "sumary:", "'sumary' means nothing here"),
    "no task": ("task: Return", "task: ''\nrest: Return", "task:", "task is missing"),
    "typed expectation": (
        "- given: [[]]",
        "- {given: [[]], expected: []}",
        "expected: []",
        "its arguments and nothing",
    ),
    "number in the task": ("Return a list", "Return 2 lists", "task:", "The task quotes a number"),
    "too few tests": ("  - given: [[]]\n", "", "tests:", "It has 2 tests"),
    "broken start": ("      return numbers\n", "      return (\n", "return (", "The start is no Python"),
    "reference of another name": ("function: double", "function: triple", "reference:", "defines no function 'triple'"),
    "stale results": ("[[0.5]]", "[[0.25]]", "title:", "belong to other code or tests"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_publication_refuses(name: str, exercise: Path) -> None:
    old, new, at, said = REFUSALS[name]
    replace(exercise, old, new)
    line = line_of(exercise, at)
    faults = faults_of(exercise.parents[1])
    assert any(fault.startswith(f"exercises/double.yaml:{line}: ") and said in fault for fault in faults), faults


RUN_AND_REFUSED = {
    "start that passes": ("return numbers\n", "return [2 * each for each in numbers]\n", "start:", "passes every test"),
    "reference that stops": ("return [2", "return 1 // 0 and [2", "reference:", "ZeroDivisionError"),
    "reference without result": ("return [2 * each for each in numbers]", "numbers", "given: [[1, 2]]", "gave None"),
    "reference that changes what it gets": (
        "return [2 * each for each in numbers]",
        "numbers[:] = [2 * each for each in numbers]; return numbers",
        "given: [[1, 2]]",
        "changed what it was given",
    ),
}


@pytest.mark.parametrize("name", RUN_AND_REFUSED)
def test_what_publication_refuses_after_a_run(name: str, exercise: Path) -> None:
    old, new, at, said = RUN_AND_REFUSED[name]
    replace(exercise, old, new)
    run_again(exercise)
    line = line_of(exercise, at)
    faults = faults_of(exercise.parents[1])
    assert any(fault.startswith(f"exercises/double.yaml:{line}: ") and said in fault for fault in faults), faults


def test_an_exercise_without_results_is_refused(exercise: Path) -> None:
    results_path(exercise).unlink()
    assert any("double.yaml:1: The exercise has no results. Run" in fault for fault in faults_of(exercise.parents[1]))


def test_an_unknown_exercise_is_refused_where_the_lesson_names_it(exercise: Path) -> None:
    lesson = exercise.parents[1] / "lessons" / "01-first.md"
    replace(lesson, "{exercise} double", "{exercise} treble")
    line = line_of(lesson, "{exercise} treble")
    assert any(
        fault.startswith(
            f"lessons/01-first.md:{line}: There is no exercise 'treble'. Add its file exercises/treble.yaml"
        )
        for fault in faults_of(exercise.parents[1])
    )


def test_the_element_of_an_exercise_is_no_widget_to_place(exercise: Path) -> None:
    folder = exercise.parents[1]
    (folder / "widgets.json").write_text('{"pixel-inspector": {}, "exercise-cell": {"directive": "exercise"}}')
    replace(folder / "lessons" / "02-second.md", "{widget} pixel-inspector", "{widget} exercise-cell")
    assert any("02-second.md" in fault and "Write :::{exercise}" in fault for fault in faults_of(folder))


def test_content_runs_exercises_checks_and_verifies_them(exercise: Path) -> None:
    def content(**options: Any) -> str:
        out = StringIO()
        with override_settings(COURSE_CONTENT=exercise.parents[2]):
            call_command("content", course="small", stdout=out, **options)
        return out.getvalue()

    assert "double.yaml: results unchanged" in content()
    content(check=True)
    content(verify=True)
    results = results_path(exercise)
    results.write_text(results.read_text().replace("1.0", "1.5"))
    with pytest.raises(CommandError, match=r"double\.yaml:1: The reference returns something else"):
        content(verify=True)
    replace(exercise, "2 * each", "3 * each")
    with pytest.raises(CommandError, match="belong to other code"):
        content(check=True)


def test_results_that_differ_by_rounding_are_kept(exercise: Path) -> None:
    results = results_path(exercise)
    results.write_text(results.read_text().replace("1.0", "1.0000000000000002"))
    before = results.read_text()
    run_again(exercise)
    assert results.read_text() == before
    located = read_yaml(exercise, base=exercise.parents[1], kind=dict)
    assert compare_outcome(run_exercise(read_exercise(located), located), located, results) == []


def test_only_the_page_of_a_lesson_with_an_exercise_may_compile(exercise: Path, browser: Client) -> None:
    store(read(exercise.parents[1]))
    policy = browser.get("/lessons/first/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "worker-src 'self'" in policy
    replace(exercise.parents[1] / "lessons" / "01-first.md", ":::{exercise} double\nTry it.\n:::\n", "")
    store(read(exercise.parents[1]))
    assert "wasm-unsafe-eval" not in browser.get("/lessons/first/").headers["Content-Security-Policy"]


def tried(code: str, *, printed: Callable[[str], object] = lambda text: None) -> dict[str, Any]:
    return harness.run(code, EXERCISE, printed)


def first_sentence(code: str) -> str:
    result = tried(code)
    return str(result["error"] or result["tests"][0]["text"])


def test_right_code_passes_and_says_what_it_gave() -> None:
    tests = tried("def double(n):\n    return [2 * each for each in n]")["tests"]
    assert [test["passed"] for test in tests] == [True, True]
    assert tests[0]["text"] == "double([1, 2]) gave [2, 4], as expected."


SENTENCES = {
    "wrong value": ("def double(n):\n  return [0, 0]", "double([1, 2]) gave [0, 0], but [2, 4] was expected."),
    "wrong size": (
        "def double(n):\n  return [2]",
        "double([1, 2]) gave [2], but [2, 4] was expected. That is a list of 1 in place of a list of 2.",
    ),
    "no return": (
        "def double(n):\n  n",
        "double([1, 2]) gave None, but [2, 4] was expected. Does the function end in return, followed by the result?",
    ),
    "wrong type": (
        "def double(n):\n  return 7",
        "double([1, 2]) gave 7, which is a whole number, but [2, 4] was expected.",
    ),
    "a tuple": (
        "def double(n):\n  return 2, 4",
        "double([1, 2]) gave (2, 4), which is a tuple, but [2, 4] was expected.",
    ),
    "nested where flat": (
        "def double(n):\n  return ['a', 4]",
        "double([1, 2]) gave ['a', 4], but [2, 4] was expected.",
    ),
    "changed input": (
        "def double(n):\n  n[0] = 2\n  n[1] = 4\n  return n",
        "double([1, 2]) changed what it was given: build a new list, and leave the given one as it is.",
    ),
    "missing function": (
        "def treble(n):\n  return n",
        "There is no function double: the code must hold a line that begins with def double(.",
    ),
    "a name that is no function": ("double = [2, 4]", "double is a list, not a function: begin with def double(."),
    "error inside": (
        "def double(n):\n  x = 1\n  return n[9]",
        "double([1, 2]) stopped at line 3: IndexError: list index out of range.",
    ),
    "error outside": ("x = 1\ny = z", "Python stopped at line 2: NameError: name 'z' is not defined."),
    "no Python": ("def double(n)\n  return n", "Python stopped at line 1: SyntaxError: expected ':'."),
    "wrong arguments": (
        "def double():\n  return 1",
        "double([1, 2]) stopped: TypeError: double() takes 0 positional arguments but 1 was given.",
    ),
    "no end": (
        "def double(n):\n  return double(n)",
        "double([1, 2]) stopped at line 2: RecursionError: the function calls itself again and again without an end.",
    ),
    "leaves": ("import sys\nsys.exit()", "Python stopped at line 2: SystemExit."),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_what_is_said_of_code_that_is_not_right(name: str) -> None:
    code, sentence = SENTENCES[name]
    assert first_sentence(code) == sentence


def test_decimals_are_compared_as_far_as_they_are_shown() -> None:
    code = "def double(n):\n  return [each / 0.5000000001 for each in n]"
    assert [test["passed"] for test in tried(code)["tests"]] == [True, True]
    assert not tried(code.replace("0.5000000001", "0.50001"))["tests"][0]["passed"]


def test_what_is_printed_is_passed_on_up_to_a_limit() -> None:
    printed: list[str] = []
    tried(
        "print('begin')\ndef double(n):\n  for i in range(100_000):\n    print('x' * 50)\n  return n",
        printed=printed.append,
    )
    text = "".join(printed)
    assert text.startswith("begin\n")
    assert text.endswith("(the rest is left out)")
    assert harness.PRINTED_CHARACTERS < len(text) < harness.PRINTED_CHARACTERS + 40
    assert len(printed) < 50


def test_a_long_result_is_cut() -> None:
    text = first_sentence("def double(n):\n  return list(range(100_000))")
    assert len(text) < 3 * harness.SHOWN_CHARACTERS


def test_one_test_never_sees_what_an_earlier_one_left() -> None:
    code = "seen = []\ndef double(n):\n  seen.append(n)\n  return [2 * each for each in n]"
    assert all(test["passed"] for test in tried(code)["tests"])
