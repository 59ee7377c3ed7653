"""Exercises as parts of a course: `exercises/<slug>.yaml`, placed by `:::{exercise} slug`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from courses.exercises.harness import call_text
from courses.exercises.source import Exercise, read_exercise, read_expected, results_path
from courses.faults import ContentError, Fault
from courses.models import Release
from courses.publishing.parts import PartContext, PartSource
from courses.rendering.context import Course, Reading
from courses.rendering.resolving import resolve
from courses.rendering.syntax import parser
from courses.rendering.writing import block_html, code_html

WIDGET = "exercise-cell"
_WITHOUT_SCRIPT = "To run this code here, the page needs JavaScript. It is plain Python, and runs anywhere else too."


@dataclass(frozen=True, slots=True)
class ParsedExercise:
    """What a lesson shows: the task, a computed example, and the code that learners start from."""

    title: str
    summary: str
    body: str
    widget: str = WIDGET
    url: str = ""  # it stands in its lesson and has no page of its own


def parse(source: PartSource) -> ParsedExercise:
    """Read an exercise with the results of its reference; raises ContentError."""
    located = source.located
    if source.file is None:
        raise ContentError([located.fault("An exercise needs a file.", "Add exercises/NAME.yaml.")])
    exercise = read_exercise(located)
    expected = read_expected(exercise, located, results_path(source.file))
    bare = Reading(Course({}, {}, {}, {}, {}), located.path)
    task = parser().parse(exercise.task, {})
    resolve(task, bare, first_line=located.line("task") + 1)
    if bare.faults:
        raise ContentError(bare.faults)
    return ParsedExercise(exercise.title, exercise.summary, block_html(task) + _body(source.key, exercise, expected))


def validate(part: ParsedExercise, source: PartSource, context: PartContext) -> Iterable[Fault]:
    """Accept what could be read."""
    return ()


def store(part: ParsedExercise, source: PartSource, release: Release) -> None:
    """Store nothing: the lesson's own version holds all that the page shows."""


def _body(key: str, exercise: Exercise, expected: list[Any]) -> str:
    """Return what the page shows: readable as it is, brought to life by the custom element."""
    call, gives = escape(call_text(exercise.function, exercise.given[0])), escape(str(expected[0]))
    told = escape(json.dumps(exercise.told(expected)))
    return (
        f'<p class="exercise__example">For example, <code>{call}</code> gives <code>{gives}</code>.</p>'
        f'<{WIDGET} key="{escape(key)}" told="{told}">{code_html(exercise.start, language="python")}'
        f'<p class="exercise__needs muted">{_WITHOUT_SCRIPT}</p></{WIDGET}>'
    )
