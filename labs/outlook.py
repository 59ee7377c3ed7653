"""What awaits a run before it is submitted: who is ahead of it, for how long, and how many more its owner may have."""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from labs import costs, quotas, speeds, turns
from labs.models import Run
from labs.wording import about
from nets.specs import TrainSpec

# More than this many waiting runs are not reckoned one by one: the mean of the first ones stands for the rest.
RECKONED: Final = 40


@dataclass(frozen=True, slots=True)
class Outlook:
    """A run that would be submitted now: at most `ahead` runs begin before it, and that takes about `seconds`.

    `open_runs` of `allowed` are what this person has waiting and running, `seconds_left` what devices may still train
    for them in these 24 hours.
    """

    ahead: int
    seconds: float
    open_runs: int
    allowed: int
    seconds_left: float

    @property
    def words(self) -> str:
        """Say it in a sentence or two."""
        if self.open_runs >= self.allowed:
            return f"You have {self.open_runs} of {self.allowed} runs waiting or running: one must end first."
        left = self.allowed - self.open_runs
        more = f"You may have {left} more {'run' if left == 1 else 'runs'} at once, and {self._day}."
        if not self.ahead:
            return f"Nobody waits: it starts at once. {more}" if not self.seconds else f"{self._begin} {more}"
        runs = "1 run is" if self.ahead == 1 else f"up to {self.ahead} runs are"
        return f"{runs[0].upper()}{runs[1:]} ahead: it starts in {about(self.seconds)}. {more}"

    @property
    def _day(self) -> str:
        if self.seconds_left <= 0:
            return "no training is left in these 24 hours"
        return f"{about(self.seconds_left)} of training in these 24 hours"

    @property
    def _begin(self) -> str:
        return f"A run is in training: yours starts in {about(self.seconds)}."


def outlook_of(visitor: AbstractBaseUser | AnonymousUser) -> Outlook:
    """Return what awaits a run of this visitor; a visitor without an account is about to be a guest."""
    owner = visitor if isinstance(visitor, User) else None
    quota = quotas.guest_quota() if owner is None else quotas.quota_of(owner)
    mine = 0 if owner is None else Run.objects.owned_by(owner).unended().count()
    used = 0.0 if owner is None else turns.seconds_of_a_day(owner, now=timezone.now())
    ahead = Run.objects.queued().count()
    return Outlook(
        ahead=ahead,
        seconds=_seconds_ahead(ahead),
        open_runs=mine,
        allowed=quota.open,
        seconds_left=max(0.0, quota.device_seconds - used),
    )


def _seconds_ahead(waiting: int) -> float:
    """Return the seconds until every queued run has begun, when each place that trains now takes the next one."""
    running = list(Run.objects.running().values_list("spec", flat=True))
    queued = list(Run.objects.queued().order_by("queued_at").values_list("spec", flat=True)[:RECKONED])
    if not running and not queued:
        return 0.0
    known = speeds.known()
    took = [costs.cost_of(TrainSpec.from_json(spec), known=known).seconds for spec in queued]
    mean = sum(took) / len(took) if took else 0.0
    # A run in training is half done, on average.
    left = [costs.cost_of(TrainSpec.from_json(spec), known=known).seconds / 2 for spec in running]
    return (sum(took) + mean * (waiting - len(took)) + sum(left)) / max(1, len(running))
