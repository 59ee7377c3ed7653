"""The writer of what learners ask of runs: submit one, stop one. One transaction first, then the rings."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from labs import announcing, policy, prediction, quotas, specs, transitions
from labs.models import Lab, LabVersion, Prediction, Run
from labs.quotas import QuotaError
from nets.specs import SpecError

__all__ = ["LockedError", "QuotaError", "SpecError", "request_stop", "submit"]


class LockedError(PermissionDenied):
    """This person may not use this lab; the text is the sentence that says why."""


@transaction.atomic
def submit(*, owner: User, lab: Lab, fields: Mapping[str, object], title: str = "", predicted: object = None) -> Run:
    """Queue one run of the lab as it is now; on commit a worker is told that there is work.

    `fields` are typed as JSON types them (`specs.read_form` reads a form's texts), `predicted` is what the learner
    says will happen (`labs.prediction`). Raises LockedError, SpecError
    with every bad field at once, or QuotaError; then nothing is written and nobody is told.
    """
    version = current_version(lab)
    refusal = policy.why_not_use_lab(owner, version)
    if refusal:
        raise LockedError(refusal)
    spec = specs.build(version, fields)
    said = prediction.read(predicted)
    quotas.check(owner)
    run = Run.objects.create(owner=owner, lab_version=version, title=title[:120], spec=spec.to_json(), seed=spec.seed)
    if said:
        Prediction.objects.create(run=run, data=said)
    announcing.announce(run)
    announcing.knock_for_work()
    return run


def request_stop(run: Run) -> bool:
    """Ask that the run ends: a waiting one is cancelled at once, a running one ends after its step, usable.

    Returns whether anything was left to end; whatever the run does meanwhile, it reaches one end.
    """
    # A run may change hands between two looks (drained, claimed again); it cannot do so for ever.
    return any(transitions.cancel(run) or transitions.ask_to_stop(run) for _ in range(3))


def current_version(lab: Lab) -> LabVersion:
    """Return the version of the lab that people see now; raises LockedError for a lab that has none."""
    if lab.current is None:
        raise LockedError("This lab is not published.")
    return lab.current
