"""An instructor's classes and their boards; a learner's way in and out."""

import hashlib
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guests import ensure_user
from accounts.models import User
from courses.models import Cohort, Course
from teach import enrolment, policy
from teach.board import board
from teach.forms import CohortForm, JoinForm

View = Callable[..., HttpResponse]


def instructors_only(view: View) -> View:
    """Send visitors to sign-in and refuse everyone who does not teach.

    A page that asks for a part of itself is refused rather than redirected: it would show the sign-in form inside.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if policy.may_teach(request.user):
            return view(request, *args, **kwargs)
        if request.user.is_authenticated or getattr(request, "htmx", False):
            raise PermissionDenied
        return redirect_to_login(request.get_full_path())

    return shown


@instructors_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """List the classes that this instructor teaches; a POST opens one more."""
    form = CohortForm(request.POST if request.method == "POST" else None)
    course = Course.objects.exclude(published=None).first()
    if request.method == "POST" and course and form.is_valid():
        instructor = cast(User, request.user)
        cohort = enrolment.open_cohort(name=form.cleaned_data["name"], course=course, instructor=instructor)
        return redirect("teach:cohort", cohort_id=cohort.pk)
    learners = Count("enrolments", filter=Q(enrolments__left_at=None))
    cohorts = policy.taught_by(request.user).annotate(learners=learners).order_by("-created_at")
    return render(request, "teach/home.html", {"cohorts": cohorts, "form": form, "course": course})


@instructors_only
@never_cache
@require_safe
def cohort(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Show the board of one class, and its invite link."""
    taught = _taught(request, cohort_id)
    invite = request.build_absolute_uri(reverse("teach:join", args=[taught.invite_code]))
    return render(request, "teach/cohort.html", {"invite": invite, **_table(taught)})


@instructors_only
@never_cache
@require_safe
def board_part(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Send the table of the board alone; 204 when the page shows it already (`?seen=` its digest)."""
    table = _table(_taught(request, cohort_id))
    if request.GET.get("seen") == table["digest"]:
        return HttpResponse(status=204)
    return render(request, "teach/board.html", table)


@instructors_only
@require_POST
def new_code(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Replace the invite link of a class."""
    enrolment.renew_code(_taught(request, cohort_id))
    messages.success(request, _("The class has a new invite link. The old one leads nowhere now."))
    return redirect("teach:cohort", cohort_id=cohort_id)


@instructors_only
@require_POST
def remove(request: HttpRequest, cohort_id: uuid.UUID, enrolment_id: int) -> HttpResponse:
    """Remove a learner from a class; their work stays theirs."""
    ended = get_object_or_404(_taught(request, cohort_id).enrolments.select_related("learner"), pk=enrolment_id)
    if enrolment.end(ended):
        text = _("%(name)s is no longer in this class. With a new link nobody comes back with the old one.")
        messages.success(request, text % {"name": ended.learner.shown_name})
    return redirect("teach:cohort", cohort_id=cohort_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Say which class an invitation is to, and by whom; a POST joins it, as a guest when nobody is signed in."""
    invited = policy.invited_by(code)
    if invited is None:
        return render(request, "teach/no_class.html", status=404)
    form = JoinForm(request.POST if request.method == "POST" else None, initial={"name": _name(request)})
    if request.method == "POST" and form.is_valid():
        enrolment.join(invited, learner=ensure_user(request), name=form.cleaned_data["name"])
        messages.success(request, _("You are in “%(name)s”.") % {"name": invited.name})
        return redirect("teach:classes")
    member = policy.joined_by(request.user).filter(cohort=invited).exists()
    return render(request, "teach/join.html", {"cohort": invited, "form": form, "member": member})


@never_cache
@require_safe
def classes(request: HttpRequest) -> HttpResponse:
    """List the classes that this person joined."""
    joined = policy.joined_by(request.user).select_related("cohort").prefetch_related("cohort__instructors")
    return render(request, "teach/classes.html", {"enrolments": joined.order_by("-joined_at")})


@require_POST
def leave(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Leave a class; what was done in it stays the learner's own."""
    ended = get_object_or_404(policy.joined_by(request.user).select_related("cohort"), pk=enrolment_id)
    enrolment.end(ended)
    messages.success(
        request, _("You have left “%(name)s”. It sees nothing of you any more.") % {"name": ended.cohort.name}
    )
    return redirect("teach:classes")


def _taught(request: HttpRequest, cohort_id: uuid.UUID) -> Cohort:
    return get_object_or_404(policy.taught_by(request.user).select_related("course"), pk=cohort_id)


def _table(taught: Cohort) -> dict[str, Any]:
    shown = board(taught)
    # Of the data, not of the page: the tokens in its forms differ at every rendering.
    digest = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    return {"cohort": taught, "board": shown, "digest": digest}


def _name(request: HttpRequest) -> str:
    user = request.user
    if not isinstance(user, User):
        return ""
    return user.name if user.is_guest else user.shown_name
