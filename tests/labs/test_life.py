"""A run's life played at random: claims, beats, gifts back, losses, stops and ends, in any order by anyone."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from labs import devices, ending, queueing, submission, sweeping, transitions
from labs.leasing import Lease
from labs.models import Device, Lab, Run, Turn
from labs.models.runs import TERMINAL
from labs.recording import Recorder, TakenOverError
from nets import events
from tests.labs.conftest import make_lab, submit
from tests.labs.test_recording import steps

MOVES = ("submit", "claim", "beat", "write", "give_back", "finish", "fail", "stop", "lose", "stall")
ENDED = events.finished(reason="completed", summary={"validation_accuracy": 0.75})


class _World:
    """Two learners, one lab, one device of two slots, and every attempt that ever held a run, dead or alive."""

    def __init__(self) -> None:
        self.learners = [User.objects.create_user(f"{name}@example.org") for name in ("anna", "ben")]
        self.lab: Lab = make_lab()
        self.device: Device = devices.register("train@x", queue="train", name="cpu", slots=2, memory_bytes=10**12)
        self.attempts: list[tuple[Run, Recorder, Lease]] = []
        self.ended: dict[Any, tuple[Any, ...]] = {}
        self.step = 0

    def play(self, move: str, choice: int) -> None:
        if move == "submit":
            with contextlib.suppress(submission.QuotaError):
                submit(self.learners[choice % 2], self.lab)
        elif move == "claim":
            self.claim()
        elif move in ("lose", "stall"):
            self.sweep(is_stall=move == "stall")
        elif move == "stop":
            run = Run.objects.order_by("queued_at").all()[choice % max(1, Run.objects.count()) :].first()
            if run is not None:
                submission.request_stop(run)
        elif self.attempts:
            self.act(move, *self.attempts[choice % len(self.attempts)])

    def claim(self) -> None:
        run = queueing.claim(worker="train@x:1", device=self.device)
        if run is not None:
            self.attempts.append((run, Recorder(run), Lease(run)))

    def act(self, move: str, run: Run, recorder: Recorder, lease: Lease) -> None:
        """Let an attempt do something, whether it still holds its run or not."""
        held = Run.objects.filter(transitions.held_by(run.pk, recorder.fence)).exists()
        if move == "beat":
            lease.beat()
            assert lease.is_lost is not held
        elif move == "write":
            self.step += 1
            recorder.add(steps(self.step))
            self.expect(held, recorder.flush)
        elif move == "give_back":
            assert transitions.give_back(Run.objects.get(pk=run.pk), fence=recorder.fence) is held
        elif move == "finish":
            mine = Run.objects.get(pk=run.pk)
            mine.fence = recorder.fence
            self.expect(held, lambda: ending.finish(mine, event=ENDED, before=[], seq=mine.last_seq + 1, files=[]))
        else:
            condition = transitions.held_by(run.pk, recorder.fence)
            again = Run.objects.get(pk=run.pk)
            assert transitions.fail(again, condition=condition, reason="error", remedy="x") is held

    def expect(self, held: bool, write: Any) -> None:
        """Write, which only the attempt that holds its run may."""
        if held:
            write()
            return
        with pytest.raises(TakenOverError):
            write()

    def sweep(self, *, is_stall: bool) -> None:
        later: datetime = timezone.now() + timedelta(hours=1)
        if is_stall:
            Run.objects.running().update(lease_until=later + timedelta(hours=1))
        sweeping.sweep(now=later)

    def check(self) -> None:
        """What must hold after every move, whatever it was."""
        for run in Run.objects.all():
            assert (run.lease_until is not None) == (run.state == "running")
            assert (run.device_id is not None) == (run.state == "running")
            assert Turn.objects.filter(run=run, ended_at=None).count() == (run.state == "running")
            assert Turn.objects.filter(run=run).count() == run.fence
            # A log that was packed is in its file; test_packing reads it there.
            told = [] if run.packed_at else list(range(1, run.last_seq + 1))
            assert list(run.chunks.values_list("seq", flat=True)) == told
            assert run.losses <= sweeping.LOSSES_ALLOWED + 1
            if run.state in TERMINAL:
                end = (run.state, run.reason, run.ended_at, run.last_seq)
                assert self.ended.setdefault(run.pk, end) == end, "an end is the end"
        assert Run.objects.running().filter(device=self.device).count() <= self.device.slots


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 20)), max_size=25))
def test_whatever_happens_a_run_has_one_owner_one_log_and_one_end(moves: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        world = _World()
        for move, choice in moves:
            world.play(move, choice)
            world.check()
        transaction.set_rollback(True)
