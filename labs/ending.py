"""End a run whose network is usable: files first, then state, last events, artifacts and verdict in one transaction."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from labs import announcing, artifacts, judging, results, turns
from labs.artifacts import Stored
from labs.models import Chunk, GoalResult, Run
from labs.models.runs import State
from labs.recording import TakenOverError
from labs.transitions import RELEASED, ending_now, held_by
from nets.events import Event

_FILES = ("checkpoint", "weights")


def store_weights(run: Run, *, event: Event, folder: Path) -> list[Stored]:
    """Copy the weights that the `finished` event names into the storage; a run that diverged has none.

    Its checkpoints were stored when they were told.
    """
    about = event["summary"].get("weights")
    if about is None:
        return []
    return [artifacts.store(run, kind=artifacts.WEIGHTS, path=folder / about["file"], about=about)]


@transaction.atomic
def finish(run: Run, *, event: Event, before: Sequence[Event], seq: int, files: Sequence[Stored]) -> None:
    """Write the end that the `finished` event tells, with the events `before` it, as chunk `seq`.

    Raises TakenOverError when this attempt no longer holds the run; then nothing is written.
    """
    summary = {name: value for name, value in event["summary"].items() if name not in _FILES}
    told = [*before, event | {"summary": summary}]
    _end(run, reason=event["reason"], summary=summary, told=told, seq=seq)
    artifacts.add_rows(run, files, keep=artifacts.CHECKPOINTS_KEPT)
    _judge(run, summary)


def _end(run: Run, *, reason: str, summary: dict[str, Any], told: list[Event], seq: int) -> None:
    mine = Run.objects.filter(held_by(run.pk, run.fence))
    ended = mine.update(
        state=State.FINISHED, reason=reason, summary=summary, ended_at=ending_now(), last_seq=seq, **RELEASED
    )
    if not ended:
        raise TakenOverError(str(run.pk))
    turns.end(run, now=timezone.now())
    Chunk.objects.create(run=run, seq=seq, attempt=run.fence, events=told)
    announcing.announce(run)


def _judge(run: Run, summary: dict[str, Any]) -> None:
    """Judge the lab's goal and hand the verdict to the learner's record."""
    version = run.lab_version
    verdict = judging.judge(version.goal, summary)
    if verdict is None:
        return
    GoalResult.objects.create(
        run=run, metric=verdict.metric, value=verdict.value, at_least=verdict.at_least, passed=verdict.passed
    )
    results.record(run.owner, lab_key=version.lab_id, passed=verdict.passed, value=verdict.value, run_id=run.pk)
