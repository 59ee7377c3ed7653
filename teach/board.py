"""The class board: learners by lessons, and their latest run. A fixed number of queries however large the class.

What is not selected here cannot leak: no notes, no titles that learners wrote, no image, no answer.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from courses.models import Cohort, Enrolment
from courses.outline import Outline, published_outline
from courses.standing import records
from courses.unlocking import Record, State, states
from labs.models import Run
from teach import wording
from teach.wording import Word


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


def board(cohort: Cohort) -> Board:
    """Return the board of a class: everyone enrolled now, by name."""
    outline = published_outline()
    enrolments = Enrolment.objects.filter(cohort=cohort, left_at=None).select_related("learner")
    learners = [enrolment.learner_id for enrolment in enrolments]
    known, runs = records(learners), _latest_runs(learners)
    rows = [_row(enrolment, outline, known[enrolment.learner_id], runs) for enrolment in enrolments]
    headings = tuple(Heading(lesson.id, lesson.slug, lesson.title) for lesson in outline.lessons)
    return Board(headings, tuple(sorted(rows, key=lambda row: (row.name.casefold(), str(row.learner)))))


def _row(enrolment: Enrolment, outline: Outline, record: Record, runs: Mapping[uuid.UUID, LatestRun]) -> Row:
    learner, found = enrolment.learner, states(outline.nodes, record)
    return Row(
        enrolment=enrolment.pk,
        learner=learner.pk,
        name=learner.shown_name,
        lessons=tuple(wording.lesson_state(found[lesson.id]) for lesson in outline.lessons),
        done=sum(state is State.DONE for state in found.values()),
        run=runs.get(learner.pk),
    )


def _latest_runs(learners: list[uuid.UUID]) -> dict[uuid.UUID, LatestRun]:
    newest = Run.objects.filter(owner=OuterRef("owner")).order_by("-queued_at", "-pk").values("pk")[:1]
    runs = Run.objects.filter(owner__in=learners, pk=Subquery(newest)).select_related("lab_version", "goal_result")
    shown = runs.only("owner_id", "state", "reason", "summary", "lab_version__title", "goal_result__passed")
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
