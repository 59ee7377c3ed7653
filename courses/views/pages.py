"""Pages that are read: map, lesson, glossary, sheet, and the images of lessons."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from courses.marking import NOTE_CHARACTERS, bookmark_of
from courses.models import FormerAddress, LabResult, LessonVersion, Part
from courses.outline import ComingLesson, OutlineLesson
from courses.publishing.exercises import WIDGET as EXERCISE_WIDGET
from courses.publishing.pictures import STORED_NAME
from courses.publishing.storing import PICTURE_FOLDER
from courses.showing.changes import changes_for
from courses.showing.course_map import course_map
from courses.showing.glossary import terms_by_letter
from courses.showing.lesson_text import lesson_text
from courses.showing.marks import resume_at
from courses.showing.resuming import next_step
from courses.standing import Standing, standing_of
from courses.unlocking import State
from courses.views.locked import locked_response

YEAR_SECONDS = 31_536_000
# Lessons with one of these widgets may ask for the webcam, whatever else the site forbids its pages.
CAMERA_WIDGETS = frozenset({"kernel-playground"})
USES_CAMERA = "camera=(self), microphone=(), geolocation=(), display-capture=()"
# Lessons with exercises compile Python in a worker; no other page may compile anything.
_with_python = csp_update({"script-src": "'wasm-unsafe-eval'", "worker-src": SELF})
_render_with_python = cast(Callable[..., HttpResponse], _with_python(cast(Any, render)))


@require_safe
def show_map(request: HttpRequest) -> HttpResponse:
    """The front page: what there is to learn, what opens what, where to go on."""
    standing = standing_of(request.user)
    shown = course_map(standing, goal=request.GET.get("goal", ""))
    return render(request, "courses/map.html", {"map": shown, "step": next_step(request.user, standing)})


@require_safe
def lesson(request: HttpRequest, slug: str) -> HttpResponse:
    """One lesson, or the page that says how to get into it."""
    standing = standing_of(request.user)
    coming = next((each for each in standing.outline.coming if each.id == slug), None)
    if coming is not None and slug not in standing.outline.by_slug:
        return _coming_response(request, coming, standing)
    if slug not in standing.outline.by_slug and (moved := moved_to(standing, slug)):
        return redirect("courses:lesson", moved.slug)  # not for ever: another lesson may take the address
    shown = found(standing, slug)
    if not standing.is_open(shown.id):
        return locked_response(request, shown)
    text = lesson_text(standing.outline, shown)
    is_done = standing.states[shown.id] is State.DONE
    bookmark = bookmark_of(request.user, shown.id)
    context = {
        "lesson": shown,
        "text": text,
        "version": text.version,
        "is_done": is_done,
        "check_entry": text.check_passed if is_done else text.check_to_pass,
        "changed": changes_for(standing).get(shown.id) if standing.changed_since(shown) else None,
        "labs": labs_of(request.user, text.labs),
        "resume": resume_at(bookmark, text.version),
        "note": bookmark.note if bookmark is not None else "",
        "most": NOTE_CHARACTERS,
    }
    runs_python = EXERCISE_WIDGET in text.version.widgets
    response = (_render_with_python if runs_python else render)(request, "courses/lesson.html", context)
    if CAMERA_WIDGETS.intersection(text.version.widgets):
        response["Permissions-Policy"] = USES_CAMERA
    return response


def _coming_response(request: HttpRequest, lesson: ComingLesson, standing: Standing) -> HttpResponse:
    """Return the page of a lesson that is announced: there is nothing at its address yet, and the page says so."""
    outline = standing.outline
    requires = [(outline.known[each].title, outline.urls.get(each, "")) for each in lesson.requires]
    return render(request, "courses/coming.html", {"lesson": lesson, "requires": requires}, status=404)


def moved_to(standing: Standing, slug: str) -> OutlineLesson | None:
    """Return the published lesson that had this slug before; None when none had."""
    lesson = FormerAddress.objects.filter(pk=slug).values_list("lesson_id", flat=True).first()
    return standing.outline.by_id.get(lesson or "")


def found(standing: Standing, slug: str) -> OutlineLesson:
    """Return the published lesson with a slug. Raises Http404."""
    shown = standing.outline.by_slug.get(slug)
    if shown is None:
        raise Http404
    return shown


def labs_of(person: object, labs: Sequence[Part]) -> list[tuple[Part, LabResult | None]]:
    """Return the labs that a lesson places, each with what this person has shown in it."""
    if not labs or not isinstance(person, User):
        return [(part, None) for part in labs]
    results = LabResult.objects.filter(learner=person, lab_key__in=[part.key for part in labs])
    by_key = {result.lab_key: result for result in results}
    return [(part, by_key.get(part.key)) for part in labs]


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Every term of the course, in alphabetical order."""
    return render(request, "courses/glossary.html", {"groups": terms_by_letter(standing_of(request.user))})


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The sheets of all lessons that are open, to print; of a locked lesson only the title."""
    standing = standing_of(request.user)
    open_versions = [each.version for each in standing.outline.lessons if standing.is_open(each.id)]
    texts = dict(LessonVersion.objects.filter(pk__in=open_versions).values_list("pk", "sheet_html"))
    sheets = [(each, texts.get(each.version, "")) for each in standing.outline.lessons]
    return render(request, "courses/sheet.html", {"title": standing.outline.title, "sheets": sheets})


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """An image of the course; its name holds its hash, so browsers may keep it."""
    stored = f"{PICTURE_FOLDER}/{name}"
    if not STORED_NAME.match(name) or not default_storage.exists(stored):
        raise Http404
    response = FileResponse(default_storage.open(stored))
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response
