"""The writer of runs that begin from others: branches, twins, repeats with other seeds, sweeps.

All or nothing: the runs of one wish are queued in one transaction and counted against the quota together.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from labs import admission, inheriting, policy, prediction, specs, submission
from labs.artifacts import CHECKPOINT
from labs.models import Artifact, Lab, LabVersion, Prediction, Run, RunGroup
from labs.submission import LockedError, SpecError
from nets.catalog import FIELDS
from nets.specs import LABELS, TrainSpec, Whole

# What a branch must have in common with the run that it leaves.
LASTING: Final = ("arch", "layers", "data", "pictures")
SEEDS: Final = 2**31


@transaction.atomic
def branch(parent: Run, *, owner: User, step: object, fields: Mapping[str, object]) -> Run:
    """Queue a run that goes on from the parent's checkpoint after `step` with some of its settings changed.

    Raises SpecError ("step" among its keys), LockedError, QuotaError.
    """
    version = _open_version(owner, parent.lab_version)
    # Retention deletes checkpoints under the same lock, and leaves those that have branches.
    locked = Run.objects.select_for_update().get(pk=parent.pk)
    saved = _checkpoint_after(step, run=locked)
    spec = specs.build(version, fields, owner=owner, start=parent.spec)
    errors = _faults_of_branch(spec, TrainSpec.from_json(parent.spec), done=saved.epoch or 0)
    if errors:
        raise SpecError(errors)
    admission.check(owner, [spec], now=timezone.now())
    made = submission.queue(owner, version, spec, parent=locked, branch_step=saved.step)
    inheriting.copy_beginning(made, parent=locked, step=saved.step or 0)
    return made


@transaction.atomic
def twin(run: Run, *, owner: User, field: str, value: object) -> Run:
    """Queue the same run with exactly one field changed; raises SpecError, LockedError, QuotaError."""
    version = _open_version(owner, run.lab_version)
    spec = specs.build(version, {field: value}, owner=owner, start=run.spec)
    if spec == TrainSpec.from_json(run.spec):
        raise SpecError({"value": f"{LABELS[field]} is {value} in this run already; a twin changes it."})
    admission.check(owner, [spec], now=timezone.now())
    return submission.queue(owner, version, spec, twin_of=run)


@transaction.atomic
def again(run: Run, *, owner: User, count: object) -> RunGroup:
    """Queue the same run with `count` other seeds, so that the spread is seen; raises SpecError and QuotaError."""
    version = _open_version(owner, run.lab_version)
    fault = Whole(1, specs.MOST_AT_ONCE).fault("How many", count)
    if fault or not isinstance(count, int):
        raise SpecError({"count": fault or ""})
    seeds = itertools.islice(_other_seeds(run), count)
    asked = [specs.build(version, {"seed": seed}, owner=owner, start=run.spec) for seed in seeds]
    admission.check(owner, asked, now=timezone.now())
    group = RunGroup.objects.create(owner=owner, field="seed", title=_repeats(run, count))
    for spec in asked:
        submission.queue(owner, version, spec, group=group, twin_of=run, title=f"{LABELS['seed']} {spec.seed}")
    return group


@transaction.atomic
def sweep(
    *,
    owner: User,
    lab: Lab,
    fields: Mapping[str, object],
    field: str,
    values: Sequence[object],
    predicted: object = None,
) -> RunGroup:
    """Queue one run for each of several values of one field; what was predicted is kept with each.

    Raises LockedError, SpecError with every bad value, or QuotaError; then nothing is written.
    """
    version = _open_version(owner, submission.current_version(lab))
    asked = specs.several(version, fields, owner=owner, field=field, values=values)
    said = prediction.read(predicted)
    admission.check(owner, asked, now=timezone.now())
    named = [_named(field, value) for value in values]
    group = RunGroup.objects.create(owner=owner, field=field, title=f"{LABELS[field]}: {', '.join(named)}"[:120])
    for spec, name in zip(asked, named, strict=True):
        run = submission.queue(owner, version, spec, group=group, title=f"{LABELS[field]} {name}"[:120])
        if said:
            Prediction.objects.create(run=run, data=said)
    return group


def stop_group(group: RunGroup) -> int:
    """Ask every run of a group to end; return how many were left to end."""
    return sum(submission.request_stop(run) for run in Run.objects.filter(group=group).unended())


def _open_version(owner: User, version: LabVersion) -> LabVersion:
    refusal = policy.why_not_use_lab(owner, version)
    if refusal:
        raise LockedError(refusal)
    return version


def _checkpoint_after(step: object, *, run: Run) -> Artifact:
    """Return the checkpoint of a run after `step`; raises SpecError that names the steps that have one."""
    saved = Artifact.objects.filter(run=run, kind=CHECKPOINT).order_by("step", "-id")
    found = next((one for one in saved if one.step == step), None)
    if found is None:
        there = ", ".join(str(one.step) for one in saved) or "none yet"
        raise SpecError({"step": f"Step: there is no checkpoint after {str(step)[:20]}; there are: {there}."})
    return found


def _faults_of_branch(spec: TrainSpec, before: TrainSpec, *, done: int) -> dict[str, str]:
    ours, theirs = spec.to_json(), before.to_json()
    errors = {
        name: f"{LABELS[name]} stays what it is in a branch: its weights come from the run that it leaves."
        for name in LASTING
        if ours.get(name) != theirs.get(name)
    }
    if spec.epochs <= done:
        errors["epochs"] = f"{LABELS['epochs']} must be more than {done}: so many are done at this checkpoint."
    return errors


def _repeats(run: Run, count: int) -> str:
    seeds = "another seed" if count == 1 else f"{count} other seeds"
    return f"{run.title or run.lab_version.title}, again with {seeds}"[:120]


def _named(field: str, value: object) -> str:
    """Return a value as pages call it: the title of a choice, the number itself otherwise."""
    return next((option.title for option in FIELDS[field].choices if option.name == value), str(value))


def _other_seeds(run: Run) -> Iterator[int]:
    """Yield the seeds after the run's own that none of its twins has tried."""
    tried = {run.seed, *run.twins.values_list("seed", flat=True)}
    following = ((run.seed + distance) % SEEDS for distance in itertools.count(1))
    return (seed for seed in following if seed not in tried)
