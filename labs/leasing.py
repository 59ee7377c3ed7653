"""Keep a run's lease alive from a thread beside the training loop, and know when it is lost."""

import os
import signal
import threading
import time
from types import TracebackType
from typing import Self

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from labs import queueing, wishes
from labs.models import Run
from labs.transitions import held_by
from labs.wishes import Wishes

log = structlog.get_logger(__name__)


class Lease:
    """One attempt's hold on its run, renewed every heartbeat while the `with` block lasts.

    Two beats may be missed (the lease is three beats long). After that `is_lost` is true whatever the database
    would say, so that a worker that nobody can see stops before another starts. A loop that has not noticed one more
    lease later hangs, and its process is killed: training runs one to a process, and a new one takes its place.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._fence = run.fence
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._good_until = time.monotonic() + settings.STRIDE_LEASE_SECONDS
        self._refused = False
        self.wishes = Wishes()
        # Whether this run has had its slice of the device while somebody else waits.
        self.is_slice_over = False
        self._slice_until = time.monotonic() + settings.STRIDE_SLICE_SECONDS
        self._thread = threading.Thread(target=self._beat_until_ended, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=settings.STRIDE_HEARTBEAT_SECONDS)

    @property
    def is_lost(self) -> bool:
        """Whether another worker may hold the run by now."""
        return self._refused or time.monotonic() >= self._good_until

    def beat(self) -> None:
        """Renew the lease once and bring back what the learner asks for; a failure is a missed beat."""
        asked_at = time.monotonic()
        now = timezone.now()
        mine = Run.objects.filter(held_by(self._run.pk, self._fence))
        try:
            if not mine.update(lease_until=queueing.lease_from(now), heartbeat_at=now):
                self._refused = True
                return
            self.wishes = wishes.read(self._run.pk, fence=self._fence)
            if time.monotonic() >= self._slice_until:
                self.is_slice_over = queueing.has_rivals(self._run, now=now)
        except DatabaseError as error:
            log.warning("heartbeat_missed", run=str(self._run.pk), error=str(error))
            connection.close()
            return
        self._good_until = asked_at + settings.STRIDE_LEASE_SECONDS

    def _beat_until_ended(self) -> None:
        try:
            while not self._ended.wait(settings.STRIDE_HEARTBEAT_SECONDS):
                self.beat()
                self._kill_a_loop_that_hangs()
        finally:
            connection.close()

    def _kill_a_loop_that_hangs(self) -> None:
        if not self.is_lost or self._ended.wait(settings.STRIDE_LEASE_SECONDS):
            return
        log.error("loop_hangs", run=str(self._run.pk), fence=self._fence)
        os.kill(os.getpid(), signal.SIGKILL)
