"""The page of a run: who sees it, what it says, and the frame from which its script starts."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import following
from labs.models import Chunk, GoalResult, Lab, Run
from labs.models.runs import State
from nets import events
from tests.labs.conftest import submit


@pytest.fixture
def run(learner: User, lab: Lab) -> Run:
    return submit(learner, lab, epochs=5)


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def say(run: Run, *said: events.Event, attempt: int = 1) -> None:
    """Write events as a worker that holds the run would, and let the row know."""
    seq = run.last_seq + 1
    Chunk.objects.create(run=run, seq=seq, attempt=attempt, events=list(said))
    lease = timezone.now() + timedelta(seconds=60)
    Run.objects.filter(pk=run.pk).update(last_seq=seq, state=State.RUNNING, fence=attempt, lease_until=lease)
    run.refresh_from_db()


def started() -> events.Event:
    data = {"name": "digits", "train": 1257, "validation": 270, "test": 270}
    return events.started(
        device="cpu",
        dtype="float32",
        layout="contiguous",
        threads=1,
        parameters=61706,
        dataset=data,
        steps_per_epoch=40,
    )


def points(first: int, last: int) -> events.Event:
    step = list(range(first, last + 1))
    return events.steps(step=step, loss=[1.0] * len(step), metric=[0.5] * len(step), lr=[0.1] * len(step))


def closed(epoch: int, **changes: Any) -> events.Event:
    values: dict[str, Any] = {
        "train_loss": 0.5,
        "train_metric": 0.8,
        "validation_loss": 0.4,
        "validation_metric": 0.912,
    }
    values |= {"seconds": 8.0, "images_per_second": 150.0}
    return events.epoch(epoch=epoch, step=40 * epoch, **values | changes)


def start_of(text: str) -> dict[str, Any]:
    """Return what the page's script starts from."""
    found = re.search(r'<script id="live-start" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    start: dict[str, Any] = json.loads(found[1])
    return start


def test_others_and_nobody_get_the_same_404_as_for_a_run_that_is_not_there(
    client: Client, run: Run, other: User
) -> None:
    absent = f"/runs/{uuid.uuid4()}/"
    for person in (None, other):
        if person:
            client.force_login(person)
        for part in ("", "outcome/", "script.py"):
            here, nowhere = client.get(f"/runs/{run.pk}/{part}"), client.get(f"{absent}{part}")
            assert (here.status_code, nowhere.status_code) == (404, 404)
            assert _without_token(here) == _without_token(nowhere)
        assert client.post(f"/runs/{run.pk}/stop/").status_code == 404
    run.refresh_from_db()
    assert run.state == "queued"


def test_a_waiting_run_says_its_place(page: Client, run: Run) -> None:
    assert "waiting, next in line" in page.get(f"/runs/{run.pk}/").content.decode()


def test_a_training_run_says_epoch_and_time_left(page: Client, run: Run) -> None:
    say(run, started(), points(1, 60), closed(1))
    text = page.get(f"/runs/{run.pk}/").content.decode()
    assert "training, epoch 2 of 5, about 30 s left" in text
    assert "91.2\xa0%" in text


def test_the_page_starts_its_script_from_the_rows_as_they_stand(page: Client, run: Run) -> None:
    say(run, started(), points(1, 60))
    say(run, points(61, 70))
    frame = start_of(page.get(f"/runs/{run.pk}/").content.decode())["frame"]
    assert frame["seq"] == run.last_seq
    assert frame["events"][1]["step"] == list(range(1, 71))


def test_a_snapshot_belongs_to_the_attempt_that_spoke_not_to_the_one_that_only_claimed(run: Run) -> None:
    say(run, started(), points(1, 60))
    Run.objects.filter(pk=run.pk).update(fence=2)
    assert following.snapshot(run)["attempt"] == 1


def test_a_table_says_what_the_charts_draw(page: Client, run: Run) -> None:
    say(run, started(), points(1, 80), closed(1), closed(2, validation_loss=float("nan")))
    text = page.get(f"/runs/{run.pk}/").content.decode()
    for cell in ("0.5000", "0.4000", "80.0\xa0%", "91.2\xa0%", "not a number"):
        assert cell in text


def test_a_verdict_names_the_images_on_which_the_goal_was_judged(page: Client, run: Run) -> None:
    end(run, reason="completed")
    GoalResult.objects.create(run=run, metric="test_accuracy", value=0.832, at_least=0.75, passed=True)
    assert (
        "Goal met: 83.2\xa0% test accuracy, 75.0\xa0% was asked for." in page.get(f"/runs/{run.pk}/").content.decode()
    )


def test_a_finished_run_says_its_goal_and_leads_on(page: Client, run: Run) -> None:
    end(run, reason="completed")
    GoalResult.objects.create(run=run, metric="validation_accuracy", value=0.912, at_least=0.97, passed=False)
    text = page.get(f"/runs/{run.pk}/").content.decode()
    assert "Not met yet: 91.2\xa0% validation accuracy, 97.0\xa0% was asked for." in text
    assert f"/inference/?run={run.pk}" in text
    assert f"/labs/free/?run={run.pk}" in text
    assert "Stop after this step" not in text


def test_a_failed_run_says_what_to_do_and_offers_no_look_inside(page: Client, run: Run) -> None:
    end(run, state=State.FAILED, reason="out_of_memory", remedy="Try a batch size of 16.")
    text = page.get(f"/runs/{run.pk}/outcome/").content.decode()
    assert "Try a batch size of 16." in text
    assert "Look inside it" not in text


def test_stop_takes_back_a_waiting_run_and_shows_it(page: Client, run: Run) -> None:
    reply = page.post(f"/runs/{run.pk}/stop/", follow=True)
    assert "cancelled before it began" in reply.content.decode()


def test_stop_needs_a_post_and_a_token(learner: User, run: Run) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert strict.get(f"/runs/{run.pk}/stop/").status_code == 405
    assert strict.post(f"/runs/{run.pk}/stop/").status_code == 403
    run.refresh_from_db()
    assert run.state == "queued"


def test_a_title_with_markup_stays_inert(page: Client, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(title="</script><script>alert(1)</script>")
    text = page.get(f"/runs/{run.pk}/").content.decode()
    assert "<script>alert(1)" not in text
    assert start_of(text)["title"] == "</script><script>alert(1)</script>"


def test_the_script_of_a_run_is_handed_out_as_a_file(page: Client, run: Run) -> None:
    reply = page.get(f"/runs/{run.pk}/script.py")
    assert reply["Content-Disposition"] == f'attachment; filename="free-{str(run.pk)[:8]}.py"'
    compile(reply.content, "script.py", "exec")


def test_my_runs_lists_mine_alone_in_a_fixed_number_of_queries(
    page: Client, learner: User, other: User, lab: Lab, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.STRIDE_OPEN_RUNS = 50
    theirs = submit(other, lab)
    for _ in range(12):
        submit(learner, lab)
    with django_assert_max_num_queries(8):
        text = page.get("/runs/").content.decode()
    assert len(re.findall(r'href="/runs/[0-9a-f-]{36}/"', text)) == 12
    assert str(theirs.pk) not in text


def test_nobodys_runs_are_an_invitation(client: Client, db: None) -> None:
    assert "You have trained nothing yet." in client.get("/runs/").content.decode()


def end(run: Run, *, state: State = State.FINISHED, **changes: Any) -> None:
    """End a run as its worker would."""
    Run.objects.filter(pk=run.pk).update(state=state, ended_at=timezone.now(), lease_until=None, **changes)


def _without_token(reply: Any) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", reply.content.decode())
    return re.sub(r"/runs/[0-9a-f-]+/", "", text)
