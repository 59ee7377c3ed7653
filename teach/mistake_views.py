"""The mistakes that people reported, for those who teach or write: what, where, and what becomes of it."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from courses import reporting
from courses.models import MistakeReport
from courses.showing.mistakes import counts, shown

ON_A_PAGE = 25


@never_cache
@require_safe
def mistakes(request: HttpRequest) -> HttpResponse:
    """Every report, the latest first; `state` in the address chooses those of one state."""
    if not reporting.may_decide(request.user):
        return _refuse(request)
    state = request.GET.get("state", "")
    rows = reporting.reports()
    if state in MistakeReport.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    states = [(each.value, each.label) for each in MistakeReport.State]
    context = {"page": page, "reports": [shown(row) for row in page], "states": states, "state": state}
    return render(request, "teach/mistakes.html", {**context, "counts": counts()})


@require_POST
def decide(request: HttpRequest, report_id: int) -> HttpResponse:
    """Say what becomes of a report."""
    if not reporting.may_decide(request.user) or not isinstance(request.user, User):
        return _refuse(request)
    if not reporting.decide(report_id, state=request.POST.get("state", ""), by=request.user):
        raise Http404
    messages.success(request, _("The report is marked."))
    return redirect("teach:mistakes")


def _refuse(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.get_full_path())
