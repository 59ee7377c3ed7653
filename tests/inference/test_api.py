"""Asking by API: what is sent, who may ask, and that everything bad gets a sentence."""

import base64
import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from courses.models import Cohort, Course, Enrolment
from inference import asking
from inference.models import Query, QueryState, Upload
from labs.models import Artifact, Run
from tests.inference.conftest import asked, drawn

ADDRESS = "/api/v1/queries"


@pytest.fixture
def api(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def send(client: Client, run: Run | uuid.UUID, data: bytes, *, name: str = "7.png", **fields: str) -> Any:
    """Ask with a file, as a form does."""
    image = SimpleUploadedFile(name, data, content_type="image/png")
    key = run.pk if isinstance(run, Run) else run
    return client.post(ADDRESS, {"run": str(key), "image": image, "source": "upload", **fields})


def send_json(client: Client, body: Any) -> Any:
    """Ask with JSON, as a notebook does."""
    return client.post(ADDRESS, body if isinstance(body, str) else json.dumps(body), content_type="application/json")


def data_url(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def test_a_question_is_a_row_with_a_clean_picture_under_a_random_name(api: Client, run: Run) -> None:
    reply = send(api, run, drawn(), name="../../etc/passwd.png", kind="grad_cam")
    assert reply.status_code == 201
    query = Query.objects.get()
    assert reply.json()["url"] == f"{ADDRESS}/{query.pk}"
    assert (query.state, query.kind, query.owner) == (QueryState.QUEUED, "grad_cam", run.owner)
    assert query.upload.name.startswith("uploads/")
    assert "passwd" not in query.upload.name


def test_json_asks_the_same(api: Client, run: Run) -> None:
    reply = send_json(api, {"run": str(run.pk), "image": data_url(drawn()), "source": "drawn"})
    assert reply.status_code == 201
    assert Query.objects.get().upload.source == "drawn"


def test_the_answer_is_read_where_the_reply_said(api: Client, run: Run) -> None:
    query = asked(run, state=QueryState.ANSWERED, answer={"classes": []})
    body = api.get(f"{ADDRESS}/{query.pk}").json()
    assert (body["state"], body["answer"], body["error"]) == ("answered", {"classes": []}, None)


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"just words", 422, "no picture that Stride can read"),
        (b"", 422, "empty (0 bytes)"),
        (drawn()[:200], 422, "damaged or cut off"),
        (b"\0" * (9 * 1024**2), 413, "larger than 8 MB"),
    ],
)
def test_f29_a_file_that_is_no_picture_gets_a_sentence_and_leaves_nothing(
    api: Client, run: Run, data: bytes, status: int, words: str
) -> None:
    reply = send(api, run, data)
    assert reply.status_code == status
    assert words in reply.json()["errors"]["image"]
    assert not Upload.objects.exists()


def test_a_body_far_over_the_limit_is_refused_before_it_is_kept(api: Client, run: Run) -> None:
    reply = send(api, run, b"\0" * (16 * 1024**2))
    assert reply.status_code == 413
    assert "larger than 8 MB" in reply.json()["errors"]["image"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"image": None}, "image"),
        ({"image": 7}, "image"),
        ({"image": "data:text/html;base64,aGk="}, "image"),
        ({"run": "my best one"}, "run"),
        ({"run": None}, "run"),
        ({"source": "elsewhere"}, "source"),
        ({"kind": "everything"}, "kind"),
        ({"source": ["drawn"]}, "source"),
    ],
)
def test_every_bad_field_is_named_with_a_remedy(api: Client, run: Run, change: dict[str, Any], field: str) -> None:
    good = {"run": str(run.pk), "image": data_url(drawn()), "source": "drawn", "kind": "predict"}
    reply = send_json(api, good | change)
    assert reply.status_code == 422
    assert reply.json()["errors"][field].endswith(".")


@pytest.mark.parametrize("body", ["{", "[]", "7", '"run"', "[" * 100_000])
def test_a_body_that_is_no_question_gets_a_sentence(api: Client, run: Run, body: str) -> None:
    reply = send_json(api, body)
    assert reply.status_code in (400, 422)
    assert reply.json()["errors"]["body"].endswith(".")


def test_fields_that_nobody_asked_for_are_not_read(api: Client, run: Run, other: User) -> None:
    body = {"run": str(run.pk), "image": data_url(drawn()), "owner": str(other.pk), "state": "answered", "answer": {}}
    assert send_json(api, body).status_code == 201
    query = Query.objects.get()
    assert (query.owner, query.state, query.answer) == (run.owner, "queued", None)


def test_someone_elses_network_is_as_absent_as_one_that_never_was(client: Client, run: Run, other: User) -> None:
    client.force_login(other)
    theirs, absent = send(client, run, drawn()), send(client, uuid.uuid4(), drawn())
    assert (theirs.status_code, absent.status_code) == (404, 404)
    assert theirs.json() == absent.json()
    assert not Upload.objects.exists()


def test_nobody_else_sees_what_was_drawn_not_even_the_instructor(client: Client, run: Run, other: User) -> None:
    query = asked(run)
    cohort = Cohort.objects.create(course=Course.objects.create(pk="c", title="C"), name="A class")
    cohort.instructors.add(other)
    Enrolment.objects.create(cohort=cohort, learner=run.owner)
    root = User.objects.create_superuser("root@example.org", "a long password")
    for person in (other, root):
        client.force_login(person)
        assert client.get(f"{ADDRESS}/{query.pk}").status_code == 404
        assert client.get("/inference/", {"query": str(query.pk)}).status_code == 404
        assert send(client, run, drawn()).status_code == 404


def test_who_is_not_signed_in_asks_nothing(client: Client, run: Run) -> None:
    assert send(client, run, drawn()).status_code == 401
    assert client.get(f"{ADDRESS}/{asked(run).pk}").status_code == 401


def test_f27_a_question_without_a_token_is_refused(learner: User, run: Run) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert send(strict, run, drawn()).status_code == 403
    assert not Query.objects.exists()


def test_a_run_without_a_network_says_so(api: Client, run: Run) -> None:
    Artifact.objects.filter(run=run).delete()
    assert send(api, run, drawn()).status_code == 404


def test_one_person_cannot_fill_the_queue(api: Client, run: Run) -> None:
    for _ in range(asking.MAX_OPEN):
        asked(run)
    reply = send(api, run, drawn())
    assert reply.status_code == 429
    assert f"{asking.MAX_OPEN} of your questions still wait" in reply.json()["errors"]["image"]
