"""An instructor's dated priority: a run that is claimed before all others until a time that was said."""

from datetime import datetime, timedelta

from django.db import transaction

from labs import announcing, policy
from labs.models import Run
from labs.submission import NotNowError, SpecError
from nets.specs import Whole

MINUTES = Whole(0, policy.MOST_PRIORITY_MINUTES)


@transaction.atomic
def prefer(run: Run, *, minutes: object, now: datetime) -> datetime | None:
    """Give an unended run priority for so many minutes from `now`, or take it back with 0; return until when.

    A run that trains already keeps its device against all without priority. Raises SpecError for anything but a whole
    number of minutes up to MOST_PRIORITY_MINUTES, and NotNowError for a run that has ended.
    """
    fault = MINUTES.fault("Minutes", minutes)
    if fault or not isinstance(minutes, int):
        raise SpecError({"minutes": fault or ""})
    until = now + timedelta(minutes=minutes) if minutes else None
    if not Run.objects.unended().filter(pk=run.pk).update(priority_until=until):
        raise NotNowError("This run has ended; only one that waits, rests or trains can be given priority.")
    announcing.announce(run)
    return until
