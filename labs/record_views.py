"""Pages that read the record of runs: several on one chart, and what a network saw as it learnt."""

import uuid

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from labs import comparing, looking, policy
from labs import pictures as kept_pictures
from labs.models import Run, RunGroup
from labs.steering_views import visible


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show the runs that ?run=...&run=... names on one chart, with what tells them apart."""
    return render(request, "labs/compare.html", {"page": comparing.compared(request.GET.getlist("run"), request.user)})


@require_safe
def group(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Show the runs of a group on one chart, with one Stop for all of them."""
    runs = Run.objects.visible_to(request.user).filter(group=group_id).order_by("queued_at", "pk")
    found = get_object_or_404(RunGroup.objects.filter(pk__in=runs.values("group")), pk=group_id)
    # Repeats of a run stand beside the run that they repeat.
    repeated = [run.twin_of_id for run in runs[:1] if run.twin_of_id]
    context = {
        "page": comparing.compared([str(key) for key in (*repeated, *(run.pk for run in runs))], request.user),
        "group": found,
        "left": sum(not run.has_ended for run in runs),
        "is_mine": found.owner_id == request.user.pk,
    }
    return render(request, "labs/compare.html", context)


@require_safe
def looks(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Return what the network saw as it learnt, for the page that shows it."""
    return JsonResponse(looking.looks(visible(request, run_id), request.user))


@require_safe
def pictures(request: HttpRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Hand out the validation pictures of a run's data set, as a worker kept them."""
    run = visible(request, run_id)
    if not policy.may_see_pictures(request.user, run) or not kept_pictures.are_kept(run):
        raise Http404
    name = kept_pictures.name_of(run)
    headers = {"Cache-Control": "private, max-age=86400"}
    return FileResponse(default_storage.open(name), content_type="image/webp", headers=headers)
