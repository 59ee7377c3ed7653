"""Several values of one setting: asked for in a lab's form, queued as one group, shown and stopped together."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import devices
from labs.models import Lab, Prediction, Run, RunGroup, Worker
from labs.several import parted
from tests.labs.conftest import make_lab

THREE = {"several": "learning_rate", "several_learning_rate": "0.1 0.01, 0.001"}


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.1,0.01;0.001", ["0.1", "0.01", "0.001"]),
        ("  32   64 ", ["32", "64"]),
        ("0,001", ["0,001"]),
        ("1,024, 2,048", ["1,024", "2,048"]),
        (" , ;", []),
    ],
)
def test_values_are_parted_where_people_part_them(text: str, values: list[str]) -> None:
    assert parted(text) == values


def test_several_values_become_one_group_with_a_run_each(page: Client, lab: Lab) -> None:
    reply = page.post("/labs/free/", THREE | {"epochs": "2", "learning_rate": "0.5", "several_seed": "1 2"})
    group = RunGroup.objects.get()
    assert (reply.status_code, reply["Location"]) == (302, f"/groups/{group.pk}/")
    runs = Run.objects.order_by("queued_at")
    assert [run.spec["learning_rate"] for run in runs] == [0.1, 0.01, 0.001]
    assert [run.title for run in runs] == ["Learning rate 0.1", "Learning rate 0.01", "Learning rate 0.001"]
    assert {(run.spec["epochs"], run.spec["seed"]) for run in runs} == {(2, 0)}


def test_words_are_ticked_and_called_by_their_titles(page: Client, lab: Lab) -> None:
    page.post("/labs/free/", {"several": "optimiser", "several_optimiser": ["sgd", "adamw"]})
    assert [run.spec["optimiser"] for run in Run.objects.order_by("queued_at")] == ["sgd", "adamw"]
    assert RunGroup.objects.get().title == "Optimiser: SGD with momentum, AdamW"


def test_a_prediction_is_kept_with_every_run(page: Client, lab: Lab) -> None:
    page.post("/labs/free/", THREE | {"predict_low": "80", "predict_high": "90"})
    assert Prediction.objects.filter(run__group__isnull=False).count() == 3


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("", "Give 2 to 20 values; 0 were given."),
        ("0.1", "Give 2 to 20 values; 1 was given."),
        ("0.1 0.1", "Two of these values are the same; give each once."),
        ("0.1 fast", "Learning rate must be a number"),
    ],
)
def test_bad_values_get_a_sentence_and_stay(page: Client, lab: Lab, values: str, sentence: str) -> None:
    reply = page.post("/labs/free/", THREE | {"several_learning_rate": values})
    text = reply.content.decode()
    assert reply.status_code == 422
    assert not Run.objects.exists()
    assert sentence in _error(text)
    assert f'name="several_learning_rate" value="{values}"' in text
    assert '<details class="lab__more several" open>' in text


def test_a_setting_that_the_lab_fixes_cannot_be_varied(page: Client) -> None:
    make_lab("narrow", open_fields=["epochs"])
    reply = page.post("/labs/narrow/", THREE)
    assert reply.status_code == 422
    assert "Learning rate is fixed in this lab" in _error(reply.content.decode())
    assert not Run.objects.exists()


def test_the_form_says_what_all_of_them_cost(page: Client, lab: Lab) -> None:
    text = page.get("/labs/free/beside/", THREE | {"epochs": "2"}).content.decode()
    assert "3 runs of 240 steps in all" in text
    assert '<span id="train-more" hx-swap-oob="true"> 3 runs</span>' in text
    text = page.get("/labs/free/beside/", {"several": "learning_rate"}).content.decode()
    assert _error(text) == "", "Who has just chosen the setting has not given its values yet."


def test_a_link_opens_the_form_with_its_values(page: Client, lab: Lab) -> None:
    text = page.get("/labs/free/?several=optimiser&several_optimiser=sgd&several_optimiser=adam").content.decode()
    assert re.search(r'name="several_optimiser" value="sgd" checked', text)
    assert not re.search(r'name="several_optimiser" value="adamw" checked', text)
    assert "2 runs of" in text
    assert "asks for more than this lab can do" not in text


def test_a_group_stands_together_and_one_button_stops_it(page: Client, lab: Lab, client: Client) -> None:
    page.post("/labs/free/", THREE)
    group = RunGroup.objects.get()
    text = page.get(f"/groups/{group.pk}/").content.decode()
    assert "Learning rate: 0.1, 0.01, 0.001" in text
    assert "3 runs of this group wait or train." in text
    assert page.get(f"/runs/{Run.objects.first().pk}/").content.decode().count(f"/groups/{group.pk}/") == 1  # type: ignore[union-attr]
    assert page.post(f"/groups/{group.pk}/stop/")["Location"] == f"/groups/{group.pk}/"
    text = page.get(f"/groups/{group.pk}/").content.decode()
    assert "All runs of this group have ended." in text
    assert "Stop them all" not in text


def test_f22_a_group_is_its_owners_alone(page: Client, lab: Lab, other: User) -> None:
    page.post("/labs/free/", THREE)
    group = RunGroup.objects.get()
    stranger = Client()
    assert stranger.get(f"/groups/{group.pk}/").status_code == 404
    stranger.force_login(other)
    assert stranger.get(f"/groups/{group.pk}/").status_code == 404
    assert stranger.post(f"/groups/{group.pk}/stop/").status_code == 404
    assert Run.objects.queued().count() == 3


def test_repeats_stand_beside_the_run_that_they_repeat(page: Client, lab: Lab) -> None:
    page.post("/labs/free/", {})
    first = Run.objects.get()
    reply = page.post(f"/runs/{first.pk}/again/", {"count": "2"})
    text = page.get(reply["Location"]).content.decode()
    assert f"/runs/{first.pk}/" in text
    assert "A, B and C are the same but for the seed." in text
    assert "2 runs of this group wait or train." in text


def test_a_run_that_no_device_can_hold_says_so_on_the_page(page: Client, lab: Lab) -> None:
    devices.register("train@small", queue="train", name="cpu", slots=1, memory_bytes=1_000_000)
    Worker.objects.update(echoed_at=timezone.now())
    reply = page.post("/labs/free/", {"batch_size": "64"})
    assert reply.status_code == 422
    assert "the largest device here has" in reply.content.decode()
    make_lab("narrow", open_fields=["epochs"])
    assert "the largest device here has" in page.post("/labs/narrow/", {}).content.decode()


def _error(text: str) -> str:
    found = re.search(r'id="several-error"[^>]*>([^<]*)<', text)
    assert found
    return found[1]
