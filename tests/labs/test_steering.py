"""Pause, resume and change of rate: who may, when it fits, what is written."""

from datetime import timedelta
from typing import Any

import pytest
import torch
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import queueing, specs, submission, sweeping, transitions, wishes
from labs.models import Lab, Run, RunAction
from labs.recording import Recorder
from nets import events
from nets.catalog import ARCHITECTURES
from nets.ledger import ledger
from nets.zoo import build
from tests.labs.conftest import make_lab, submit
from tests.labs.test_api import get, post
from tests.labs.test_recording import lose, run, steps

pytestmark = pytest.mark.django_db
__all__ = ["run"]


@pytest.fixture
def api(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def now_is(run: Run) -> Run:
    """Read the row again."""
    return Run.objects.get(pk=run.pk)


def paused(run: Run) -> Run:
    """Let a running run rest, as its worker does when it was asked to."""
    submission.request_pause(run)
    assert transitions.pause(run, fence=run.fence, step=40)
    return now_is(run)


def test_a_pause_saves_the_place_frees_the_worker_and_says_until_when(run: Run, settings: Any) -> None:
    before = timezone.now()
    rests = paused(run)
    assert (rests.state, rests.worker, rests.lease_until, rests.pause_requested_at) == ("paused", "", None, None)
    assert rests.expires_at is not None
    assert rests.expires_at >= before + timedelta(seconds=settings.STRIDE_PAUSE_SECONDS)
    assert rests.chunks.get().events == [{"type": "paused", "step": 40}]


def test_f05_a_worker_that_lost_its_run_pauses_nothing(run: Run) -> None:
    submission.request_pause(run)
    Run.objects.update(pause_requested_at=None)
    lose(run)
    submission.request_pause(run)
    assert not transitions.pause(run, fence=run.fence, step=40)
    assert now_is(run).state == "running"


def test_a_resumed_run_is_queued_and_claimed_by_another_attempt(run: Run) -> None:
    rests = paused(run)
    submission.resume(rests)
    queued = now_is(run)
    assert (queued.state, queued.expires_at, queued.losses) == ("queued", None, 0)
    again = queueing.claim(worker="second")
    assert again is not None
    assert (again.pk, again.fence) == (run.pk, 2)


def test_a_pause_that_has_not_come_can_be_withdrawn(run: Run) -> None:
    submission.request_pause(run)
    submission.resume(run)
    assert not transitions.pause(run, fence=run.fence, step=40)
    assert now_is(run).state == "running"


@pytest.mark.parametrize("state", ["queued", "paused", "finished", "failed", "cancelled"])
def test_only_a_run_that_trains_can_be_paused(learner: User, lab: Lab, state: str) -> None:
    other = submit(learner, lab)
    ended = {} if state in ("queued", "paused") else {"ended_at": timezone.now(), "reason": "stopped"}
    Run.objects.filter(pk=other.pk).update(state=state, **ended)
    with pytest.raises(submission.NotNowError, match=f"This run is {state}"):
        submission.request_pause(other)


def test_a_pause_that_lasts_too_long_ends_the_run(run: Run, settings: Any) -> None:
    rests = paused(run)
    assert rests.expires_at is not None
    sweeping.sweep(now=rests.expires_at - timedelta(seconds=1))
    assert now_is(run).state == "paused"
    sweeping.sweep(now=rests.expires_at + timedelta(seconds=1))
    ended = now_is(run)
    assert (ended.state, ended.reason) == ("failed", "expired")
    assert ended.remedy.endswith(".")
    with pytest.raises(submission.NotNowError):
        submission.resume(ended)


def test_f12_a_paused_run_is_cancelled_once(run: Run) -> None:
    rests = paused(run)
    assert submission.request_stop(rests)
    assert not submission.request_stop(rests)
    assert now_is(run).state == "cancelled"


def test_a_run_whose_worker_dies_before_the_pause_rests_where_it_was_saved(run: Run) -> None:
    submission.request_pause(run)
    sweeping.sweep(now=timezone.now() + timedelta(seconds=60))
    rests = now_is(run)
    assert (rests.state, rests.losses) == ("paused", 1)
    assert rests.chunks.get().events == [{"type": "paused", "step": 0}]
    assert queueing.claim(worker="second") is None


def test_a_change_of_rate_is_a_row_before_anyone_acts(run: Run) -> None:
    action = submission.change_rate(run, 0.0005)
    assert (action.kind, action.value, action.step) == ("rate", 0.0005, None)
    assert wishes.read(run.pk, fence=run.fence) == wishes.Wishes(rate=True)
    assert wishes.acted_rates(run) == []


def test_an_attempt_reads_the_wishes_of_the_run_that_it_holds(run: Run) -> None:
    submit(run.owner, make_lab("another"))
    other = queueing.claim(worker="second")
    assert other is not None
    assert wishes.read(run.pk, fence=run.fence) == wishes.Wishes()
    submission.request_pause(run)
    submission.change_rate(other, 0.0005)
    assert wishes.read(run.pk, fence=run.fence) == wishes.Wishes(pause=True)
    submission.request_stop(run)
    assert wishes.read(run.pk, fence=run.fence) == wishes.Wishes(stop=True, pause=True)


def test_f05_an_attempt_that_lost_its_run_reads_no_wishes(run: Run) -> None:
    submission.request_stop(run)
    assert wishes.read(run.pk, fence=run.fence + 1) == wishes.Wishes()
    Run.objects.filter(pk=run.pk).update(state="queued")
    assert wishes.read(run.pk, fence=run.fence) == wishes.Wishes()


def test_what_the_worker_did_is_written_with_the_chunk_that_tells_it(run: Run) -> None:
    action = submission.change_rate(run, 0.0005)
    recorder = Recorder(run)
    recorder.add(steps(1))
    recorder.flush()
    assert recorder.wishes.rate
    recorder.add(events.rate_changed(step=1, value=0.0005))
    recorder.note_action(action, step=1)
    recorder.flush()
    assert wishes.acted_rates(run) == [(1, 0.0005)]
    assert not recorder.wishes.rate


def test_f05_a_worker_that_was_thawed_marks_no_action(run: Run) -> None:
    action = submission.change_rate(run, 0.0005)
    recorder = Recorder(run)
    lose(run)
    recorder.add(events.rate_changed(step=1, value=0.0005))
    recorder.note_action(action, step=1)
    with pytest.raises(Exception, match=str(run.pk)):
        recorder.flush()
    assert RunAction.objects.get().step is None


@pytest.mark.parametrize("value", [0, -1, 11, "fast", True, None, float("nan"), 10**400])
def test_f15_a_rate_out_of_bounds_is_refused_with_what_is_allowed(run: Run, value: object) -> None:
    with pytest.raises(submission.SpecError, match="Learning rate must be a number from 1e-06 to 10"):
        submission.change_rate(run, value)
    assert not RunAction.objects.exists()


def test_f26_a_lab_that_fixes_the_rate_lets_nobody_change_it(learner: User) -> None:
    fixed = submit(learner, make_lab("fixed", open_fields=["epochs"]))
    with pytest.raises(submission.SpecError, match="Learning rate is fixed in this lab"):
        submission.change_rate(fixed, 0.001)


def test_a_run_that_has_ended_keeps_its_rate(run: Run) -> None:
    Run.objects.update(state="finished", reason="completed", ended_at=timezone.now() + timedelta(seconds=1))
    with pytest.raises(submission.NotNowError, match="This run is finished"):
        submission.change_rate(run, 0.001)


def test_the_api_pauses_steers_and_resumes(api: Client, run: Run) -> None:
    assert post(api, f"/runs/{run.pk}/rate", {"value": 0.001})[0] == 200
    assert post(api, f"/runs/{run.pk}/pause")[0] == 200
    assert get(api, f"/runs/{run.pk}/events")[1]["pausing"] is True
    transitions.pause(run, fence=run.fence, step=3)
    status, answer = post(api, f"/runs/{run.pk}/pause")
    assert (status, answer["error"]) == (409, "This run is paused; only a run that is training can be paused.")
    status, answer = post(api, f"/runs/{run.pk}/resume")
    assert (status, answer["state"]) == (200, "queued")
    assert post(api, f"/runs/{run.pk}/resume")[0] == 409


@pytest.mark.parametrize("body", [{}, {"value": "0.1"}, {"value": None}, {"value": -1}, {"value": True}])
def test_f15_the_api_names_a_bad_rate(api: Client, run: Run, body: dict[str, object]) -> None:
    status, answer = post(api, f"/runs/{run.pk}/rate", body)
    assert (status, list(answer["errors"])) == (422, ["value"])


def test_the_pages_buttons_do_the_same_and_say_why_not(api: Client, run: Run) -> None:
    page = f"/runs/{run.pk}/"
    assert api.post(f"{page}rate/", {"value": "0.0005"}).status_code == 302
    assert api.post(f"{page}pause/").status_code == 302
    asked = now_is(run)
    assert asked.pause_requested_at is not None
    assert RunAction.objects.get().value == 0.0005
    told = api.post(f"{page}rate/", {"value": "very fast"}, follow=True)
    assert "Learning rate must be a number" in told.content.decode()


def test_nobody_but_the_owner_steers(client: Client, run: Run, other: User) -> None:
    User.objects.filter(pk=other.pk).update(is_superuser=True)
    client.force_login(other)
    for act, body in (("pause", {}), ("resume", {}), ("rate", {"value": 0.1})):
        assert post(client, f"/runs/{run.pk}/{act}", body)[0] == 403
        assert client.post(f"/runs/{run.pk}/{act}/", body).status_code == 403


def test_a_layer_that_is_not_there_cannot_be_frozen(learner: User, lab: Lab) -> None:
    with pytest.raises(submission.SpecError) as caught:
        submit(learner, lab, freeze="conv9")
    assert "conv9" in caught.value.errors["freeze"]
    assert submit(learner, lab, freeze="conv1").spec["freeze"] == "conv1"


def test_the_networks_whose_layers_are_checked_are_those_with_one_name_for_each() -> None:
    assert {arch for arch in ARCHITECTURES if _is_named_alike(arch)} == specs.NAMED_ALIKE


def _is_named_alike(arch: str) -> bool:
    shape = ARCHITECTURES[arch].shape
    with torch.device("meta"):
        network = build(arch, shape=shape, classes=10)
    learned = {name for name, part in network.named_modules() if name and any(True for _ in part.parameters())}
    return learned <= {row.name for row in ledger(arch, shape=shape, classes=10).rows}
