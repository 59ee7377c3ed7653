"""Who may do what to labs and runs: the one answer for pages, API, sockets and downloads."""

from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from accounts.models import User
from courses import policy as courses_policy
from courses.models import Enrolment
from labs.models import LabVersion, PictureSet, Preview, Run
from nets.own_sets import OWN

# For how long an instructor may let one run go before all others.
MOST_PRIORITY_MINUTES: Final = 240

Visitor = AbstractBaseUser | AnonymousUser


def may_see_run(user: Visitor, run: Run) -> bool:
    """Whether this person may see the run: its owner, and who teaches the owner now."""
    return Run.objects.visible_to(user).filter(pk=run.pk).exists()


def may_stop_run(user: Visitor, run: Run) -> bool:
    """Whether this person may end the run: its owner alone, or an operator."""
    return isinstance(user, User) and user.is_active and (run.owner_id == user.pk or user.is_superuser)


def may_steer_run(user: Visitor, run: Run) -> bool:
    """Whether this person may pause, steer, name or continue the run: its owner alone."""
    return isinstance(user, User) and user.is_active and run.owner_id == user.pk


def may_see_preview(user: Visitor, preview: Preview) -> bool:
    """Whether this person may see what a worker made: of a run who may see the run, of settings whoever has come in."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if preview.run is not None:
        return may_see_run(user, preview.run) and (preview.kind != "export_zip" or may_see_pictures(user, preview.run))
    said = preview.asked.get("pictures")
    return not said or PictureSet.objects.usable_by(user).filter(pictures=said).exists()


def may_see_pictures(user: Visitor, run: Run) -> bool:
    """Whether this person, who may see the run, may see the images that it learns from: own ones are their owner's."""
    return run.spec.get("data") != OWN or getattr(user, "pk", None) == run.owner_id


def may_prefer_run(user: Visitor, run: Run) -> bool:
    """Whether this person may give the run priority in the queue: who teaches its owner now, or an operator."""
    if not isinstance(user, User) or not user.is_active:
        return False
    taught = Enrolment.objects.filter(learner=run.owner_id, left_at=None, cohort__instructors=user)
    return user.is_superuser or taught.exists()


def may_use_lab(user: Visitor, version: LabVersion) -> bool:
    """Whether this person may submit runs in this lab: its lesson is open to them, and guests are let in."""
    return why_not_use_lab(user, version) == ""


def why_not_use_lab(user: Visitor, version: LabVersion) -> str:
    """Return the sentence that says why this person may not use the lab, or nothing when they may."""
    if not isinstance(user, User) or not user.is_active:
        return "Sign in to train in this lab."
    if version.lesson_id is not None:
        try:
            courses_policy.require_open(user, version.lesson_id)
        except PermissionDenied as error:
            return str(error)
    if user.is_guest and not version.guests:
        return "Sign up to train in this lab; what you have done as a guest stays yours."
    return ""
