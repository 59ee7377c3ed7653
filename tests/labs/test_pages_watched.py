"""The page of a run that looks into its network: what it may fetch, who may, and what can be downloaded."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import User
from labs import looking, pictures
from labs.artifacts import CHECKPOINT
from labs.models import Artifact, GoalResult, Lab, Prediction, Preview, Run
from labs.models.previews import PreviewState
from nets import events
from tests.labs.conftest import submit
from tests.labs.test_pages_run import closed, end, points, say, start_of, started


@pytest.fixture
def run(learner: User, lab: Lab) -> Run:
    return submit(learner, lab, epochs=5, watch=["filters", "probe"])


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def saw(epoch: int, kind: str = "probe", **data: Any) -> events.Event:
    return events.snapshot(epoch=epoch, step=40 * epoch, kind=kind, data=data)


def test_what_the_network_saw_is_fetched_apart_from_the_page(page: Client, run: Run) -> None:
    say(run, started(), points(1, 40), closed(1), saw(1, labels=[3]), saw(1, "filters", shown=6))
    text = page.get(f"/runs/{run.pk}/").content.decode()
    assert f'address="/runs/{run.pk}/looks/"' in text
    assert "snapshot" not in [event["type"] for event in start_of(text)["frame"]["events"]]
    looks = page.get(f"/runs/{run.pk}/looks/").json()
    assert looks["epochs"] == [{"epoch": 1, "step": 40, "probe": {"labels": [3]}, "filters": {"shown": 6}}]
    assert (looks["classes"][7], looks["height"], looks["width"]) == ("7", 32, 32)


def test_a_run_that_watches_nothing_has_no_such_part(page: Client, learner: User, lab: Lab) -> None:
    run = submit(learner, lab, epochs=1)
    assert "training-looks" not in page.get(f"/runs/{run.pk}/").content.decode()


def test_snapshots_past_the_step_from_which_a_later_attempt_went_on_do_not_count(page: Client, run: Run) -> None:
    say(run, started(), points(1, 80), closed(1), saw(1, kept=1), closed(2), saw(2, kept=0))
    say(run, events.resumed(attempt=2, step=40), started(), points(41, 80), closed(2), saw(2, kept=2), attempt=2)
    looks = page.get(f"/runs/{run.pk}/looks/").json()
    assert [entry["probe"]["kept"] for entry in looks["epochs"]] == [1, 2]


def test_many_epochs_are_thinned_evenly_with_the_first_and_the_last() -> None:
    entries = looking.by_epoch(saw(number) for number in range(1, 201))
    kept = [entry["epoch"] for entry in looking.spread(entries)]
    assert (len(kept), kept[0], kept[-1]) == (looking.MOST_EPOCHS, 1, 200)
    assert {after - before for before, after in pairwise(kept)} <= {3, 4}


def test_large_snapshots_are_thinned_to_what_a_page_may_fetch_at_once() -> None:
    large = [{"epoch": number, "filters": "x" * (looking.MOST_BYTES // 10)} for number in range(50)]
    assert len(looking.spread(large)) == 9
    assert looking.spread([]) == []


def test_pictures_are_drawn_once_for_a_data_set(page: Client, run: Run) -> None:
    assert page.get(f"/runs/{run.pk}/looks/").json()["pictures"] is None
    assert page.get(f"/runs/{run.pk}/pictures.webp").status_code == 404
    drawn: list[str] = []

    def draw() -> bytes:
        drawn.append("once")
        return b"RIFF"

    try:
        pictures.keep(run, draw=draw)
        pictures.keep(run, draw=draw)
        reply = page.get(page.get(f"/runs/{run.pk}/looks/").json()["pictures"])
        assert (reply.getvalue(), reply["Content-Type"], drawn) == (b"RIFF", "image/webp", ["once"])
    finally:
        default_storage.delete(pictures.name_of(run))
        pictures.forget()


def test_what_a_run_left_can_be_downloaded_once_it_is_there(page: Client, run: Run) -> None:
    assert ".csv" not in page.get(f"/runs/{run.pk}/").content.decode()
    say(run, started(), points(1, 40))
    name = default_storage.save(f"runs/{run.pk}/w", ContentFile(b"weights"))
    Artifact.objects.create(run=run, kind="weights", name=name, sha256="0" * 64, bytes=7)
    end(run, reason="completed")
    text = page.get(f"/runs/{run.pk}/outcome/").content.decode()
    links = re.findall(r'<a href="([^"]+)" download>', text)
    assert [page.get(link).status_code for link in links] == [200, 200, 200]
    assert page.get(links[1]).getvalue() == b"weights"


def test_a_diagnosis_stands_at_its_step_and_so_does_what_else_happened(page: Client, run: Run) -> None:
    told = events.diagnosis(kind="overfit", step=80, text="Since epoch 2 it rises.", lesson="the-training-loop")
    say(run, started(), points(1, 120), closed(1), told, events.rate_changed(step=41, value=0.0003))
    text = page.get(f"/runs/{run.pk}/").content.decode()
    listed = text[text.index("data-happenings") :]
    first, second = listed.index("The learning rate became 0.0003."), listed.index("Since epoch 2 it rises.")
    assert first < second
    assert listed[:second].endswith('<span class="happenings__step">Step 80</span> ')


def test_a_goal_that_was_met_on_the_way_is_partly_met(page: Client, run: Run) -> None:
    summary = {"validation_accuracy": 0.91, "best_validation_accuracy": 0.98, "best_epoch": 3}
    end(run, reason="completed", summary=summary)
    GoalResult.objects.create(run=run, metric="validation_accuracy", value=0.91, at_least=0.97, passed=False)
    text = page.get(f"/runs/{run.pk}/outcome/").content.decode()
    assert "Partly met: epoch 3 reached 98.0\xa0%" in text
    assert "partly met</span>" in text


def test_a_prediction_is_laid_beside_what_came(page: Client, run: Run) -> None:
    Prediction.objects.create(run=run, data={"low": 0.9, "high": 0.95, "outcome": "plateaus", "sketch": [[0, 0.1]]})
    assert start_of(page.get(f"/runs/{run.pk}/").content.decode())["prediction"]["low"] == 0.9
    assert (
        "You expect 90.0\xa0% to 95.0\xa0%, and that it plateaus."
        in page.get(f"/runs/{run.pk}/outcome/").content.decode()
    )
    say(run, started(), *(closed(number, train_loss=0.2) for number in range(1, 6)))
    end(run, reason="completed", summary={"validation_accuracy": 0.97})
    text = page.get(f"/runs/{run.pk}/outcome/").content.decode()
    assert "You expected 90.0\xa0% to 95.0\xa0%; it reached 97.0\xa0%, 2.0 points above your range." in text
    assert "You expected that it plateaus; it converged." in text
    assert "Your sketch lies 81.2 points from the curve on average" in text


def test_what_a_worker_makes_of_a_run_is_offered_once_it_has_left_a_network(page: Client, run: Run) -> None:
    assert "/download/" not in page.get(f"/runs/{run.pk}/outcome/").content.decode()
    end(run, reason="completed")
    Artifact.objects.create(run=run, kind=CHECKPOINT, name="x", sha256="0", bytes=1, step=40)
    text = page.get(f"/runs/{run.pk}/outcome/").content.decode()
    asked = re.findall(r'<form method="post" action="([^"]+/download/[^"]+)">', text)
    assert [address.rsplit("/", 2)[1] for address in asked] == ["onnx", "export_zip"]
    assert all("Make it" in page.get(address).content.decode() for address in asked)
    assert page.post(asked[0]).status_code == 302
    Preview.objects.update(state=PreviewState.READY, bytes=2_000_000)
    text = page.get(f"/runs/{run.pk}/outcome/").content.decode()
    assert re.search(rf'<a href="{asked[0]}" download>ONNX</a> <span class="muted">[^<]*2.0 MB', text)
    assert re.findall(r'<form method="post" action="([^"]+/download/[^"]+)">', text) == asked[1:]


def test_an_instructor_sees_the_run_and_may_not_steer_it(client: Client, run: Run) -> None:
    client.force_login(User.objects.create_superuser("root@example.org", "a long password"))
    assert "Cancel this run" in client.get(f"/runs/{run.pk}/").content.decode()
