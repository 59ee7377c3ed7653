"""The page where people look inside their networks."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from inference import asking, policy, showing
from inference.models import Query
from inference.networks import NetworkMissing
from inference.receiving import ImageRefused
from inference.requests import AskingRefused, read_wish
from inference.sweeping import settle_if_lost
from labs.models import Run


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Choose a network, bring a picture, see the answer; a POST asks without any script."""
    if request.method == "POST":
        return _ask(request)
    query = _query(request)
    run = query.network.run if query else _run(request)
    return _page(request, run=run, query=query, lab=request.GET.get("lab", ""))


def _ask(request: HttpRequest) -> HttpResponse:
    try:
        query = asking.ask(request.user, read_wish(request))
    except (ImageRefused, AskingRefused) as error:
        return _page(request, run=_posted_run(request), refusal=str(error), status=error.status)
    except NetworkMissing as error:
        return _page(request, run=_posted_run(request), refusal=str(error), status=422)
    return redirect(f"{reverse('inference:home')}?query={query.pk}")


def _page(
    request: HttpRequest,
    *,
    run: Run | None,
    query: Query | None = None,
    lab: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    page = showing.page(request.user, run=run, query=query, lab=lab, refusal=refusal)
    return render(request, "inference/home.html", {"page": page}, status=status)


def _query(request: HttpRequest) -> Query | None:
    """Return the question that ?query= names; raises Http404 unless this person asked it."""
    if "query" not in request.GET:
        return None
    query = get_object_or_404(policy.visible_queries(request.user), pk=_uuid(request.GET["query"]))
    settle_if_lost(query)
    return query


def _run(request: HttpRequest) -> Run | None:
    """Return the run that ?run= names; raises Http404 unless it is this person's own."""
    if not request.GET.get("run"):
        return None
    return get_object_or_404(policy.own_runs(request.user), pk=_uuid(request.GET["run"]))


def _posted_run(request: HttpRequest) -> Run | None:
    try:
        return policy.own_runs(request.user).filter(pk=_uuid(request.POST.get("run", ""))).first()
    except Http404:
        return None


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
