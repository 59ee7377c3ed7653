"""Completion records: one's own, and the page that whoever has the address can read and print."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from courses import attesting
from courses.models import CompletionRecord
from courses.outline import published_outline


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What one has completed, and the records of it that were made; POST makes one."""
    if not isinstance(request.user, User):
        return redirect("account_login")
    lessons = attesting.completed_by(request.user)
    if request.method == "POST" and lessons:
        return redirect("courses:record", attesting.issue(request.user).pk)
    outline = published_outline()
    context = {
        "lessons": [(lesson, outline.urls.get(lesson.id, "")) for lesson in lessons],
        "total": len(outline.lessons),
        "records": request.user.completion_records.order_by("-issued_at"),
    }
    return render(request, "courses/my_record.html", context)


@require_safe
def record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One record as it was issued. Its address cannot be guessed, and search engines are asked to leave it alone."""
    shown = get_object_or_404(CompletionRecord, pk=record_id)
    lessons = attesting.lessons_of(shown)
    context = {
        "record": shown,
        "lessons": [(lesson, "") for lesson in lessons],
        "minutes": sum(lesson.minutes for lesson in lessons),
        "address": request.build_absolute_uri(),
        "is_own": request.user.pk == shown.learner_id,
    }
    response = render(request, "courses/record.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
def withdraw(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Take a record of one's own back: its address leads nowhere from now on."""
    if not isinstance(request.user, User):
        return redirect("account_login")
    get_object_or_404(CompletionRecord, pk=record_id, learner=request.user).delete()
    return redirect("courses:my_record")
