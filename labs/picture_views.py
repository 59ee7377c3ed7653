"""The pages of learners' own pictures: the list, a new set, one set."""

import uuid
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guests import ensure_user
from accounts.models import User
from labs import advising, collecting, listing, owning, picture_quotas
from labs.collecting import InUseError
from labs.models import Lab, LabVersion, PictureSet
from labs.picture_reading import SIDES, PicturesRefused
from labs.quotas import QuotaError

# The newest runs that learned from a set; more would bury what the page is about.
RUNS_SHOWN: Final = 10
# How a sheet is laid out, as nets.own_reading says, which needs numpy: pictures, in a row, and pixels from one to the
# next and between them.
SHOWN: Final = 30
COLUMNS: Final = 10
GAP: Final = 2
STEP: Final = 64 + GAP
# A page of one set never changes what it shows; only its owner is shown it.
FOREVER: Final = "private, max-age=31536000, immutable"
USES_CAMERA: Final = "camera=(self), microphone=(), geolocation=(), display-capture=()"


@dataclass(frozen=True, slots=True)
class SetLine:
    """One set in the list: its classes with their counts, and how large it is, in words."""

    set: PictureSet
    classes: str
    about: str
    height: int


@dataclass(frozen=True, slots=True)
class Room:
    """How much of the quota is taken: what pages measure, and how they say it."""

    used: picture_quotas.Amount
    allowed: picture_quotas.Amount
    pictures: str
    room: str


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class of a set, as its page shows it: its sheet of pictures, and what that is in words."""

    name: str
    count: str
    sheet: str
    words: str
    height: int


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the visitor's own sets, with how much of the quota they take."""
    sets = [
        SetLine(found, advising.counted(found.own.classes), _about(found), _height(found.own.classes[0][1]))
        for found in owning.usable(request.user)
    ]
    context = {"sets": sets, "quota": _quota(request), "days": int(settings.STRIDE_PICTURE_SECONDS // 86_400)}
    return render(request, "labs/pictures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Bring a set: a POST holds a zip, packed by the visitor or by the page."""
    if request.method == "POST":
        return _collect(request)
    return _new_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, set_id: uuid.UUID) -> HttpResponse:
    """Show one set by class; a POST calls it otherwise."""
    found = _mine(request, set_id)
    if request.method == "POST":
        collecting.rename(found, request.POST.get("title", ""))
        return redirect("labs:picture_set", set_id=found.pk)
    return _show_page(request, found)


@require_safe
def sheet(request: HttpRequest, set_id: uuid.UUID, place: int) -> HttpResponse:
    """Hand out the contact sheet of one class, by its place among the classes."""
    found = _mine(request, set_id)
    if place >= len(found.sheets):
        raise Http404
    try:
        with default_storage.open(found.sheets_name) as file:
            file.seek(sum(found.sheets[:place]))
            content = file.read(found.sheets[place])
    except OSError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": FOREVER})


@require_safe
def file(request: HttpRequest, set_id: uuid.UUID) -> HttpResponseBase:
    """Hand out the one file of a set, as training reads it."""
    found = _mine(request, set_id)
    try:
        opened = default_storage.open(found.name)
    except OSError as error:
        raise Http404 from error
    name = f"pictures-{found.sha256[:8]}.safetensors"
    return FileResponse(opened, as_attachment=True, filename=name, content_type="application/octet-stream")


@require_POST
def delete(request: HttpRequest, set_id: uuid.UUID) -> HttpResponse:
    """Delete a set, unless runs still need it."""
    found = _mine(request, set_id)
    try:
        collecting.delete(found)
    except InUseError as error:
        return _show_page(request, found, refusal=str(error), status=409)
    messages.success(request, _("Deleted: “%(title)s”. Its pictures are gone from this server.") % {"title": found})
    return redirect("labs:pictures_own")


def _collect(request: HttpRequest) -> HttpResponse:
    sent = request.FILES.get("zip")
    zipped = sent.file if isinstance(sent, UploadedFile) and sent.size else None
    if collecting.is_too_large(request.META.get("CONTENT_LENGTH")):
        return _new_page(request, errors=[collecting.too_large()], status=413)
    if zipped is None:
        return _new_page(
            request, errors=[_("No pictures came along. Choose a zip, a folder, or take some.")], status=422
        )
    try:
        side = int(request.POST.get("side", SIDES[0]))
        made = collecting.collect(zipped, owner=ensure_user(request), title=request.POST.get("title", ""), side=side)
    except (PicturesRefused, ValueError) as error:
        errors = error.errors if isinstance(error, PicturesRefused) else [_("The side must be a whole number.")]
        return _new_page(request, errors=errors, status=getattr(error, "status", 422))
    except QuotaError as error:
        return _new_page(request, errors=[str(error)], status=429)
    return redirect("labs:picture_set", set_id=made.pk)


def _new_page(request: HttpRequest, *, errors: list[str] | None = None, status: int = 200) -> HttpResponse:
    context = {
        "errors": errors or [],
        "title": request.POST.get("title", ""),
        "side": request.POST.get("side", str(SIDES[0])),
        "quota": _quota(request),
        "most_megabytes": settings.STRIDE_PICTURE_UPLOAD_BYTES // 10**6,
        "most_bytes": settings.STRIDE_PICTURE_UPLOAD_BYTES,
    }
    response = render(request, "labs/pictures_new.html", context, status=status)
    response["Permissions-Policy"] = USES_CAMERA
    return response


def _show_page(request: HttpRequest, found: PictureSet, *, refusal: str = "", status: int = 200) -> HttpResponse:
    own, splits = found.own, found.own.splits
    parts = [f"{splits[part]:,} {verb}" for part, verb in (("train", "train"), ("validation", "validate"))]
    context = {
        "set": found,
        "about": f"{_about(found)}.",
        "classes": _classes(found),
        "parts": f"Of these pictures {', '.join(parts)} and {splits['test']:,} test, the same in every run.",
        "advice": advising.advice(own.classes),
        "labs": _labs(),
        "lines": listing.run_lines(owning.runs_on(found).newest_first()[:RUNS_SHOWN]),
        "size": f"{found.bytes / 1e6:,.1f} MB",
        "kept": f"Kept until {found.expires_at:%-d %B %Y}; each run on these pictures begins that time anew.",
        "refusal": refusal,
    }
    return render(request, "labs/pictures_set.html", context, status=status)


def _classes(found: PictureSet) -> list[ClassLine]:
    return [
        ClassLine(
            name=name,
            count=f"{count:,}",
            sheet=reverse("labs:picture_sheet", args=[found.pk, place]),
            height=_height(count),
            words=f"{min(SHOWN, count)} of {count:,} pictures of “{name}”",
        )
        for place, (name, count) in enumerate(found.own.classes)
    ]


def _height(count: int) -> int:
    """Return how high the sheet of a class is, in pixels, so that nothing moves when it arrives."""
    return -(-min(SHOWN, count) // COLUMNS) * STEP - GAP


def _labs() -> list[LabVersion]:
    """Return the labs in which own pictures can be trained on."""
    current = LabVersion.objects.filter(pk__in=Lab.objects.values("current")).order_by("-guests", "title")
    return [version for version in current if owning.is_offered(version)]


def _quota(request: HttpRequest) -> Room:
    person = request.user if isinstance(request.user, User) else None
    used, allowed = picture_quotas.used(person), picture_quotas.allowed(person)
    pictures = f"{used.pictures:,} of {allowed.pictures:,}"
    return Room(used, allowed, pictures, f"{used.bytes / 1e6:,.1f} of {allowed.bytes / 1e6:,.0f} MB")


def _about(found: PictureSet) -> str:
    own = found.own
    size = f"{found.bytes / 1e6:,.1f} MB"
    return f"{own.images:,} pictures of {own.side} × {own.side} pixels, {size}, brought on {found.created_at:%-d %B %Y}"


def _mine(request: HttpRequest, set_id: uuid.UUID) -> PictureSet:
    """Return one of the visitor's own sets; to anyone else there is none."""
    found: PictureSet | None = PictureSet.objects.usable_by(request.user).filter(pk=set_id).first()
    if found is None:
        raise Http404
    return found
