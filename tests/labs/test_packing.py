"""The log of an ended run goes into one file, and the record keeps working from it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import artifacts, continuing, following, packing, submission, sweeping
from labs.models import Artifact, Chunk, Run
from labs.recording import Recorder
from nets import events
from tests.labs.test_pages_run import closed, start_of
from tests.labs.test_recording import lose, run, steps
from tests.labs.test_resuming import stored

pytestmark = pytest.mark.django_db
__all__ = ["run"]


@pytest.fixture
def ended(run: Run) -> Run:
    """A run of two attempts that was cancelled."""
    recorder = Recorder(run)
    for event in (steps(*range(1, 41)), closed(1), steps(41, 42)):
        recorder.add(event)
        recorder.flush()
    lose(run)
    recorder = Recorder(Run.objects.get())
    for event in (events.resumed(attempt=2, step=40), steps(41)):
        recorder.add(event)
    recorder.flush()
    Run.objects.update(state="queued", lease_until=None)
    assert submission.request_stop(run)
    run.refresh_from_db()
    return run


def sweep_after(run: Run, *, seconds: float) -> None:
    assert run.ended_at is not None
    sweeping.sweep(now=run.ended_at + timedelta(seconds=seconds))


def told(run: Run) -> list[Any]:
    """Return what every reader of a run is told: page, API and socket from each place, CSV."""
    frames = [following.frame_after(run.pk, seq) for seq in range(run.last_seq + 1)]
    return [following.snapshot(run), following.all_events(run), frames]


def test_a_packed_run_tells_what_it_told_before(ended: Run, settings: Any) -> None:
    before = told(ended)
    sweep_after(ended, seconds=settings.STRIDE_PACK_SECONDS + 1)
    assert not Chunk.objects.exists()
    assert Artifact.objects.get().kind == "log"
    assert told(ended) == before


def test_its_page_is_the_same_too(client: Client, learner: User, ended: Run) -> None:
    client.force_login(learner)
    before = start_of(client.get(f"/runs/{ended.pk}/").content.decode())
    assert packing.pack(ended, now=timezone.now())
    assert start_of(client.get(f"/runs/{ended.pk}/").content.decode()) == before


def test_a_log_is_left_alone_until_its_time_and_while_its_run_goes_on(run: Run, ended: Run, settings: Any) -> None:
    sweep_after(ended, seconds=settings.STRIDE_PACK_SECONDS - 1)
    assert Chunk.objects.exists()


def test_a_run_that_goes_on_is_not_packed(run: Run) -> None:
    recorder = Recorder(run)
    recorder.add(steps(1))
    recorder.flush()
    assert not packing.pack(run, now=timezone.now())
    assert run.chunks.count() == 1
    assert not Artifact.objects.exists()


def test_f11_two_sweepers_pack_once(ended: Run) -> None:
    assert packing.pack(ended, now=timezone.now())
    before = told(ended)
    assert not packing.pack(ended, now=timezone.now())
    assert Artifact.objects.count() == 1
    assert told(ended) == before


def test_f13_chunks_stay_when_the_storage_did_not_take_the_file(ended: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    save = default_storage.save

    def cut(name: str, content: Any) -> str:
        stored = save(name, content)
        path = Path(default_storage.path(stored))
        path.write_bytes(path.read_bytes()[:-1])
        return stored

    monkeypatch.setattr(default_storage, "save", cut)
    before = ended.chunks.count()
    assert not packing.pack(ended, now=timezone.now())
    assert ended.chunks.count() == before
    assert not Artifact.objects.exists()


def test_f13_a_packed_log_that_is_damaged_leaves_a_page_that_opens(client: Client, learner: User, ended: Run) -> None:
    packing.pack(ended, now=timezone.now())
    path = Path(default_storage.path(Artifact.objects.get().name))
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    client.force_login(learner)
    assert client.get(f"/runs/{ended.pk}/").status_code == 200
    assert following.all_events(ended) == []


def test_a_branch_of_a_packed_run_has_its_beginning(ended: Run) -> None:
    packing.pack(ended, now=timezone.now())
    artifacts.add_rows(ended, [stored(40)], keep=2)
    made = continuing.branch(ended, owner=ended.owner, step=40, fields={"epochs": 3})
    assert events.columns(following.all_events(made))["step"] == list(range(1, 41))
