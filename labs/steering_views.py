"""What the buttons and forms of a run's page do: stop, pause, resume, steer, name, go on. Each ends on a run's page."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policy import is_someone
from labs import continuing, policy, preferring, specs, submission
from labs.models import Run, RunGroup
from nets.specs import BOUNDS


@require_POST
def stop(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """End a run after its step, or take back one that waits; then show it."""
    found = visible(request, run_id)
    if not policy.may_stop_run(request.user, found):
        return render(request, "403.html", status=403)
    submission.request_stop(found)
    return redirect("labs:run", run_id=found.pk)


@require_POST
def pause(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Save a run after its step and let it rest."""
    return _steer(request, run_id, submission.request_pause)


@require_POST
def resume(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Queue a paused run again."""
    return _steer(request, run_id, submission.resume)


@require_POST
def rate(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Change the learning rate of a run that goes on."""
    value = specs.read_form({"learning_rate": request.POST.get("value", "").strip()})["learning_rate"]
    return _steer(request, run_id, lambda run: submission.change_rate(run, value))


@require_POST
def priority(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Let the run of a learner whom one teaches go first for a while, or no longer; then show it."""
    found = visible(request, run_id)
    if not policy.may_prefer_run(request.user, found):
        return render(request, "403.html", status=403)
    minutes = specs.read_form({"epochs": request.POST.get("minutes", "").strip()})["epochs"]
    try:
        preferring.prefer(found, minutes=minutes, now=timezone.now())
    except (submission.NotNowError, submission.SpecError) as error:
        messages.error(request, str(error))
    return redirect("labs:run", run_id=found.pk)


@require_POST
def about(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Name a run and keep its learner's notes."""
    title, notes = request.POST.get("title", ""), request.POST.get("notes", "")
    return _steer(request, run_id, lambda run: submission.describe(run, title=title, notes=notes))


@require_POST
def branch(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Go on from a checkpoint with the settings that were typed; show the new run."""
    step = specs.read_form({"epochs": request.POST.get("step", "")})["epochs"]
    typed = {name: request.POST[name].strip() for name in BOUNDS if request.POST.get(name, "").strip()}
    return _continue(
        request,
        run_id,
        lambda run, owner: continuing.branch(run, owner=owner, step=step, fields=specs.read_form(typed)),
    )


@require_POST
def twin(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Train the same with one field changed; show the new run."""
    field = request.POST.get("field", "")
    value = specs.read_form({field: request.POST.get(f"value_{field}", request.POST.get("value", "")).strip()})[field]
    return _continue(request, run_id, lambda run, owner: continuing.twin(run, owner=owner, field=field, value=value))


@require_POST
def again(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Train the same with other seeds; show them together."""
    count = specs.read_form({"epochs": request.POST.get("count", "1")})["epochs"]
    return _continue(request, run_id, lambda run, owner: continuing.again(run, owner=owner, count=count))


@require_POST
def stop_group(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """End every run of one's own group; then show how they stand."""
    mine = RunGroup.objects.filter(owner=request.user) if is_someone(request.user) else RunGroup.objects.none()
    continuing.stop_group(get_object_or_404(mine, pk=group_id))
    return redirect("labs:group", group_id=group_id)


def visible(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """Return a run that this person may see; to anyone else there is none."""
    return get_object_or_404(Run.objects.visible_to(request.user).select_related("lab_version__lesson"), pk=run_id)


def _steer(request: HttpRequest, run_id: uuid.UUID, act: Callable[[Run], object]) -> HttpResponse:
    """Do `act` to one's own run; a refusal becomes a sentence above the run's page."""
    found = visible(request, run_id)
    if not policy.may_steer_run(request.user, found):
        return render(request, "403.html", status=403)
    try:
        act(found)
    except (submission.NotNowError, submission.SpecError) as error:
        messages.error(request, str(error))
    return redirect("labs:run", run_id=found.pk)


def _continue(request: HttpRequest, run_id: uuid.UUID, make: Callable[[Run, User], Run | RunGroup]) -> HttpResponse:
    """Make something from one's own run and show it; a refusal becomes a sentence above the run it was asked of."""
    found = visible(request, run_id)
    if not (is_someone(request.user) and policy.may_steer_run(request.user, found)):
        return render(request, "403.html", status=403)
    try:
        shown = make(found, request.user)
    except (submission.LockedError, submission.SpecError, submission.QuotaError) as error:
        messages.error(request, str(error))
        shown = found
    if isinstance(shown, RunGroup):
        return redirect("labs:group", group_id=shown.pk)
    return redirect("labs:run", run_id=shown.pk)
