"""What labs keep about a person: how it is exported, erased, and handed over when a guest signs in."""

from typing import Any

from django.conf import settings

from accounts.models import User
from accounts.personal_data import Kept
from courses.models import LabResult
from labs import artifacts, collecting, owning, previews, results, submission
from labs.models import Artifact, PictureSet, Prediction, Preview, RatePick, Run, RunGroup

PICTURE_DAYS = int(settings.STRIDE_PICTURE_SECONDS // 86_400)

KEEPS = (
    Kept("Training runs: settings, curves, the trained network", "until you erase your account"),
    Kept("What you predicted of a run, and the rate that you marked on a range test", "until you erase your account"),
    Kept("A guest's training runs", "30 days after the last visit"),
    Kept(
        "Pictures of your own that you bring to train on: made small, without place, time and camera",
        f"{PICTURE_DAYS} days after you last trained on them, or until you delete them; no instructor sees them",
    ),
    Kept("The photos themselves, and what a camera sees on the way to them", "never stored"),
)


def export(user: User) -> list[dict[str, Any]]:
    """Return everything about a person's runs that is not a file."""
    runs = Run.objects.owned_by(user).newest_first()
    names = ("title", "notes", "state", "reason", "spec", "summary", "queued_at", "started_at", "ended_at")
    predicted = dict(Prediction.objects.filter(run__owner=user).values_list("run", "data"))
    told = [
        {"id": str(run.pk), "lab": run.lab_version.lab_id, "prediction": predicted.get(run.pk)}
        | {name: getattr(run, name) for name in names}
        for run in runs
    ]
    picks = RatePick.objects.filter(owner=user).order_by("created_at")
    sets = [
        {"pictures": found.title, "brought_at": found.created_at, "kept_until": found.expires_at}
        | {"side": found.own.side, "classes": dict(found.own.classes)}
        for found in owning.usable(user)
    ]
    return [*told, *sets, *map(dict, picks.values("digest", "rate", "suggestion", "created_at"))]


def erase(user: User) -> None:
    """Stop what runs and delete the files; the rows go with the person's own row."""
    for run in Run.objects.owned_by(user).unended():
        submission.request_stop(run)
    for found in PictureSet.objects.filter(owner=user):
        collecting.forget(found)
    previews.forget(Preview.objects.filter(run__owner=user))
    names = Artifact.objects.filter(run__owner=user).values_list("name", flat=True)
    artifacts.delete_files_on_commit(list(names))


def merge(guest: User, *, into: User) -> None:
    """Hand a guest's runs over; of two results in one lab the better one stays."""
    Run.objects.filter(owner=guest).update(owner=into)
    RunGroup.objects.filter(owner=guest).update(owner=into)
    collecting.hand_over(guest, into=into)
    Preview.objects.filter(asked_by=guest).update(asked_by=into)
    already = RatePick.objects.filter(owner=into).values("digest")
    RatePick.objects.filter(owner=guest).exclude(digest__in=already).update(owner=into)
    for result in LabResult.objects.filter(learner=guest):
        results.record(
            into,
            lab_key=result.lab_key,
            passed=result.passed,
            value=result.value,
            run_id=result.run_id,
            judged_at=result.judged_at,
        )
    LabResult.objects.filter(learner=guest).delete()
