"""The exercises of the course: their references agree with `nets.reference`, which the lessons' numbers come from."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings

from courses.content_files import read_yaml
from courses.exercises import harness
from courses.exercises.source import read_exercise, read_expected, results_path
from nets import reference

FOLDER: Final = Path(settings.COURSE_CONTENT, "cnn", "exercises")
NAMES: Final = ("convolve2d", "max-pool", "output-size", "softmax")


def by_oracle(name: str, given: list[Any]) -> Any:
    """Compute what an exercise asks for by other code."""
    if name == "convolve2d":
        return reference.cross_correlate(given[0], kernel=given[1])
    if name == "max-pool":
        return reference.max_pool(given[0], kernel=given[1])
    if name == "softmax":
        return reference.softmax(given[0])
    keys = ("size", "kernel", "stride", "padding", "dilation")
    return reference.conv_output_size(**dict(zip(keys, given, strict=False)))


def told(name: str) -> tuple[Any, dict[str, Any]]:
    located = read_yaml(FOLDER / f"{name}.yaml", base=settings.BASE_DIR, kind=dict)
    exercise = read_exercise(located)
    return exercise, exercise.told(read_expected(exercise, located, results_path(FOLDER / f"{name}.yaml")))


def test_these_are_all_exercises() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_expected_is_what_the_oracle_computes(name: str) -> None:
    _, tests = told(name)
    for test in tests["tests"]:
        expected = by_oracle(name, test["given"])
        assert harness._same(test["expected"], expected), (test["given"], expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes_and_the_start_runs_but_does_not(name: str) -> None:
    exercise, tests = told(name)
    assert all(test["passed"] for test in harness.run(exercise.reference, tests, lambda text: None)["tests"])
    start = harness.run(exercise.start, tests, lambda text: None)
    assert start["error"] == ""
    assert not all(test["passed"] for test in start["tests"])


# The mistakes that the lessons warn of, each as one change of the reference.
MISTAKES: Final = {
    "kernel turned round": ("convolve2d", "* kernel[i][j]", "* kernel[high - 1 - i][wide - 1 - j]"),
    "rows and columns swapped": ("convolve2d", "* kernel[i][j]", "* kernel[j][i]"),
    "a place too many": ("convolve2d", "len(image) - high + 1", "len(image) - high + 2"),
    "a place too few": ("convolve2d", "len(image[0]) - wide + 1", "len(image[0]) - wide"),
    "steps of one": ("max-pool", "len(image) - size + 1, size", "len(image) - size + 1, 1"),
    "a window over the edge": ("max-pool", "len(image[0]) - size + 1", "len(image[0])"),
    "nothing below zero": ("max-pool", "max(window)", "max([0, *window])"),
    "the mean": ("max-pool", "max(window)", "sum(window) / len(window)"),
    "padding once": ("output-size", "2 * padding", "padding"),
    "rounded up": (
        "output-size",
        "(size + 2 * padding - reach) // stride",
        "-(-(size + 2 * padding - reach) // stride)",
    ),
    "no dilation": ("output-size", "dilation * (kernel - 1) + 1", "kernel"),
    "dilation times kernel": ("output-size", "dilation * (kernel - 1) + 1", "dilation * kernel"),
    "no last place": ("output-size", "// stride + 1", "// stride"),
    "as the formula says": ("softmax", "z - largest", "z"),
    "not divided": ("softmax", "power / total", "power"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_common_mistake_fails_a_test(mistake: str) -> None:
    name, old, new = MISTAKES[mistake]
    exercise, tests = told(name)
    assert old in exercise.reference
    result = harness.run(exercise.reference.replace(old, new), tests, lambda text: None)
    assert not all(test["passed"] for test in result["tests"])


def test_no_lesson_tells_a_reference() -> None:
    for name in NAMES:
        exercise, tests = told(name)
        assert exercise.reference not in json.dumps(tests)
