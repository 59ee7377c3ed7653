"""Labs and runs for scripts: every refusal is a sentence that names the field."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Cohort, Course, Enrolment
from labs import queueing, submission
from labs.models import Lab, Run
from tests.labs.conftest import make_lab, submit
from tests.labs.test_recording import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def post(api: Client, path: str, body: object = None, *, raw: str | None = None) -> tuple[int, dict[str, Any]]:
    answer = api.post(f"/api/v1{path}", data=raw or json.dumps(body or {}), content_type="application/json")
    return answer.status_code, answer.json()


def get(api: Client, path: str) -> tuple[int, Any]:
    answer = api.get(f"/api/v1{path}")
    return answer.status_code, answer.json()


def test_a_run_is_submitted_followed_and_stopped(api: Client, lab: Lab) -> None:
    status, made = post(api, "/labs/free/runs", {"epochs": 3})
    assert (status, made["state"], made["url"]) == (201, "queued", f"/runs/{made['id']}/")
    assert get(api, f"/runs/{made['id']}")[1]["spec"]["epochs"] == 3
    assert [run["id"] for run in get(api, "/runs")[1]] == [made["id"]]
    status, stopped = post(api, f"/runs/{made['id']}/stop")
    assert (status, stopped["state"]) == (200, "cancelled")
    status, frame = get(api, f"/runs/{made['id']}/events?after=0")
    assert (status, frame["seq"], frame["state"], frame["events"]) == (200, 1, "cancelled", [{"type": "cancelled"}])


def test_a_prediction_goes_with_the_fields_and_is_shown_with_the_run(api: Client, lab: Lab) -> None:
    said = {"low": 0.9, "outcome": "converges", "sketch": [[0, 0.1], [1, 0.95]]}
    status, made = post(api, "/labs/free/runs", {"epochs": 3, "prediction": said})
    assert status == 201
    assert get(api, f"/runs/{made['id']}")[1]["prediction"] == said
    without = post(api, "/labs/free/runs", {"epochs": 2})[1]
    assert get(api, f"/runs/{without['id']}")[1]["prediction"] is None


def test_f15_a_prediction_that_cannot_stand_is_refused_at_its_parts(api: Client, lab: Lab) -> None:
    status, answer = post(api, "/labs/free/runs", {"prediction": {"low": 10**400, "outcome": ["diverges"]}})
    assert (status, set(answer["errors"])) == (422, {"prediction.low", "prediction.outcome"})
    assert not Run.objects.exists()


def test_stopping_what_has_ended_says_so(api: Client, learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    submission.request_stop(run)
    status, answer = post(api, f"/runs/{run.pk}/stop")
    assert status == 409
    assert "ended already" in answer["error"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", -3),
        ("epochs", 2.5),
        ("epochs", "5"),
        ("epochs", True),
        ("epochs", None),
        ("batch_size", 10**9),
        ("batch_size", 10**400),
        ("learning_rate", "fast"),
        ("learning_rate", [0.1]),
        ("arch", "vgg99"),
        ("arch", {"a": 1}),
        ("owner", "someone"),
        ("is_staff", True),
    ],
)
def test_f15_a_bad_field_is_named_with_what_is_allowed(api: Client, lab: Lab, field: str, value: object) -> None:
    status, answer = post(api, "/labs/free/runs", {field: value})
    assert status == 422
    assert list(answer["errors"]) == [field]
    assert answer["errors"][field].endswith(".")
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "raw", ["", "{", "[1]", "7", '"text"', '{"epochs": NaN}', '{"epochs": 1e999}', "[" * 100_000, "\x00"]
)
def test_f15_a_body_that_is_no_object_of_fields_is_refused_with_an_example(api: Client, lab: Lab, raw: str) -> None:
    status, answer = post(api, "/labs/free/runs", raw=raw or "null")
    assert status == 422
    assert set(answer["errors"]) <= {"body", "epochs"}
    assert not Run.objects.exists()


def test_all_bad_fields_come_at_once(api: Client, lab: Lab) -> None:
    _, answer = post(api, "/labs/free/runs", {"epochs": 0, "seed": -1, "wings": 2, "optimiser": "magic"})
    assert set(answer["errors"]) == {"epochs", "seed", "wings", "optimiser"}


def test_the_quota_is_a_sentence(api: Client, lab: Lab, settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = 1
    post(api, "/labs/free/runs")
    status, answer = post(api, "/labs/free/runs", {"epochs": 2})
    assert status == 429
    assert "Wait for one to end" in answer["error"]


def test_an_unknown_lab_and_an_unknown_run_are_the_same_nothing(api: Client, other: User, lab: Lab) -> None:
    foreign = submit(other, lab)
    nothing = get(api, f"/runs/{uuid.uuid4()}")
    assert nothing[0] == 404
    for path in (f"/runs/{foreign.pk}", f"/runs/{foreign.pk}/events", "/labs/none"):
        assert get(api, path) == nothing
    assert post(api, f"/runs/{foreign.pk}/stop") == nothing
    assert post(api, "/labs/none/runs") == nothing


def test_nobody_is_told_anything_without_signing_in(client: Client, learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    for path in ("/runs", f"/runs/{run.pk}", f"/runs/{run.pk}/events", "/labs", "/labs/free"):
        assert client.get(f"/api/v1{path}").status_code == 401
    assert client.post(f"/api/v1/runs/{run.pk}/stop").status_code == 401


def test_f27_a_post_without_the_token_is_refused(learner: User, lab: Lab) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(learner)
    assert careful.post("/api/v1/labs/free/runs", data="{}", content_type="application/json").status_code == 403
    assert not Run.objects.exists()


def test_an_instructor_sees_the_runs_of_their_learners_and_stops_none(
    api: Client, learner: User, other: User, lab: Lab
) -> None:
    cohort = Cohort.objects.create(course=Course.objects.create(pk="cnn", title="CNN"), name="One")
    cohort.instructors.add(learner)
    enrolment = Enrolment.objects.create(cohort=cohort, learner=other)
    run = submit(other, lab)
    assert get(api, f"/runs/{run.pk}")[0] == 200
    assert post(api, f"/runs/{run.pk}/stop")[0] == 403
    assert get(api, "/runs")[1] == []
    Enrolment.objects.filter(pk=enrolment.pk).update(left_at=run.queued_at)
    assert get(api, f"/runs/{run.pk}")[0] == 404


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 30, "٣", ""])
def test_an_after_that_is_no_seq_is_refused(api: Client, learner: User, lab: Lab, after: str) -> None:
    run = submit(learner, lab)
    status, answer = get(api, f"/runs/{run.pk}/events?after={after}")
    assert status == 422
    assert "seq" in answer["errors"]["after"]


def test_frames_hold_one_attempt_each_and_say_when_there_is_more(api: Client, learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    for seq, attempt in ((1, 1), (2, 1), (3, 2)):
        run.chunks.create(seq=seq, attempt=attempt, events=[steps(seq)])
    Run.objects.update(last_seq=3, fence=2, state="queued")
    first = get(api, f"/runs/{run.pk}/events?after=0")[1]
    assert (first["attempt"], first["seq"], first["more"], first["state"]) == (1, 2, True, "running")
    second = get(api, f"/runs/{run.pk}/events?after=2")[1]
    assert (second["attempt"], second["seq"], second["more"], second["state"]) == (2, 3, False, "queued")


def test_a_lab_says_what_may_be_set_and_why_not_yet(api: Client, client: Client, guest: User) -> None:
    make_lab("closed", guests=False, open_fields=["epochs", "arch"], choices={"arch": ["lenet5"]})
    answer = get(api, "/labs/closed")[1]
    assert [field["name"] for field in answer["fields"]] == ["epochs", "arch"]
    assert answer["fields"][1]["choices"] == ["lenet5"]
    client.force_login(guest)
    assert get(client, "/labs")[1][0]["reason"].startswith("Sign up")
    assert get(client, "/labs/closed")[0] == 403


def test_a_poll_tells_a_waiting_run_its_place(api: Client, learner: User, other: User, lab: Lab) -> None:
    submit(other, lab)
    run = submit(learner, lab)
    frame = get(api, f"/runs/{run.pk}/events")[1]
    assert frame["events"] == [{"type": "waiting", "ahead": 1, "seconds": None}]


def test_listing_many_runs_costs_as_many_queries_as_listing_few(
    api: Client, learner: User, lab: Lab, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.STRIDE_OPEN_RUNS = 100
    for count in (1, 20):
        for _ in range(count):
            submit(learner, lab)
        with django_assert_num_queries(3):
            get(api, "/runs")


def test_a_claimed_run_shows_its_attempt(api: Client, learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    queueing.claim(worker="w")
    assert get(api, f"/runs/{run.pk}")[1]["attempt"] == 1
