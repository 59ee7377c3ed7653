"""The builder of networks: its page, a start from the zoo, and what a list of layers comes to."""

import json
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from courses import policy as lessons
from courses.views.locked import locked_response
from labs import building, owning, specs, submission
from labs.forms import LabForm
from labs.models import Lab, LabVersion
from labs.owning import Visitor
from nets.catalog import DATASETS, DataSet

# A list of a thousand layers, the most there may be, has about this many bytes.
MOST_BYTES: Final = 200_000


@require_safe
def build(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the builder for a lab; the address carries the lab's other settings along."""
    version = _version(slug)
    try:
        _require_open(request, version)
    except lessons.LockedError as locked:
        return locked_response(request, locked.lesson)
    form = LabForm(version, request.GET, visitor=request.user)
    data = form.nearest.dataset
    # What it carries along is what differs from the lab's own, so that the address stays short.
    kept = {name: value for name, value in form.typed.items() if value != form.start[name]}
    kept = {name: value for name, value in kept.items() if name not in ("arch", "layers")}
    context = {
        "lab": version,
        "data": data,
        "data_value": form.typed.get("data") or data.name,
        "kinds": building.vocabulary(),
        "starts": building.starts(data=data),
        "first": _first(form),
        "form_address": f"{reverse('labs:lab', args=[slug])}?{urlencode(kept)}",
        "is_allowed": specs.may_draw(version),
    }
    return render(request, "labs/build.html", context)


@require_safe
def start(request: HttpRequest, slug: str, arch: str) -> HttpResponse:
    """Return the layers of a network of the zoo, to begin with."""
    _require_open(request, _version(slug))
    try:
        return JsonResponse({"layers": building.start_of(arch, data=_data(request.GET.get("data"), request.user))})
    except KeyError as error:
        raise Http404 from error


@require_POST
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """Return what the layers of the body, {"layers": [...], "data": "digits"}, come to, and every mistake in them."""
    _require_open(request, _version(slug))
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"error": "That is a longer list of layers than a network may have."}, status=413)
    try:
        said = json.loads(request.body)
        layers, data = said["layers"], _data(said["data"], request.user)
    except (ValueError, TypeError, KeyError, RecursionError):
        return JsonResponse({"error": 'Send {"layers": [...], "data": the name of a data set}.'}, status=422)
    return JsonResponse(building.counted(layers, data=data))


def _first(form: LabForm) -> list[object]:
    """Return the layers that the builder begins with: those that the form holds, else the network that it names."""
    drawn = form.typed.get("layers", "")
    if drawn:
        try:
            said = json.loads(drawn)
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, list):
            return said
    arch = form.nearest.arch
    data = form.nearest.dataset
    offered = [name for name, _ in building.starts(data=data)]
    return list(building.start_of(arch if arch in offered else offered[0], data=data))


def _data(value: object, visitor: Visitor) -> DataSet:
    """Return the data set that a form's value chooses; raises KeyError for one that is not there for this person."""
    found = owning.chosen(value, visitor)
    return found.own.data_set if found else DATASETS[str(value)]


def _require_open(request: HttpRequest, version: LabVersion) -> None:
    if version.lesson_id is not None:
        lessons.require_open(request.user, version.lesson_id)


def _version(slug: str) -> LabVersion:
    return submission.current_version(get_object_or_404(Lab.objects.exclude(current=None), pk=slug))
