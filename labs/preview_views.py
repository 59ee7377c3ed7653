"""The pages of what a worker makes besides runs: draws of an augmentation, range tests, downloads of a run."""

import math
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guests import ensure_user
from accounts.policy import is_someone
from labs import policy, previews, specs, submission
from labs.forms import LabForm, shown
from labs.models import Lab, LabVersion, Preview, RatePick, Run
from labs.previews import OF_A_RUN, OF_A_SPEC
from labs.quotas import QuotaError
from nets.specs import BOUNDS, SpecError

# A page without scripts looks again after so many seconds.
LOOK_AGAIN_SECONDS = 2
TITLES = {
    "augment_sheet": "Draws of the augmentation",
    "range_test": "Range test",
    "export_zip": "Everything as a zip",
    "onnx": "The network as ONNX",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One step of a range test, to print: its number, its rate, its loss."""

    number: int
    rate: str
    loss: str


@require_POST
def ask(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Ask for a preview of the settings that a lab's form holds."""
    version = _version(slug)
    if kind not in OF_A_SPEC:
        raise Http404
    owner = ensure_user(request) if version.guests else request.user
    why = policy.why_not_use_lab(owner, version)
    if why or not is_someone(owner):
        return _refused(request, why, status=403)
    try:
        spec = specs.build(version, LabForm(version, request.POST, visitor=owner).fields, owner=owner)
        made = previews.ask_about_spec(kind, spec=spec, by=owner)
    except SpecError as error:
        return _refused(request, " ".join(error.errors.values()), status=422)
    except QuotaError as error:
        return _refused(request, str(error), status=429)
    return _shown(request, made, slug=slug) if _is_partial(request) else _moved(made, slug=slug)


@require_safe
def show(request: HttpRequest, preview_id: uuid.UUID) -> HttpResponse:
    """Show a preview as it stands."""
    return _shown(request, _visible(request, preview_id), slug=request.GET.get("lab", ""))


@require_safe
def file(request: HttpRequest, preview_id: uuid.UUID) -> HttpResponseBase:
    """Hand out the file of a preview."""
    found = _visible(request, preview_id)
    if not found.name:
        raise Http404
    is_picture = found.kind == "augment_sheet"
    try:
        return FileResponse(
            default_storage.open(found.name),
            as_attachment=not is_picture,
            filename=found.result.get("title", "draws.png"),
            content_type="image/png" if is_picture else found.result["type"],
        )
    except OSError as error:
        raise Http404 from error


@require_POST
def pick(request: HttpRequest, preview_id: uuid.UUID) -> HttpResponse:
    """Keep the rate that someone marked on a range test, and show what the test itself suggests."""
    found, slug = _visible(request, preview_id), request.POST.get("lab", "")
    if found.kind != "range_test" or not found.result:
        raise Http404
    rates = found.result["rates"]
    try:
        number = int(request.POST.get("number", ""))
    except ValueError:
        number = 0
    if not 1 <= number <= len(rates):
        return _refused(request, f"Mark a step from 1 to {len(rates)}.", status=422)
    if is_someone(request.user):
        previews.pick(found, by=request.user, rate=rates[number - 1])
    return _shown(request, found, slug=slug) if _is_partial(request) else _moved(found, slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest, run_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """Hand out a download of a run; a POST asks for it, and a GET before says how to."""
    run = get_object_or_404(Run.objects.visible_to(request.user).select_related("lab_version"), pk=run_id)
    if kind not in OF_A_RUN or not is_someone(request.user):
        raise Http404
    if kind == "export_zip" and not policy.may_see_pictures(request.user, run):
        return _refused(request, "The zip holds pictures of the learner's own, which are theirs alone.", status=403)
    if not previews.is_downloadable(run):
        return _refused(request, "This run left no network to download. Let it end, or train it again.", status=409)
    found = previews.of_run(kind, run=run)
    if request.method == "POST":
        try:
            found = previews.ask_about_run(kind, run=run, by=request.user)
        except QuotaError as error:
            return _refused(request, str(error), status=429)
    if found is not None and found.state == "ready" and request.method != "POST":
        return file(request, found.pk)
    if found is not None:
        return _shown(request, found) if _is_partial(request) else _moved(found)
    return render(request, "labs/download.html", {"run": run, "kind": kind, "title": TITLES[kind]})


def _shown(request: HttpRequest, preview: Preview, *, slug: str = "") -> HttpResponse:
    mark = previews.pick_of(preview, request.user)
    context = {
        "preview": preview,
        "title": TITLES[preview.kind],
        "lab": slug if Lab.objects.filter(pk=slug).exists() else "",
        "points": _points(preview),
        "middle": len(preview.result.get("rates", ())) // 2 or 1,
        "mark": mark,
        "marked": "" if mark is None else _figures(mark.rate),
        "suggested": "" if mark is None or mark.suggestion is None else _figures(mark.suggestion),
        "is_pending": preview.state in previews.OPEN,
        "links": _links(mark, slug),
        "proof": _proof(mark, slug),
    }
    template = "labs/_preview.html" if _is_partial(request) else "labs/preview.html"
    response = render(request, template, context)
    if context["is_pending"]:
        response["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


def _points(preview: Preview) -> list[Point]:
    rates, losses = preview.result.get("rates", ()), preview.result.get("losses", ())
    pairs = enumerate(zip(rates, losses, strict=True), start=1)
    return [Point(number, f"{rate:.2g}", f"{loss:.4f}") for number, (rate, loss) in pairs]


def _links(mark: RatePick | None, slug: str) -> list[tuple[str, str, str]]:
    """Return what may be done with the rates of a range test: words, the rate, the lab's form with it."""
    if mark is None:
        return []
    rates = {"Use your mark": mark.rate, "Use the suggestion": mark.suggestion}
    found = [(words, _figures(rate)) for words, rate in rates.items() if rate is not None]
    return [(words, rate, _form(slug, learning_rate=rate)) for words, rate in found]


def _proof(mark: RatePick | None, slug: str) -> tuple[str, str] | None:
    """Return the rates that judge a mark, a tenth of it, itself and ten times it, and the lab's form with them."""
    if mark is None:
        return None
    around = (mark.rate / 10, mark.rate, mark.rate * 10)
    rates = ", ".join(_figures(rate) for rate in around if BOUNDS["learning_rate"].fault("", rate) is None)
    return rates, _form(slug, several="learning_rate", several_learning_rate=rates)


def _form(slug: str, **fields: str) -> str:
    """Return the address of a lab's form with these fields filled in."""
    address = reverse("labs:lab", args=[slug]) if slug else ""
    return f"{address}?{urlencode(fields)}"


def _figures(rate: float) -> str:
    """Return a rate with two figures: nobody can read more off a curve.

    >>> _figures(0.0031622), _figures(0.000001), _figures(10.0)
    ('0.0032', '0.000001', '10')
    """
    return shown(round(rate, 1 - math.floor(math.log10(rate))))


def _moved(preview: Preview, *, slug: str = "") -> HttpResponse:
    address = reverse("labs:preview", args=[preview.pk])
    return redirect(f"{address}?{urlencode({'lab': slug})}" if slug else address)


def _refused(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    template = "labs/_refused.html" if _is_partial(request) else "labs/preview.html"
    return render(request, template, {"refusal": why, "title": "Not possible now"}, status=status)


def _visible(request: HttpRequest, preview_id: uuid.UUID) -> Preview:
    found = Preview.objects.select_related("run").filter(pk=preview_id).first()
    if found is None or not policy.may_see_preview(request.user, found):
        raise Http404
    return found


def _version(slug: str) -> LabVersion:
    return submission.current_version(get_object_or_404(Lab.objects.exclude(current=None), pk=slug))


def _is_partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
