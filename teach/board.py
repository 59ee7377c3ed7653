"""The class board: learners by lessons, and their latest run. A fixed number of queries however large the class.

What is not selected here cannot leak: no notes, no titles that learners wrote, no image, no answer.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from courses.models import Cohort, Completion, Enrolment, Prerequisite, ReleaseLesson, UnlockGrant
from labs.models import Run
from teach import wording
from teach.wording import Word

LESSON_WORDS = {"done": Word("done", "good"), "open": Word("open", "accent"), "locked": Word("locked", "")}


@dataclass(frozen=True, slots=True)
class Heading:
    """One lesson, as the head of a column."""

    id: str
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class LatestRun:
    """The newest run of one learner, in words; `accuracy` is a fraction, empty before the first epoch."""

    id: uuid.UUID
    lab: str
    state: Word
    accuracy: float | None
    goal: Word | None

    @property
    def percent(self) -> str:
        """The accuracy in percent with one decimal; empty before the first epoch."""
        return "" if self.accuracy is None else f"{100 * self.accuracy:.1f}"


@dataclass(frozen=True, slots=True)
class Row:
    """One learner: the state of each lesson in the order of the headings, and the latest run."""

    enrolment: int
    learner: uuid.UUID
    name: str
    lessons: tuple[Word, ...]
    done: int
    run: LatestRun | None


@dataclass(frozen=True, slots=True)
class Board:
    """One class as its instructor sees it now."""

    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Progress:
    """What the whole class has done: completed lessons and newest grants by learner, requirements by lesson."""

    completed: dict[uuid.UUID, set[str]]
    granted: dict[tuple[uuid.UUID, str], bool]
    requires: dict[str, set[str]]

    def word(self, learner: uuid.UUID, lesson: str) -> Word:
        if lesson in self.completed[learner]:
            return LESSON_WORDS["done"]
        granted = self.granted.get((learner, lesson))
        is_open = self.requires[lesson] <= self.completed[learner] if granted is None else granted
        return LESSON_WORDS["open" if is_open else "locked"]


def board(cohort: Cohort) -> Board:
    """Return the board of a class: everyone enrolled now, by name."""
    enrolments = Enrolment.objects.filter(cohort=cohort, left_at=None).select_related("learner")
    learners = [enrolment.learner_id for enrolment in enrolments]
    headings, progress, runs = _headings(cohort), _progress(cohort, learners), _latest_runs(learners)
    rows = [_row(enrolment, headings, progress, runs) for enrolment in enrolments]
    return Board(headings, tuple(sorted(rows, key=lambda row: (row.name.casefold(), str(row.learner)))))


def _row(
    enrolment: Enrolment, headings: tuple[Heading, ...], progress: _Progress, runs: dict[uuid.UUID, LatestRun]
) -> Row:
    learner = enrolment.learner
    words = tuple(progress.word(learner.pk, heading.id) for heading in headings)
    done = sum(word == LESSON_WORDS["done"] for word in words)
    return Row(enrolment.pk, learner.pk, learner.shown_name, words, done, runs.get(learner.pk))


def _headings(cohort: Cohort) -> tuple[Heading, ...]:
    entries = ReleaseLesson.objects.filter(release=cohort.course.published_id).select_related("version__lesson")
    lessons = [(entry.version.lesson, entry.version.title) for entry in entries]
    return tuple(Heading(lesson.pk, lesson.slug, title) for lesson, title in lessons)


def _progress(cohort: Cohort, learners: list[uuid.UUID]) -> _Progress:
    completed, requires = defaultdict(set), defaultdict(set)
    for learner, lesson in Completion.objects.filter(learner__in=learners).values_list("learner", "lesson"):
        completed[learner].add(lesson)
    for lesson, needed in Prerequisite.objects.filter(release=cohort.course.published_id).values_list(
        "lesson", "requires"
    ):
        requires[lesson].add(needed)
    # Oldest first, so that the newest decision about a lesson is the one that stays.
    grants = UnlockGrant.objects.filter(learner__in=learners).order_by("created_at", "pk")
    granted = {
        (learner, lesson): is_open for learner, lesson, is_open in grants.values_list("learner", "lesson", "is_open")
    }
    return _Progress(completed, granted, requires)


def _latest_runs(learners: list[uuid.UUID]) -> dict[uuid.UUID, LatestRun]:
    newest = Run.objects.filter(owner=OuterRef("owner")).order_by("-queued_at", "-pk").values("pk")[:1]
    runs = Run.objects.filter(owner__in=learners, pk=Subquery(newest)).select_related("lab_version", "goal_result")
    shown = runs.only(
        "owner_id", "state", "reason", "summary", "lab_version__title", "goal_result__passed", "goal_result__at_least"
    )
    return {run.owner_id: _latest_run(run) for run in shown}


def _latest_run(run: Run) -> LatestRun:
    accuracy = run.summary.get("validation_accuracy")
    return LatestRun(
        id=run.pk,
        lab=run.lab_version.title,
        state=wording.run_state(run.state, reason=run.reason),
        accuracy=accuracy if isinstance(accuracy, float) else None,
        goal=wording.goal(run),
    )
