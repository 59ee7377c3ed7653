"""Report a mistake at one place of a lesson, or in a question that one was asked."""

from dataclasses import dataclass
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guests import ensure_user
from accounts.models import User
from courses.models import Attempt, LessonVersion, QuestionVersion, Review
from courses.outline import OutlineLesson
from courses.plain_text import block_of
from courses.reporting import TEXT_CHARACTERS, ReportRefused
from courses.reporting import report as take_report
from courses.serving import Served
from courses.standing import standing_of
from courses.views.locked import locked_response
from courses.views.pages import found


@dataclass(frozen=True, slots=True)
class Place:
    """What a report is about. `excerpt` is the text of the block; of a question nothing is shown again."""

    version: LessonVersion
    anchor: str = ""
    excerpt: str = ""
    question: QuestionVersion | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, with the place that it is about; a POST takes the report.

    The place stands in the address: `at` a block of `version`, or the question at `place` of the own attempt `check`,
    or the own `review`. So a question is named by those who were asked it, and by nobody else.
    """
    standing = standing_of(request.user)
    lesson = found(standing, slug)
    if not standing.is_open(lesson.id):
        return locked_response(request, lesson)
    about = _place(request, lesson)
    if request.method != "POST":
        return _form(request, lesson, about)
    reporter = ensure_user(request)
    if not ratelimit.consume(request, action="report", user=reporter):
        return render(request, "429.html", status=429)
    text = request.POST.get("text", "")
    try:
        take_report(reporter, about.version, text=text, anchor=about.anchor, question=about.question)
    except ReportRefused as refused:
        return _form(request, lesson, about, text=text, refusal=refused)
    messages.success(request, _("Thank you. The authors see your report, with the place that it is about."))
    return redirect(f"/lessons/{slug}/{f'#{about.anchor}' if about.anchor else ''}")


def _form(
    request: HttpRequest, lesson: OutlineLesson, about: Place, *, text: str = "", refusal: ReportRefused | None = None
) -> HttpResponse:
    shown: dict[str, Any] = {"lesson": lesson, "about": about, "text": text, "most": TEXT_CHARACTERS}
    status = 200 if refusal is None else 429 if refusal.is_too_many else 422
    return render(request, "courses/report.html", {**shown, "refusal": refusal and str(refusal)}, status=status)


def _place(request: HttpRequest, lesson: OutlineLesson) -> Place:
    """Return what the address names. Raises Http404 for a check or a review that is not this person's."""
    if "check" in request.GET:
        return _in_check(request, lesson)
    if "review" in request.GET:
        reviews = Review.objects.select_related("question")
        review = _first(reviews, request, "review", learner=_person(request), lesson=lesson.id)
        return Place(LessonVersion.objects.get(pk=lesson.version), question=review.question)
    number = _whole(request.GET.get("version", ""))
    versions = LessonVersion.objects.filter(lesson=lesson.id)
    version = versions.filter(number=number).first() or versions.get(pk=lesson.version)
    anchor = request.GET.get("at", "")[:80]
    excerpt = block_of(version.body_html, anchor) if anchor else ""
    return Place(version, anchor if excerpt else "", excerpt)


def _in_check(request: HttpRequest, lesson: OutlineLesson) -> Place:
    attempts = Attempt.objects.select_related("version")
    attempt = _first(attempts, request, "check", learner=_person(request), version__lesson=lesson.id)
    place, answered = _whole(request.GET.get("place", "")), attempt.answers.values("question").distinct().count()
    if not 1 <= place <= min(answered + 1, len(attempt.questions)):
        raise Http404
    served = Served.from_json(attempt.questions[place - 1])
    return Place(attempt.version, question=QuestionVersion.objects.get(pk=served.version))


def _first(rows: Any, request: HttpRequest, name: str, **own: Any) -> Any:
    try:
        row = rows.filter(pk=request.GET[name], **own).first()
    except ValidationError as error:  # no id at all
        raise Http404 from error
    if row is None:
        raise Http404
    return row


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
