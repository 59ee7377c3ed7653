"""Being spared a lesson: its check, taken while the lesson is still locked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.guests import ensure_user
from accounts.models import User
from courses import pacing, progress
from courses.outline import OutlineLesson
from courses.policy import LockedError
from courses.standing import standing_of
from courses.views.locked import locked_response
from courses.views.pages import found


@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """What a challenge is, what it opens and what it does not; POST begins it. An open lesson has its check instead."""
    standing = standing_of(request.user)
    lesson = found(standing, slug)
    if standing.is_open(lesson.id):
        return redirect("courses:check", slug)
    if not standing.may_challenge(lesson.id):
        return locked_response(request, lesson)
    if request.method == "POST":
        return _begin(request, lesson)
    attempt = progress.open_attempt(request.user, lesson.id) if isinstance(request.user, User) else None
    if attempt is not None:
        return redirect("courses:question", slug, attempt.pk, progress.next_place(attempt, list(attempt.answers.all())))
    hours = pacing.hours_to_challenge(request.user, lesson.id) if isinstance(request.user, User) else 0
    context = {
        "lesson": lesson,
        "rule": progress.rule_of(lesson),
        "hours": hours,
        "again": pacing.CHALLENGE_HOURS,
        "opens": [each for each in standing.outline.lessons if lesson.id in each.requires],
    }
    return render(request, "courses/challenge.html", context)


def _begin(request: HttpRequest, lesson: OutlineLesson) -> HttpResponse:
    try:
        attempt = progress.start_challenge(ensure_user(request), lesson.id)
    except LockedError as locked:
        return locked_response(request, locked.lesson)
    except (pacing.Challenged, pacing.CoolingDown) as early:
        messages.warning(request, str(early))
        return redirect("courses:challenge", lesson.slug)
    return redirect("courses:question", lesson.slug, attempt.pk, 1)
