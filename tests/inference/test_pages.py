"""The page of looking inside: what there is to choose, and how it works without any script."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from inference.models import Query, QueryState
from labs.models import Lab, Run
from labs.models.runs import State
from tests.inference.conftest import asked, drawn, finished
from tests.labs.conftest import submit

ANSWER = {"classes": [{"index": 3, "name": "3", "share": 0.912}, {"index": 5, "name": "5", "share": 0.05}]}


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def test_without_a_network_the_page_leads_to_one(client: Client, db: None) -> None:
    text = client.get("/inference/").content.decode()
    assert "There is no network of yours to look into yet." in text
    assert 'href="/labs/"' in text


def test_the_run_that_was_asked_for_is_chosen(page: Client, run: Run, learner: User) -> None:
    newer = finished(submit(learner, Lab.objects.get()))
    text = page.get("/inference/", {"run": str(run.pk)}).content.decode()
    assert f'value="{run.pk}" selected' in text
    assert f'value="{newer.pk}"' in text
    assert f'value="{newer.pk}" selected' not in text


def test_a_run_that_still_trains_says_so(page: Client, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, ended_at=None, reason="")
    assert "still being trained" in page.get("/inference/", {"run": str(run.pk)}).content.decode()


@pytest.mark.parametrize("junk", ["7", "'", "6f1c7b0e-0000-4000-8000-000000000000"])
def test_what_is_not_there_for_you_is_a_404(page: Client, run: Run, junk: str) -> None:
    assert page.get("/inference/", {"run": junk}).status_code == 404
    assert page.get("/inference/", {"query": junk}).status_code == 404


def test_someone_elses_run_is_a_404(client: Client, run: Run, other: User) -> None:
    client.force_login(other)
    assert client.get("/inference/", {"run": str(run.pk)}).status_code == 404


def test_without_scripts_a_form_asks_and_leads_to_the_answer(page: Client, run: Run) -> None:
    image = SimpleUploadedFile("3.png", drawn())
    reply = page.post("/inference/", {"run": str(run.pk), "image": image, "source": "upload", "kind": "grad_cam"})
    query = Query.objects.get()
    assert reply.status_code == 302
    assert "Reload this page in a moment." in page.get(reply["Location"]).content.decode()
    Query.objects.filter(pk=query.pk).update(state=QueryState.ANSWERED, answer=ANSWER)
    text = page.get(reply["Location"]).content.decode()
    assert "It reads a 3, with 91.2\xa0% of its belief." in text
    assert text.count("<meter") == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"image": SimpleUploadedFile("7.png", b"words")}, "no picture that Stride can read"),
        ({}, "No picture came with the question."),
        ({"image": SimpleUploadedFile("7.png", b"")}, "empty (0 bytes)"),
    ],
)
def test_without_scripts_a_bad_picture_comes_back_with_its_sentence(
    page: Client, run: Run, fields: dict[str, Any], words: str
) -> None:
    reply = page.post("/inference/", {"run": str(run.pk), **fields})
    assert reply.status_code == 422
    assert words in reply.content.decode()
    assert f'value="{run.pk}" selected' in reply.content.decode()


def test_a_question_that_failed_shows_its_remedy(page: Client, run: Run) -> None:
    query = asked(run, state=QueryState.FAILED, remedy="Draw it larger.")
    assert "Draw it larger." in page.get("/inference/", {"query": str(query.pk)}).content.decode()


def test_the_page_takes_a_fixed_number_of_queries(
    page: Client, run: Run, learner: User, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.STRIDE_OPEN_RUNS = 50
    for _ in range(6):
        finished(submit(learner, Lab.objects.get()))
    with django_assert_max_num_queries(6):
        page.get("/inference/")
