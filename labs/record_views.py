"""Pages that read the record of runs: several on one chart, and the files that a run left behind."""

import uuid

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from labs import artifacts, comparing, looking
from labs import pictures as kept_pictures
from labs.models import Run


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show the runs that ?run=...&run=... names on one chart, with what tells them apart."""
    return render(request, "labs/compare.html", {"page": comparing.compared(request.GET.getlist("run"), request.user)})


@require_safe
def looks(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Return what the network saw as it learnt, for the page that shows it."""
    return JsonResponse(looking.looks(_visible(request, run_id)))


@require_safe
def pictures(request: HttpRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Hand out the validation pictures of a run's data set, as a worker kept them."""
    name = kept_pictures.name_of(_visible(request, run_id).spec["data"])
    if not default_storage.exists(name):
        raise Http404
    headers = {"Cache-Control": "private, max-age=86400"}
    return FileResponse(default_storage.open(name), content_type="image/webp", headers=headers)


@require_safe
def weights(request: HttpRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Hand out the weights of a run that has ended usable."""
    run = _visible(request, run_id)
    artifact = artifacts.latest_weights(run)
    if artifact is None:
        raise Http404
    name = f"{run.lab_version.lab_id}-{str(run.pk)[:8]}.safetensors"
    return FileResponse(default_storage.open(artifact.name), as_attachment=True, filename=name)


def _visible(request: HttpRequest, run_id: uuid.UUID) -> Run:
    return get_object_or_404(Run.objects.visible_to(request.user).select_related("lab_version"), pk=run_id)
