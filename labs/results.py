"""Write the best that a learner has shown in a lab where lessons and maps can see it."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from courses.models import LabResult


@transaction.atomic
def record(
    learner: User,
    *,
    lab_key: str,
    passed: bool,
    value: float | None,
    run_id: uuid.UUID,
    judged_at: datetime | None = None,
) -> None:
    """Keep this verdict unless the learner has shown something as good or better in this lab before."""
    shown = {"passed": passed, "value": value, "run_id": run_id, "judged_at": judged_at or timezone.now()}
    User.objects.select_for_update().get(pk=learner.pk)
    before, is_first = LabResult.objects.get_or_create(learner=learner, lab_key=lab_key, defaults=shown)
    if not is_first and _rank(passed, value) > _rank(before.passed, before.value):
        LabResult.objects.filter(pk=before.pk).update(**shown)


def _rank(passed: bool, value: float | None) -> tuple[bool, float]:
    return passed, -1.0 if value is None else value
