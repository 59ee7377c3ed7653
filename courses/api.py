"""The API of courses: lessons with their states, and knowledge checks for scripts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import ConfigDict, Field

from accounts.models import User
from courses import progress
from courses.grading import Slip
from courses.models import Attempt, LessonVersion, QuestionVersion
from courses.outline import OutlineLesson, published_outline
from courses.policy import LockedError, require_answerable, require_open
from courses.serving import Served, show
from courses.standing import Standing, standing_of

router = Router()
Body = dict[str, Any]


class AnswerIn(Schema):
    """One answer: the question's place, and one of `choice`, `text`, `cell`, `places`; `key` makes it safe to repeat.

    `choice`: places of options, from 1. `places`: for each item as shown, its place in the right order, from 1.
    """

    model_config = ConfigDict(extra="forbid")

    question: int = Field(ge=1, le=100)
    choice: list[int] = Field(default_factory=list, max_length=50)
    text: str = Field(default="", max_length=200)
    cell: list[int] = Field(default_factory=list, max_length=2)
    places: list[int] = Field(default_factory=list, max_length=50)
    key: str = Field(default="", max_length=progress.KEY_LIMIT)

    def fields(self) -> dict[str, list[str]]:
        """Return the same as the fields of the page's form."""
        places = {f"place-{at}": [str(place)] for at, place in enumerate(self.places, 1)}
        cell = {"cell": [",".join(str(part) for part in self.cell)]} if self.cell else {}
        return {"choice": [str(each) for each in self.choice], "text": [self.text], **places, **cell}


@router.get("", auth=None)
def list_lessons(request: HttpRequest) -> list[Body]:
    """Every lesson in order, with its state for whoever asks."""
    standing = standing_of(_person(request))
    return [_listed(standing, lesson) for lesson in standing.outline.lessons]


@router.get("/{slug}", auth=None, response={200: dict, 403: dict})
def get_lesson(request: HttpRequest, slug: str) -> Body | Status[Body]:
    """One lesson with its text as HTML; locked: 403 with what is missing."""
    lesson = _found(slug)
    try:
        standing = require_open(_person(request), lesson.id)
    except LockedError as locked:
        return Status(403, locked.as_json())
    version = LessonVersion.objects.get(pk=lesson.version)
    text = {"html": version.body_html, "sheet": version.sheet_html, "objectives": version.objectives}
    return {**_listed(standing, lesson), "summary": version.summary, **text}


@router.post("/{slug}/attempts", response={201: dict, 403: dict})
def start_attempt(request: HttpRequest, slug: str) -> Status[Body]:
    """Begin the knowledge check, or go on with the one that is begun."""
    try:
        attempt = progress.start_attempt(_user(request), _found(slug).id)
    except LockedError as locked:
        return Status(403, locked.as_json())
    return Status(201, _attempt(attempt))


@router.post("/{slug}/challenge", response={201: dict, 403: dict})
def start_challenge(request: HttpRequest, slug: str) -> Status[Body]:
    """Begin the knowledge check of a lesson that is still locked; passed, it completes that lesson alone."""
    try:
        attempt = progress.start_challenge(_user(request), _found(slug).id)
    except LockedError as locked:
        return Status(403, locked.as_json())
    return Status(201, _attempt(attempt))


@router.get("/{slug}/attempts/{attempt_id}", response={200: dict, 403: dict})
def get_attempt(request: HttpRequest, slug: str, attempt_id: UUID) -> Body | Status[Body]:
    """An attempt of one's own: the question that is to be answered next, without its key."""
    attempt = _own(request, slug, attempt_id)
    try:
        require_answerable(_user(request), attempt)
    except LockedError as locked:
        return Status(403, locked.as_json())
    return _attempt(attempt)


@router.post("/{slug}/attempts/{attempt_id}/answers", response={200: dict, 403: dict, 422: dict})
def answer(request: HttpRequest, slug: str, attempt_id: UUID, payload: AnswerIn) -> Body | Status[Body]:
    """Answer one question. A slip of format is told with status 422, and nothing is counted."""
    attempt = _own(request, slug, attempt_id)
    try:
        recorded = progress.record_answer(
            _user(request), attempt, place=payload.question, fields=payload.fields(), key=payload.key
        )
    except LockedError as locked:
        return Status(403, locked.as_json())
    except Slip as slip:
        return Status(422, {"errors": {"answer": str(slip)}})
    verdict = {"right": recorded.verdict.is_right, "counted": recorded.counted, "why": list(recorded.verdict.whys)}
    return {**verdict, "opened": list(recorded.opened), "attempt": _attempt(_own(request, slug, attempt_id))}


def _person(request: HttpRequest) -> Any:
    return request.user


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _found(slug: str) -> OutlineLesson:
    lesson = published_outline().by_slug.get(slug)
    if lesson is None:
        raise Http404
    return lesson


def _own(request: HttpRequest, slug: str, attempt_id: UUID) -> Attempt:
    attempts = Attempt.objects.select_related("version__lesson").filter(learner=_user(request))
    attempt = attempts.filter(pk=attempt_id, version__lesson__slug=slug).first()
    if attempt is None:
        raise Http404
    return attempt


def _listed(standing: Standing, lesson: OutlineLesson) -> Body:
    by_id: Mapping[str, OutlineLesson] = standing.outline.by_id
    return {
        "slug": lesson.slug,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "section": lesson.section,
        "state": standing.states[lesson.id].value,
        "requires": [by_id[each].slug for each in lesson.requires],
    }


def _attempt(attempt: Attempt) -> Body:
    answers = list(attempt.answers.all())
    place = progress.next_place(attempt, answers)
    state = {"id": str(attempt.pk), "answered": place - 1, "of": len(attempt.questions), "passed": attempt.passed}
    question = _question(attempt, place) if place <= len(attempt.questions) else None
    return {**state, "score": attempt.score, "question": question}


def _question(attempt: Attempt, place: int) -> Body:
    served = Served.from_json(attempt.questions[place - 1])
    version = QuestionVersion.objects.get(pk=served.version)
    shown = show(version.kind, version.data, served)
    return {
        "place": place,
        "kind": shown.kind,
        "text": shown.text,
        "code": shown.code,
        "choices": list(shown.choices),
        "grid": [list(row) for row in shown.grid],
        "unit": shown.unit,
    }
