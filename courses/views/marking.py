"""Where someone is in a lesson, and their own notes there: pages, and short answers for the scripts that save."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guests import ensure_user
from accounts.models import User
from courses.marking import NOTE_CHARACTERS, NoteRefused, bookmark_of, keep_note, keep_place, noted_by
from courses.outline import OutlineLesson
from courses.policy import LockedError
from courses.standing import standing_of
from courses.views.locked import locked_response
from courses.views.pages import found


@require_POST
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep where someone is: 204. For a visitor nothing is kept; reading makes nobody."""
    lesson = found(standing_of(request.user), slug)
    if not isinstance(request.user, User):
        return HttpResponse(status=204)
    try:
        kept = keep_place(request.user, lesson.id, anchor=request.POST.get("anchor", ""))
    except LockedError as locked:
        return locked_response(request, locked.lesson)
    return HttpResponse(status=204 if kept else 422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own notes on a lesson; a POST keeps them, merged with what another tab wrote meanwhile."""
    standing = standing_of(request.user)
    lesson = found(standing, slug)
    if not standing.is_open(lesson.id):
        return locked_response(request, lesson)
    if request.method == "POST":
        return _keep(request, lesson)
    bookmark = bookmark_of(request.user, lesson.id)
    note = bookmark.note if bookmark is not None else ""
    if _wants_json(request):
        return JsonResponse({"note": note})
    return _page(request, lesson, note=note, base=note)


def _page(request: HttpRequest, lesson: OutlineLesson, *, note: str, base: str, refusal: str = "") -> HttpResponse:
    shown = {"lesson": lesson, "note": note, "base": base, "refusal": refusal, "most": NOTE_CHARACTERS}
    return render(request, "courses/notes.html", shown, status=422 if refusal else 200)


def _keep(request: HttpRequest, lesson: OutlineLesson) -> HttpResponse:
    text, base = request.POST.get("text", ""), request.POST.get("base", "")
    try:
        note = keep_note(ensure_user(request), lesson.id, text=text, base=base)
    except NoteRefused as refused:
        if _wants_json(request):
            return JsonResponse({"error": str(refused)}, status=422)
        return _page(request, lesson, note=text, base=base, refusal=str(refused))
    if _wants_json(request):
        return JsonResponse({"note": note})
    messages.success(request, _("Your notes are saved."))
    return redirect("courses:notes", lesson.slug)


@never_cache
@require_safe
def all_notes(request: HttpRequest) -> HttpResponse:
    """All of one's own notes, in the order of the course."""
    outline = standing_of(request.user).outline
    noted = noted_by(request.user)
    shown = [(lesson, noted[lesson.id]) for lesson in outline.lessons if lesson.id in noted]
    return render(request, "courses/all_notes.html", {"notes": shown})


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
