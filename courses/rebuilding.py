"""Compute scores and completions again from the answers, which are the record."""

from django.db import transaction
from django.utils import timezone

from courses.models import Answer, Attempt, Completion


@transaction.atomic
def rebuild_scores() -> int:
    """Bring every attempt's score and every completion up to date with the counted answers; return how many differed.

    A completion is added where a pass has none. None is taken away: what someone completed stays completed.
    """
    changed = 0
    for attempt in Attempt.objects.select_related("version").prefetch_related("answers").order_by("started_at"):
        changed += _rebuild(attempt)
    return changed


def _rebuild(attempt: Attempt) -> int:
    counted: list[Answer] = [answer for answer in attempt.answers.all() if answer.seq == 1]
    score = sum(answer.is_right for answer in counted)
    ended = len(counted) == len(attempt.questions)
    passed = score >= attempt.rule["to_pass"] if ended else None
    ended_at = attempt.ended_at or max(answer.created_at for answer in counted) if ended else None
    differs = (attempt.score, attempt.passed, attempt.ended_at) != (score, passed, ended_at)
    if differs:
        attempt.score, attempt.passed, attempt.ended_at = score, passed, ended_at
        attempt.save(update_fields=["score", "passed", "ended_at"])
    return int(_complete(attempt) or differs) if passed else int(differs)


def _complete(attempt: Attempt) -> bool:
    _, is_new = Completion.objects.get_or_create(
        learner_id=attempt.learner_id,
        lesson_id=attempt.version.lesson_id,
        defaults={"version": attempt.version, "completed_at": attempt.ended_at or timezone.now()},
    )
    return is_new
