"""The writer of what learners ask of runs: submit, stop, pause, resume, steer. A transaction first, then the rings."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from labs import admission, announcing, owning, policy, prediction, specs, transitions, wishes
from labs.models import Lab, LabVersion, Prediction, Run, RunAction
from labs.quotas import QuotaError
from nets.specs import SpecError, TrainSpec

__all__ = ["AlreadyWaitingError", "LockedError", "NotNowError", "QuotaError", "SpecError", "request_stop", "submit"]

MOST_TITLE: Final = 120
MOST_NOTES: Final = 10_000
IfWaiting = Literal["add", "refuse", "replace"]


class LockedError(PermissionDenied):
    """This person may not use this lab; the text is the sentence that says why."""


class NotNowError(Exception):
    """What was asked does not fit where the run stands; the text is the sentence that says so."""


class AlreadyWaitingError(Exception):
    """The very same run waits already: `run`; the text says what can be done about it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__("The same run waits in the queue already. Let it come, or replace it by this one.")


@transaction.atomic
def submit(
    *,
    owner: User,
    lab: Lab,
    fields: Mapping[str, object],
    title: str = "",
    if_waiting: IfWaiting = "add",
    predicted: object = None,
) -> Run:
    """Queue one run of the lab as it is now; on commit a worker is told that there is work.

    `fields` are typed as JSON types them (`specs.read_form` reads a form's texts), `predicted` is what the learner
    says will happen (`labs.prediction`). `if_waiting` says what to do when the very same run of this person waits
    already. Raises LockedError, SpecError with every bad field at once, AlreadyWaitingError or QuotaError; then
    nothing is written and nobody is told.
    """
    version = current_version(lab)
    refusal = policy.why_not_use_lab(owner, version)
    if refusal:
        raise LockedError(refusal)
    spec = specs.build(version, fields, owner=owner)
    said = prediction.read(predicted)
    older = None if if_waiting == "add" else _waiting_twin(owner, version, spec)
    if older and if_waiting == "refuse":
        raise AlreadyWaitingError(older)
    if older:
        transitions.cancel(older)
    admission.check(owner, [spec], now=timezone.now())
    run = queue(owner, version, spec, title=title[:120])
    if said:
        Prediction.objects.create(run=run, data=said)
    return run


def queue(owner: User, version: LabVersion, spec: TrainSpec, **more: Any) -> Run:
    """Write one run as queued and tell the workers on commit; the caller has asked policy, bounds and quota."""
    owning.renew(spec, owner, now=timezone.now())
    needs = admission.needs_of(spec)
    run = Run.objects.create(owner=owner, lab_version=version, spec=spec.to_json(), seed=spec.seed, **needs, **more)
    announcing.announce(run)
    announcing.knock_for_work()
    return run


def _waiting_twin(owner: User, version: LabVersion, spec: TrainSpec) -> Run | None:
    """Return a run of this person that waits for its first attempt and asks for the very same."""
    waiting = Run.objects.owned_by(owner).queued().filter(lab_version=version, fence=0, parent=None, group=None)
    return next((run for run in waiting if run.spec == spec.to_json()), None)


def request_stop(run: Run) -> bool:
    """Ask that the run ends: a waiting one is cancelled at once, a running one ends after its step, usable.

    Returns whether anything was left to end; whatever the run does meanwhile, it reaches one end.
    """
    # A run may change hands between two looks (drained, claimed again); it cannot do so for ever.
    return any(transitions.cancel(run) or transitions.ask_to_stop(run) for _ in range(3))


def request_pause(run: Run) -> None:
    """Ask that a running run is saved and rests; raises NotNowError for any other."""
    if not transitions.ask_to_pause(run):
        raise NotNowError(f"This run is {_state(run)}; only a run that is training can be paused.")


def resume(run: Run) -> None:
    """Queue a paused run again, or withdraw a pause that has not come yet; raises NotNowError when there is none."""
    if not (transitions.resume(run) or transitions.withdraw_pause(run) or transitions.resume(run)):
        raise NotNowError(f"This run is {_state(run)}; only a paused run can go on.")


@transaction.atomic
def change_rate(run: Run, value: object) -> RunAction:
    """Ask that the run goes on with another learning rate: written here, acted on after a step, replayed on resume.

    Raises SpecError for a rate out of bounds or fixed by the lab, NotNowError for a run that has ended.
    """
    fault = specs.fault_of_rate(run.lab_version, value)
    if fault:
        raise SpecError({"value": fault})
    if Run.objects.select_for_update().unended().filter(pk=run.pk).first() is None:
        raise NotNowError(f"This run is {_state(run)}; its learning rate can no longer change. Branch from it instead.")
    action = RunAction.objects.create(run=run, kind=wishes.RATE, value=value)
    announcing.announce(run)
    return action


def _state(run: Run) -> str:
    return Run.objects.values_list("state", flat=True).get(pk=run.pk)


def describe(run: Run, *, title: str, notes: str) -> None:
    """Name a run and keep its learner's notes, whatever its state; raises SpecError for a text that is too long."""
    lengths = {"title": (title, MOST_TITLE), "notes": (notes, MOST_NOTES)}
    errors = {
        name: f"The {name} may have {most:,} characters; these are {len(text):,}."
        for name, (text, most) in lengths.items()
        if len(text) > most
    }
    if errors:
        raise SpecError(errors)
    # No other column: the state may change at the same moment.
    Run.objects.filter(pk=run.pk).update(title=" ".join(title.split()), notes=notes.replace("\x00", ""))


def current_version(lab: Lab) -> LabVersion:
    """Return the version of the lab that people see now; raises LockedError for a lab that has none."""
    if lab.current is None:
        raise LockedError("This lab is not published.")
    return lab.current
