"""The spaced review: what is due, and one question after another; full pages, and partials for htmx."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from courses import reviewing
from courses.grading import Slip, Verdict
from courses.models import Review
from courses.policy import LockedError, require_unlocked
from courses.showing.checks import AskedQuestion, Feedback, asked, fields_of
from courses.showing.reviews import EMPTY, days_until, queue_of
from courses.standing import standing_of
from courses.views.locked import locked_response


@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """What is due, by lesson, and when the next comes. POST asks the next question."""
    person = request.user if isinstance(request.user, User) else None
    if request.method == "POST":
        return _next(request, person)
    shown = queue_of(person, standing_of(person)) if person is not None else EMPTY
    days = days_until(shown.next_at, now=timezone.now()) if shown.next_at is not None else 0
    return render(request, "courses/review.html", {"queue": shown, "days": days})


def _next(request: HttpRequest, person: User | None) -> HttpResponse:
    """Go to the question that is to be answered now, else back to the queue."""
    review = reviewing.ask(person) if person is not None else None
    if review is not None:
        return redirect("courses:reviewed", review.pk)
    if person is not None and queue_of(person, standing_of(person)).due:
        messages.info(
            request, _("What is due waits in a knowledge check that you have begun. Finish that check first.")
        )
    return redirect("courses:review")


@require_safe
def question(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """One question of the review: to be answered, or with what was said about its first answer."""
    review = _own(request, review_id)
    try:
        require_unlocked(review.learner, review.lesson_id)
    except LockedError as locked:
        return locked_response(request, locked.lesson)
    first = review.answers.filter(seq=1).first()
    if first is None:
        return _ask(request, review, given={})
    served = reviewing.served_in(review)
    given = fields_of(first.given, review.question, served)
    verdict = reviewing.verdict_on(first, review)
    return _ask(request, review, given=given, verdict=verdict)


@require_POST
def answer(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Take one answer. A slip of format is told and nothing is counted; else the feedback follows."""
    review = _own(request, review_id)
    fields = {name: [str(value) for value in request.POST.getlist(name)] for name in request.POST}
    try:
        recorded = reviewing.record(review.learner, review, fields=fields, key=request.POST.get("key", ""))
    except LockedError as locked:
        return locked_response(request, locked.lesson)
    except reviewing.WaitsInCheck as early:
        messages.warning(request, str(early))
        return (
            HttpResponseClientRedirect(reverse("courses:review"))
            if _is_partial(request)
            else redirect("courses:review")
        )
    except Slip as slip:
        status = 200 if _is_partial(request) else 422
        return _ask(request, review, given=fields, slip=str(slip), status=status)
    if not _is_partial(request) and recorded.counted:
        return redirect("courses:reviewed", review.pk)
    return _ask(request, review, given=fields, verdict=recorded.verdict, counted=recorded.counted)


def _own(request: HttpRequest, review_id: UUID) -> Review:
    """Return a review of this person's own. Raises Http404."""
    if not isinstance(request.user, User):
        raise Http404
    reviews = Review.objects.select_related("question", "lesson", "learner")
    review = reviews.filter(pk=review_id, learner=request.user).first()
    if review is None:
        raise Http404
    return review


def _is_partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _ask(
    request: HttpRequest,
    review: Review,
    *,
    given: dict[str, list[str]],
    verdict: Verdict | None = None,
    counted: bool = True,
    slip: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a question, alone for htmx or in its page. Every form carries a fresh key of its own."""
    standing = standing_of(review.learner)
    left = queue_of(review.learner, standing).due
    shown: AskedQuestion = asked(review.question, reviewing.served_in(review), place=1, total=1, given=given)
    context: dict[str, Any] = {
        "review": review,
        "lesson": standing.outline.by_id.get(review.lesson_id),
        "question": shown,
        "reread": review.question.data.get("reread", ""),
        "feedback": None if verdict is None else Feedback(verdict.is_right, verdict.whys, counted, None),
        "left": left,
        "slip": slip,
        "key": secrets.token_urlsafe(12),
    }
    template = "courses/_review_question.html" if _is_partial(request) else "courses/review_question.html"
    return render(request, template, context, status=status)
