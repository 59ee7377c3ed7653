"""The knowledge check, one question after another: full pages, and partials for htmx."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.guests import ensure_user
from accounts.models import User
from courses import pacing, progress
from courses.grading import Slip
from courses.models import Attempt, Lesson, QuestionVersion
from courses.outline import OutlineLesson
from courses.policy import LockedError, require_answerable
from courses.serving import Served
from courses.showing.checks import AskedQuestion, Feedback, asked, fields_of, missed, verdict_of
from courses.standing import standing_of
from courses.views.locked import locked_response
from courses.views.pages import found


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a check begins: what it asks for, and the button that begins it. POST begins it."""
    standing = standing_of(request.user)
    lesson = found(standing, slug)
    if not standing.is_open(lesson.id):
        return locked_response(request, lesson)
    if request.method == "POST":
        return _begin(request, lesson)
    attempt = progress.open_attempt(request.user, lesson.id) if isinstance(request.user, User) else None
    if attempt is not None:
        return redirect("courses:question", slug, attempt.pk, progress.next_place(attempt, list(attempt.answers.all())))
    wait = pacing.minutes_to_wait(request.user, lesson.id) if isinstance(request.user, User) else 0
    context = {
        "lesson": lesson,
        "rule": progress.rule_of(lesson),
        "wait": wait,
        "completed_at": progress.completed_at(request.user, lesson.id) if isinstance(request.user, User) else None,
    }
    return render(request, "courses/check.html", context)


def _begin(request: HttpRequest, lesson: OutlineLesson) -> HttpResponse:
    try:
        attempt = progress.start_attempt(ensure_user(request), lesson.id)
    except LockedError as locked:
        return locked_response(request, locked.lesson)
    except pacing.CoolingDown as early:
        messages.warning(request, str(early))
        return redirect("courses:check", lesson.slug)
    return redirect("courses:question", lesson.slug, attempt.pk, 1)


@require_safe
def question(request: HttpRequest, slug: str, attempt_id: UUID, place: int) -> HttpResponse:
    """One question of an attempt: to be answered, or with what was said about its first answer."""
    attempt = _own_attempt(request, slug, attempt_id)
    try:
        require_answerable(request.user, attempt)
    except LockedError as locked:
        return locked_response(request, locked.lesson)
    answers = list(attempt.answers.order_by("pk"))
    coming = progress.next_place(attempt, answers)
    if not 1 <= place <= min(coming, len(attempt.questions)):
        return _onwards(attempt, slug, coming)
    version, served = _served(attempt, place)
    first = next((answer for answer in answers if answer.question_id == version.pk and answer.seq == 1), None)
    if first is None:
        kept = progress.draft_of(attempt, place)
        return _ask(request, attempt, asked(version, served, place=place, total=len(attempt.questions), given=kept))
    given = fields_of(first.given, version, served)
    shown = asked(version, served, place=place, total=len(attempt.questions), given=given)
    verdict = verdict_of(first, version, served)
    feedback = Feedback(verdict.is_right, verdict.whys, True, place + 1 if place < len(attempt.questions) else None)
    return _ask(request, attempt, shown, feedback=feedback)


@require_POST
def answer(request: HttpRequest, slug: str, attempt_id: UUID) -> HttpResponse:
    """Take one answer. A slip of format is told and nothing is counted; else the feedback follows."""
    attempt = _own_attempt(request, slug, attempt_id)
    fields = _fields(request)
    place = _place(fields)
    try:
        recorded = progress.record_answer(
            attempt.learner, attempt, place=place, fields=fields, key=request.POST.get("key", "")
        )
    except LockedError as locked:
        return locked_response(request, locked.lesson)
    except progress.OutOfOrder as error:
        messages.warning(request, str(error))
        target = reverse("courses:check", args=[slug])
        return HttpResponseClientRedirect(target) if _is_partial(request) else redirect(target)
    except Slip as slip:
        version, served = _served(attempt, place)
        shown = asked(version, served, place=place, total=len(attempt.questions), given=fields)
        return _ask(request, attempt, shown, slip=str(slip), status=200 if _is_partial(request) else 422)
    if not _is_partial(request) and recorded.counted:
        return redirect("courses:question", slug, attempt.pk, place)
    version, served = _served(attempt, place)
    shown = asked(version, served, place=place, total=len(attempt.questions), given=fields)
    following = place + 1 if place < len(attempt.questions) else None
    verdict = recorded.verdict
    feedback = Feedback(verdict.is_right, verdict.whys, recorded.counted, following)
    return _ask(request, attempt, shown, feedback=feedback)


@require_POST
def draft(request: HttpRequest, slug: str, attempt_id: UUID) -> HttpResponse:
    """Keep what is typed or chosen and not sent yet. What comes too late is no fault: there is nothing to keep then."""
    attempt = _own_attempt(request, slug, attempt_id)
    fields = _fields(request)
    progress.keep_draft(attempt, place=_place(fields), fields=fields)
    return HttpResponse(status=204)


@require_safe
def result(request: HttpRequest, slug: str, attempt_id: UUID) -> HttpResponse:
    """What came of an attempt: what opens next, or what to reread and when to try again."""
    attempt = _own_attempt(request, slug, attempt_id)
    try:
        standing = require_answerable(request.user, attempt)
    except LockedError as locked:
        return locked_response(request, locked.lesson)
    if attempt.passed is None:
        return _onwards(attempt, slug, progress.next_place(attempt, list(attempt.answers.all())))
    lesson = standing.outline.by_id.get(attempt.version.lesson_id)
    context = {
        "attempt": attempt,
        "version": attempt.version,
        "lesson": lesson,
        "slug": slug,
        "total": len(attempt.questions),
        "missed": missed(attempt),
        "opens": [
            each
            for each in standing.outline.lessons
            if attempt.version.lesson_id in each.requires and standing.is_open(each.id)
        ],
        "next": standing.next_lesson(),
        "is_locked": lesson is not None and not standing.is_open(lesson.id),
        **_waits(attempt),
    }
    return render(request, "courses/result.html", context)


def _waits(attempt: Attempt) -> dict[str, int]:
    """Return how long it is until the next try: minutes for a check, hours for a challenge."""
    if attempt.passed:
        return {"wait": 0, "wait_hours": 0}
    learner, lesson = attempt.learner, attempt.version.lesson_id
    if attempt.is_challenge:
        return {"wait": 0, "wait_hours": pacing.hours_to_challenge(learner, lesson)}
    return {"wait": pacing.minutes_to_wait(learner, lesson), "wait_hours": 0}


def _own_attempt(request: HttpRequest, slug: str, attempt_id: UUID) -> Attempt:
    """Return this person's own attempt at this lesson. Raises Http404."""
    if not isinstance(request.user, User):
        raise Http404
    attempts = Attempt.objects.select_related("version__lesson", "learner")
    attempt = attempts.filter(pk=attempt_id, learner=request.user).first()
    if attempt is None or not _is_address_of(slug, attempt.version.lesson):
        raise Http404
    return attempt


def _is_address_of(slug: str, lesson: Lesson) -> bool:
    """Return whether this is or was a lesson's slug: a page that was open before a lesson moved still works."""
    return slug == lesson.slug or lesson.former_addresses.filter(pk=slug).exists()


def _served(attempt: Attempt, place: int) -> tuple[QuestionVersion, Served]:
    served = Served.from_json(attempt.questions[place - 1])
    return QuestionVersion.objects.get(pk=served.version), served


def _fields(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in request.POST.getlist(name)] for name in request.POST}


def _place(fields: dict[str, list[str]]) -> int:
    given = next(iter(fields.get("question", ())), "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0


def _onwards(attempt: Attempt, slug: str, coming: int) -> HttpResponse:
    if attempt.passed is None:
        return redirect("courses:question", slug, attempt.pk, min(coming, len(attempt.questions)))
    return redirect("courses:result", slug, attempt.pk)


def _is_partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _ask(
    request: HttpRequest,
    attempt: Attempt,
    shown: AskedQuestion,
    *,
    feedback: Feedback | None = None,
    slip: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a question, alone for htmx or in its page. Every form carries a fresh key of its own."""
    context: dict[str, Any] = {
        "attempt": attempt,
        "version": attempt.version,
        "slug": attempt.version.lesson.slug,
        "question": shown,
        "feedback": feedback,
        "slip": slip,
        "key": secrets.token_urlsafe(12),
    }
    template = "courses/_question.html" if _is_partial(request) else "courses/question.html"
    return render(request, template, context, status=status)
