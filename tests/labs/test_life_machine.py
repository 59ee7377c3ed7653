"""A run's whole life as a state machine: whatever learners, workers and sweepers do, in whatever order, rows stay true.

Workers may be stale: every attempt that was ever claimed goes on trying to write, pause, end. The oracle is the rule of
one sentence: a worker's act counts if and only if the row is `running` under the fence of its claim.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import User
from labs import devices, ending, following, packing, queueing, submission, sweeping, transitions
from labs.leasing import Lease
from labs.models import Device, Lab, Run, RunAction, Turn
from labs.models.runs import TERMINAL
from labs.recording import Recorder, TakenOverError
from labs.transitions import held_by
from nets import events
from tests.labs.conftest import submit
from tests.labs.test_recording import ENDED, steps

pytestmark = pytest.mark.django_db

TIMELESS = ("state", "reason", "remedy", "summary", "ended_at", "fence", "last_seq", "losses")
NUMBER = st.integers(0, 1000)


class Life(RuleBasedStateMachine):
    """Two learners, one device of two slots, any number of workers and sweepers."""

    device: Device
    lab: Lab
    people: tuple[User, User]

    def __init__(self) -> None:
        super().__init__()
        Run.objects.all().delete()
        self.runs: list[Run] = []
        self.attempts: list[Run] = []
        self.leases: dict[tuple[Any, int], Lease] = {}
        self.ended: dict[Any, dict[str, Any]] = {}
        self.fences: dict[Any, int] = {}

    @rule(who=st.integers(0, 1))
    def submit(self, who: int) -> None:
        """A learner asks for a run."""
        if Run.objects.owned_by(self.people[who]).unended().count() < django_settings.STRIDE_OPEN_RUNS:
            self.runs.append(submit(self.people[who], self.lab))

    @rule()
    def claim(self) -> None:
        """A worker takes the fairest run into a free slot: one that waited, under a fence that nobody had."""
        waiting = dict(Run.objects.queued().values_list("pk", "fence"))
        is_full = Run.objects.running().filter(device=self.device).count() == self.device.slots
        claimed = queueing.claim(worker="train@x:1", device=self.device)
        assert (claimed is None) == (not waiting or is_full)
        if claimed is not None:
            assert claimed.fence == waiting[claimed.pk] + 1
            assert (claimed.pk, claimed.fence) not in {(one.pk, one.fence) for one in self.attempts}
            self.attempts.append(claimed)
            self.leases[claimed.pk, claimed.fence] = Lease(claimed)

    @precondition(lambda self: self.runs)
    @rule(number=NUMBER, act=st.sampled_from(["stop", "pause", "resume", "rate"]))
    def learner_asks(self, number: int, act: str) -> None:
        """A learner presses a button; it takes where it fits the state, and says so where it does not."""
        run = self._row(self.runs[number % len(self.runs)])
        fits = {
            "stop": run.state not in TERMINAL,
            "pause": run.state == "running",
            "resume": run.state == "paused" or (run.state == "running" and run.pause_requested_at is not None),
            "rate": run.state not in TERMINAL,
        }
        acts: dict[str, Callable[[], object]] = {
            "stop": partial(submission.request_stop, run),
            "pause": partial(submission.request_pause, run),
            "resume": partial(submission.resume, run),
            "rate": partial(submission.change_rate, run, 0.001),
        }
        try:
            took = acts[act]() is not False
        except submission.NotNowError:
            took = False
        assert took is fits[act]

    @precondition(lambda self: self.attempts)
    @rule(number=NUMBER, act=st.sampled_from(["beat", "write", "act", "pause", "give back", "fail", "finish"]))
    def worker_acts(self, number: int, act: str) -> None:
        """A worker, alive or thawed, writes; it counts if and only if it still holds the run."""
        attempt = self.attempts[number % len(self.attempts)]
        row = self._row(attempt)
        holds = row.state == "running" and row.fence == attempt.fence
        # A worker knows the row as it was when it last wrote.
        attempt.last_seq = row.last_seq
        took = self._worker(attempt, act)
        assert took is (holds and (act != "pause" or row.pause_requested_at is not None))

    def _worker(self, attempt: Run, act: str) -> bool:
        held = held_by(attempt.pk, attempt.fence)
        acts: dict[str, Callable[[], object]] = {
            "beat": lambda: self._beat(attempt),
            "write": lambda: self._write(attempt),
            "act": lambda: self._write(attempt, RunAction.objects.filter(run=attempt.pk, step=None).first()),
            "pause": lambda: transitions.pause(attempt, fence=attempt.fence, step=1),
            "give back": lambda: transitions.give_back(attempt, fence=attempt.fence),
            "fail": lambda: transitions.fail(attempt, condition=held, reason="error", remedy="Train again."),
            "finish": lambda: self._finish(attempt),
        }
        fence = attempt.fence
        try:
            return bool(acts[act]())
        except TakenOverError:
            return False
        finally:
            # Transitions read the row again; the worker of this attempt would not know.
            attempt.fence = fence

    def _beat(self, attempt: Run) -> bool:
        lease = self.leases[attempt.pk, attempt.fence]
        lease.beat()
        return not lease.is_lost

    def _write(self, attempt: Run, action: RunAction | None = None) -> bool:
        recorder = Recorder(attempt)
        recorder.add(steps(1))
        if action is not None:
            recorder.note_action(action, step=1)
        recorder.flush()
        return True

    def _finish(self, attempt: Run) -> bool:
        ending.finish(attempt, event=ENDED, before=[steps(2)], seq=attempt.last_seq + 1, files=[])
        return True

    @rule(seconds=st.sampled_from([0, 20, 8 * 24 * 3600]))
    def sweep(self, seconds: int) -> None:
        """A sweeper looks: now, after the leases, or after the pauses; twice, as two sweepers would."""
        for _ in range(2):
            sweeping.sweep(now=timezone.now() + timedelta(seconds=seconds))

    @rule()
    def stall(self) -> None:
        """Hearts beat for an hour while no step ends, and a sweeper looks."""
        later = timezone.now() + timedelta(hours=1)
        Run.objects.running().update(lease_until=later + timedelta(hours=1))
        sweeping.sweep(now=later)
        assert not Run.objects.running().exists()

    @precondition(lambda self: self.runs)
    @rule(number=NUMBER)
    def pack(self, number: int) -> None:
        """A log is packed if its run has ended, once."""
        run = self._row(self.runs[number % len(self.runs)])
        assert packing.pack(run, now=timezone.now()) is (run.state in TERMINAL and run.packed_at is None)

    @invariant()
    def ended_rows_never_change(self) -> None:
        """A run has one end, and everything about it stays."""
        now = {row["pk"]: row for row in Run.objects.filter(state__in=TERMINAL).values("pk", *TIMELESS)}
        for key, row in self.ended.items():
            assert now[key] == row
        self.ended = now

    @invariant()
    def fences_only_grow(self) -> None:
        """No attempt is ever forgotten."""
        now = dict(Run.objects.values_list("pk", "fence"))
        assert all(now[key] >= fence for key, fence in self.fences.items())
        assert now == {run.pk: sum(one.pk == run.pk for one in self.attempts) for run in self.runs}
        self.fences = now

    @invariant()
    def a_running_run_is_held_by_one_and_no_other_run_by_anyone(self) -> None:
        """Lease, worker, device and open turn are there exactly while a run runs; expiry exactly while it is paused."""
        for run in Run.objects.all():
            assert (run.lease_until is not None) == (run.state == "running")
            assert bool(run.worker) == (run.state == "running")
            assert (run.device_id is not None) == (run.state == "running")
            assert Turn.objects.filter(run=run, ended_at=None).count() == (run.state == "running")
            assert Turn.objects.filter(run=run).count() == run.fence
            assert run.losses <= sweeping.LOSSES_ALLOWED + 1
            assert (run.state == "paused") <= (run.expires_at is not None)
            assert (run.ended_at is not None) == (run.state in TERMINAL)

    @invariant()
    def no_device_holds_more_than_it_has_slots_for(self) -> None:
        """Two runs at most train beside each other."""
        assert Run.objects.running().filter(device=self.device).count() <= self.device.slots

    @invariant()
    def the_log_is_whole(self) -> None:
        """Chunks count from 1 without a hole; an end is said once, last, and only by runs that ended."""
        for run in Run.objects.all():
            rows = following.whole_log(run.pk)
            assert [seq for seq, _, _ in rows] == list(range(1, run.last_seq + 1))
            said = [event["type"] for _, _, events_said in rows for event in events_said]
            ends = [place for place, kind in enumerate(said) if kind in events.TERMINAL]
            assert ends == ([len(said) - 1] if run.state in TERMINAL else [])

    def _row(self, run: Run) -> Run:
        return Run.objects.select_related("lab_version", "owner").get(pk=run.pk)


def test_whatever_happens_in_whatever_order_rows_stay_true(learner: User, other: User, lab: Lab) -> None:
    class Machine(Life):
        """The machine in this test's lab."""

    Machine.lab, Machine.people = lab, (learner, other)
    Machine.device = devices.register("train@x", queue="train", name="cpu", slots=2, memory_bytes=10**12)
    # The quota of running runs is the subject of test_slices: here every run that waits may be claimed.
    with override_settings(STRIDE_RUNNING_RUNS=100):
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
