"""The writer of runs that begin from others: branches, twins, repeats with other seeds, sweeps.

All or nothing: the runs of one wish are queued in one transaction and counted against the quota together.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from labs import admission, inheriting, policy, specs, submission
from labs.artifacts import CHECKPOINT
from labs.models import Artifact, Lab, LabVersion, Run, RunGroup
from labs.submission import LockedError, SpecError
from nets.specs import LABELS, TrainSpec, Whole

# What a branch must have in common with the run that it leaves.
LASTING: Final = ("arch", "layers", "data", "pictures")
MOST_AT_ONCE: Final = 20
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
    fault = Whole(1, MOST_AT_ONCE).fault("How many", count)
    if fault or not isinstance(count, int):
        raise SpecError({"count": fault or ""})
    seeds = itertools.islice(_other_seeds(run), count)
    asked = [specs.build(version, {"seed": seed}, owner=owner, start=run.spec) for seed in seeds]
    admission.check(owner, asked, now=timezone.now())
    group = RunGroup.objects.create(owner=owner, field="seed", title=f"{count} other seeds of {run}"[:120])
    for spec in asked:
        submission.queue(owner, version, spec, group=group, twin_of=run)
    return group


@transaction.atomic
def sweep(*, owner: User, lab: Lab, fields: Mapping[str, object], field: str, values: Sequence[object]) -> RunGroup:
    """Queue one run for each of several values of one field; raises SpecError with every bad value, or QuotaError."""
    version = _open_version(owner, submission.current_version(lab))
    asked = _swept(version, fields, owner=owner, field=field, values=values)
    admission.check(owner, asked, now=timezone.now())
    named = ", ".join(map(str, values))
    group = RunGroup.objects.create(owner=owner, field=field, title=f"{LABELS[field]}: {named}"[:120])
    for spec in asked:
        submission.queue(owner, version, spec, group=group)
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


def _other_seeds(run: Run) -> Iterator[int]:
    """Yield the seeds after the run's own that none of its twins has tried."""
    tried = {run.seed, *run.twins.values_list("seed", flat=True)}
    following = ((run.seed + distance) % SEEDS for distance in itertools.count(1))
    return (seed for seed in following if seed not in tried)


def _swept(
    version: LabVersion, fields: Mapping[str, object], *, owner: User, field: str, values: Sequence[object]
) -> list[TrainSpec]:
    """Return a spec for each value; raises SpecError that says for every bad value what is wrong with it."""
    if not 2 <= len(values) <= MOST_AT_ONCE:
        raise SpecError({"values": f"Give 2 to {MOST_AT_ONCE} values; {len(values)} were given."})
    asked: list[TrainSpec] = []
    errors: dict[str, str] = {}
    bad: list[str] = []
    for value in values:
        try:
            asked.append(specs.build(version, {**fields, field: value}, owner=owner))
        except SpecError as error:
            bad += [error.errors.pop(field)] if field in error.errors else []
            errors |= error.errors
    if len({spec.digest() for spec in asked}) < len(asked):
        bad.append("Two of these values are the same; give each once.")
    errors |= {"values": " ".join(bad)} if bad else {}
    if errors:
        raise SpecError(errors)
    return asked
