"""Turn what the learner asks of a run into the trainer's wishes, one at a time. Needs torch."""

import time

from django.conf import settings
from django.utils import timezone

from labs import turns, wishes
from labs.leasing import Lease
from labs.models import Run, RunAction
from labs.recording import Recorder
from nets.events import Event
from nets.trainer import Wish


class Helm:
    """One attempt's steering. `replayed` are the changes of rate that the trainer makes again by itself."""

    def __init__(self, run: Run, *, recorder: Recorder, lease: Lease) -> None:
        self.replayed = wishes.acted_rates(run)
        self._run = run
        self._recorder = recorder
        self._lease = lease
        # The limit is on the time that all turns of the run have had a device.
        held = turns.seconds_held(run, now=timezone.now())
        self._over_at = time.monotonic() + settings.STRIDE_RUN_SECONDS - held
        self._last_replay = max((step for step, _ in self.replayed), default=0)
        self._step = 0
        self._acting: RunAction | None = None
        self._acted: set[int] = set()

    @property
    def is_stopped_by_learner(self) -> bool:
        """Whether the learner asked for the end."""
        return self._recorder.wishes.stop or self._lease.wishes.stop

    @property
    def is_pause_asked(self) -> bool:
        """Whether the learner asked for a pause; an end that was asked for comes first."""
        is_asked = self._recorder.wishes.pause or self._lease.wishes.pause
        return is_asked and not self.is_stopped_by_learner

    def heed(self, event: Event) -> None:
        """Note an event that was just recorded: the answer to a change of rate is written with the same chunk."""
        step = event.get("step")
        self._step = step[-1] if isinstance(step, list) else step or self._step
        if event["type"] == "rate_changed" and self._acting is not None:
            self._acted.add(self._acting.pk)
            self._recorder.note_action(self._acting, step=event["step"])
        self._acting = None

    def wish(self) -> Wish:
        """Return what to ask of the trainer next."""
        if time.monotonic() >= self._over_at or self.is_stopped_by_learner:
            return "stop"
        if self.is_pause_asked:
            return "checkpoint"
        self._acting = self._next_action()
        return None if self._acting is None else ("rate", float(self._acting.value))

    def _next_action(self) -> RunAction | None:
        # What was wished before comes first: the trainer is still on its way to those steps again.
        if self._step < self._last_replay or not (self._recorder.wishes.rate or self._lease.wishes.rate):
            return None
        waiting = wishes.waiting_rates(self._run)
        return next((action for action in waiting if action.pk not in self._acted), None)
