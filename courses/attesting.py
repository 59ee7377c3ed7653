"""Completion records: what one learner has completed, when and with which score, to be shown to others."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from accounts.models import User
from courses.models import Attempt, Completion, CompletionRecord
from courses.outline import Outline, published_outline


@dataclass(frozen=True, slots=True)
class Completed:
    """One completed lesson as a record shows it. `is_challenge`: its check was passed without opening the lesson.

    `score` of `of` questions were right in the attempt that completed it; both are 0 where no attempt is known.
    """

    id: str
    title: str
    section: str
    minutes: int
    completed: str
    score: int
    of: int
    is_challenge: bool

    @property
    def day(self) -> date:
        """The day on which it was completed, in UTC."""
        return date.fromisoformat(self.completed)


def completed_by(learner: User) -> list[Completed]:
    """Return the lessons that a learner has completed, in the order of the course; those taken out of it last."""
    outline = published_outline()
    passed = _passed(learner)
    rows = Completion.objects.filter(learner=learner).select_related("version").order_by("completed_at", "pk")
    places = {lesson.id: at for at, lesson in enumerate(outline.lessons)}
    ordered = sorted(rows, key=lambda row: places.get(row.lesson_id, len(places)))
    return [_completed(row, outline, passed.get(row.lesson_id)) for row in ordered]


def _passed(learner: User) -> Mapping[str, Attempt]:
    """Return the attempt that completed each lesson: the first that was passed."""
    attempts = Attempt.objects.filter(learner=learner, passed=True).select_related("version").order_by("-ended_at")
    return {attempt.version.lesson_id: attempt for attempt in attempts}


def _completed(row: Completion, outline: Outline, attempt: Attempt | None) -> Completed:
    sections = {section["id"]: section["title"] for section in outline.manifest.get("sections", ())}
    return Completed(
        id=row.lesson_id,
        title=row.version.title,
        section=sections.get(row.version.section, row.version.section),
        minutes=row.version.minutes,
        completed=row.completed_at.date().isoformat(),
        score=attempt.score if attempt else 0,
        of=len(attempt.questions) if attempt else 0,
        is_challenge=attempt is not None and attempt.is_challenge,
    )


def issue(learner: User) -> CompletionRecord:
    """Write down what a learner has completed by now; the latest record again when it says the same."""
    outline = published_outline()
    said: dict[str, Any] = {
        "name": learner.shown_name,
        "course": outline.title,
        "lessons": [asdict(each) for each in completed_by(learner)],
        "lessons_in_course": len(outline.lessons),
    }
    latest = learner.completion_records.order_by("-issued_at").first()
    if latest is not None and all(getattr(latest, key) == value for key, value in said.items()):
        return latest
    return CompletionRecord.objects.create(learner=learner, **said)


def lessons_of(record: CompletionRecord) -> Sequence[Completed]:
    """Return the lessons of a record as it was issued."""
    return [Completed(**each) for each in record.lessons]
