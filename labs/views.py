"""The pages of labs: the list, a lab, my runs, a run."""

import uuid
from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guests import ensure_user
from accounts.models import User
from accounts.policy import is_someone
from courses import policy as lessons
from courses.outline import published_outline
from courses.views.locked import locked_response
from labs import beside as besides
from labs import continuing, following, listing, outcomes, outlook, owning, policy, showing, story, submission
from labs.forms import LabForm
from labs.models import Lab, LabVersion, Run, RunGroup
from labs.owning import Visitor
from labs.steering_views import visible
from labs.submission import AlreadyWaitingError, LockedError, QuotaError, SpecError
from nets import script as scripts
from nets.catalog import FIELDS
from nets.specs import TrainSpec

RUNS_ON_A_PAGE: Final = 40
EARLIER_RUNS: Final = 5
# The status of a form that comes back because something in it cannot stand.
REFUSED: Final = 422


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the labs, with what is open and what has been met."""
    return render(request, "labs/index.html", {"labs": listing.lab_lines(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def lab(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a lab, or train in it."""
    version = _version(slug)
    locked = _locked(request, version)
    if locked is not None:
        return locked
    if request.method == "POST":
        return _train(request, version)
    return _page(request, LabForm(version, _start(request), visitor=request.user, is_link=True))


@require_safe
def beside(request: HttpRequest, slug: str) -> HttpResponse:
    """Return what stands beside the form for the values it holds now, and the sentences for bad ones."""
    version = _version(slug)
    locked = _locked(request, version)
    if locked is not None:
        return locked
    form = LabForm(version, request.GET, visitor=request.user)
    shown = besides.beside(form.spec) if form.spec else None
    context = {
        "form": form,
        "beside": shown,
        "together": besides.together(form.several.specs),
        "outlook": outlook.outlook_of(request.user),
    }
    response = render(request, "labs/_beside_update.html", context)
    if form.spec is None:
        # The table stays at the last settings that can be run; only the sentences change.
        response["HX-Reswap"] = "none"
    return response


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """List the visitor's own runs, newest first."""
    mine = Run.objects.owned_by(request.user).newest_first() if is_someone(request.user) else Run.objects.none()
    page = Paginator(mine, RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "labs/runs.html", {"page": page, "lines": listing.run_lines(page.object_list)})


@require_safe
def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show one run, live while it lasts."""
    found = visible(request, run_id)
    context = {"page": showing.run_page(found, request.user), "code": besides.coloured(_source(found))}
    return render(request, "labs/run.html", context)


@require_safe
def outcome(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Return how a run ended, for a page that watched it end."""
    found = visible(request, run_id)
    said = following.snapshot(found)["events"]
    return render(request, "labs/_outcome.html", {"outcome": outcomes.outcome(found, request.user, said=said)})


@require_safe
def script(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Hand out the run as a script."""
    found = visible(request, run_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.lab_version.lab_id}-{str(found.pk)[:8]}.py"'}
    return HttpResponse(_source(found), content_type="text/x-python; charset=utf-8", headers=headers)


def _train(request: HttpRequest, version: LabVersion) -> HttpResponse:
    """Submit what the form asks for; whatever is wrong with it, everything typed comes back."""
    owner = ensure_user(request) if version.guests else request.user
    form = LabForm(version, request.POST, visitor=owner)
    if not is_someone(owner):
        return _page(request, form, refusal=policy.why_not_use_lab(owner, version), status=403)
    try:
        if form.several.field:
            return redirect("labs:group", group_id=_train_several(form, owner).pk)
        made = submission.submit(
            owner=owner, lab=version.lab, fields=form.fields, if_waiting="refuse", predicted=form.prediction.said
        )
    except AlreadyWaitingError as error:
        # Pressed twice: the run that waits is the one that was asked for.
        messages.info(request, _("The same run waits already: this is it. Cancel it to queue another."))
        made = error.run
    except LockedError as error:
        return _page(request, form, refusal=str(error), status=403)
    except SpecError as error:
        return _page(request, form, refusal=form.add(error.errors), status=REFUSED)
    except QuotaError as error:
        return _page(request, form, refusal=str(error), status=429)
    if is_partial(request):
        return render(request, "labs/_live.html", {"page": showing.run_page(made, owner), "is_taster": True})
    return redirect("labs:run", run_id=made.pk)


def _train_several(form: LabForm, owner: User) -> RunGroup:
    """Queue a run for each of the values that the form asks for."""
    asked = form.several
    return continuing.sweep(
        owner=owner,
        lab=form.version.lab,
        fields=form.fields,
        field=asked.field,
        values=asked.values,
        predicted=form.prediction.said,
    )


def _page(request: HttpRequest, form: LabForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    version = form.version
    why = refusal or ("" if version.guests else policy.why_not_use_lab(request.user, version))
    if is_partial(request):
        return render(request, "labs/_refused.html", {"refusal": why, "form": form}, status=status)
    earlier = Run.objects.owned_by(request.user) if is_someone(request.user) else Run.objects.none()
    lines = listing.run_lines(earlier.filter(lab_version__lab=version.lab_id).newest_first()[:EARLIER_RUNS])
    context = {
        "lab": version,
        "twins": story.suggestions(version.story, version.spec),
        "lesson_title": _lesson_title(version),
        "form": form,
        "beside": besides.beside(form.nearest),
        "together": besides.together(form.several.specs),
        "outlook": outlook.outlook_of(request.user),
        "refusal": why,
        "problems": form.problems if status == REFUSED else [],
        "earlier": lines,
    }
    return render(request, "labs/lab.html", context, status=status)


def _lesson_title(version: LabVersion) -> str:
    lesson = published_outline().by_id.get(version.lesson_id or "")
    return lesson.title if lesson else ""


def is_partial(request: HttpRequest) -> bool:
    """Whether a script asks for a piece of a page, as htmx does."""
    return request.headers.get("HX-Request") == "true"


def _version(slug: str) -> LabVersion:
    lab = Lab.objects.select_related("current__lesson", "current__lab").filter(pk=slug).first()
    if lab is None or lab.current is None:
        raise Http404
    return lab.current


def _locked(request: HttpRequest, version: LabVersion) -> HttpResponse | None:
    """Return the page of the locked lesson that this lab belongs to; None when the lab is open."""
    if version.lesson_id is None:
        return None
    try:
        lessons.require_open(request.user, version.lesson_id)
    except lessons.LockedError as locked:
        return locked_response(request, locked.lesson)
    return None


def _start(request: HttpRequest) -> dict[str, object]:
    """Return the settings that the address names, over those of the run that ?run= names, if this visitor sees it."""
    # What can be ticked is as many parts of an address as are ticked; of anything else the last part counts.
    said: dict[str, object] = {
        name: ", ".join(filter(None, values)) if _is_ticked(name) else values[-1]
        for name, values in request.GET.lists()
    }
    try:
        run_id = uuid.UUID(request.GET.get("run", ""))
    except ValueError:
        return said
    found = Run.objects.visible_to(request.user).filter(pk=run_id).select_related("lab_version").first()
    # What its lab left open; the rest was the lab's choice, not this person's.
    opened = {} if found is None else _opened(found, request.user)
    return opened | said


def _is_ticked(name: str) -> bool:
    return name.startswith("several_") or (name in FIELDS and FIELDS[name].kind == "words")


def _opened(run: Run, visitor: Visitor) -> dict[str, object]:
    opened = {name: run.spec[name] for name in run.lab_version.open_fields if name in run.spec}
    return opened | ({"data": owning.as_chosen(run.spec, visitor)} if "data" in opened else {})


def _source(run: Run) -> str:
    return scripts.source(TrainSpec.from_json(run.spec))
