"""The page of a lesson that is still locked: never a 404, never a bare redirect."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from courses.outline import OutlineLesson
from courses.policy import LockedError
from courses.standing import standing_of


def locked_response(request: HttpRequest, lesson: OutlineLesson) -> HttpResponse:
    """Return the full page, status 403: title, what is missing, the shortest way in with minutes, navigation."""
    locked = LockedError(lesson, standing_of(request.user))
    before, after = locked.standing.outline.neighbours(lesson.id)
    context = {
        "lesson": lesson,
        "missing": [(each, locked.standing.states[each.id].value) for each in locked.missing],
        "way": locked.way,
        "before": before,
        "after": after,
    }
    return render(request, "courses/locked.html", context, status=403)
